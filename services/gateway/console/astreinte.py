"""The duty page, for one hand and half an eye: what changed, what is proposed and why, what it would set off."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from contracts.actions import AskPlan, CountActions, PlanFound
from contracts.alerts import ListAlerts
from contracts.certificates import ListCertificates
from contracts.directory import ListStructures, WhoIsOnDuty
from contracts.journal import AskSince
from contracts.levels import AskSituation, DecideProposal, ListProposals
from contracts.messages import AcknowledgeMessage, ListDrafts, ListMessages, PostDraft
from services.gateway.console import alert_words, changes, deciding, shell
from services.gateway.console.pages import Act, Done, Form, Page, build, send
from services.gateway.console.plan_names import with_names
from services.gateway.console.situation import BECAUSE, sets_off
from services.gateway.console.visit import Visit
from services.gateway.console.words import from_hour
from services.platform import french
from services.platform.errors import Invalid

MOST_LINES = 4
MOST_FACTS = 3
EVENING = 20


def since_yesterday(now: datetime) -> datetime:
    """Yesterday at 20:00, local: when the day's last point of duty is made."""
    return (now - timedelta(days=1)).replace(hour=EVENING, minute=0, second=0, microsecond=0)


async def view(visit: Visit) -> dict[str, Any]:
    """All that one screen needs to decide, from the owners, at once."""
    since = since_yesterday(visit.now)
    found = await visit.together(
        situation=visit.part("niveaux", AskSituation()),
        counts=visit.part("actions", CountActions()),
        certificates=visit.part("certificats", ListCertificates(open_only=True, limit=100)),
        since=visit.part("journal", AskSince(since=since)),
        alerts=visit.part("alertes", ListAlerts(in_force=False, limit=100)),
        structures=visit.items("annuaire", ListStructures()),
        duty=visit.part("astreinte", WhoIsOnDuty()),
        drafts=visit.part("messages", ListDrafts(limit=5)),
        messages=visit.part("messages", ListMessages(limit=200)),
        past=visit.part("niveaux", ListProposals(limit=20)),
        names=visit.names([visit.viewer.id]),
    )
    situation = found["situation"] or {}
    crises = await with_names(visit, [one for one in situation.get("crises", []) if one["level"] > 0])
    duty = _items(found["duty"])
    return {
        "shell": shell.assemble(visit, found["situation"], found["counts"], found["certificates"], found["names"]),
        "since": since,
        "crises": crises,
        "counts": found["counts"],
        "unassigned": alert_words.unassigned(situation),
        "orsan": any(state["axis"] == "orsan" for state in situation.get("axes", [])),
        **await _changed(visit, found),
        **await _proposals(visit, situation, duty, found),
        "duty": duty,
        "last": changes.last_decision(situation.get("crises", []), _items(found["past"])),
        "draft": next(iter(_items(found["drafts"])), None),
        "names": await visit.names(_people(situation, duty, found)),
        "because": BECAUSE,
    }


def _items(found: dict[str, Any] | None) -> list[dict[str, Any]]:
    return list((found or {}).get("items", []))


def _people(situation: dict[str, Any], duty: list[dict[str, Any]], found: dict[str, Any]) -> list[str | None]:
    """Everyone the page may name."""
    people = [one["decided_by"] for one in situation.get("crises", []) + _items(found["past"])]
    people += [person for held in duty for person in (held["person"], *held["deputies"])]
    people += [posted["by"] for draft in _items(found["drafts"]) for posted in draft["posted"]]
    return people + [one["to"] for one in _items(found["messages"])]


async def _changed(visit: Visit, found: dict[str, Any]) -> dict[str, Any]:
    """What moved since yesterday evening; each part is nothing when its owner did not answer."""
    seen, situation = found["since"] or {}, found["situation"] or {}
    proofs = {fact["fact"] for one in situation.get("proposals", []) for fact in one["evidence"]}
    entries = [one for one in seen.get("entries", []) if one["fact"] not in proofs]
    lines, more = changes.told_apart(await visit.spoken(entries), MOST_LINES)
    axes = [one for one in situation.get("axes", []) if one["axis"] != "vigilance"]
    skies, since = changes.sky(_items(found["alerts"])), since_yesterday(visit.now)
    closed, yesterday = changes.closures(found["structures"] or [], visit.today, visit.territory)
    types = seen.get("types", {})
    return {
        "sky": skies,
        "still": changes.unchanged(situation.get("crises", []), axes, skies, since),
        "lines": lines,
        "more": more + seen.get("left_out", 0),
        "unsent": types.get("message.failed", 0) + types.get("message.uncertain", 0),
        "closed": closed,
        "closed_yesterday": yesterday,
    }


