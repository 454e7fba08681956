"""Several crises at once: each with its level, its actions, its places and what it lacks, beside the others. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from services.digests.axes import crisis_words, level_of
from services.digests.board import Board, board
from services.digests.brief import Brief
from services.digests.figures import capacity
from services.digests.known import Known
from services.digests.numbers import Capacity
from services.digests.point import Block, safe
from services.platform import french
from services.platform.territory import Territory

COLUMNS = ("Crise", "Niveau", "Actions", "Places du jour", "Besoins")
WIDTHS = (22, 17, 24, 21, 16)
NO_CRISIS = "Sans crise désignée"


@dataclass(frozen=True, slots=True)
class Share:
    """The places of one day given to one crisis. ``given_up`` counts those passed to another, by that crisis."""

    capacity: Capacity
    given_up: dict[str, int] = field(default_factory=dict)


def shares(rows: Iterable[Known], crises: Iterable[str], territory: Territory) -> dict[str, Share]:
    """Places of a day by crisis, those of no crisis under an empty name; the whole is their sum."""
    rows = list(rows)
    found: dict[str, Share] = {}
    for crisis in (*crises, ""):
        mine = [row for row in rows if (row.data.get("crisis") or "") == crisis]
        lost: Counter[str] = Counter()
        for row in rows:
            if crisis and row.data.get("from_crisis") == crisis:
                lost[row.data["crisis"]] += int(row.data["places"])
        found[crisis] = Share(capacity(mine, territory), dict(lost))
    return found


def crises_blocks(brief: Brief) -> tuple[Block, ...]:
    """A row for each crisis when several are open; nothing otherwise, the point already speaks of the only one."""
    if len(brief.crises) < 2:
        return ()
    found = board(brief)
    places = shares(brief.world.on("slot", brief.day), [crisis.entity for crisis in brief.crises], brief.territory)
    names = {crisis.entity: crisis_words(crisis) for crisis in brief.crises}
    rows = [_row(brief, crisis, found, places[crisis.entity], names) for crisis in brief.crises]
    spare = places[""].capacity
    if spare.places:
        rows.append((NO_CRISIS, "—", "—", _places_words(spare), "—"))
    return (Block(kind="table", caption="Par crise", columns=COLUMNS, rows=tuple(rows), widths=WIDTHS),)


def _row(brief: Brief, crisis: Known, found: Board, share: Share, names: dict[str, str]) -> tuple[str, ...]:
    since = brief.local(crisis.data.get("changed_at") or crisis.data["opened_at"])
    return (
        french.capital(names[crisis.entity]),
        f"**{level_of(crisis)}**, depuis {french.when(since)}",
        _actions_words(crisis.entity, found),
        _places_words(share.capacity) + _given_up_words(share, names),
        _needs_words(brief, crisis.entity),
    )


def _actions_words(crisis: str, found: Board) -> str:
    def mine(rows: Iterable[Known]) -> int:
        return sum(1 for row in rows if crisis in (row.data.get("crises") or ()))

    done, late = mine(found.done), mine(found.late)
    ahead = mine([*found.taken, *found.waiting])
    parts = [french.count(done, "faite")] if done else []
    parts += [f"{ahead} à mener"] if ahead else []
    parts += [f"**{late} en retard**"] if late else []
    return ", ".join(parts) or "aucune"


def _places_words(found: Capacity) -> str:
    if not found.places:
        return "aucune"
    return f"{french.count(found.free, 'libre')} sur {french.number(found.places)}"


def _given_up_words(share: Share, names: dict[str, str]) -> str:
    told = [f"{count} passées à {names.get(crisis, 'une crise close')}" if count > 1
            else f"1 passée à {names.get(crisis, 'une crise close')}"
            for crisis, count in share.given_up.items()]  # fmt: skip
    return f" ({' ; '.join(told)})" if told else ""


def _needs_words(brief: Brief, crisis: str) -> str:
    needs = [row.data for row in brief.world.standing("need") if row.data["crisis"] == crisis]
    if not needs:
        return "aucun noté"
    short = [need for need in needs if _missing(need)]
    if not short:
        return french.count(len(needs), "couvert")
    worst = max(short, key=_missing)
    more = f", et {french.count(len(short) - 1, 'autre')}" if len(short) > 1 else ""
    return f"**manque {french.number(_missing(worst))}** {safe(str(worst['unit']))}{more}"


def _missing(need: dict[str, Any]) -> int:
    return max(0, int(need["asked"]) - int(need["available"]))


def split_words(found: dict[str, Share], names: dict[str, str]) -> str:
    """``canicule 4 libres sur 10 (8 passées à afflux de victimes) ; afflux de victimes 9 libres sur 14``."""
    told = [f"{names[crisis]} {_places_words(share.capacity)}{_given_up_words(share, names)}"
            for crisis, share in found.items() if crisis]  # fmt: skip
    spare = found.get("")
    if spare is not None and spare.capacity.places:
        told.append(f"sans crise désignée {_places_words(spare.capacity)}")
    return " ; ".join(told)
