"""What the next point says of the meetings held since the last one: decisions with item 4, lines with item 2. Pure.

A decision is quoted as it was read. Whether it was carried out is not known here: only that its deadline has
passed, so that the meeting asks.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from services.digests.brief import Brief
from services.digests.decide import point_hour
from services.digests.known import Known
from services.digests.meeting_decide import OUTCOMES
from services.digests.point import Block, person, quoted
from services.platform import french

DECISION_LINES = 4


def decided_blocks(brief: Brief) -> tuple[Block, ...]:
    """``Décisions du point n° 5``, one line each; nothing when no meeting was held."""
    since = point_hour(brief.territory, brief.day - timedelta(days=1))
    found = sorted((row for row in brief.world.all("decision") if row.at >= since), key=_order)
    if not found:
        return ()
    lines = tuple(_line(brief, row) for row in found[:DECISION_LINES])
    left = max(0, len(found) - DECISION_LINES)
    return (Block(kind="list", caption="Décisions du dernier point", lines=lines, left_out=left, private=True),)


def _order(row: Known) -> tuple[str, int]:
    return (str(row.data["day"]), int(row.data["code"][1:]))


def _line(brief: Brief, row: Known) -> str:
    data = row.data
    number, outcome = data["number"], OUTCOMES.get(data["outcome"], "prise")
    parts = [f"porteur : {_who(data['owner'])}" if data["owner"] else "", _due(brief, row)]
    tail = french.capital(", ".join(part for part in parts if part))
    said = f"**{data['code']} du point n° {number}, {outcome} :** {quoted(data['words'])}."
    return f"{said} {tail}." if tail else said


def _due(brief: Brief, row: Known) -> str:
    if row.data["due_words"]:
        return f"échéance : {quoted(row.data['due_words'])}"
    if not row.data["due_at"]:
        return ""
    local = brief.local(row.data["due_at"])
    passed = ", **passée, suite à dire**" if local < brief.as_of else ""
    return f"échéance {french.when(local)}{passed}"


def _who(named: dict[str, str]) -> str:
    return person(named["person"]) if named.get("person") else quoted(named.get("name"))  # type: ignore[arg-type]


def noted_lines(brief: Brief, since: datetime) -> list[tuple[datetime, str]]:
    """What was said in a meeting and is still worth reading, with its time."""
    return [(row.at, _noted(brief, row)) for row in brief.world.all("noted") if row.at >= since]


def _noted(brief: Brief, row: Known) -> str:
    verified = row.data["verified"]
    state = "Noté" if verified is None else "Vérifié" if verified else "À vérifier"
    at = french.when(brief.local(row.at))
    return f"**Dit au point n° {row.data['number']} :** {quoted(row.data['words'])}. *{state}, {at}.*"
