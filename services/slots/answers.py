"""What the slots service answers: rows inside the CPTS, what can be booked for the SAMU, totals for the ARS."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from contracts.base import Page, Role
from contracts.slots import AskCapacity, CapacityRow, ListSlots, SlotState
from services.platform.calendar import day_bounds, local_day
from services.platform.errors import Invalid
from services.platform.paging import cursor_after, read_cursor
from services.platform.unit import View
from services.slots import decide, store
from services.slots.solicitation_list import SERVICE

__all__ = ["SERVICE"]

DESK = (Role.COORDINATOR, Role.REFERENT, Role.READER)
INSIDE = (*DESK, Role.PROFESSIONAL)


@SERVICE.answers(ListSlots)
def list_slots(view: View, question: ListSlots) -> Page:
    """Slots by start, of one day or from today on."""
    view.require(*INSIDE, Role.SAMU, Role.ARS)
    inside = view.caller.kind == "platform" or view.caller.has(*INSIDE)
    start, end = _period(question.day, view)
    if not inside and not view.caller.has(Role.SAMU):  # totals, whatever is asked
        rows = store.slots_between(view.session, view.message.territory, start, end)
        return Page(items=tuple(row.model_dump(exclude_none=True) for row in _totals(rows, view.territory.zone)))
    return _rows(view, question, start, end, inside=inside and not question.bookable)


def _own(view: View) -> str | None:
    """The only professional whose slots a professional reads in full; nothing for the desk, which reads all."""
    caller = view.caller
    only = caller.kind == "person" and caller.has(Role.PROFESSIONAL) and not caller.has(*DESK)
    return caller.id if only else None


def _rows(view: View, question: ListSlots, start: datetime, end: datetime | None, *, inside: bool) -> Page:
    # Without a day, what started yesterday and still runs belongs to the list.
    found = store.slot_page(
        view.session,
        view.message.territory,
        start=start if end else start - decide.MAX_DURATION,
        end=end,
        ending_after=(None if end else start) if inside else view.now,
        commune=question.commune,
        state=question.state,
        professional=_own(view) if inside else None,
        bookable=not inside,
        after=read_cursor(question.cursor),
        limit=question.limit,
    )
    rows = found[: question.limit]
    item = _Items(view)
    items = tuple(item.inside(row) if inside else item.outside(row) for row in rows)
    if inside and _own(view) is None:
        items = tuple(_with_bookings(view, items))
    more = cursor_after(rows[-1].starts_at, rows[-1].id) if len(found) > question.limit else None
    return Page(items=items, next=more)


def _with_bookings(view: View, items: Sequence[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """What the desk needs to give a booking back: its id, how many places, which service asked, when."""
    bookings = store.bookings_of(view.session, [item["id"] for item in items])
    for item in items:
        held = bookings[item["id"]]
        told = [{"id": row.id, "count": row.count, "asked_by": row.asked_by, "booked_at": row.booked_at.isoformat()}
                for row in held]  # fmt: skip
        yield item | {"bookings": told}


@SERVICE.answers(AskCapacity)
def capacity(view: View, question: AskCapacity) -> Page:
    """Totals by day, commune and profession, both days included."""
    view.require(*INSIDE, Role.SAMU, Role.ARS)
    first, last = _day(question.first), _day(question.last)
    if last < first or last - first > timedelta(days=366):
        raise Invalid("Donnez un premier jour qui précède le dernier, à un an au plus.")
    zone = view.territory.zone
    rows = store.slots_between(
        view.session, view.message.territory, day_bounds(first, zone)[0], day_bounds(last, zone)[1]
    )
    return Page(
        items=tuple(row.model_dump(exclude_none=True) for row in _totals(rows, zone, by_crisis=question.by_crisis))
    )


class _Items:
    """Rows of a list, as one kind of reader may see them."""

    def __init__(self, view: View) -> None:
        self._now = view.now
        self._lowered = {
            name: row.lowered_at for name, row in store.crises(view.session, view.message.territory).items()
        }

    def outside(self, row: store.SlotRow) -> dict[str, Any]:
        """Enough to book, nothing that tells whose slot it is."""
        slot = store.body(row)
        shown = slot.model_dump(mode="json", include={"profession", "commune", "starts_at", "ends_at", "mode"})
        return {"id": slot.slot, "free": decide.free(slot)} | shown

    def inside(self, row: store.SlotRow) -> dict[str, Any]:
        """Everything but the line to dial, which goes to who books."""
        slot = store.body(row)
        lowered_at = self._lowered.get(slot.crisis) if slot.crisis else None
        return {
            "id": slot.slot,
            **slot.model_dump(mode="json", exclude={"slot", "version"}),
            "free": decide.free(slot),
            "withdrawable": decide.withdrawable(slot, row.offered_at, lowered_at, self._now),
        }


def _totals(rows: Iterable[store.SlotRow], zone: ZoneInfo, *, by_crisis: bool = False) -> list[CapacityRow]:
    """Places open, taken and free; an activable slot is a promise, not yet a place."""
    sums: dict[tuple[str, str, str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in rows:
        slot = store.body(row)
        if slot.state == SlotState.ACTIVABLE or slot.places == 0:
            continue
        crisis = (slot.crisis or "") if by_crisis else ""
        total = sums[local_day(slot.starts_at, zone).isoformat(), slot.commune, slot.profession, crisis]
        for index, number in enumerate((slot.places, slot.booked, decide.free(slot))):
            total[index] += number
    return [
        CapacityRow(
            day=day, commune=commune, profession=profession, places=places, booked=booked, free=free,
            crisis=crisis or None,
        )
        for (day, commune, profession, crisis), (places, booked, free) in sorted(sums.items())
    ]  # fmt: skip


def _period(day: str | None, view: View) -> tuple[datetime, datetime | None]:
    zone = view.territory.zone
    if day is not None:
        return day_bounds(_day(day), zone)
    return day_bounds(local_day(view.now, zone), zone)[0], None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid(f"« {text} » n'est pas un jour ; écrivez-le AAAA-MM-JJ.") from error
