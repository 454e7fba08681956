"""Check an export line by line, without trusting who made it. Pure; the command line prints the verdict."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from services.logbook.chain import FORMAT, GENESIS, canonical, chained

#: Fields shown in clear that must repeat what the hashed string says.
REPEATED = (
    "territory", "number", "occurred_at", "written_at", "late", "kind", "author", "role", "crisis", "fact",
    "fact_type", "cause", "corrects", "about", "erases", "verified", "text_id", "text_sha256",
)  # fmt: skip
FIELDS = frozenset((*REPEATED, "text", "salt", "string", "hash", "previous_hash"))


@dataclass(frozen=True, slots=True)
class Verdict:
    """Outcome of a check. ``first_broken`` is the number of the first entry that does not hold.

    ``erased`` lists the entries whose text was erased, each by a logged erasure.
    """

    ok: bool
    entries: int
    first_broken: int | None = None
    reason: str = ""
    erased: tuple[int, ...] = ()
    head: str = GENESIS


class _Broken(Exception):
    """Why an entry does not hold."""


def export_line(item: dict[str, Any]) -> str:
    """One line of the export."""
    return canonical(item)


@dataclass(slots=True)
class _Walk:
    """What is known of the lines read so far."""

    number: int = 0
    last: str = GENESIS
    territory: str | None = None
    heads: set[str] = field(default_factory=lambda: {GENESIS})
    missing: list[int] = field(default_factory=list)
    explained: set[int] = field(default_factory=set)

    def verdict(self, broken: int | None = None, reason: str = "") -> Verdict:
        return Verdict(broken is None, self.number, broken, reason, tuple(self.missing), self.last)


class Verifier:
    """Checks numbering, hashes, visible fields and texts of lines handed over in order, in as many slices as wanted."""

    def __init__(self) -> None:
        self._walk = _Walk()
        self._broken: Verdict | None = None

    def feed(self, lines: Iterable[str]) -> bool:
        """Check some more lines; false once an entry does not hold: what follows proves nothing."""
        for line in lines:
            if self._broken:
                return False
            if line.strip():
                try:
                    _step(self._walk, line)
                except _Broken as error:
                    number = self._walk.number + 1
                    self._broken = self._walk.verdict(number, f"Entrée n° {number} : {error}.")
        return self._broken is None

    def verdict(self, head: str | None = None) -> Verdict:
        """What was found; ``head``, when given, must stand in the chain, at its end or before."""
        walk = self._walk
        if self._broken:
            return self._broken
        for lost in walk.missing:
            if lost not in walk.explained:
                return walk.verdict(lost, f"Entrée n° {lost} : son texte manque et aucun effacement n'est consigné.")
        if head and head.strip().lower() not in walk.heads:
            held = f"ce fichier de {walk.number} entrées"
            reason = f"L'empreinte donnée n'est pas dans {held} : il est tronqué ou refait."
            return walk.verdict(walk.number + 1, reason)
        return walk.verdict()


def verify(lines: Iterable[str], head: str | None = None) -> Verdict:
    """Check a whole export.

    ``head`` may be older than the end of the file: the one printed in a digest is a witness of its day.
    """
    verifier = Verifier()
    verifier.feed(lines)
    return verifier.verdict(head)


def verify_file(path: Path, head: str | None = None) -> Verdict:
    """Check an export on disk; bytes that are not UTF-8 break their entry, not the check."""
    with path.open(encoding="utf-8", errors="surrogateescape", newline="\n") as lines:
        return verify(lines, head)


def _step(walk: _Walk, line: str) -> None:
    item, sealed = _entry(line, walk.number + 1, walk.last)
    if walk.territory not in (None, sealed["territory"]):
        raise _Broken("elle vient d'un autre territoire")
    walk.number, walk.last, walk.territory = walk.number + 1, item["hash"], sealed["territory"]
    walk.heads.add(walk.last)
    walk.explained.update(sealed["erases"])
    if item["text"] is None:
        walk.missing.append(walk.number)


def _entry(raw: str, number: int, previous: str) -> tuple[dict[str, Any], dict[str, Any]]:
    item = _object(raw, "la ligne")
    if set(item) != FIELDS:
        raise _Broken("champs en trop ou manquants : " + ", ".join(sorted(set(item) ^ FIELDS)))
    string = item["string"]
    if not isinstance(string, str):
        raise _Broken("la chaîne scellée manque")
    if item["previous_hash"] != previous:
        raise _Broken("elle ne suit pas l'entrée précédente")
    if item["hash"] != chained(previous, string):
        raise _Broken("l'empreinte ne correspond pas à la chaîne scellée")
    sealed = _object(string, "la chaîne scellée")
    if sealed.get("format") != FORMAT or set(sealed) != {*REPEATED, "format"} or not isinstance(sealed["erases"], list):
        raise _Broken(f"format inconnu ({sealed.get('format')})")
    if sealed["number"] != number:
        raise _Broken(f"numéro {sealed['number']} trouvé, {number} attendu")
    for name in REPEATED:
        # Compared as JSON: in Python 1 == True == 1.0, on paper they differ.
        if json.dumps(item[name]) != json.dumps(sealed[name]):
            raise _Broken(f"le champ « {name} » ne dit pas ce qui a été scellé")
    _check_text(item)
    return item, sealed


def _check_text(item: dict[str, Any]) -> None:
    text, salt = item["text"], item["salt"]
    if text is None and salt is None:
        return
    if not isinstance(text, str) or not isinstance(salt, str):
        raise _Broken("le texte et son sel ne vont plus ensemble")
    if hashlib.sha256((salt + text).encode("utf-8", "surrogatepass")).hexdigest() != item["text_sha256"]:
        raise _Broken("le texte a été changé")


def _object(raw: str, what: str) -> dict[str, Any]:
    try:
        found = json.loads(raw, object_pairs_hook=_no_double)
    except (ValueError, RecursionError) as error:
        raise _Broken(f"{what} est illisible") from error
    if not isinstance(found, dict):
        raise _Broken(f"{what} est illisible")
    return found


def _no_double(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a field stands twice")
    return found
