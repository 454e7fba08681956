"""ORSAN, ORSEC and plans blancs as axes: who acted, what tells one from another, from when to when. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from contracts.alerts import AlertBody, AlertExpired, AlertLifted
from contracts.axes import AxisState
from contracts.orsan import MEASURES
from services.platform.authorities import authority, is_establishment, manner
from services.platform.territory import Territory

TRIGGERED, ADAPTED, LIFTED, EXPIRED = "déclenché", "adapté", "levé", "expiré sans confirmation"
ASKED = {"asks": "demandé", "tells": "annoncé"}
WITHDRAWN = "demande levée"
OVER = (LIFTED, EXPIRED, WITHDRAWN)


def speaker(fact: AlertBody) -> str:
    """Who says it: the function of who called when a person typed it, else the source."""
    told = fact.reported_by
    return told.function if told is not None and told.function else fact.source


def authority_of(fact: AlertBody, territory: Territory) -> str:
    """The authority in words."""
    return authority(speaker(fact), territory.departement_names)


def only_told(fact: AlertBody) -> bool:
    """Whether who says it may only ask for it, or tell of it: it then proposes nothing by itself."""
    return manner(str(fact.kind), speaker(fact)) != "acts"


def territory_words(fact: AlertBody, territory: Territory) -> str | None:
    """Where, in words."""
    names = [
        territory.commune_name(area.commune)
        if area.commune
        else territory.departement_names.get(area.departement or "", area.departement or "")
        for area in fact.areas
    ]
    return ", ".join(dict.fromkeys(name for name in names if name)) or None


def base_label(fact: AlertBody, territory: Territory, subject: str | None) -> tuple[str, bool]:
    """What the axis is called, and whether that names it: what nothing names is an axis of its own."""
    if fact.kind == "orsan":
        label = f"mesure {MEASURES[fact.volet]}" if fact.volet in MEASURES else fact.volet or "ORSAN"
        return label, True
    if fact.kind == "orsec":
        name = fact.volet or (subject.lower() if subject else None)
        return f"ORSEC {name}" if name else "ORSEC", name is not None
    where = [territory.commune_name(area.commune) for area in fact.areas if area.commune]
    place = authority_of(fact, territory) if is_establishment(speaker(fact)) else ", ".join(where)
    return f"Plan blanc, {place}" if place else "Plan blanc", bool(place)


def label_of(
    fact: AlertBody, known: Iterable[Mapping[str, Any]], territory: Territory, subject: str | None = None
) -> str:
    """The label of the axis that a fact moves, among the states ``known`` of the same axis."""
    states = {str(state["label"]): state for state in known}
    mine = next((label for label, state in states.items() if state["alert"] == fact.alert), None)
    if mine is not None:
        return mine
    base, named = base_label(fact, territory, subject)
    who = authority_of(fact, territory)
    if base not in states or _continues(states[base], fact, who, named=named):
        return base
    return f"{base}, {who}" if named else f"{base} ({fact.external_id or fact.alert})"


def _continues(state: Mapping[str, Any], fact: AlertBody, who: str, *, named: bool) -> bool:
    """Whether a fact goes on from a state: that one is over, only asked for, or of the same authority."""
    if state["status"] in OVER:
        return True
    if not named:
        return False
    return state["status"] in ASKED.values() or only_told(fact) or state["authority"] == who


def stands(state: Mapping[str, Any]) -> bool:
    """Whether a state is an act in force, not a mere request."""
    return state["status"] in (TRIGGERED, ADAPTED)


def act_state(
    fact: AlertBody, label: str, before: Mapping[str, Any] | None, territory: Territory, told_at: datetime
) -> AxisState:
    """The axis after this fact: who acted, when it was triggered, adapted, lifted."""
    acts, over = not only_told(fact), isinstance(fact, AlertLifted | AlertExpired)
    kept = AxisState.model_validate(before) if before is not None and stands(before) else None
    said_at = fact.issued_at or told_at
    adapts = acts and not over and (kept is not None or fact.version > 1)
    return AxisState(
        axis=str(fact.kind),
        label=label,
        status=_status(fact, adapts=adapts),
        volet=fact.volet,
        phenomenon=str(fact.phenomenon) if fact.phenomenon else None,
        territory=territory_words(fact, territory),
        triggered_at=(kept.triggered_at if kept else fact.starts_at) if acts else None,
        adapted_at=said_at if adapts else kept.adapted_at if kept else None,
        lifted_at=_ended_at(fact, said_at) if over else None,
        authority=authority_of(fact, territory),
        starts_at=fact.starts_at,
        ends_at=fact.ends_at,
        alert=fact.alert,
    )


def _status(fact: AlertBody, *, adapts: bool) -> str:
    if isinstance(fact, AlertExpired):
        return EXPIRED
    if only_told(fact):
        return WITHDRAWN if isinstance(fact, AlertLifted) else ASKED[manner(str(fact.kind), speaker(fact))]
    if isinstance(fact, AlertLifted):
        return LIFTED
    return ADAPTED if adapts else TRIGGERED


def _ended_at(fact: AlertBody, said_at: datetime) -> datetime:
    return (fact.ends_at or said_at) if isinstance(fact, AlertExpired) else said_at


def shown(state: AxisState, today: date, territory: Territory) -> bool:
    """Whether an axis is still worth a line: what ended stays, with its hour, until the end of the next day."""
    if state.status not in OVER or state.lifted_at is None:
        return True
    return state.lifted_at.astimezone(territory.zone).date() + timedelta(days=1) >= today
