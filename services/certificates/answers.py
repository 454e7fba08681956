"""What the certificates service answers: requests with their age, and the census with its holes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from contracts.base import Page, Role
from contracts.certificates import AskCensus, ListCertificates
from services.certificates import decide, store
from services.certificates.census import Cell, grid
from services.certificates.hearing import SERVICE
from services.platform.errors import Invalid
from services.platform.paging import cursor_after, read_cursor
from services.platform.unit import View

__all__ = ["SERVICE"]

DESK = (Role.COORDINATOR, Role.REFERENT)
ALL = (*DESK, Role.PROFESSIONAL, Role.READER, Role.SAMU, Role.ARS)
TIMES = (
    "requested_at", "accepted_at", "expected_at", "escalated_at", "advised_at", "called_back_at", "signed_at",
    "ended_at",
)  # fmt: skip
PLAIN = {
    "id", "commune", "place", "requester", "nurse_route", "why_doctor", "status", "outside", "hole",
    "treating_doctor_called", "treating_doctor_informed", "minutes", "ending",
}  # fmt: skip


@SERVICE.answers(ListCertificates)
def list_certificates(view: View, question: ListCertificates) -> Page:
    """Requests, what waits first. A professional sees theirs; who was asked and who came stay at the desk."""
    view.require(*ALL)
    caller = view.caller
    at_desk = caller.kind == "platform" or caller.has(*DESK)
    only_theirs = caller.kind == "person" and caller.has(Role.PROFESSIONAL) and not at_desk
    rows = store.page(
        view.session,
        view.message.territory,
        open_only=question.open_only,
        concerning=caller.id if only_theirs else None,
        after=_cursor(question.cursor),
        limit=question.limit,
    )
    page = rows[: question.limit]
    asked = store.asked_for_each(view.session, [row.id for row in page])
    items = tuple(_item(view, row, asked.get(row.id, []), at_desk=at_desk) for row in page)
    more = f"{page[-1].rank}~{cursor_after(page[-1].requested_at, page[-1].id)}" if len(rows) > question.limit else None
    return Page(items=items, next=more)


def _item(view: View, row: store.CertificateRow, asked: list[store.AskedRow], *, at_desk: bool) -> dict[str, Any]:
    waits = row.status == "open" and (row.hole or row.escalated_at is not None)
    item = row.model_dump(include=PLAIN) | {
        "sealed": bool(row.key_name),  # something can still be read
        "escalated": row.escalated_at is not None,
        "advised": row.advised_at is not None,
        "called_back": row.called_back_at is not None,
        "asked_count": len(asked),
        "declined_count": sum(each.declined_at is not None for each in asked),
        "age_minutes": ((row.ended_at or view.now) - row.requested_at) // timedelta(minutes=1),
        "fallback": decide.fallback(view.territory, view.now) if waits else None,
    }
    item |= {name: _iso(getattr(row, name)) for name in TIMES}
    if at_desk:
        item["asked"] = [each.person for each in asked]
        item["declined"] = [each.person for each in asked if each.declined_at is not None]
        item["declined_at"] = {each.person: _iso(each.declined_at) for each in asked if each.declined_at is not None}
        item["accepted_by"] = row.accepted_by
        item["profession"] = row.profession
    elif row.accepted_by == view.caller.id:
        item["accepted_by"] = row.accepted_by
    if view.caller.kind == "person":
        item["own_answer"] = _own_answer(view.caller.id, row, asked)
    return item


def _own_answer(person: str, row: store.CertificateRow, asked: list[store.AskedRow]) -> str | None:
    """What the reader said; nothing while they are still expected to, or when they were not asked."""
    if row.accepted_by == person:
        return "accepted"
    return "declined" if any(each.person == person and each.declined_at is not None for each in asked) else None


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


@SERVICE.answers(AskCensus)
def census(view: View, question: AskCensus) -> Page:
    """An ordinary week by commune and band; who, for the desk only."""
    view.require(*ALL)
    certifiers = store.certifiers(view.session, view.message.territory)
    communes = [commune.code for commune in view.territory.communes]
    named = view.caller.kind == "platform" or view.caller.has(*DESK)
    cells = grid(certifiers, communes, view.territory.hours)
    return Page(items=tuple(_cell_item(view, cell, named=named) for cell in cells))


def _cell_item(view: View, cell: Cell, *, named: bool) -> dict[str, Any]:
    item: dict[str, Any] = {
        "commune": cell.commune,
        "name": view.territory.commune_name(cell.commune),
        "band": cell.band,
        "listed": len(cell.people),
        "doctors": sum(person.doctor for person in cell.people),
        "nurses": sum(person.nurse for person in cell.people),
        "hours": cell.hours,
        "uncovered_hours": cell.hours - cell.covered,
        "hole": cell.hole,
    }
    if named:
        item["people"] = [person.person for person in cell.people]
    return item


def _cursor(text: str | None) -> tuple[int, datetime, str] | None:
    if not text:
        return None
    rank, _, rest = text.partition("~")
    after = read_cursor(rest)
    if after is None or not rank.isdigit():
        raise Invalid("Ce curseur n'est pas lisible ; reprenez la liste du début.")
    return int(rank), *after
