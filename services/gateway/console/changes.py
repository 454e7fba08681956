"""What changed for who was away: vigilance against yesterday, closed structures, who was called. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from services.platform.territory import Territory

COLOURS = ("vert", "jaune", "orange", "rouge")
#: Facts told apart on the duty page, by their own words: the rest of the page shows them already.
SHOWN_ELSEWHERE = ("level.proposed", "proposal.withdrawn", "message.", "session.", "digest.", "alert.expired")
MOST_SHELTERS = 2
WEIGHTS = {"niveau": 0, "decision": 0, "releve": 1, "alerte": 1}


@dataclass(frozen=True, slots=True)
class Sky:
    """One phenomenon: its colours yesterday, today and tomorrow."""

    label: str
    yesterday: str
    today: str
    tomorrow: str

    @property
    def changed(self) -> bool:
        """Whether a day differs from yesterday."""
        return {self.today, self.tomorrow} != {self.yesterday}


@dataclass(frozen=True, slots=True)
class Closed:
    """A structure closed today: until when, and who of the same profession is not."""

    name: str
    commune: str
    until: date
    towards: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Called:
    """The call about a proposal: when it began, who read it and when, which deputies were tried.

    ``failed``: no message of it has left. ``waiting`` is the message that who looks may say they have read.
    """

    first_at: str
    read_by: str | None = None
    read_at: str | None = None
    deputies: tuple[str, ...] = ()
    failed: bool = False
    waiting: str | None = None


def sky(alerts: Iterable[Mapping[str, Any]]) -> list[Sky]:
    """Vigilance by phenomenon, the worst of today and tomorrow first; what is green on the three days is left out."""
    worst: dict[str, list[str]] = {}
    for alert in alerts:
        if alert["kind"] != "vigilance" or alert["document_status"] == "test":
            continue
        held = worst.setdefault(alert["phenomenon"] or "autre", ["vert"] * 3)
        for place, day in enumerate(("yesterday", "today", "tomorrow")):
            colour = alert.get(f"colour_{day}")
            standing = day == "yesterday" or alert["status"] == "en vigueur"
            if colour in COLOURS and standing:
                held[place] = max(held[place], colour, key=COLOURS.index)
    found = [Sky(name.replace("_", " "), *days) for name, days in worst.items() if set(days) != {"vert"}]
    return sorted(found, key=lambda one: -max(COLOURS.index(one.today), COLOURS.index(one.tomorrow)))


def closed_on(structure: Mapping[str, Any], day: date) -> date | None:
    """The last day of the closure that covers ``day``; nothing when the structure is not said closed."""
    for closure in structure.get("closures") or ():
        first, last = _day(closure["first"]), _day(closure["last"])
        if first <= day <= last:
            return last
    return None


def _day(value: Any) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


def closures(structures: Sequence[Mapping[str, Any]], today: date, territory: Territory) -> tuple[list[Closed], int]:
    """Structures closed today, with who may be turned to; and how many were closed yesterday."""
    ends = [(one, closed_on(one, today)) for one in structures]
    standing = [one for one, end in ends if end is None]
    found = [
        Closed(one["name"], territory.commune_name(one["commune"]), end, towards(one, standing, territory))
        for one, end in ends
        if end is not None
    ]
    yesterday = sum(closed_on(one, today - timedelta(days=1)) is not None for one in structures)
    return sorted(found, key=lambda one: (one.commune, one.name)), yesterday


def towards(
    closed: Mapping[str, Any], standing: Iterable[Mapping[str, Any]], territory: Territory
) -> tuple[tuple[str, str], ...]:
    """Structures of the same profession without a declared closure: same commune first, then the ones beside it."""
    near = [closed["commune"], *neighbours(closed["commune"], territory)]
    wanted = set(closed.get("professions") or ())
    fit = [one for one in standing if one["commune"] in near and wanted & set(one.get("professions") or ())]
    fit.sort(key=lambda one: (near.index(one["commune"]), one["name"]))
    return tuple((one["name"], territory.commune_name(one["commune"])) for one in fit[:MOST_SHELTERS])


def neighbours(commune: str, territory: Territory) -> list[str]:
    """Communes beside this one on the territory's tile map, those that share a side first."""
    tiles = {one.code: one.tile for one in territory.communes if one.tile is not None}
    here = tiles.get(commune)
    if here is None:
        return []
    away = {code: (abs(tile[0] - here[0]), abs(tile[1] - here[1])) for code, tile in tiles.items()}
    beside = [code for code, gap in away.items() if max(gap) == 1]
    return sorted(beside, key=lambda code: (sum(away[code]), code))


