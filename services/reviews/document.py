"""A review in print: two to four pages, the facts first, then what people said and what will be done."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from contracts.base import Envelope
from contracts.digests import Document
from contracts.directory import PeopleFound, WhoAre
from contracts.reviews import AskReviewDocument, ImprovementItem, LateAction, ReviewFound, ReviewMoment
from services.platform import french
from services.platform.errors import Refused
from services.platform.printing import print_pdf
from services.platform.territory import Territory
from services.platform.unit import Worker
from services.reviews.answers import find_review
from services.reviews.decide import STATUSES
from services.reviews.handlers import SERVICE
from services.reviews.words import OUTCOMES, REVIEW_KINDS, ROLES, length, plan_name

TEMPLATE = Path(__file__).with_name("templates") / "review.typ"
#: What is read first, large; those not measured leave their place to the next.
KEY = ("proposition_decision", "premiere_etape", "premiere_place", "remontees", "certificats", "demandes", "niveaux")


@dataclass(frozen=True, slots=True)
class Paper:
    """What the page is written with: where, when, and names by reference."""

    territory: Territory
    now: datetime
    names: dict[str, str]

    def who(self, reference: str) -> str:
        """A role in words, or a name; the reference itself when nobody knows it."""
        return ROLES.get(reference) or self.names.get(reference) or reference

    def day(self, moment: datetime) -> str:
        """« mar. 30 juin, 18 h 00 », local."""
        local = moment.astimezone(self.territory.zone)
        return f"{french.day_month(local.date())}, {french.clock_time(local)}"


@SERVICE.answers(AskReviewDocument)
async def ask_document(worker: Worker, envelope: Envelope, question: AskReviewDocument) -> Document:
    """The page of whoever asks: partners get theirs, without names."""
    found = await find_review(worker, envelope, question.review)
    territory = worker.territories[envelope.territory]
    names = {} if found.outside else await _names(worker, territory.territory, found)
    paper = Paper(territory, worker.clock.now(), names)
    body = await asyncio.to_thread(render, found, paper)
    day = found.item.closed_at.astimezone(territory.zone).date()
    return Document(
        media_type="application/pdf",
        filename=f"retex-{found.item.playbook}-{day}.pdf",
        body=base64.b64encode(body).decode(),
    )


async def _names(worker: Worker, territory: str, found: ReviewFound) -> dict[str, str]:
    wanted = {moment.by for moment in found.facts.timeline} | {one.owner for one in found.improvements}
    wanted |= {one.owner for one in found.facts.late_actions} | {one.by for one in found.meetings}
    people = tuple(sorted(name for name in wanted if name and name not in ROLES))
    try:
        known = await worker.ask(WhoAre(people=people), PeopleFound, territory=territory)
    except Refused:
        return {}
    return {person.person: person.name for person in known.people if person.name}


def render(found: ReviewFound, paper: Paper) -> bytes:
    """The PDF; the same review at the same moment gives the same bytes."""
    pdf, _ = print_pdf(TEMPLATE, page_of(found, paper))
    return pdf


def page_of(found: ReviewFound, paper: Paper) -> dict[str, Any]:
    """Every word of the page."""
    item, facts, zone = found.item, found.facts, paper.territory.zone
    opened, closed = item.opened_at.astimezone(zone), item.closed_at.astimezone(zone)
    at = (item.published_at or paper.now).astimezone(zone)
    title = f"Retour d’expérience : {plan_name(item.playbook)}"
    return {
        "title": title,
        "place": paper.territory.name,
        "document": f"{title}, {paper.territory.name}",
        "mode": "EXERCICE" if paper.territory.exercise else "RÉEL",
        "stamp": [at.year, at.month, at.day, at.hour, at.minute, at.second],
        "when": f"Du {french.weekday_day(opened.date())}, {french.clock_time(opened)}, au "
        f"{french.weekday_day(closed.date())} {closed.year}, {french.clock_time(closed)}",
        "status": _status(found, paper),
        "key": _key(found),
        "chart": chart_of(found),
        "indicators": [[one.label, one.value, one.note] for one in facts.indicators],
        "shared": _shared(found),
        "timeline": [_moment(moment, paper) for moment in facts.timeline],
        "left_out": f"{french.count(facts.left_out, 'moment')} de moindre portée au journal." if facts.left_out else "",
        "late": [_late(one, paper) for one in facts.late_actions],
        "needs": [
            [one.what or one.kind, f"{one.asked} {one.unit}", str(one.available), str(one.missing)]
            for one in facts.unmet_needs
        ],
        "meetings": [_meeting(one.kind, one, paper) for one in found.meetings],
        "improvements": [_improvement(one, paper) for one in found.improvements],
        "outside": found.outside,
        "foot": _foot(found, paper),
    }


def _status(found: ReviewFound, paper: Paper) -> str:
    item = found.item
    if item.published_at:
        return f"Publié le {paper.day(item.published_at)}. Les faits ne changent plus."
    if item.held_on:
        return f"Tenu le {french.long_day(item.held_on)}, non publié : les faits peuvent encore changer."
    late = " En retard." if item.late else ""
    return f"{french.capital(STATUSES[item.status])} avant la fin du {french.long_day(item.due_on)}.{late}"


def _key(found: ReviewFound) -> list[list[str]]:
    """Four figures read first: value, what it is."""
    by_key = {one.key: one for one in found.facts.indicators}
    known = [by_key[name] for name in KEY if name in by_key and by_key[name].number is not None]
    return [[_short(one.value), one.label] for one in known[:4]]


def _short(value: str) -> str:
    """The median alone, the share alone: the whole sentence stands in the table."""
    if value.endswith("%)"):
        return value.rpartition("(")[2].rstrip(")")
    return value.partition(" (médiane)")[0].partition(",")[0]


def chart_of(found: ReviewFound) -> dict[str, Any]:
    """What is drawn, day by day: the level, and places or, without any, visits."""
    days = found.facts.daily
    series = "places" if any(day.places is not None for day in days) else "visits"
    values = [day.places if series == "places" else day.visits for day in days]
    return {
        "series": "Places ouvertes, dont prises" if series == "places" else "Visites remontées",
        "drawn": any(value is not None for value in values),
        "top": max([value or 0 for value in values] + [1]),
        "days": [
            {
                "name": french.short_day(day.day), "level": day.level, "value": value,
                "taken": day.booked if series == "places" else None,
            }
            for day, value in zip(days, values, strict=True)
        ],
        "said": "Jour par jour : "
        + " ; ".join(
            f"{french.short_day(day.day)}, niveau {day.level}"
            + (f", {french.count(value, 'place' if series == 'places' else 'visite')}" if value is not None else "")
            for day, value in zip(days, values, strict=True)
        ),
    }  # fmt: skip


def _shared(found: ReviewFound) -> str:
    others = found.facts.shared_with
    if not others:
        return ""
    return (
        f"Une autre crise était ouverte les mêmes jours ({french.join(others)}). Ce qui sert plusieurs crises compte "
        "dans chacune, et le dit."
    )


def _moment(moment: ReviewMoment, paper: Paper) -> list[str]:
    by = f" ({paper.who(moment.by)})" if moment.by else ""
    words = french.clip(moment.words, 220) if moment.words else ""
    return [paper.day(moment.at), f"{moment.label}{by}", words, "commun" if moment.shared else ""]


def _late(one: LateAction, paper: Paper) -> list[str]:
    took = f"faite {length(one.minutes or 0)} après" if one.done else "jamais faite"
    return [one.title, paper.who(one.owner), paper.day(one.due_at), took]


def _meeting(kind: str, one: Any, paper: Paper) -> dict[str, str]:
    by = f", noté par {paper.who(one.by)}" if one.by else ""
    return {
        "title": f"Réunion {REVIEW_KINDS.get(str(kind), '')} du {french.long_day(one.held_on)}{by}",
        "worked": one.worked, "lacked": one.lacked,
    }  # fmt: skip


def _improvement(one: ImprovementItem, paper: Paper) -> list[str]:
    state = "en retard" if one.late else OUTCOMES[one.status]
    plan = f" (version {one.plan_version} du plan)" if one.plan_version else ""
    return [one.title, paper.who(one.owner), french.day_month(one.due_on), state + plan]


def _foot(found: ReviewFound, paper: Paper) -> str:
    versions = ""
    if found.plan_versions:
        names = french.join(str(version) for version in found.plan_versions)
        versions = f"Versions du plan qui répondent à ce retour d’expérience : {names}. "
    if not found.item.published_at:
        return f"{versions}Imprimé le {paper.day(paper.now)}. Les faits s’écrivent d’eux-mêmes d’après le journal."
    stop = f"Faits arrêtés à l’entrée n° {found.up_to} du journal de bord. " if found.up_to else ""
    return french.insecable(f"{versions}{stop}Empreinte SHA-256 des faits : {found.sha256}.")
