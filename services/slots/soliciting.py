"""Decisions on solicitations: who is asked, what an answer changes, how it ends. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.base import TextRef
from contracts.slots import SlotMode
from contracts.solicitations import (
    PlacesSolicited,
    SolicitationAnswer,
    SolicitationAnswered,
    SolicitationBody,
    SolicitationClosed,
    SolicitationEnding,
    SolicitPlaces,
)
from services.platform.calendar import A_YEAR
from services.platform.errors import Conflict, Invalid
from services.platform.territory import Territory

MAX_PERIOD = timedelta(days=31)
ANSWERS = frozenset({SolicitationAnswer.OUI, SolicitationAnswer.NON, SolicitationAnswer.PLUS_TARD})
CLOSED = "Cette sollicitation est close, merci ; elle n'attend plus de réponse."


@dataclass(frozen=True, slots=True)
class Known:
    """Someone of the directory: whether they may be asked for places, in which groups, where they work."""

    person: str
    professional: bool
    groups: tuple[str, ...] = ()
    communes: tuple[str, ...] = ()


def check(command: SolicitPlaces, territory: Territory, now: datetime) -> None:
    """Refuse what asks nobody, of places or groups that do not exist, or for hours that make no period."""
    if not command.groups and not command.people:
        raise Invalid("Dites à qui vous demandez des places : un groupe, des personnes, ou les deux.")
    for group in command.groups:
        if group not in territory.groups:
            raise Invalid(f"Le groupe « {group} » n'existe pas ; choisissez parmi : {', '.join(territory.groups)}.")
    for commune in command.communes:
        if not territory.has_commune(commune):
            raise Invalid(f"La commune {commune} n'est pas du territoire ; vérifiez le code INSEE.")
    if command.mode == SlotMode.AUTRE:
        raise Invalid("Dites comment les patients seront vus : consultation, visite ou téléconsultation.")
    if command.ends_at <= command.starts_at:
        raise Invalid("La fin de la période précède son début ; corrigez les heures.")
    if command.ends_at - command.starts_at > MAX_PERIOD:
        raise Invalid("Une sollicitation porte sur 31 jours au plus ; faites-en plusieurs.")
    if command.starts_at > now + A_YEAR:
        raise Invalid("Cette période est à plus d'un an ; corrigez la date.")
    if command.ends_at <= now:
        raise Invalid("Cette période est terminée ; corrigez les heures.")


def addressees(command: SolicitPlaces, people: Sequence[Known]) -> tuple[str, ...]:
    """Who is asked, each once: those named, then the members of the groups who work in the communes."""
    professionals = {known.person: known for known in people if known.professional}
    for person in command.people:
        if person not in professionals:
            raise Invalid(f"« {person} » n'est pas un professionnel de l'annuaire ; vérifiez la référence.")
    members = [known.person for known in professionals.values() if _is_meant(known, command)]
    found = tuple(dict.fromkeys((*command.people, *members)))
    if not found:
        raise Invalid("Personne à solliciter : aucun professionnel de ces groupes n'exerce dans ces communes.")
    return found


def _is_meant(known: Known, command: SolicitPlaces) -> bool:
    in_groups = not set(known.groups).isdisjoint(command.groups)
    return in_groups and (not command.communes or not set(known.communes).isdisjoint(command.communes))


def solicit(
    command: SolicitPlaces, solicitation: str, asked: tuple[str, ...], crisis: str | None, text: TextRef | None
) -> PlacesSolicited:
    """Places are asked for."""
    fields = command.model_dump(include=set(SolicitationBody.model_fields) - {"crisis"})
    return PlacesSolicited(
        solicitation=solicitation, version=1, crisis=crisis, addressees=asked, text=text, **fields
    )  # fmt: skip


def not_over(state: SolicitationBody, now: datetime, *, closed: bool) -> None:
    """Refuse an answer nobody waits for any more."""
    if closed or state.ends_at <= now:
        raise Conflict(CLOSED)


def answer(
    state: SolicitationBody,
    person: str,
    given: SolicitationAnswer,
    previous: SolicitationAnswer | None,
    entered_by: str | None,
) -> SolicitationAnswered | None:
    """An answer; nothing when it is the one already given."""
    if given not in ANSWERS:
        raise Invalid("Répondez « oui », « non » ou « plus_tard ».")
    if given == previous:
        return None
    said = {"person": person, "answer": given, "previous": previous, "entered_by": entered_by}
    return SolicitationAnswered(**_next(state), **said)


def close(
    state: SolicitationBody, ending: SolicitationEnding, answers: Sequence[SolicitationAnswer | None]
) -> SolicitationClosed:
    """The end; ``answers`` has one item for each person asked."""
    yes = sum(each == SolicitationAnswer.OUI for each in answers)
    return SolicitationClosed(**_next(state), ending=ending, solicited=len(answers), yes=yes)


def counts(answers: Sequence[str | None]) -> dict[str, int]:
    """How many were asked, how many said what, how many said nothing yet."""
    told = {str(kind): sum(each == kind for each in answers) for kind in sorted(ANSWERS)}
    return {"sollicites": len(answers), **told, "sans_reponse": sum(each is None for each in answers)}


def _next(state: SolicitationBody) -> dict[str, object]:
    fields = {name: getattr(state, name) for name in SolicitationBody.model_fields}
    return fields | {"version": state.version + 1}