async def _proposals(
    visit: Visit, situation: dict[str, Any], duty: list[dict[str, Any]], found: dict[str, Any]
) -> dict[str, Any]:
    """What waits for who looks, and what waits for others."""
    waiting = [await _proposal(visit, one, duty, found) for one in situation.get("proposals", [])]
    mine = [one for one in waiting if visit.may(one["who_decides"])]
    return {
        "mine": mine,
        "others": [one for one in waiting if one not in mine],
        "on_duty": deciding.holder(duty, ["coordinatrice", "referent"]),
    }


async def _proposal(
    visit: Visit, proposal: dict[str, Any], duty: list[dict[str, Any]], found: dict[str, Any]
) -> dict[str, Any]:
    """A proposal with its facts, what it would set off, who was called and who decides it."""
    numbers = {one["fact"]: one["number"] for one in (found["since"] or {}).get("entries", [])}
    plan = await visit.part("plans", AskPlan(playbook=proposal["playbook"], level=proposal["level"]))
    holders = [one["person"] for one in duty if one["role"] in proposal["who_decides"]]
    shown = proposal["evidence"][:MOST_FACTS]
    return proposal | {
        "sets_off": sets_off(PlanFound.model_validate(plan)) if plan else None,
        "shown": shown,
        "entries": list(dict.fromkeys(numbers[fact["fact"]] for fact in shown if fact["fact"] in numbers)),
        "called": changes.called(_items(found["messages"]), proposal, holders, visit.viewer.id),
        "who": deciding.holder(duty, proposal["who_decides"]),
    }


PAGE = Page("/astreinte", "astreinte.html", "Astreinte", view, nav="astreinte")


async def decide(visit: Visit, form: Form) -> Done:
    """Accept or decline with one hand; accepting takes the facts as its reason, declining needs words."""
    decision, reason = form.get("decision", ""), form.get("motif", "")
    if decision == "decline" and reason in ("", BECAUSE):
        raise Invalid("À compléter : écrivez pourquoi vous écartez la proposition.")
    command = build(DecideProposal, proposal=visit.path["proposal"], decision=decision, reason=reason or BECAUSE)
    result = (await deciding.decided(visit, command, form)).result or {}
    at = french.clock_time(visit.now)
    if decision == "decline":
        return Done("/astreinte", f"Proposition écartée à {at}. Le niveau reste {result.get('level', 'le même')}.")
    return Done("/astreinte", f"Niveau {result.get('level')} décidé à {at}. Aucun message n’est parti.")


async def read(visit: Visit, form: Form) -> Done:
    """Who was called says that they have read: nobody else is called."""
    await send(visit, build(AcknowledgeMessage, code=form.get("message", "")), form)
    return Done("/astreinte", f"Noté : lu à {french.clock_time(visit.now)}. Personne d’autre n’est appelé.")


async def posted(visit: Visit, form: Form) -> Done:
    """A draft was pasted in a group: where, and when."""
    where, hour = form.get("ou", ""), form.get("heure", "")
    if not where:
        raise Invalid("À compléter : dites où le message a été posté.")
    at = from_hour(hour, visit) if hour else None
    if hour and at is None:
        raise Invalid("À compléter : écrivez l’heure comme 8 h 20.")
    await send(visit, build(PostDraft, draft=visit.path["draft"], where=where, at=at), form)
    return Done(form.get("retour") or "/astreinte", f"Noté : posté dans {where}.")


PAGES = (PAGE,)
ACTS = (
    Act("/astreinte/lu", read, PAGE),
    Act("/astreinte/message/{draft}", posted, PAGE),
    Act("/astreinte/{proposal}", decide, PAGE),
)
