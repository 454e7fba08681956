"""Sealed data of a request: a call-back, an address, who came from outside. Encrypted, and erased with their key."""

from __future__ import annotations

import json

from contracts.certificates import DeathCertificateErased, Unsealed
from services.certificates.store import CertificateRow, forget_readings
from services.platform.keys import KeyStore
from services.platform.unit import Unit


def seal(unit: Unit, **words: str | None) -> tuple[str, str]:
    """Name of a new key and what it seals; both empty when there is nothing to seal.

    The key is named after the command, so that a batch run again makes no second one.
    """
    kept = {name: word for name, word in words.items() if word}
    if not kept:
        return "", ""
    return unit.message.id, _keys(unit).seal(unit.message.id, json.dumps(kept, ensure_ascii=False))


def seal_more(unit: Unit, row: CertificateRow, **words: str | None) -> None:
    """Add to what a request holds sealed."""
    kept = {name: word for name, word in words.items() if word}
    if row.key_name:
        whole = json.dumps(_open(unit, row) | kept, ensure_ascii=False)
        row.ciphertext = _keys(unit).seal(row.key_name, whole)
    else:
        row.key_name, row.ciphertext = seal(unit, **kept)


def unseal(unit: Unit, row: CertificateRow) -> Unsealed:
    """What a request holds sealed, empty once erased; who accepted is a reference when the directory knows them."""
    if row.key_name:
        row.readings = [*row.readings, unit.message.id]
    known = {} if row.outside or not row.accepted_by else {"accepted_by": row.accepted_by}
    return Unsealed(id=row.id, **(_open(unit, row) | known))


def erase(unit: Unit, row: CertificateRow) -> None:
    """Destroy the key, then say so in the territory of the request."""
    row.erase_at = None
    if not row.key_name:
        return
    _keys(unit).erase([row.key_name])
    row.key_name, row.ciphertext, row.sealed = "", "", False
    forget_readings(unit.session, row)
    fact = DeathCertificateErased(certificate=row.id)
    unit.say(fact, territory=row.territory, author="tocsin")


def _open(unit: Unit, row: CertificateRow) -> dict[str, str]:
    text = _keys(unit).unseal(row.key_name, row.ciphertext) if row.key_name else None
    return dict(json.loads(text)) if text else {}


def _keys(unit: Unit) -> KeyStore:
    return KeyStore(unit.settings.data_dir)
