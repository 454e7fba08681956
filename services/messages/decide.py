"""Who is woken, when, by which channel, and who comes next. Pure: state and time in, decisions out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from contracts.alerts import AlertBody, AlertKind, AlertUpdated, Colour
from contracts.levels import LevelProposed
from services.platform.territory import Territory, Thresholds

COORDINATRICE = "coordinatrice"
REFERENT = "referent"

#: Why a person on duty is called; the first waits for the end of the quiet hours.
PROPOSITION = "proposition"
AUTORITE = "autorite"
ROUGE = "rouge"
CERTIFICAT = "certificat"
CERTIFICAT_ESCALADE = "certificat_escalade"
#: Why a professional is written to: a certificate to sign, or places to offer.
ASKED = "sollicitation"
PLACES = "sollicitation_places"
#: Why a member of the cell is called.
CELL = "cellule"
#: A link somebody asked for, or was given: the console, or a professional's page.
SIGN_IN = "connexion"
PAGE = "page_professionnelle"

ACTS_OF_AUTHORITY = (AlertKind.ORSAN, AlertKind.ORSEC, AlertKind.PLAN_BLANC)
ASKING_AUTHORITIES = (AlertKind.ARS, AlertKind.SAMU)

MAX_ATTEMPTS = 3
#: Pauses between attempts, on the desk's clock.
BACKOFF = (timedelta(seconds=30), timedelta(minutes=2))
#: Past this a sending under way will never be noted.
SENDING_AT_MOST = timedelta(minutes=5)
#: An older fact (stream told again, parked message replayed) no longer calls or writes to anybody.
STALE_AFTER = timedelta(hours=24)
#: How long a link may be followed.
LINK_LIFE = timedelta(days=7)
SIGN_IN_LIFE = timedelta(minutes=15)

FIRST = "premier"
SECOND = "secours"
EMAIL = "email"
SMS = "sms"
WEBHOOK = "webhook"
EXERCISE = "exercice"


@dataclass(frozen=True, slots=True)
class Step:
    """One call: whom, by which channels, and its rank in the escalation (0 is the first call)."""

    person: str
    channel: str
    rank: int


class Span(Protocol):
    """Somebody holding a duty role from a moment to another."""

    person: str
    deputies: list[str]
    starts_at: datetime
    ends_at: datetime | None


def alert_category(alert: AlertBody) -> str | None:
    """Why an alert calls the person on duty, or None when it does not.

    Red vigilance, an act of an authority (ORSAN, ORSEC, plan blanc), or an ARS or SAMU message that asks something.
    """
    if alert.status == "test":
        return None
    if alert.kind == AlertKind.VIGILANCE:
        return ROUGE if alert.colour == Colour.ROUGE else None
    if alert.kind in ACTS_OF_AUTHORITY:
        return AUTORITE
    asks = alert.requests_level is not None or alert.requests is not None
    return AUTORITE if alert.kind in ASKING_AUTHORITIES and asks else None


def no_longer_red(alert: AlertBody) -> bool:
    """Whether this update takes a vigilance out of red, so that a next red calls again."""
    return isinstance(alert, AlertUpdated) and alert.kind == AlertKind.VIGILANCE and alert.colour != Colour.ROUGE


def roles_for(decided_by: Sequence[str]) -> tuple[str, ...]:
    """Duty roles called for a proposal: the coordinator, and the référent when the level is the référent's alone."""
    if REFERENT in decided_by and COORDINATRICE not in decided_by:
        return (COORDINATRICE, REFERENT)
    return (COORDINATRICE,)


def is_urgent(category: str) -> bool:
    """Whether it may wake somebody during the quiet hours."""
    return category not in {PROPOSITION, PLACES, PAGE}


def is_quiet(now: datetime, territory: Territory) -> bool:
    """Whether local time is before the end of the quiet hours."""
    return now.astimezone(territory.zone).time() < territory.hours.quiet_until


def call_at(now: datetime, category: str, territory: Territory) -> datetime:
    """When a call may be made: now, or the end of the quiet hours for what can wait."""
    if is_urgent(category) or not is_quiet(now, territory):
        return now
    local = now.astimezone(territory.zone)
    end = datetime.combine(local.date(), territory.hours.quiet_until, tzinfo=territory.zone)
    return end.astimezone(now.tzinfo)


def people_on_duty(spans: Sequence[Span], now: datetime) -> list[str]:
    """Holder then deputies; once the holder's time has run out the last deputies remain. ``spans``: newest first."""
    begun = [span for span in spans if span.starts_at <= now]
    for span in begun:
        if span.ends_at is None or now < span.ends_at:
            return [span.person, *(deputy for deputy in span.deputies if deputy != span.person)]
    return list(begun[0].deputies) if begun else []


def next_step(people: Sequence[str], told: Sequence[tuple[str, str]]) -> Step | None:
    """The next call among holder and deputies, in order; None when everybody was tried.

    The holder is called on the first channel, then on the second, then each deputy once. Whoever took duty in
    the meantime is called first: ``told`` remembers persons, not ranks.
    """
    if not people:
        return None
    holder, deputies = people[0], people[1:]
    known = {person for person, _ in told}
    if holder not in known:
        return Step(holder, FIRST, len(told))
    if (holder, SECOND) not in told and not known & set(deputies):
        return Step(holder, SECOND, len(told))
    for deputy in deputies:
        if deputy not in known:
            return Step(deputy, FIRST, len(told))
    return None


def wait_after(step: Step, holder: str, thresholds: Thresholds) -> timedelta:
    """How long an answer is awaited before the next call."""
    first_call = step.person == holder and step.channel == FIRST
    return timedelta(minutes=thresholds.second_channel_minutes if first_call else thresholds.acknowledge_minutes)


def channels_for(step_channel: str, *, exercise: bool, mail: bool, sms: bool) -> tuple[str, ...]:
    """Channels of one call: SMS and e-mail when both are set; without any, e-mail, whose failure says what to set."""
    if exercise:
        return (EXERCISE,)
    if step_channel == SECOND:
        return (SECOND,)
    chosen = tuple(channel for channel, usable in ((SMS, sms), (EMAIL, mail)) if usable)
    return chosen or (EMAIL,)


def channel_to_professional(*, exercise: bool, mail: bool, sms: bool) -> str:
    """One channel for a professional who is asked: SMS, else e-mail."""
    if exercise:
        return EXERCISE
    return EMAIL if mail and not sms else SMS


def retry_at(attempts: int, now: datetime) -> datetime | None:
    """When to try again after ``attempts`` failures; None when it has been tried enough."""
    return now + BACKOFF[attempts - 1] if attempts < MAX_ATTEMPTS else None


def is_stale(happened: datetime, now: datetime) -> bool:
    """Whether a fact is too old to write to anybody about."""
    return now - happened > STALE_AFTER


def sign_in_is_over(asked: datetime, now: datetime) -> bool:
    """Whether a sign-in link would be dead on arrival."""
    return now - asked >= SIGN_IN_LIFE


def link_is_dead(made_at: datetime, now: datetime) -> bool:
    """Whether a link is too old to be followed."""
    return now - made_at > LINK_LIFE


def alerts_behind(proposal: LevelProposed) -> tuple[str, ...]:
    """Alerts a proposal stands on: deciding it also settles the calls made for them."""
    return tuple(dict.fromkeys(evidence.alert for evidence in proposal.evidence if evidence.alert))
