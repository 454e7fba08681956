"""From one year to the next: experience reviews, revisions and sendings, sources. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from services.platform import french
from services.readiness.known import NOT_GIVEN, Known, day
from services.readiness.paper import Block, Section, grid, lines, words

#: Of the texts a plan answers to; what each one asks for is told in our own words.
SOURCES = (
    "Accord conventionnel interprofessionnel du 20 juin 2019 et son avenant 2 du 20 décembre 2021 : mission « réponse "
    "aux crises sanitaires graves » : plan écrit la première année, mis à jour chaque année, remis à l’ARS et à la "
    "CPAM.",
    "Cadre ORSAN en vigueur depuis 2024 : volets AMAVI, MEDICO-PSY, EPI-CLIM, REB et NRC.",
    "Instructions et guides publics sur la préparation des CPTS, et plans publiés par des CPTS.",
)
STATUSES = {"a_tenir": "à tenir", "tenu": "tenu", "publie": "publié"}
RECIPIENTS = {"ars": "ARS", "cpam": "CPAM"}
IMPROVEMENTS = {"open": "en cours", "done": "faite", "dropped": "abandonnée"}
SHOWN = 12


def sections(known: Known) -> tuple[Section, ...]:
    """What was learnt, what changed, where it comes from."""
    return (_reviews(known), _revisions(known), _sources(known))


def _reviews(known: Known) -> Section:
    if not known.reviews:
        said = "Aucun retour d’expérience n’est noté." if known.reviews is not None else f"Retours : {NOT_GIVEN}."
        return Section(title="Retours d’expérience", blocks=(words(said),))
    blocks: list[Block] = []
    last = known.reviews[0]
    blocks.append(words(f"Dernier : crise « {_title(known, last)} », {STATUSES.get(str(last.get('status')), '')}, "
                        f"à tenir avant le {_day(last.get('due_on'))}."))  # fmt: skip
    for held in last.get("held") or ():
        told = [
            f"{word} : {held[key]}" for key, word in (("worked", "A marché"), ("lacked", "A manqué")) if held.get(key)
        ]
        blocks.append(words(f"Réunion du {_day(held.get('held_on'))}. {' '.join(told)}"))
    rows = [_improvement(known, one) for one in (known.improvements or ())[:SHOWN]]
    if rows:
        blocks += [words("Améliorations décidées", "lead"),
                   grid(("Amélioration", "Plan", "Pour le", "État"), rows, (3.4, 1.4, 1.1, 1.3))]  # fmt: skip
    return Section(title="Retours d’expérience", blocks=tuple(blocks))


def _title(known: Known, row: Mapping[str, Any]) -> str:
    titles = {plan.about.playbook: plan.about.title for plan in known.plans}
    return titles.get(str(row.get("playbook")), str(row.get("playbook")))


def _day(value: object) -> str:
    return day(date.fromisoformat(str(value)[:10])) if value else NOT_GIVEN


def _improvement(known: Known, one: Mapping[str, Any]) -> tuple[str, str, str, str]:
    state = IMPROVEMENTS.get(str(one.get("status")), "")
    due = str(one.get("due_on") or "")
    late = one.get("status") == "open" and due and due < known.today.isoformat()
    return (str(one.get("title") or NOT_GIVEN), _title(known, one), _day(due), f"{state}, en retard" if late else state)


def _revisions(known: Known) -> Section:
    blocks: list[Block] = [words("Versions des plans", "lead")]
    rows = [(plan.about.title, f"{plan.about.version}", " ".join(plan.revision) or "Sans raison notée",
             " ".join(plan.validation))
            for plan in known.plans]  # fmt: skip
    if rows:
        blocks.append(grid(("Plan", "Version", "Pourquoi", "Validation"), rows, (1.6, 0.8, 3, 2.6)))
    else:
        blocks.append(words(f"Plans : {NOT_GIVEN}."))
    blocks.append(words("Transmissions", "lead"))
    sent = [
        (f"n° {one['number']}", _day(one["on"]), french.join(RECIPIENTS.get(who, who) for who in one["recipients"]),
         str(one["sha256"])[:16])
        for one in known.deliveries[:SHOWN]
    ]  # fmt: skip
    if sent:
        blocks.append(grid(("Édition", "Transmise le", "À", "Empreinte SHA-256, début"), sent, (1, 1.2, 1.6, 2.4)))
    else:
        blocks.append(words("Ce plan n’a encore jamais été noté transmis."))
    return Section(title="Révisions et transmissions", blocks=tuple(blocks))


def _sources(known: Known) -> Section:
    plans = [(plan.about.title, " ; ".join(source.rstrip(".") for source in plan.sources)) for plan in known.plans]
    blocks: list[Block] = [
        words("Ce document est une synthèse. Il ne reprend aucune « trame nationale ».", "lead"), lines(SOURCES),
    ]  # fmt: skip
    if plans:
        blocks += [words("Sources citées par les plans", "lead"), grid(("Plan", "Sources"), plans, (1.4, 5))]
    return Section(title="Sources", blocks=tuple(blocks))
