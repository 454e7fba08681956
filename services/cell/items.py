"""Rows of the cell as lists and pages show them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.cell import decide
from services.cell.tables import ContactRow, JudgementRow, NeedRow

ERASED = "texte effacé"


def contact_item(row: ContactRow, words: Mapping[str, str], partners: Mapping[str, str]) -> dict[str, Any]:
    """An exchange with a partner."""
    shown = row.model_dump(include={"id", "partner", "direction", "channel", "verified", "by"})
    return shown | {
        "name": partners.get(row.partner, row.partner),
        "text": words.get(row.text, ERASED),
        "person": words.get(row.person, ERASED) if row.person else "",
        "crises": row.crises.split(),
        "at": row.at.isoformat(),
        "noted_at": row.noted_at.isoformat(),
    }


def need_item(row: NeedRow, words: Mapping[str, str], now: datetime) -> dict[str, Any]:
    """A need with what is missing; its age stops when it is closed."""
    shown = row.model_dump(
        include={"id", "version", "crisis", "kind", "unit", "asked", "available", "asked_by", "status"}
    )
    return shown | {
        "what": words.get(row.what, ERASED),
        "missing": decide.missing(row.asked, row.available),
        "margin": decide.margin(row.asked, row.available),
        "asked_at": row.asked_at.isoformat(),
        "age_minutes": decide.minutes(row.asked_at, row.closed_at or now),
        "wanted_by": row.wanted_by.isoformat() if row.wanted_by else None,
        "late": decide.late(row.wanted_by, row.asked, row.available, row.closed_at or now),
        "closed_at": row.closed_at.isoformat() if row.closed_at else None,
        "how": words.get(row.how, ERASED) if row.how else "",
        "reason": words.get(row.reason, ERASED) if row.reason else "",
    }


def judgement_item(row: JudgementRow, words: Mapping[str, str]) -> dict[str, Any]:
    """What a person judged, with the sums of that moment."""
    fields = {"id", "crisis", "version", "gravity", "proportion", "by", "needs_open", "needs_short", "sums"}
    return row.model_dump(include=fields) | {"reason": words.get(row.reason, ERASED), "at": row.at.isoformat()}
