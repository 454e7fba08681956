"""Alerts reduced to what conditions read, the vigilance axis, and the worst colour of each local day. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from contracts.alerts import COLOUR_RANK, AlertBody, AlertExpired, AlertKind, AlertLifted, Colour, Phenomenon
from contracts.axes import AxisState, UnassignedRequest
from contracts.base import TextRef
from services.levels.acts import authority_of, only_told
from services.levels.triggers import AlertFact, Period
from services.platform.territory import Territory

COLOUR_OF_RANK = {COLOUR_RANK[colour]: colour for colour in (Colour.VERT, Colour.JAUNE, Colour.ORANGE, Colour.ROUGE)}
PHENOMENA = {
    Phenomenon.VENT_VIOLENT: "Vent violent",
    Phenomenon.PLUIE_INONDATION: "Pluie-inondation",
    Phenomenon.ORAGES: "Orages",
    Phenomenon.CRUES: "Crues",
    Phenomenon.NEIGE_VERGLAS: "Neige-verglas",
    Phenomenon.CANICULE: "Canicule",
    Phenomenon.GRAND_FROID: "Grand froid",
    Phenomenon.AVALANCHES: "Avalanches",
    Phenomenon.VAGUES_SUBMERSION: "Vagues-submersion",
    Phenomenon.POLLUTION: "Pollution",
    Phenomenon.EPIDEMIE_SAISONNIERE: "Épidémie saisonnière",
    Phenomenon.AGENT_EMERGENT: "Agent infectieux émergent",
    Phenomenon.AFFLUX_DE_BLESSES: "Afflux de blessés",
    Phenomenon.BLESSES_PSYCHIQUES: "Blessés psychiques",
    Phenomenon.RISQUE_NRC: "Risque nucléaire, radiologique ou chimique",
    Phenomenon.PENURIE: "Pénurie",
    Phenomenon.PANNE: "Panne",
    Phenomenon.CYBERATTAQUE: "Cyberattaque",
}


def is_over(fact: AlertBody) -> bool:
    """Whether this fact ends the alert."""
    return isinstance(fact, AlertLifted | AlertExpired)


def strength_of(fact: AlertBody) -> int:
    """What is read first when a flood of alerts stands: acts of an authority, requests, calls about a phenomenon."""
    if fact.kind in {AlertKind.VIGILANCE, AlertKind.ORSAN, AlertKind.ORSEC, AlertKind.PLAN_BLANC}:
        return 3
    if fact.requests_level is not None:
        return 2
    return 1 if fact.phenomenon is not None else 0


def periods_of(fact: AlertBody) -> tuple[Period, ...]:
    """Colours over time; an alert without periods has one colour from its start to its end."""
    if fact.periods:
        return tuple(Period(COLOUR_RANK[one.colour], one.starts_at, one.ends_at) for one in fact.periods)
    if fact.colour is None:
        return ()
    end = fact.ends_at or fact.starts_at + timedelta(days=1)
    return (Period(COLOUR_RANK[fact.colour], fact.starts_at, end),)


def alert_fact(fact: AlertBody, fact_id: str, at: datetime, territory: Territory) -> AlertFact:
    """An alert reduced to what conditions read."""
    departement = next((area.departement for area in fact.areas if area.departement), None)
    commune = next((area.commune for area in fact.areas if area.commune), None)
    return AlertFact(
        alert=fact.alert,
        kind=str(fact.kind),
        source=fact.source,
        fact=fact_id,
        at=at,
        text=fact.headline,
        phenomenon=str(fact.phenomenon) if fact.phenomenon else None,
        periods=periods_of(fact) if fact.kind is AlertKind.VIGILANCE else (),
        volet=fact.volet,
        departement=departement or (commune[:2] if commune else None),
        requests_level=fact.requests_level,
        asked=only_told(fact),
        grade=fact.grade,
        authority=authority_of(fact, territory),
        since=fact.starts_at,
    )


def unassigned_request(alert: AlertFact) -> UnassignedRequest:
    """A request that concerns no plan, as it travels; ``about`` is what it names, in words."""
    subject = PHENOMENA.get(Phenomenon(alert.phenomenon), "Autre phénomène") if alert.phenomenon else None
    return UnassignedRequest(
        alert=alert.alert,
        fact=alert.fact,
        kind=alert.kind,
        source=alert.source,
        level=alert.requests_level or 0,
        about=subject or alert.volet,
        at=alert.at,
    )


def to_json(alert: AlertFact) -> dict[str, object]:
    """The stored form of what conditions read."""
    return {
        "source": alert.source,
        "text": alert.text.model_dump() if alert.text else None,
        "phenomenon": alert.phenomenon,
        "periods": [[one.rank, one.starts_at.isoformat(), one.ends_at.isoformat()] for one in alert.periods],
        "volet": alert.volet,
        "departement": alert.departement,
        "requests_level": alert.requests_level,
        "asked": alert.asked,
        "grade": alert.grade,
        "authority": alert.authority,
        "since": alert.since.isoformat() if alert.since else None,
    }


def from_json(alert: str, kind: str, fact: str, at: datetime, body: Mapping[str, object]) -> AlertFact:
    """Back from the stored form."""
    values = dict(body)
    text, periods, since = values.pop("text"), values.pop("periods"), values.pop("since", None)
    return AlertFact(
        alert=alert,
        kind=kind,
        fact=fact,
        at=at,
        text=TextRef.model_validate(text) if text else None,
        periods=tuple(
            Period(rank, datetime.fromisoformat(start), datetime.fromisoformat(end))
            for rank, start, end in periods  # type: ignore[attr-defined]
        ),
        since=datetime.fromisoformat(str(since)) if since else None,
        **values,  # type: ignore[arg-type]
    )


def days_touched(periods: tuple[Period, ...], territory: Territory) -> dict[date, int]:
    """Worst colour of each local day that periods touch."""
    worst: dict[date, int] = {}
    for period in periods:
        day = period.starts_at.astimezone(territory.zone).date()
        last = (period.ends_at - timedelta(microseconds=1)).astimezone(territory.zone).date()
        while day <= last:
            worst[day] = max(period.rank, worst.get(day, 0))
            day += timedelta(days=1)
    return worst


def days_told(periods: tuple[Period, ...], issued: datetime, territory: Territory) -> dict[date, int]:
    """Worst colour of each day from the edition's own on, as that edition tells it.

    Hours before the edition are an older one's words: the night left over from yesterday's announcement
    does not make an orange day of one that its own card calls yellow.
    """
    first = issued.astimezone(territory.zone).date()
    told = days_touched(tuple(period for period in periods if period.ends_at > issued), territory)
    return {day: rank for day, rank in told.items() if day >= first}


def day_colour(known: tuple[int, date] | None, told: int, issued: date, day: date) -> int:
    """The colour of a day after a newer edition.

    The newest edition that covers the day is right, except for hours already lived: a day seen orange by
    an edition of that same day was an orange day, whatever its evening card says.
    """
    if known is not None and known[1] == day == issued:
        return max(known[0], told)
    return told


def vigilance_state(fact: AlertBody, territory: Territory, now: datetime) -> AxisState:
    """The axis of one phenomenon, as its card tells it."""
    phenomenon = fact.phenomenon or Phenomenon.AUTRE
    today = now.astimezone(territory.zone).date()
    days = {} if is_over(fact) else days_touched(periods_of(fact), territory)
    colours = [COLOUR_OF_RANK[days.get(day, 0)] for day in (today, today + timedelta(days=1))]
    ended = {AlertLifted: "levée", AlertExpired: "expirée sans confirmation"}.get(type(fact), "en cours")
    return AxisState(
        axis="vigilance",
        label=PHENOMENA.get(phenomenon, "Autre phénomène"),
        status=ended,
        today=str(colours[0]),
        tomorrow=str(colours[1]),
        authority=fact.source,
        starts_at=fact.starts_at,
        ends_at=fact.ends_at,
        alert=fact.alert,
    )
