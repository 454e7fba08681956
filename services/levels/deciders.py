"""Who may decide a level, and what the one who comes second is told. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from contracts.base import Principal, Role
from services.levels.words import deciders, moment_words
from services.platform.errors import Conflict, Forbidden, Invalid
from services.platform.territory import Territory
from services.playbook.model import Plan

DUTY_OF_ROLE = {Role.COORDINATOR: "coordinatrice", Role.REFERENT: "referent"}


def check_decider(
    caller: Principal,
    required: tuple[str, ...],
    decided_by: str | None,
    holders: Mapping[str, tuple[str, ...]],
) -> str:
    """Who decides this change. ``holders``: who holds each duty role, deputies included, as far as it is known.

    Someone on duty may type the decision of another who may take it. Raises ``Forbidden``.
    """
    if caller.kind == "platform":
        return decided_by or caller.id
    if not caller.has(*DUTY_OF_ROLE):
        raise Forbidden
    held = caller.on_duty if caller.kind == "person" else [DUTY_OF_ROLE[r] for r in caller.roles if r in DUTY_OF_ROLE]
    if not held:
        raise Forbidden(
            "Vous n'êtes pas d'astreinte : vous lisez, vous ne décidez pas. "
            "Prenez l'astreinte ou appelez la personne qui la tient."
        )
    if decided_by is None or decided_by == caller.id:
        if not set(held) & set(required):
            raise Forbidden(
                f"Ce niveau est décidé par {deciders(required)} ; "
                "indiquez dans « decided_by » qui l'a décidé si vous saisissez pour cette personne."
            )
        return caller.id
    known = [ref for role in required for ref in holders.get(role, ())]
    if known and decided_by not in known:
        raise Forbidden(f"« {decided_by} » ne peut pas décider de ce niveau ; il l'est par {deciders(required)}.")
    return decided_by


def check_change(plan: Plan, before: int, after: int) -> None:
    """Refuse a level the plan does not have, and a change that changes nothing."""
    if after != 0 and after not in plan.levels:
        raise Invalid(f"Le plan « {plan.playbook} » n'a pas de niveau {after}.")
    if before == after:
        raise Invalid(f"Le niveau est déjà {after} ; rien à changer.")


def already_decided(what: str, by: str, at: datetime, now: datetime, territory: Territory) -> Conflict:
    """The conflict of who comes second: it names who decided, and when."""
    return Conflict(
        f"{what}, déjà décidé par {by} à {moment_words(at, now, territory.zone)}. Rechargez l'écran.",
        decided_by=by,
        decided_at=at.isoformat(),
    )
