"""Figures: rows known at a moment -> numbers, each with its eve, its coverage and the same-structures comparison.

Pure. Missing is never zero: an indicator nobody reported has no value, a reported zero is a zero.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

from services.digests.book import ORDER, Book, is_correction, label_of, source_of
from services.digests.known import Known, World
from services.digests.numbers import Capacity, Certificates, Correction, Coverage, Figures, Indicator, Waiting
from services.platform.calendar import is_night
from services.platform.territory import Territory

EVENING = 17
TENSIONS = {
    "deshydratation": ("déshydratation", "déshydratations"),
    "coup_de_chaleur": ("coup de chaleur", "coups de chaleur"),
    "acces_aux_soins": ("accès aux soins", "accès aux soins"),
    "rupture_de_continuite": ("rupture de continuité", "ruptures de continuité"),
    "surcharge": ("surcharge", "surcharges"),
    "autre": ("autre", "autres"),
}


def indicator(book: Book, key: str, day: date, eve: date) -> Indicator:
    """One indicator over two days."""
    now, before = book.values(day, key), book.values(eve, key)
    source = source_of(key)
    due, due_before = book.due(day, key), book.due(eve, key)
    senders, senders_before = book.reporters(day, source), book.reporters(eve, source)
    both = now.keys() & before.keys()
    return Indicator(
        key=key,
        label=label_of(key),
        value=sum(now.values()) if now else None,
        before=sum(before.values()) if before else None,
        reported=len(due & senders),
        due=len(due),
        reported_before=len(due_before & senders_before),
        due_before=len(due_before),
        same_structures=now.keys() == before.keys(),
        same_now=sum(now[name] for name in both) if both else None,
        same_before=sum(before[name] for name in both) if both else None,
        corrected=book.corrected(day, key),
        corrected_before=book.corrected(eve, key),
    )


def _place(key: str) -> tuple[int, str]:
    return (ORDER.index(key), "") if key in ORDER else (len(ORDER), key)


def indicators(book: Book, day: date, eve: date) -> tuple[Indicator, ...]:
    """Indicators with a value on either day, in a fixed order."""
    return tuple(indicator(book, key, day, eve) for key in sorted(book.keys(day, eve), key=_place))


def awaited(book: Book, day: date, shown: Iterable[Indicator]) -> tuple[Indicator, ...]:
    """Lines that structures were due to send on a day and that nobody sent."""
    present = {source_of(item.key) for item in shown}
    sources = {name for found in book.structures for name in found.reporting.indicators}
    missing = [name for name in sorted(sources - present) if book.due(day, name)]
    return tuple(indicator(book, name, day, day - timedelta(days=1)) for name in missing)


def coverage(book: Book, day: date) -> Coverage:
    """Who reported out of who was due on a day."""
    due, senders = book.due(day), book.reporters(day)
    closed = {
        found.structure
        for found in book.structures
        if any(closure.first <= day <= closure.last for closure in found.closures)
    }
    return Coverage(
        enrolled=len(book.structures),
        due=len(due),
        reported=len(due & senders),
        closed=len(closed),
        other_pace=len(book.structures) - len(due) - len(closed),
        missing=tuple(sorted(due - senders)),
    )


def capacity(rows: Iterable[Known], territory: Territory) -> Capacity:
    """Places of one day. A withdrawn slot keeps what is taken; an activable one is not open."""
    places = booked = evening = activable = 0
    free: Counter[str] = Counter()
    for row in rows:
        slot = row.data
        taken = int(slot["booked"])
        if slot["state"] == "activable":
            activable += int(slot["places"])
            continue
        offered = taken if slot["state"] == "retire" else int(slot["places"])
        places, booked = places + offered, booked + taken
        free[slot["commune"]] += offered - taken
        if datetime.fromisoformat(slot["starts_at"]).astimezone(territory.zone).hour >= EVENING:
            evening += offered - taken
    return Capacity(
        places=places, booked=booked, free=places - booked, free_evening=evening, activable=activable,
        by_commune={code: value for code, value in free.most_common() if value},
    )  # fmt: skip


def certificates(rows: Iterable[Known], territory: Territory) -> Certificates:
    """Requests of one day; cancelled ones are not counted."""
    counted = [row.data for row in rows if row.data.get("ending") not in {"annule", "sans_objet"}]
    signed = [data for data in counted if data.get("signed_at")]
    slowest = max(signed, key=lambda data: int(data["minutes"]), default=None)
    night = False
    if slowest is not None:
        asked = datetime.fromisoformat(slowest["requested_at"]).astimezone(territory.zone)
        night = is_night(asked.time(), territory.hours)
    return Certificates(
        requested=len(counted),
        signed=len(signed),
        nurses=sum(1 for data in signed if data.get("profession") in {"infirmier", "idel"}),
        median=round(median(int(data["minutes"]) for data in signed)) if signed else None,
        longest=int(slowest["minutes"]) if slowest else None,
        longest_commune=slowest["commune"] if slowest else "",
        longest_at_night=night,
    )


def waiting(world: World) -> tuple[Waiting, ...]:
    """Certificates not signed nor closed, oldest first."""
    found = []
    for row in world.standing("certificate"):
        asked_at = datetime.fromisoformat(row.data["requested_at"])
        found.append(Waiting(
            commune=row.data["commune"], requested_at=asked_at,
            minutes=int((world.as_of - asked_at).total_seconds() // 60), asked=len(row.data.get("asked") or ()),
            accepted=bool(row.data.get("accepted_by")) or bool(row.data.get("outside")),
            hole=bool(row.data.get("hole")),
        ))  # fmt: skip
    return tuple(sorted(found, key=lambda item: item.requested_at))


def tally(rows: Iterable[Known], name: str) -> dict[str, int]:
    """Tensions added up by one of their fields, the largest first."""
    total: Counter[str] = Counter()
    for row in rows:
        total[row.data[name]] += int(row.data.get("count", 1))
    return dict(sorted(total.items(), key=lambda item: (-item[1], item[0])))


def corrections(world: World) -> tuple[Correction, ...]:
    """Reports replaced, newest first."""
    rows = sorted((row for row in world.all("report") if is_correction(row)), key=lambda row: row.at, reverse=True)
    return tuple(
        Correction(
            structure=row.data["structure"], label=label_of(row.data["indicator"]), day=row.day or row.at.date(),
            was=int(row.data["previous"]), now=int(row.data["value"]), at=row.at,
        )
        for row in rows
    )  # fmt: skip


def compute(world: World, territory: Territory, today: date, book: Book | None = None) -> Figures:
    """All figures of the point of ``today``, from what was known at ``world.as_of``; ``book`` when already made."""
    day, eve = today - timedelta(days=1), today - timedelta(days=2)
    book = book or Book(world)
    shown = indicators(book, day, eve)
    tensions = world.on("tension", day)
    dehydrated = [row for row in tensions if row.data["kind"] == "deshydratation"]
    return Figures(
        today=today,
        day=day,
        eve=eve,
        indicators=shown,
        awaited=awaited(book, day, shown),
        capacity=capacity(world.on("slot", day), territory),
        capacity_before=capacity(world.on("slot", eve), territory),
        capacity_today=capacity(world.on("slot", today), territory),
        tensions=tally(tensions, "kind"),
        tensions_before=tally(world.on("tension", eve), "kind"),
        tensions_by_commune=tally(tensions, "commune"),
        deshydratations_by_commune=tally(dehydrated, "commune"),
        certificates=certificates(world.on("certificate", day), territory),
        certificates_before=certificates(world.on("certificate", eve), territory),
        waiting=waiting(world),
        coverage=coverage(book, day),
        due_today=len(book.due(today)),
        corrections=corrections(world),
    )


def local(moment: datetime | str, territory: Territory) -> datetime:
    """A moment, as a watch there shows it."""
    aware = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return aware.astimezone(territory.zone)


def dump(figures: Figures) -> dict[str, Any]:
    """Figures as JSON, for machines."""
    return figures.model_dump(mode="json")
