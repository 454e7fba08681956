"""The journal as CSV for a French spreadsheet. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

COLUMNS = {
    "number": "numéro",
    "occurred_at": "heure du fait",
    "written_at": "heure de saisie",
    "late": "saisie tardive",
    "kind": "nature",
    "author": "auteur",
    "role": "fonction",
    "crisis": "crise",
    "verified": "vérification",
    "corrects": "corrige",
    "text": "texte",
    "hash": "empreinte",
}


def journal_csv(entries: Iterable[dict[str, Any]], names: Mapping[str, str]) -> str:
    """Semicolons and French headings; ``names`` gives the names of authors."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS.values())
    for entry in entries:
        shown = {
            **entry,
            "author": names.get(entry["author"], entry["author"]),
            "late": "oui" if entry["late"] else "",
            "verified": {True: "vérifié", False: "à vérifier", None: ""}[entry["verified"]],
            "text": "texte effacé" if entry["text"] is None else entry["text"],
        }
        writer.writerow([_inert(shown[column]) for column in COLUMNS])
    return out.getvalue()


def _inert(value: object) -> object:
    """A cell a spreadsheet will not run as a formula."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t"):
        return f"'{value}"
    return "" if value is None else value
