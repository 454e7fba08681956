"""Places asked of professionals: the demand, its answers, those received by phone, its end."""

from __future__ import annotations

from typing import Any

from contracts.directory import ListPeople
from contracts.slots import SlotMode
from contracts.solicitations import AnswerSolicitation, CloseSolicitation, ListSolicitations, SolicitPlaces
from services.gateway.console import capacite, field_words, words
from services.gateway.console.pages import Act, Done, Form, Page, build, send
from services.gateway.console.places import whole
from services.gateway.console.visit import Visit
from services.platform import french
from services.platform.errors import Invalid, NotFound

#: Answers as listed on the page, those that bring places first; nothing for who has not answered.
ORDER = (("oui", "Oui"), ("plus_tard", "Plus tard"), (None, "Sans réponse"), ("non", "Non"))


async def view_ask(visit: Visit) -> dict[str, Any]:
    """The form, with how many professionals each group holds."""
    people = await visit.items("annuaire", ListPeople()) or []
    members = group_sizes(people)
    return {
        "groups": [(key, label, members[key]) for key, label in visit.territory.groups.items() if members.get(key)],
        "communes": sorted(visit.territory.communes, key=lambda one: one.name.replace("É", "E")),
        "day": capacite.day_of(visit, visit.query.get("jour")), "fw": field_words,
        "title": "Demander des places",
    }  # fmt: skip


def group_sizes(people: list[dict[str, Any]]) -> dict[str, int]:
    """How many professionals each group holds: others cannot offer places."""
    found: dict[str, int] = {}
    for person in people:
        if "professional" in person.get("roles", ()):
            for group in person.get("groups", ()):
                found[group] = found.get(group, 0) + 1
    return found


async def ask(visit: Visit, form: Form) -> Done:
    """Ask for places."""
    start, end = words.from_field(form.get("de", ""), visit), words.from_field(form.get("a", ""), visit)
    if start is None or end is None:
        raise Invalid("À compléter : dites de quand à quand il faut des places.")
    command = build(
        SolicitPlaces, groups=tuple(form.get("groupes[]", "").split()),
        communes=tuple(form.get("communes[]", "").split()), starts_at=start, ends_at=end,
        places=whole(form.get("places", ""), "combien de places il faut"),
        mode=form.get("mode") or SlotMode.CONSULTATION, text=form.get("texte"),
    )  # fmt: skip
    reply = await send(visit, command, form)
    demand = (reply.result or {}).get("id", "")
    return Done(f"/capacite/demandes/{demand}", "Places demandées. Chacun répond depuis sa page, ou par téléphone.")


async def view_one(visit: Visit) -> dict[str, Any]:
    """One demand and each answer."""
    demands = await visit.items("demandes", ListSolicitations())
    demand = next((one for one in demands or [] if one["id"] == visit.path["demande"]), None)
    if demand is None:
        raise NotFound("Cette demande de places n'existe pas, ou sa lecture ne vous est pas ouverte.")
    names = await visit.names([*(one["person"] for one in demand["answers"]), demand["asked_by"]])
    return {
        "demand": demand, "names": names, "answers": by_answer(demand["answers"]), "fw": field_words,
        "asked": sorted(demand["answers"], key=lambda one: names.get(one["person"], one["person"])),
        "groups": french.join([visit.territory.groups.get(group, group) for group in demand["groups"]]),
        "communes": french.join([visit.commune(code) for code in demand["communes"]]),
        "day": words.local(demand["starts_at"], visit).date(), "between": capacite.between, "title": "Places demandées",
    }  # fmt: skip


def by_answer(answers: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Who said what, in the order of the page; an answer nobody gave has no heading."""
    found = [(label, [one for one in answers if one["answer"] == key]) for key, label in ORDER]
    return [(label, said) for label, said in found if said]


async def note(visit: Visit, form: Form) -> Done:
    """An answer received by phone."""
    if not form.get("qui") or not form.get("reponse"):
        raise Invalid("À compléter : choisissez qui répond, et sa réponse.")
    demand = visit.path["demande"]
    command = build(AnswerSolicitation, solicitation=demand, answer=form["reponse"], professional=form["qui"])
    await send(visit, command, form)
    return Done(f"/capacite/demandes/{demand}", "Réponse notée.")


async def close(visit: Visit, form: Form) -> Done:
    """Take no more answers."""
    await send(visit, build(CloseSolicitation, solicitation=visit.path["demande"]), form)
    return Done("/capacite", "Demande close : elle ne prend plus de réponse.")


ASK = Page("/capacite/demander", "demander.html", "Demander des places", view_ask, nav="capacite")
ONE = Page("/capacite/demandes/{demande}", "demande_places.html", "Places demandées", view_one, nav="capacite")
PAGES = (ASK, ONE)
ACTS = (
    Act("/capacite/demander", ask, ASK),
    Act("/capacite/demandes/{demande}/reponse", note, ONE),
    Act("/capacite/demandes/{demande}/clore", close, ONE),
)
