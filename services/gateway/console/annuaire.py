"""The directory on screen: people, structures, duty; personal links and every access in use."""

from __future__ import annotations

from typing import Any

from contracts.directory import ListPeople, ListStructures, ListTokens, WhoIsOnDuty
from services.gateway.console import annuaire_acts as acts
from services.gateway.console import annuaire_words as texts
from services.gateway.console import words
from services.gateway.console.pages import Act, Page
from services.gateway.console.visit import Visit
from services.platform.errors import NotFound

NEW = "nouvelle"


async def view(visit: Visit) -> dict[str, Any]:
    """Who there is, who is on duty, what structures report; searched by any word of an entry."""
    searched = visit.query.get("q", "")
    found = await visit.together(
        people=visit.items("personnes", ListPeople()), structures=visit.items("structures", ListStructures()),
        duty=visit.part("astreinte", WhoIsOnDuty()),
    )  # fmt: skip
    structures = found["structures"] or []
    names = {one["structure"]: one["name"] for one in structures}
    people = [one | {"structure_name": names.get(one["structure"] or "", "")} for one in found["people"] or []]
    duty = (found["duty"] or {}).get("items", [])
    on_duty: dict[str, list[str]] = {}
    for held in duty:
        if held["person"]:
            on_duty.setdefault(held["person"], []).append(words.duty_word(held["role"]))
    return {
        "searched": searched,
        "people": sorted((one for one in people if _is_person(visit, one, searched)), key=_by_name),
        "structures": [one for one in structures if _is_structure(visit, one, searched)],
        "everyone": sorted(people, key=_by_name),
        "duty": duty,
        "on_duty": on_duty,
        "texts": texts,
    }


def _by_name(one: dict[str, Any]) -> str:
    return texts.plain(one["name"].removeprefix("Dr "))


def _is_person(visit: Visit, one: dict[str, Any], searched: str) -> bool:
    communes = [visit.commune(code) for code in one["communes"]]
    said = [words.profession_word(one["profession"]), one["structure_name"], *one["groups"]]
    return texts.matches(searched, one["name"], one["function"], one["person"], *said, *communes)


def _is_structure(visit: Visit, one: dict[str, Any], searched: str) -> bool:
    return texts.matches(searched, one["name"], visit.commune(one["commune"]), texts.KINDS.get(one["kind"], ""))


async def view_person(visit: Visit) -> dict[str, Any]:
    """One entry, what it opens, and what may be done with it."""
    reference = visit.path.get("person", NEW)
    found = await visit.together(
        people=acts.everything(visit, ListPeople()) if reference != NEW else _none(),
        structures=visit.items("structures", ListStructures()),
        tokens=visit.items("acces", ListTokens(person=reference)) if reference != NEW else _none(),
    )
    entry = next((one for one in found["people"] or [] if one["person"] == reference), None)
    if entry is None and reference != NEW:
        raise NotFound("Cette personne n'est pas à l'annuaire, ou elle en a été effacée.")
    return {
        "title": entry["name"] if entry else "Nouvelle personne",
        "entry": entry,
        "structures": found["structures"] or [],
        "tokens": [one for one in found["tokens"] or [] if one["use"] in texts.USES],
        "texts": texts,
        "communes": visit.territory.communes,
        "professions": words.PROFESSIONS,
    }


async def view_structure(visit: Visit) -> dict[str, Any]:
    """One structure: what it reports, when, and its closures."""
    reference = visit.path.get("structure", NEW)
    structures = await acts.everything(visit, ListStructures())
    entry = next((one for one in structures if one["structure"] == reference), None)
    if entry is None and reference != NEW:
        raise NotFound("Cette structure n'est pas à l'annuaire.")
    known = set(entry["reporting"]["indicators"]) if entry else set()
    return {
        "title": entry["name"] if entry else "Nouvelle structure",
        "entry": entry,
        "texts": texts,
        "kinds": texts.KINDS | {one["kind"]: texts.KINDS.get(one["kind"], one["kind"]) for one in structures},
        "indicators": texts.INDICATORS | {key: key.replace("_", " ") for key in known - set(texts.INDICATORS)},
        "communes": visit.territory.communes,
        "professions": words.PROFESSIONS,
    }


async def _none() -> None:
    return None


PAGE = Page("/annuaire", "annuaire.html", "Annuaire", view)
NEW_PERSON = Page(f"/annuaire/personnes/{NEW}", "annuaire_personne.html", "Nouvelle personne", view_person)
PERSON = Page("/annuaire/personnes/{person}", "annuaire_personne.html", "Personne", view_person)
NEW_STRUCTURE = Page(f"/annuaire/structures/{NEW}", "annuaire_structure.html", "Nouvelle structure", view_structure)
STRUCTURE = Page("/annuaire/structures/{structure}", "annuaire_structure.html", "Structure", view_structure)

PAGES = (PAGE, NEW_PERSON, PERSON, NEW_STRUCTURE, STRUCTURE)
ACTS = (
    Act("/annuaire/astreinte", acts.change_duty, PAGE),
    Act(f"/annuaire/personnes/{NEW}", acts.save_person, NEW_PERSON),
    Act("/annuaire/personnes/{person}", acts.save_person, PERSON),
    Act("/annuaire/personnes/{person}/lien", acts.issue_link, PERSON),
    Act("/annuaire/personnes/{person}/revoquer", acts.revoke, PERSON),
    Act("/annuaire/personnes/{person}/second-facteur", acts.reset_factor, PERSON),
    Act("/annuaire/personnes/{person}/effacer", acts.erase, PERSON),
    Act(f"/annuaire/structures/{NEW}", acts.save_structure, NEW_STRUCTURE),
    Act("/annuaire/structures/{structure}", acts.save_structure, STRUCTURE),
)
