"""Signed codes and sealed words: keys derived from the desk's secret, one for each purpose.

A code is ``<id>.<signature>``: any part of the desk makes it again from the id alone, so that no fact and no
table holds it, and a forged one is refused before any database is read. Another secret voids them all.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from services.platform.data_lock import own_secret
from services.platform.settings import Settings

#: Purposes of codes: a sign-in link, a session, a professional's page.
SIGN_IN, SESSION, PROFESSIONAL = "connexion", "session", "professionnel"
#: First part of the address a code is put in.
PATHS = {SIGN_IN: "connexion", PROFESSIONAL: "p"}
#: 128 bits: nobody guesses one, and an SMS keeps its room.
SIGNATURE_BYTES = 16


def sign(settings: Settings, purpose: str, id: str) -> str:  # noqa: A002
    """The code of ``id`` for one purpose: always the same, 23 letters longer than the id."""
    mac = hmac.digest(_key(settings, f"code {purpose}"), id.encode(), "sha256")[:SIGNATURE_BYTES]
    return f"{id}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


def verify(settings: Settings, purpose: str, code: str) -> str | None:
    """The id behind a code made here for this purpose; nothing for any other text."""
    id_part, dot, _ = code.partition(".")
    if not (id_part and dot):
        return None
    expected = sign(settings, purpose, id_part)
    return id_part if hmac.compare_digest(expected.encode(), code.encode()) else None


def address(settings: Settings, purpose: str, code: str) -> str:
    """Where a link leads: the sign-in page, or the professional's."""
    return f"{settings.base_url.rstrip('/')}/{PATHS[purpose]}/{code}"


def digest_of(code: str) -> str:
    """What is kept of a code or a token: its SHA-256 in hexadecimal."""
    return hashlib.sha256(code.encode()).hexdigest()


def seal(settings: Settings, purpose: str, words: str) -> str:
    """Encrypt a few words that any instance of a service must open, on whatever machine it runs."""
    return _fernet(settings, purpose).encrypt(words.encode()).decode()


def unseal(settings: Settings, purpose: str, sealed: str) -> str | None:
    """The words; nothing when they were sealed under another secret."""
    try:
        return _fernet(settings, purpose).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None


def _fernet(settings: Settings, purpose: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_key(settings, f"sealed {purpose}")))


def _key(settings: Settings, purpose: str) -> bytes:
    secret = settings.bus_secret or own_secret(settings.data_dir)
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"tocsin {purpose}".encode())
    return derivation.derive(secret.encode())
