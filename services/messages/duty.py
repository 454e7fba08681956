"""Calls to the person on duty: started by a fact, continued by the clock, ended by an answer or a decision."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from contracts.messages import DutyEscalated
from services.messages import decide, store
from services.messages.outgoing import Letter, drop, failed_at_once, queue
from services.messages.store import CallRow
from services.platform.unit import Unit

NOBODY = (
    "Personne ne tient l'astreinte « {role} » : message non envoyé. Faites prendre l'astreinte ou appelez vous-même."
)
NO_ANSWER = "Ni le titulaire ni les suppléants de l'astreinte « {role} » n'ont répondu : appelez-les."

LOWERED = "n'est plus rouge"
TYPED_BY_HOLDER = "saisi par la personne d'astreinte"
ANSWERED = "lu"
EXHAUSTED = "sans réponse"
WITHDRAWN = "proposition retirée"
DECIDED = "décidé"


@dataclass(frozen=True, slots=True)
class Reason:
    """What a call is about."""

    about: str
    category: str
    purpose: str
    words: dict[str, Any]
    related: tuple[str, ...] = ()


def call_duty(unit: Unit, roles: tuple[str, ...], reason: Reason) -> None:
    """Start a call for each role, once per thing and category; first step now, or when the quiet hours end."""
    territory = unit.territory
    known = [
        (call.role, call.category)
        for call in store.calls_about(unit.session, territory.territory, [reason.about])
        if call.ended_because != LOWERED
    ]
    for role in roles:
        if (role, reason.category) in known:
            continue
        call = CallRow(
            id=unit.new_id(),
            territory=territory.territory,
            about=reason.about,
            related=list(reason.related),
            role=role,
            category=reason.category,
            purpose=reason.purpose,
            words=reason.words,
            started_at=unit.now,
            next_at=decide.call_at(unit.now, reason.category, territory),
        )
        unit.session.add(call)
        if call.next_at is not None and call.next_at <= unit.now:
            take_step(unit, call)
    unit.session.flush()


def take_step(unit: Unit, call: CallRow) -> None:
    """Call the next person, or say that everybody was tried. A step that falls in the quiet hours waits."""
    territory = unit.territory_named(call.territory)
    may_call = decide.call_at(unit.now, call.category, territory)
    if may_call > unit.now:
        call.next_at = may_call
        return
    people = store.on_duty(unit.session, call.territory, call.role, unit.now)
    told = [(person, channel) for person, channel in call.told]
    step = decide.next_step(people, told)
    if step is None:
        _nobody_left(unit, call, people)
        return
    _send_step(unit, call, step)
    call.told = [*call.told, [step.person, step.channel]]
    call.next_at = unit.now + decide.wait_after(step, people[0], territory.thresholds)
    if step.rank > 0:
        fact = DutyEscalated(about=call.about, role=call.role, to=step.person, step=step.rank)
        unit.say(fact, territory=call.territory)


def _letter(call: CallRow, to: str, channel: str) -> Letter:
    return Letter(
        about=call.about, category=call.category, purpose=call.purpose, to=to, channel=channel,
        words=call.words, call=call.id, wants_link=True, rank=len(call.told),
    )  # fmt: skip


def _send_step(unit: Unit, call: CallRow, step: decide.Step) -> None:
    channels = decide.channels_for(
        step.channel,
        exercise=unit.territory_named(call.territory).exercise,
        mail=bool(unit.settings.mail_url),
        sms=bool(unit.settings.sms_url),
    )
    letters = [_letter(call, step.person, channel) for channel in channels]
    if step.rank > 0:
        again = "second canal" if step.channel == decide.SECOND else "suppléance"
        letters = [replace(letter, purpose=f"{call.purpose}, {again}") for letter in letters]
    queue(unit, call.territory, letters, urgent=True)


def _nobody_left(unit: Unit, call: CallRow, people: list[str]) -> None:
    reason = (NO_ANSWER if people else NOBODY).format(role=call.role)
    failed_at_once(unit, call.territory, _letter(call, f"role:{call.role}", decide.EMAIL), reason)
    if people:
        _end(unit, call, EXHAUSTED)
        return
    call.next_at = None  # until somebody takes this duty
    if call.role == decide.COORDINATRICE:
        _turn_to_referent(unit, call)


def duty_taken(unit: Unit, role: str, starts_at: datetime) -> None:
    """Somebody holds the role at last: the calls that found nobody are made."""
    for call in store.calls_waiting_for_holder(unit.session, unit.territory.territory, role):
        call.next_at = max(unit.now, starts_at)


def _turn_to_referent(unit: Unit, call: CallRow) -> None:
    """Nobody coordinates: the référent on duty is called rather than nobody."""
    if not store.on_duty(unit.session, call.territory, decide.REFERENT, unit.now):
        return
    calls = store.calls_about(unit.session, call.territory, [call.about])
    if any(other.role == decide.REFERENT and other.category == call.category for other in calls):
        return
    turned = CallRow(
        id=unit.new_id(), territory=call.territory, about=call.about, related=call.related, role=decide.REFERENT,
        category=call.category, purpose=call.purpose, words=call.words, started_at=unit.now, next_at=unit.now,
    )  # fmt: skip
    unit.session.add(turned)
    take_step(unit, turned)


def _end(unit: Unit, call: CallRow, because: str) -> None:
    call.ended_at, call.ended_because = unit.now, because  # next_at stays: a newer proposal may take the call over
    for row in store.messages_of_call(unit.session, call.id, store.WAITING):
        drop(row, because)


def acknowledge(unit: Unit, call: CallRow, by: str) -> None:
    """Somebody answered: nobody else is called for this role."""
    if call.ended_at is None:
        call.acknowledged_by, call.acknowledged_at = by, unit.now
        _end(unit, call, ANSWERED)


def end_calls(unit: Unit, about: str, because: str, *, category: str | None = None) -> None:
    """What the calls were about is settled; those for the alerts behind it are too."""
    territory = unit.territory.territory
    calls = store.calls_about(unit.session, territory, [about])
    related = {alert for call in calls for alert in call.related}
    if category is None and related:
        calls += store.calls_about(unit.session, territory, sorted(related))
    for call in calls:
        if call.ended_at is None and category in (None, call.category):
            _end(unit, call, because)
    unit.session.flush()


def hand_over(unit: Unit, old: str, reason: Reason) -> bool:
    """A newer proposal for the same level takes the calls of the one it supersedes: who was told, who answered.

    False when there is nothing to take over: another level, a refusal, or a call that nobody answered.
    """
    calls = [
        call
        for call in store.calls_about(unit.session, unit.territory.territory, [old])
        if call.purpose == reason.purpose and (call.ended_at is None or call.ended_because in (WITHDRAWN, ANSWERED))
    ]
    for call in calls:
        if call.ended_because == WITHDRAWN:
            call.ended_at, call.ended_because = None, ""
            _take_up_again(unit, call, reason.words)
        call.about, call.words = reason.about, reason.words
        call.related = sorted({*call.related, *reason.related})
    unit.session.flush()
    return bool(calls)


def _take_up_again(unit: Unit, call: CallRow, words: dict[str, Any]) -> None:
    """Messages given up in between leave after all, in the newer words."""
    for row in store.messages_of_call(unit.session, call.id, store.FAILED):
        if row.error.startswith(store.DROPPED):
            row.state, row.error, row.due_at, row.words = store.WAITING, "", unit.now, words


def lowered(unit: Unit, alert: str) -> None:
    """The vigilance left red: the call ends, and a next red will call again."""
    for call in store.calls_about(unit.session, unit.territory.territory, [alert]):
        if call.category != decide.ROUGE:
            continue
        if call.ended_at is None:
            _end(unit, call, LOWERED)
        call.ended_because = LOWERED
    unit.session.flush()


def known_by_author(unit: Unit, about: str, category: str) -> None:
    """Who typed it on duty knows it: one message keeps the link at hand, no deputy is called."""
    for call in store.calls_about(unit.session, unit.territory.territory, [about]):
        people = store.on_duty(unit.session, call.territory, call.role, unit.now)
        if call.category == category and call.ended_at is None and people[:1] == [unit.message.author]:
            call.acknowledged_by, call.acknowledged_at = unit.message.author, unit.now
            call.ended_at, call.ended_because = unit.now, TYPED_BY_HOLDER
    unit.session.flush()
