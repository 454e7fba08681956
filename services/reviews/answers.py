"""What the reviews answer: the list, one review with its facts, improvements. Those outside wait for publication."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from contracts.base import Envelope, Page, TextsFound
from contracts.logbook import AskTexts
from contracts.plans import ListPlans
from contracts.reviews import (
    AskReview,
    ImprovementItem,
    ListImprovements,
    ListReviews,
    ReviewFacts,
    ReviewFound,
    ReviewItem,
    ReviewMeeting,
)
from services.platform.calendar import local_day
from services.platform.errors import Invalid, NotFound, Refused
from services.platform.paging import cursor_after, read_cursor
from services.platform.territory import Territory
from services.platform.unit import View, Worker
from services.reviews import store
from services.reviews.facts import facts_of
from services.reviews.handlers import NO_REVIEW, SERVICE
from services.reviews.making import read_case
from services.reviews.outside import INSIDE, OUTSIDE, allow, is_inside, outside
from services.reviews.store import ImprovementRow, MeetingRow, ReviewRow

ERASED = "[texte effacé]"
UNREACHABLE = "[texte non reçu]"
CHUNK = 200

__all__ = ["SERVICE"]


@SERVICE.answers(ListReviews)
def list_reviews(view: View, question: ListReviews) -> Page:
    """Last closed crisis first; those outside see published ones only."""
    view.require(*INSIDE, *OUTSIDE)
    rows = store.review_page(
        view.session, view.message.territory, playbook=question.playbook, published=not is_inside(view.caller),
        after=read_cursor(question.cursor), limit=question.limit,
    )  # fmt: skip
    page = rows[: question.limit]
    today = local_day(view.now, view.territory.zone)
    items = [item.model_dump(mode="json") for item in _items(view.session, page, today)]
    more = cursor_after(page[-1].closed_at, page[-1].id) if len(rows) > question.limit else None
    return Page(items=tuple(items), next=more)


def _items(session: Session, rows: Sequence[ReviewRow], today: date) -> list[ReviewItem]:
    ids = [row.id for row in rows]
    held = store.meetings(session, ids)
    decided = store.improvements_of(session, ids)
    items = []
    for row in rows:
        own_meetings = [one for one in held if one.review == row.id]
        items.append(_item(row, today, own_meetings, [one for one in decided if one.review == row.id]))
    return items


def _item(row: ReviewRow, today: date, held: Sequence[MeetingRow], decided: Sequence[ImprovementRow]) -> ReviewItem:
    return ReviewItem(
        id=row.id, crisis=row.crisis, playbook=row.playbook, opened_at=row.opened_at, closed_at=row.closed_at,
        due_on=row.due_on, late=row.status == "a_tenir" and today > row.due_on, status=row.status, held_on=row.held_on,
        published_at=row.published_at, meetings=len(held), improvements=len(decided),
        improvements_open=sum(not one.closed for one in decided),
    )  # fmt: skip


@SERVICE.answers(AskReview)
async def ask_review(worker: Worker, envelope: Envelope, question: AskReview) -> ReviewFound:
    """One review: its facts as they stand, or as they were frozen; other services give words and plan versions."""
    return await find_review(worker, envelope, question.review)


async def find_review(worker: Worker, envelope: Envelope, name: str) -> ReviewFound:
    """The same, for a page or for print."""
    caller = allow(envelope)
    territory = worker.territories.get(envelope.territory)
    if territory is None:
        raise NotFound(f"Le territoire « {envelope.territory} » n'est pas tenu par ce poste de crise.")
    today = local_day(worker.clock.now(), territory.zone)
    found = await worker.read(lambda session: _read(session, territory, name, today))
    if found is None or (not is_inside(caller) and found.item.status != "publie"):
        raise NotFound(NO_REVIEW)
    if not is_inside(caller):
        return outside(found)
    facts = await with_words(worker, territory.territory, found.facts)
    versions = await _plan_versions(worker, found.item, territory.territory)
    return found.model_copy(update={"facts": facts, "plan_versions": versions})


def _read(session: Session, territory: Territory, name: str, today: date) -> ReviewFound | None:
    row = store.review(session, territory.territory, name)
    if row is None:
        return None
    facts = ReviewFacts.model_validate(row.facts) if row.facts else facts_of(read_case(session, territory, row))
    held, decided = store.meetings(session, [row.id]), store.improvements_of(session, [row.id])
    ids = [text for one in held for text in (one.worked, one.lacked)] + [
        text for one in decided for text in (one.title, one.reason)
    ]
    words = store.texts(session, [text for text in ids if text])
    return ReviewFound(
        item=_item(row, today, held, decided), facts=facts, up_to=row.up_to, sha256=row.sha256,
        meetings=tuple(_meeting(one, words) for one in held),
        improvements=tuple(_improvement(one, words, today) for one in decided),
    )  # fmt: skip


def _said(text: str | None, words: dict[str, str]) -> str:
    return words.get(text, ERASED) if text else ""


def _meeting(row: MeetingRow, words: dict[str, str]) -> ReviewMeeting:
    return ReviewMeeting(
        kind=row.kind, held_on=row.held_on, worked=_said(row.worked, words), lacked=_said(row.lacked, words), by=row.by
    )


def _improvement(row: ImprovementRow, words: dict[str, str], today: date) -> ImprovementItem:
    return ImprovementItem(
        id=row.id, review=row.review, playbook=row.playbook, title=_said(row.title, words), owner=row.owner,
        due_on=row.due_on, status=row.status, late=not row.closed and today > row.due_on,
        plan_version=row.plan_version, reason=_said(row.reason, words), decided_at=row.decided_at,
        closed_at=row.closed_at,
    )  # fmt: skip


async def with_words(worker: Worker, territory: str, facts: ReviewFacts) -> ReviewFacts:
    """The words behind the references; an erased one is said so, and so is a journal that does not answer."""
    ids = [moment.text for moment in facts.timeline if moment.text] + [
        need.text for need in facts.unmet_needs if need.text
    ]
    words = await _words(worker, territory, ids)
    timeline = tuple(
        moment.model_copy(update={"words": words[moment.text]}) if moment.text else moment for moment in facts.timeline
    )
    needs = tuple(
        need.model_copy(update={"what": words[need.text]}) if need.text else need for need in facts.unmet_needs
    )
    return facts.model_copy(update={"timeline": timeline, "unmet_needs": needs})


async def _words(worker: Worker, territory: str, ids: Iterable[str]) -> dict[str, str]:
    wanted = sorted(set(ids))
    words: dict[str, str] = {}
    for start in range(0, len(wanted), CHUNK):
        some = tuple(wanted[start : start + CHUNK])
        try:
            found = await worker.ask(AskTexts(ids=some), TextsFound, territory=territory)
        except Refused:
            words.update(dict.fromkeys(some, UNREACHABLE))
            continue
        words.update(dict.fromkeys(some, ERASED) | {text.id: text.text for text in found.texts})
    return words


async def _plan_versions(worker: Worker, item: ReviewItem, territory: str) -> tuple[int, ...]:
    """Versions of the plan whose revision cites this review; none when the engine does not answer."""
    try:
        page = await worker.ask(ListPlans(playbook=item.playbook, limit=200), Page, territory=territory)
    except Refused:
        return ()
    citing = {item.id, item.crisis}
    return tuple(sorted(plan["version"] for plan in page.items if citing & set(plan.get("reviews", ()))))


@SERVICE.answers(ListImprovements)
def list_improvements(view: View, question: ListImprovements) -> Page:
    """Open ones first, soonest due first; inside the CPTS only, since people write their titles."""
    view.require(*INSIDE)
    rows = store.improvement_page(
        view.session, view.message.territory, open_only=question.open_only, playbook=question.playbook,
        review_id=question.review, after=_place(question.cursor), limit=question.limit,
    )  # fmt: skip
    page = rows[: question.limit]
    words = store.texts(view.session, [text for row in page for text in (row.title, row.reason) if text])
    today = local_day(view.now, view.territory.zone)
    items = tuple(_improvement(row, words, today).model_dump(mode="json") for row in page)
    more = f"{int(page[-1].closed)}{cursor_after(page[-1].due_at, page[-1].id)}" if len(rows) > question.limit else None
    return Page(items=items, next=more)


def _place(cursor: str | None) -> tuple[bool, datetime, str] | None:
    if not cursor:
        return None
    if cursor[0] not in "01":
        raise Invalid("Ce curseur n'est pas lisible ; reprenez la liste du début.")
    after = read_cursor(cursor[1:])
    return (cursor[0] == "1", *after) if after else None
