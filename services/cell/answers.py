"""What the cell answers: everything to the desk; outside, whether it sits and sums, never a name."""

from __future__ import annotations

from collections.abc import Sequence

from contracts.base import Page, Role
from contracts.cell import (
    FUNCTIONS,
    SEATS,
    AskCell,
    CellFound,
    CellFunction,
    FunctionHeld,
    Guest,
    ListContacts,
    ListJudgements,
    ListNeeds,
)
from services.cell import decide, store
from services.cell.items import ERASED, contact_item, judgement_item, need_item
from services.cell.means import SERVICE
from services.cell.service import DESK, numbers, seats
from services.cell.tables import MemberRow, SessionRow
from services.platform.errors import Forbidden
from services.platform.paging import cursor_after, read_cursor
from services.platform.unit import View

__all__ = ["SERVICE"]

OUTSIDE = (Role.ARS, Role.SAMU)
ALL = (*DESK, Role.PROFESSIONAL, *OUTSIDE)
DESK_ONLY = "Ces écrits restent à la cellule ; demandez à la personne d'astreinte ce que vous devez savoir."


def _at_desk(view: View) -> bool:
    return view.caller.kind == "platform" or view.caller.has(*DESK)


def _inside(view: View) -> bool:
    return _at_desk(view) or view.caller.has(Role.PROFESSIONAL)


def _require_desk(view: View) -> None:
    view.require(*ALL)
    if not _at_desk(view):
        raise Forbidden(DESK_ONLY)


@SERVICE.answers(AskCell)
def cell_state(view: View, question: AskCell) -> CellFound:
    """The roster and the session under way; names stay inside the CPTS."""
    view.require(*ALL)
    territory, inside = view.message.territory, _inside(view)
    row, roster = store.sitting(view.session, territory), seats(store.roster(view.session, territory))
    there = store.present(view.session, row.id) if row else ()
    words = store.texts(view.session, [row.place if row else None, *(member.outsider for member in there)])
    duty = store.on_duty(view.session, territory, view.now)
    functions = tuple(_held(function, roster, duty, row, there, words, named=inside) for function in SEATS)
    if row is None:
        return CellFound(functions=functions, last_dismissed_at=store.last_dismissed(view.session, territory))
    crises = store.crises(view.session, territory)
    return CellFound(
        functions=functions,
        guests=tuple(_guest(member, words) for member in there if member.function not in SEATS) if inside else (),
        session=row.id,
        crises=tuple(row.crises),
        playbooks=tuple(crises[name].playbook for name in row.crises if name in crises),
        convened_at=row.convened_at,
        convened_by=row.convened_by if inside else None,
        starts_at=row.starts_at,
        place=words.get(row.place or "", "") if inside else "",
        absent=sum(held.called and not held.filled for held in functions),
    )


def _held(
    function: CellFunction,
    roster: dict[str, decide.Seat],
    duty: dict[str, str],
    row: SessionRow | None,
    there: Sequence[MemberRow],
    words: dict[str, str],
    *,
    named: bool,
) -> FunctionHeld:
    label, role = FUNCTIONS[function]
    member = next((one for one in there if one.function == str(function)), None)
    shown = FunctionHeld(
        function=function, label=label, role=role, called=row is not None and str(function) in row.functions,
        filled=member is not None, since=member.arrived_at if member else None,
    )  # fmt: skip
    if not named:
        return shown
    seat = roster.get(str(function), decide.Seat())
    names = {"holder": seat.holder, "deputies": seat.deputies, "expected": decide.expected(function, roster, duty)}
    if member is not None:
        names |= {"present": member.person, "present_name": _outsider(member, words)}
    return shown.model_copy(update=names)


def _outsider(member: MemberRow, words: dict[str, str]) -> str:
    return words.get(member.outsider, ERASED) if member.outsider else ""


def _guest(member: MemberRow, words: dict[str, str]) -> Guest:
    return Guest(person=member.person, name=_outsider(member, words), since=member.arrived_at)


@SERVICE.answers(ListContacts)
def list_contacts(view: View, question: ListContacts) -> Page:
    """Exchanges with partners, for the desk."""
    _require_desk(view)
    partners = view.territory.partners
    rows = store.contact_page(
        view.session,
        view.message.territory,
        partner=decide.partner_key(question.partner, partners) if question.partner else None,
        crisis=question.crisis,
        after=read_cursor(question.cursor),
        limit=question.limit,
    )
    page = rows[: question.limit]
    words = store.texts(view.session, [text for row in page for text in (row.text, row.person)])
    more = cursor_after(page[-1].at, page[-1].id) if len(rows) > question.limit else None
    return Page(items=tuple(contact_item(row, words, partners) for row in page), next=more)


@SERVICE.answers(ListNeeds)
def list_needs(view: View, question: ListNeeds) -> Page:
    """Needs for the desk, sums for the others; for those outside, of what they asked themselves."""
    view.require(*ALL)
    territory = view.message.territory
    if not _at_desk(view):
        rows = store.open_needs(view.session, territory, question.crisis)
        mine = {str(role) for role in OUTSIDE if view.caller.has(role)}
        kept = rows if view.caller.has(Role.PROFESSIONAL) else [row for row in rows if row.asked_by in mine]
        return Page(items=tuple(each.model_dump() for each in decide.sums(map(numbers, kept))))
    rows = store.need_page(
        view.session, territory, crisis=question.crisis, open_only=question.open_only,
        after=read_cursor(question.cursor), limit=question.limit,
    )  # fmt: skip
    page = rows[: question.limit]
    more = cursor_after(page[-1].asked_at, f"{page[-1].rank}{page[-1].id}") if len(rows) > question.limit else None
    words = store.texts(view.session, [text for row in page for text in (row.what, row.how, row.reason)])
    return Page(items=tuple(need_item(row, words, view.now) for row in page), next=more)


@SERVICE.answers(ListJudgements)
def list_judgements(view: View, question: ListJudgements) -> Page:
    """Judgements of gravity, for the desk."""
    _require_desk(view)
    rows = store.judgement_page(
        view.session, view.message.territory, crisis=question.crisis, after=read_cursor(question.cursor),
        limit=question.limit,
    )  # fmt: skip
    page = rows[: question.limit]
    words = store.texts(view.session, [row.reason for row in page])
    more = cursor_after(page[-1].at, page[-1].id) if len(rows) > question.limit else None
    return Page(items=tuple(judgement_item(row, words) for row in page), next=more)
