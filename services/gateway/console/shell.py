"""What surrounds every page: territory, crises, what is late, who is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from contracts.actions import CountActions
from contracts.certificates import ListCertificates
from contracts.levels import AskSituation
from services.gateway.console import words
from services.gateway.console.viewpoint import Viewpoint
from services.platform import french

#: Tab, address, title, and whether ARS and SAMU have it too. « Astreinte » is shown on phones only.
TABS: tuple[tuple[str, str, bool], ...] = (
    ("astreinte", "Astreinte", False),
    ("situation", "Situation", True),
    ("actions", "Actions", False),
    ("cellule", "Cellule", False),
    ("capacite", "Capacité", True),
    ("certificats", "Certificats", False),
    ("journal", "Journal de bord", False),
    ("points", "Point de situation", True),
    ("plans", "Plans", True),
    ("retex", "RETEX", True),
    ("exercices", "Exercices", False),
    ("technique", "Journal technique", False),
)


@dataclass(slots=True)
class Shell:
    """The bar and the tabs. ``crises`` are those open; ``late`` and ``waiting`` count actions and certificates."""

    crises: list[dict[str, Any]]
    headline: str
    late: int | None
    waiting: int | None
    viewer: str
    function: str


async def gather(viewpoint: Viewpoint) -> Shell:
    """Ask for what the bar shows."""
    found = await viewpoint.together(
        situation=viewpoint.part("niveaux", AskSituation()),
        actions=viewpoint.part("actions", CountActions()) if viewpoint.inside else _nothing(),
        certificates=viewpoint.part("certificats", ListCertificates(open_only=True, limit=100))
        if viewpoint.inside
        else _nothing(),
        names=viewpoint.names([viewpoint.call.caller.id]),
    )
    return assemble(viewpoint, **found)


async def _nothing() -> None:
    return None


def assemble(viewpoint: Viewpoint, situation: Any, actions: Any, certificates: Any, names: dict[str, str]) -> Shell:
    """The shell, from the owners' answers."""
    crises = [crisis for crisis in (situation or {}).get("crises", []) if crisis["level"] > 0]
    caller = viewpoint.call.caller
    return Shell(
        crises=crises,
        headline=headline(crises, viewpoint) if situation is not None else "Niveaux indisponibles",
        late=actions["late"] if actions else None,
        waiting=sum(item["status"] == "open" for item in certificates["items"]) if certificates else None,
        viewer=names.get(caller.id) or role_word(viewpoint),
        function=duty_of(viewpoint),
    )


def headline(crises: list[dict[str, Any]], viewpoint: Viewpoint) -> str:
    """``Canicule, 4e jour de crise, niveau 3``; with several, the level of each."""
    if not crises:
        return "Aucune crise ouverte"
    if len(crises) == 1:
        return words.crisis_words(crises[0], viewpoint)
    each = (f"{words.plan_words(one['playbook'])}, niveau{french.NBSP}{one['level']}" for one in crises)
    return f"{len(crises)}{french.NBSP}crises : " + f"{french.THIN}; ".join(each)


def role_word(viewpoint: Viewpoint) -> str:
    """What to call a caller the directory has no name for."""
    roles = {"ars": "ARS", "samu": "SAMU", "reader": "Lecture", "coordinator": "Coordination", "referent": "Référent"}
    return next((roles[role] for role in viewpoint.call.caller.roles if role in roles), "Visiteur")


def duty_of(viewpoint: Viewpoint) -> str:
    """Whether who is signed in is on duty, in a word."""
    caller = viewpoint.call.caller
    if caller.on_duty:
        return "d’astreinte"
    return "hors astreinte" if viewpoint.inside and caller.kind == "person" else ""
