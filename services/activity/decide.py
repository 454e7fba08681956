"""Decisions on what the field reports: pure functions, from what is known to the fact that follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from contracts.activity import ReportVad, VadKind
from contracts.directory import Closure, Reporting
from services.platform.calendar import A_YEAR, is_due, local_day
from services.platform.errors import Conflict, Invalid
from services.platform.territory import Territory


@dataclass(frozen=True, slots=True)
class Episode:
    """When a crisis ran."""

    opened_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Last:
    """What was last told for a measure."""

    report: str
    version: int
    value: int


@dataclass(frozen=True, slots=True)
class Change:
    """What a report does to a measure: the fields its fact carries beside the measure itself."""

    version: int
    previous: int | None
    replaces: str | None


@dataclass(frozen=True, slots=True)
class Cadence:
    """When a structure is expected."""

    structure: str
    reporting: Reporting
    closures: tuple[Closure, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one structure stands on one day."""

    structure: str
    due: bool
    reported: bool

    @property
    def missing(self) -> bool:
        """Whether it was expected and did not come: never a zero."""
        return self.due and not self.reported


def check_day(day: date, now: datetime, territory: Territory, episodes: Sequence[Episode]) -> None:
    """Refuse a day still to come, and a day of an episode whose figures are settled.

    A day of a closed crisis is taken until ``late_reports_days`` after it closed; any other day always is.
    """
    if day > local_day(now, territory.zone):
        raise Invalid(f"Le {day:%d/%m/%Y} est à venir ; déclarez un jour passé ou aujourd'hui.")
    if day < local_day(now - A_YEAR, territory.zone):
        raise Invalid(f"Le {day:%d/%m/%Y} est à plus d'un an ; corrigez la date.")
    concerned = [episode for episode in episodes if _ran_on(episode, day, territory)]
    late = timedelta(days=territory.thresholds.late_reports_days)
    if concerned and all(episode.closed_at and now > episode.closed_at + late for episode in concerned):
        raise Conflict(
            f"Les chiffres du {day:%d/%m/%Y} sont arrêtés depuis la clôture de l'épisode ; "
            "consignez la correction au journal de bord."
        )


def _ran_on(episode: Episode, day: date, territory: Territory) -> bool:
    opened = local_day(episode.opened_at, territory.zone)
    closed = local_day(episode.closed_at, territory.zone) if episode.closed_at else None
    return opened <= day and (closed is None or day <= closed)


def change(last: Last | None, value: int) -> Change | None:
    """A first report, a correction, or nothing when the same value is sent again."""
    if last is None:
        return Change(version=1, previous=None, replaces=None)
    if last.value == value:
        return None
    return Change(version=last.version + 1, previous=last.value, replaces=last.report)


def vad_measure(command: ReportVad) -> str:
    """The measure a report of visits feeds."""
    if command.kind == VadKind.AUTRE:
        raise Invalid("Dites si ces visites sont « urgente » (demandée et faite le jour même) ou « non_urgente ».")
    return f"vad:{command.profession}:{command.kind}"


def indicator_of(measure: str) -> str:
    """The word a structure chose its indicator by: ``vad_medecin`` covers urgent and planned visits."""
    source, _, rest = measure.partition(":")
    return f"vad_{rest.partition(':')[0]}" if source == "vad" else rest


def coverage(cadences: Sequence[Cadence], reporters: frozenset[str], day: date) -> list[Standing]:
    """Each structure that was due or reported, on its own cadence."""
    standings = [
        Standing(cadence.structure, is_due(cadence.reporting, cadence.closures, day), cadence.structure in reporters)
        for cadence in cadences
    ]
    return [standing for standing in standings if standing.due or standing.reported]


def only_open(crises: Sequence[tuple[str, bool]]) -> str | None:
    """The crisis a request belongs to when nobody says: the only one open. ``(name, closed)`` each."""
    running = [name for name, closed in crises if not closed]
    return running[0] if len(running) == 1 else None
