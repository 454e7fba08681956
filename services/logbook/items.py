"""Entries as lists, exports and the live feed show them: dicts ready for JSON. Pure."""

from __future__ import annotations

from typing import Any

from services.logbook.chain import instant
from services.logbook.tables import EntryRow, EntryTextRow


def _common(row: EntryRow) -> dict[str, Any]:
    return {
        "number": row.number,
        "occurred_at": instant(row.occurred_at),
        "written_at": instant(row.written_at),
        "late": row.late,
        "kind": row.kind,
        "author": row.author,
        "role": row.role,
        "crisis": row.crisis,
        "verified": row.verified,
        "corrects": row.corrects,
        "about": row.about,
        "erases": list(row.erases),
        "fact": row.fact,
        "fact_type": row.fact_type,
        "hash": row.hash,
        "previous_hash": row.previous_hash,
    }


def list_item(row: EntryRow, text: str | None, corrected_by: int | None = None) -> dict[str, Any]:
    """An entry of the list: ``text`` is null and ``erased`` true once its words are gone."""
    return {**_common(row), "text": text, "erased": text is None, "corrected_by": corrected_by}


def export_item(row: EntryRow, words: EntryTextRow | None) -> dict[str, Any]:
    """An entry of the export: everything the hash covers, the exact string, and the words with their salt."""
    return {
        **_common(row),
        "territory": row.territory,
        "cause": row.cause,
        "text_id": row.text_id,
        "text_sha256": row.text_sha256,
        "text": words.text if words else None,
        "salt": words.salt if words else None,
        "string": row.string,
    }