def called(
    messages: Iterable[Mapping[str, Any]], proposal: Mapping[str, Any], holders: Iterable[str], viewer: str
) -> Called | None:
    """What is known of the call about a proposal, the one it replaced included; nothing before the first message."""
    about = {proposal["id"], proposal.get("supersedes")}
    sent = [one for one in messages if one["about"] in about and one["category"] == "proposition"]
    sent.sort(key=lambda one: one["at"])
    if not sent:
        return None
    read = next((one for one in sent if one["state"] == "lu"), None)
    known = set(holders)
    tried = (one["to"] for one in sent if one["to"] not in known and not one["to"].startswith("role:"))
    waiting = next((one["id"] for one in sent if one["to"] == viewer and one["state"] != "lu"), None)
    return Called(
        first_at=sent[0]["at"],
        read_by=read["to"] if read else None,
        read_at=read["at"] if read else None,
        deputies=tuple(dict.fromkeys(tried)),
        failed=all(one["state"] == "echec" for one in sent),
        waiting=None if read else waiting,
    )


def told_apart(entries: Iterable[Mapping[str, Any]], most: int) -> tuple[list[Mapping[str, Any]], int]:
    """Entries worth a line of the duty page, oldest first, and how many are left to « depuis ».

    When they are too many, decisions stay before alerts and alerts before the rest; of equal weight, the newest.
    """
    kept = [one for one in entries if not _elsewhere(one)]
    kept.sort(key=lambda one: (WEIGHTS.get(one["kind"], len(WEIGHTS)), -one["number"]))
    return sorted(kept[:most], key=lambda one: one["number"]), max(0, len(kept) - most)


def _elsewhere(entry: Mapping[str, Any]) -> bool:
    kind = str(entry.get("fact_type") or "")
    vigilance = kind.startswith("alert.") and str(entry.get("text") or "").startswith("Vigilance")
    return vigilance or kind.startswith(SHOWN_ELSEWHERE)


def moved_at(axis: Mapping[str, Any]) -> str | None:
    """When an act of an authority last moved: lifted, adapted, else triggered or asked."""
    found: str | None = axis.get("lifted_at") or axis.get("adapted_at") or axis["starts_at"]
    return found


def unchanged(
    crises: Iterable[Mapping[str, Any]], axes: Sequence[Mapping[str, Any]], skies: Iterable[Sky], since: datetime
) -> list[tuple[str, Any]]:
    """What did not move since a moment, as (what it is, the state): crises, acts of authorities, vigilance."""
    before = [one for one in crises if datetime.fromisoformat(one["since"]) < since]
    acts = [one for one in axes if (moved := moved_at(one)) and datetime.fromisoformat(moved) < since]
    still: list[tuple[str, Any]] = [("crise", one) for one in before]
    still += [("vigilance", one) for one in skies if not one.changed]
    return still + [("acte", one) for one in acts]


def last_decision(crises: Iterable[Mapping[str, Any]], proposals: Iterable[Mapping[str, Any]]) -> dict[str, Any] | None:
    """The newest decision a person took: a level, or a proposal declined."""
    levels = [
        {"at": one["closed_at"] or one["since"], "by": one["decided_by"], "level": one["level"], "declined": False}
        for one in crises
    ]
    declined = [
        {"at": one["at"], "by": one["decided_by"], "level": one["level"], "declined": True}
        for one in proposals
        if one["status"] == "declined" and one["at"]
    ]
    return max(levels + declined, key=lambda one: datetime.fromisoformat(one["at"]), default=None)
