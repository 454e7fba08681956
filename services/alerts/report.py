"""What a document says, whatever its format: the one shape that ``decide`` knows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from contracts.alerts import AlertKind, Area, Colour, ColourPeriod, Phenomenon

METEO_FRANCE = "meteo-france"
Status = Literal["actual", "exercise", "test"]

PHENOMENON_WORDS: dict[Phenomenon, str] = {
    Phenomenon.VENT_VIOLENT: "vent violent",
    Phenomenon.PLUIE_INONDATION: "pluie-inondation",
    Phenomenon.ORAGES: "orages",
    Phenomenon.CRUES: "crues",
    Phenomenon.NEIGE_VERGLAS: "neige-verglas",
    Phenomenon.CANICULE: "canicule",
    Phenomenon.GRAND_FROID: "grand froid",
    Phenomenon.AVALANCHES: "avalanches",
    Phenomenon.VAGUES_SUBMERSION: "vagues-submersion",
    Phenomenon.POLLUTION: "pollution",
    Phenomenon.EPIDEMIE_SAISONNIERE: "épidémie saisonnière",
    Phenomenon.AGENT_EMERGENT: "agent infectieux émergent",
    Phenomenon.AFFLUX_DE_BLESSES: "afflux de blessés",
    Phenomenon.BLESSES_PSYCHIQUES: "blessés psychiques",
    Phenomenon.RISQUE_NRC: "risque nucléaire, radiologique ou chimique",
    Phenomenon.PENURIE: "pénurie",
    Phenomenon.PANNE: "panne",
    Phenomenon.CYBERATTAQUE: "cyberattaque",
    Phenomenon.AUTRE: "autre phénomène",
}


class ParseError(ValueError):
    """The document cannot be understood; the message says why, in French, for the person who reads the quarantine."""


class SchemaError(ParseError):
    """Well-formed, but fields are wrong: ``fields`` names each with its remedy, for the sender to mend."""

    def __init__(self, fields: Iterable[tuple[str, str]]) -> None:
        self.fields = tuple(fields)
        super().__init__(" ; ".join(f"{name} : {remedy}" for name, remedy in self.fields))


@dataclass(frozen=True, slots=True)
class Words:
    """The free texts of an alert. They are kept apart and only travel as references."""

    headline: str = ""
    description: str | None = None
    requests: str | None = None
    reporter: str | None = None


@dataclass(frozen=True, slots=True)
class Reporter:
    """Who told a person what was typed; the name stands in ``Words.reporter``."""

    function: str
    at: datetime
    verified: bool


@dataclass(frozen=True, slots=True)
class Report:
    """One alert as one document states it.

    ``key`` is what unites documents; ``aliases`` are other names later documents may use for it,
    ``refers`` the names this one uses for earlier ones. ``periods`` are coloured, disjoint and in order,
    ``span`` is what the document speaks about, greens included. ``lifts`` says that it is over;
    ``cancels_until`` restricts that to documents sent no later. ``colour`` alone stands for a vigilance without end.
    """

    kind: AlertKind
    source: str
    key: str
    words: Words
    starts_at: datetime
    areas: tuple[Area, ...] = ()
    aliases: tuple[str, ...] = ()
    refers: tuple[str, ...] = ()
    external_id: str | None = None
    issued_at: datetime | None = None
    ends_at: datetime | None = None
    phenomenon: Phenomenon | None = None
    colour: Colour | None = None
    periods: tuple[ColourPeriod, ...] = ()
    span: tuple[datetime, datetime] | None = None
    volet: str | None = None
    grade: str | None = None
    requests_level: int | None = None
    reporter: Reporter | None = None
    lifts: bool = False
    cancels_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A whole document: its reports, how it wants to be taken, and what was left aside with the reason."""

    format: Literal["json", "cap", "card"]
    status: Status = "actual"
    reports: tuple[Report, ...] = ()
    notes: tuple[str, ...] = ()
    issued_at: datetime | None = None
    fingerprint: str = ""

    @property
    def keys(self) -> Iterable[str]:
        """Every key under which something of it may already stand."""
        for report in self.reports:
            yield report.key
            yield from report.refers
            yield from report.aliases


def vigilance_key(hazard: str, departement: str) -> str:
    """The key of a vigilance: one phenomenon over one département, whoever relays it."""
    return f"vigilance:{hazard}:{departement}"


def document_key(source: str, external_id: str) -> str:
    """The key of anything else: what its source calls it."""
    return f"{source}|{external_id}"


def vigilance_headline(phenomenon: Phenomenon, colour: Colour) -> str:
    """The usual words for a vigilance that comes without a title."""
    return f"Vigilance {colour} {PHENOMENON_WORDS[phenomenon]}"


def plain(text: str | None, limit: int) -> str | None:
    """A text from a machine without control characters, shortened; None when nothing is left."""
    if text is None:
        return None
    kept = "".join(sign if sign.isprintable() or sign in "\n\t" else " " for sign in text)
    return " ".join(kept.split())[:limit].strip() or None


def sensible(moment: datetime) -> datetime:
    """The time in UTC; one that no alert can have is refused, since converting year 1 or 9999 would overflow."""
    if moment.tzinfo is None:
        raise ParseError(f"date sans décalage horaire « {moment.isoformat()} »")
    if not 2000 <= moment.year <= 2100:
        raise ParseError(f"date invraisemblable (année {moment.year})")
    return moment.astimezone(UTC)


def moment_of(text: str) -> datetime:
    """An RFC 3339 time with its offset, or ``ParseError``."""
    try:
        return sensible(datetime.fromisoformat(text.strip()))
    except ParseError:
        raise
    except ValueError:
        raise ParseError(f"date illisible « {plain(text, 40) or ''} »") from None
