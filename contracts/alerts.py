"""Alerts: what the outside world tells the desk (Météo-France, ARS, SAMU, préfecture, a phone call)."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from contracts.base import Command, Contract, Fact, ListQuestion, OpenEnum, TextRef


class AlertKind(OpenEnum):
    """Nature of an alert. ``vigilance`` is Météo-France's; the three next are acts of an authority."""

    VIGILANCE = "vigilance"
    ORSAN = "orsan"
    ORSEC = "orsec"
    PLAN_BLANC = "plan_blanc"
    ARS = "ars"
    SAMU = "samu"
    AUTRE = "autre"


class Phenomenon(OpenEnum):
    """What happens: Météo-France phenomena in the order of their codes 1 to 9, then what no weather card tells."""

    VENT_VIOLENT = "vent_violent"
    PLUIE_INONDATION = "pluie_inondation"
    ORAGES = "orages"
    CRUES = "crues"
    NEIGE_VERGLAS = "neige_verglas"
    CANICULE = "canicule"
    GRAND_FROID = "grand_froid"
    AVALANCHES = "avalanches"
    VAGUES_SUBMERSION = "vagues_submersion"
    POLLUTION = "pollution"
    EPIDEMIE_SAISONNIERE = "epidemie_saisonniere"
    AGENT_EMERGENT = "agent_emergent"
    AFFLUX_DE_BLESSES = "afflux_de_blesses"
    BLESSES_PSYCHIQUES = "blesses_psychiques"
    RISQUE_NRC = "risque_nrc"
    PENURIE = "penurie"
    PANNE = "panne"
    CYBERATTAQUE = "cyberattaque"
    AUTRE = "autre"


class Colour(OpenEnum):
    """Vigilance colours, weakest first."""

    VERT = "vert"
    JAUNE = "jaune"
    ORANGE = "orange"
    ROUGE = "rouge"
    AUTRE = "autre"


COLOUR_RANK: dict[Colour, int] = {
    Colour.AUTRE: 0,
    Colour.VERT: 0,
    Colour.JAUNE: 1,
    Colour.ORANGE: 2,
    Colour.ROUGE: 3,
}


class Area(Contract):
    """A département (``91``, ``2A``, ``974``) or a commune (INSEE code)."""

    departement: str | None = None
    commune: str | None = None


class ColourPeriod(Contract):
    """One colour over one span; the end is exclusive."""

    colour: Colour
    starts_at: AwareDatetime
    ends_at: AwareDatetime


class ReportedBy(Contract):
    """Who told a person what was typed: the five fields of a call (the words are the description)."""

    name: TextRef | None = None
    function: str = ""
    at: AwareDatetime
    verified: bool = False


class AlertBody(Fact):
    """State of an alert when the fact was told.

    ``alert`` is its id in one territory, ``version`` grows with each change, ``colour`` is the worst
    of ``periods`` not yet over (the span of no period is green), ``volet`` an ORSAN component,
    ``requests_level`` what an authority asks, ``grade`` the step of a procedure without colours (pollution:
    ``information``, ``alerte``; seasonal epidemic: ``pre_epidemique``, ``epidemique``, ``post_epidemique``).
    """

    alert: str
    version: int = 1
    kind: AlertKind
    source: str
    external_id: str | None = None
    phenomenon: Phenomenon | None = None
    colour: Colour | None = None
    periods: tuple[ColourPeriod, ...] = ()
    volet: str | None = None
    grade: str | None = None
    areas: tuple[Area, ...] = ()
    headline: TextRef
    description: TextRef | None = None
    starts_at: AwareDatetime
    ends_at: AwareDatetime | None = None
    status: Literal["actual", "exercise", "test"] = "actual"
    requests_level: int | None = None
    requests: TextRef | None = None
    reported_by: ReportedBy | None = None
    issued_at: AwareDatetime | None = None


class AlertRaised(AlertBody):
    """A new alert touches the territory."""

    entity: ClassVar[str] = "alert"
    happened: ClassVar[str] = "raised"


class AlertUpdated(AlertBody):
    """A newer document changed an alert in force."""

    entity: ClassVar[str] = "alert"
    happened: ClassVar[str] = "updated"


class AlertLifted(AlertBody):
    """Its source, or a person, said that the alert is over; ``reason`` holds the person's words."""

    entity: ClassVar[str] = "alert"
    happened: ClassVar[str] = "lifted"

    reason: TextRef | None = None


class AlertExpired(AlertBody):
    """Its end passed and no newer document confirmed it: *expirée sans confirmation*."""

    entity: ClassVar[str] = "alert"
    happened: ClassVar[str] = "expired"


class SourceSilent(Fact):
    """An edition that was due did not come."""

    entity: ClassVar[str] = "source"
    happened: ClassVar[str] = "silent"

    source: str
    expected_at: AwareDatetime
    last_heard_at: AwareDatetime | None = None


class SourceHeard(Fact):
    """A silent source spoke again."""

    entity: ClassVar[str] = "source"
    happened: ClassVar[str] = "heard"

    source: str
    heard_at: AwareDatetime


class ReportAlert(Command):
    """A document as received. The owner parses it: the edge only carries bytes (base64)."""

    service: ClassVar[str] = "alerts"
    verb: ClassVar[str] = "report"

    media_type: str = Field(
        max_length=200,
        description="application/json, application/cap+xml or application/vnd.meteofrance.vigilance+json",
    )
    body: str = Field(description="the bytes, in base64")


class AlertReceipt(Contract):
    """What became of a document: new (201), known or older (200), quarantined (202)."""

    id: str
    status: Literal["new", "updated", "lifted", "known", "quarantined", "test"]
    alerts: tuple[str, ...] = ()
    reason: str | None = None


class LiftAlert(Command):
    """A person says that an alert is over, and why."""

    service: ClassVar[str] = "alerts"
    verb: ClassVar[str] = "lift"

    alert: str
    reason: str = Field(min_length=1, max_length=2000)


class ListAlerts(ListQuestion):
    """Alerts of a territory, newest first; ``in_force`` keeps those that still stand."""

    service: ClassVar[str] = "alerts"
    what: ClassVar[str] = "list"

    in_force: bool = True


class ListQuarantine(ListQuestion):
    """Documents that could not be understood, with the reason and the bytes (base64)."""

    service: ClassVar[str] = "alerts"
    what: ClassVar[str] = "quarantine"
