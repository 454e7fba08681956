"""Decisions of the crisis cell: pure functions, from what is known and the time to what follows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.cell import FUNCTIONS, MOST_CALLED, SEATS, CellFunction, NeedSum
from services.platform.calendar import typed_time
from services.platform.errors import Conflict, Invalid, NotFound
from services.platform.french import plan_words

#: A cell is called for this week: a later date is a typing error.
AHEAD = timedelta(days=7)
#: Who is on duty takes these chairs, whoever the roster names: that person decides today.
BY_DUTY = {CellFunction.PILOTE: "referent", CellFunction.COORDINATION: "coordinatrice"}


@dataclass(frozen=True, slots=True)
class Seat:
    """A function by the roster."""

    holder: str | None = None
    deputies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Crisis:
    """A crisis and whether it still runs."""

    id: str
    playbook: str
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Sitting:
    """The session under way."""

    crises: tuple[str, ...]
    functions: tuple[CellFunction, ...]
    called: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """Who holds a function, since when; without a reference, somebody who is not in the directory."""

    since: datetime
    person: str | None = None


@dataclass(frozen=True, slots=True)
class Need:
    """A need in numbers."""

    kind: str
    unit: str
    asked: int
    available: int


def missing(asked: int, available: int) -> int:
    """What is still to find, never below nothing."""
    return max(0, asked - available)


def margin(asked: int, available: int) -> int:
    """What was found beyond what is asked."""
    return max(0, available - asked)


def sums(needs: Iterable[Need]) -> tuple[NeedSum, ...]:
    """Needs by kind and unit: hours and persons never add up, and the margin of one need covers no other."""
    grouped: dict[tuple[str, str], list[Need]] = {}
    for need in needs:
        grouped.setdefault((need.kind, need.unit), []).append(need)
    return tuple(
        NeedSum(
            kind=kind,
            unit=unit,
            needs=len(group),
            asked=sum(need.asked for need in group),
            available=sum(need.available for need in group),
            missing=sum(missing(need.asked, need.available) for need in group),
            margin=sum(margin(need.asked, need.available) for need in group),
        )
        for (kind, unit), group in sorted(grouped.items())
    )


def expected(function: CellFunction, roster: Mapping[str, Seat], duty: Mapping[str, str]) -> str | None:
    """Who is called for a function: the person on duty for the two chairs that decide, else by the roster."""
    seat = roster.get(str(function), Seat())
    return duty.get(BY_DUTY.get(function, "")) or seat.holder or next(iter(seat.deputies), None)


def call_list(
    functions: Iterable[CellFunction], roster: Mapping[str, Seat], duty: Mapping[str, str]
) -> tuple[str, ...]:
    """People to call, each once, in the order of the functions; fifteen at most."""
    people = (expected(function, roster, duty) for function in functions)
    return tuple(dict.fromkeys(person for person in people if person))[:MOST_CALLED]


def in_order(functions: Iterable[CellFunction]) -> tuple[CellFunction, ...]:
    """Functions as the screens list them, each once; refused for one the cell does not have."""
    asked = set(functions)
    if not asked <= set(SEATS):
        raise Invalid(f"Une de ces fonctions n'existe pas ; prenez-les parmi {', '.join(SEATS)}.")
    return tuple(function for function in SEATS if function in asked)


def served(asked: Sequence[str], crises: Mapping[str, Crisis]) -> tuple[str, ...]:
    """The crises a session is called for: those named, or all that run. Refused without any."""
    if not asked:
        running = tuple(crisis.id for crisis in crises.values() if not crisis.closed)
        if not running:
            raise Conflict("Aucune crise n'est ouverte : décidez d'abord d'un niveau, puis convoquez la cellule.")
        return running
    for name in asked:
        found = crises.get(name)
        if found is None:
            raise NotFound("Cette crise n'existe pas ; choisissez une crise ouverte.")
        if found.closed:
            closed = plan_words(found.playbook)
            raise Conflict(f"La crise « {closed} » est close ; la cellule se convoque pour une crise ouverte.")
    return tuple(dict.fromkeys(asked))


def only_open(asked: str | None, crises: Mapping[str, Crisis]) -> str:
    """The crisis a need or a judgement is for: the one named, or the only one that runs."""
    if asked is not None:
        return served((asked,), crises)[0]
    running = served((), crises)
    if len(running) > 1:
        raise Invalid("Plusieurs crises sont ouvertes : dites laquelle.")
    return running[0]


def start(given: datetime | None, now: datetime) -> datetime:
    """When the session begins: now, soon, or earlier when it is typed afterwards."""
    if given is not None and given > now:
        if given > now + AHEAD:
            raise Invalid("Cette heure est trop lointaine ; la cellule se convoque pour les sept jours à venir.")
        return given
    return typed_time(given, now)


def widened(sitting: Sitting, crises: Sequence[str], functions: Sequence[CellFunction]) -> Sitting | None:
    """The same session serving these crises and calling these functions too; nothing when it already does."""
    joined = tuple(name for name in crises if name not in sitting.crises)
    chairs = in_order((*sitting.functions, *functions))
    if not joined and len(chairs) == len(sitting.functions):
        return None
    return Sitting((*sitting.crises, *joined), chairs, sitting.called)


def arrival(
    function: CellFunction, person: str | None, outsider: str, held: Held | None, started: datetime, at: datetime
) -> bool:
    """Whether somebody's arrival changes anything; refused when the chair is taken by another."""
    if person and outsider:
        raise Invalid("Dites une personne de l'annuaire, ou un nom, pas les deux.")
    if not person and not outsider:
        raise Invalid(f"Personne n'est prévu pour « {FUNCTIONS[function][0]} » : dites qui est là.")
    if at < started:
        raise Invalid("Cette heure précède la convocation de la cellule ; corrigez-la.")
    if held is None:
        return True
    if person is not None and held.person == person:
        return False
    who = held.person or "une personne hors annuaire"
    raise Conflict(f"« {FUNCTIONS[function][0]} » est déjà tenue par {who} ; notez une relève.")


def relief(function: CellFunction, held: Held, to: str | None, outsider: str, at: datetime) -> None:
    """Refuse a relief that passes nothing on, or passes it before it was held."""
    if to and outsider:
        raise Invalid("Dites une personne de l'annuaire, ou un nom, pas les deux.")
    if to and held.person == to:
        raise Conflict(f"{to} tient déjà « {FUNCTIONS[function][0]} » ; choisissez qui prend la suite.")
    if at < held.since:
        raise Invalid("Cette relève précède l'arrivée de la personne relevée ; corrigez l'heure.")


def partner_key(named: str, partners: Mapping[str, str]) -> str:
    """A partner by its key, its name or, for one the territory does not list, as it was written."""
    wanted = named.strip()
    if wanted in partners:
        return wanted
    folded = wanted.casefold()
    return next((key for key, label in partners.items() if folded in (key, label.casefold())), wanted)


def wanted_by(asked_at: datetime, given: datetime | None) -> datetime | None:
    """A deadline after the request itself."""
    if given is not None and given < asked_at:
        raise Invalid("L'échéance précède la demande ; corrigez l'une des deux heures.")
    return given


def minutes(since: datetime, now: datetime) -> int:
    """An age in whole minutes."""
    return max(0, (now - since) // timedelta(minutes=1))


def late(wanted: datetime | None, asked: int, available: int, now: datetime) -> bool:
    """Whether the deadline passed with something still missing."""
    return wanted is not None and wanted < now and missing(asked, available) > 0
