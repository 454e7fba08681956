"""The journal de bord: read, searched, written, corrected, erased in part, checked, exported; and calls typed."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from starlette.responses import Response, StreamingResponse

from contracts.alerts import ReportAlert
from contracts.directory import ListPeople
from contracts.journal import AskVerdict
from contracts.levels import AskSituation
from contracts.logbook import (
    AskExport,
    AskHead,
    AskJournal,
    CorrectEntry,
    ListEntries,
    ReadEntry,
    RedactEntry,
    WriteEntry,
)
from services.gateway.console import alert_words, words
from services.gateway.console.pages import Act, Done, Form, Page, build, send
from services.gateway.console.visit import Visit
from services.gateway.documents import PATIENCE, document
from services.gateway.routes_logbook import SLICE, lines_of
from services.platform.errors import Invalid, NotFound

LINES = 60
#: What a person may write; the other kinds come from facts.
WRITTEN = ("information", "decision", "message", "alerte", "action", "point", "releve")
#: Who calls, as the alert names it.
CALLERS = {
    "samu": "SAMU, SAS, Centre 15", "ars": "ARS", "prefecture": "Préfecture", "mairie": "Mairie, CCAS",
    "hopital": "Hôpital", "ehpad": "EHPAD, résidence", "professionnel": "Professionnel de santé",
    "autre": "Autre",
}  # fmt: skip
#: What a call may name, and the box that says it.
NAMED = {"phenomenon": "sujet", "volet": "volet", "grade": "etape"}
FORMS = ("jsonl", "csv", "pdf")
CHECK_PATIENCE = 60.0


async def view(visit: Visit) -> dict[str, Any]:
    """A page of entries, filtered as the address says."""
    query = visit.query
    first, last = words.from_field(query.get("du", ""), visit), words.from_field(query.get("au", ""), visit)
    question = ListEntries(
        limit=LINES, cursor=query.get("suite") or None, kind=query.get("genre") or None,
        author=query.get("auteur") or None, crisis=query.get("crise") or None,
        words=(query.get("mots") or "")[:200] or None, first=first, last=last,
        dated="written" if query.get("heure") == "ecrite" else "occurred",
    )  # fmt: skip
    found = await visit.together(
        page=visit.part("journal", question), situation=visit.part("niveaux", AskSituation()),
        people=visit.items("annuaire", ListPeople()), head=visit.part("journal", AskHead()),
    )  # fmt: skip
    page = found["page"] or {}
    entries = page.get("items", [])
    filters = {
        name: query[name] for name in ("mots", "genre", "auteur", "crise", "du", "au", "heure") if query.get(name)
    }
    return {
        "entries": await visit.spoken(entries), "names": await visit.names(entry["author"] for entry in entries),
        "more": page.get("next"), "filters": filters, "kinds": words.KINDS, "written": WRITTEN,
        "crises": (found["situation"] or {}).get("crises", []),
        "people": sorted((one["name"], one["person"]) for one in found["people"] or []),
        "head": (found["head"] or {}).get("number", 0), "chain": found["head"], "days": by_day(entries, visit),
    }  # fmt: skip


def by_day(entries: list[dict[str, Any]], visit: Visit) -> dict[int, str]:
    """Number of the first entry shown of each day, and that day: the feed gives hours alone."""
    found: dict[int, str] = {}
    seen = None
    for entry in entries:
        day = words.local(entry["occurred_at"], visit).date()
        if day != seen:
            found[entry["number"]], seen = words.day_word(day, visit), day
    return found


async def view_one(visit: Visit) -> dict[str, Any]:
    """One entry with what it is tied to."""
    number = str(visit.path["number"])
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise NotFound("Ce numéro n'est pas celui d'une entrée du journal.")
    found = await visit.ask(ReadEntry(number=int(number)))
    entry = found["entry"]
    ties = {
        "Cause": [found["cause"]] if found["cause"] else [],
        "Corrige": [found["corrects"]] if found["corrects"] else [],
        "Corrigée par": found["corrections"],
        "Efface le texte de": found["erases"],
        "Texte effacé par": [found["erased_by"]] if found["erased_by"] else [],
        "Même sujet": found["about"],
    }
    shown = [entry, *(item for items in ties.values() for item in items)]
    return {
        "entry": (await visit.spoken([entry]))[0], "left_out": found["left_out"], "title": f"Entrée {number}",
        "ties": {label: await visit.spoken(items) for label, items in ties.items() if items},
        "names": await visit.names(item["author"] for item in shown), "written": WRITTEN,
    }  # fmt: skip


async def view_fact(visit: Visit) -> dict[str, Any]:
    """The entry of a fact, found around the time it happened: proposals cite facts, the journal numbers them."""
    at = visit.query.get("le", "")
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        raise NotFound("Ce lien ne dit pas quand le fait a eu lieu ; cherchez-le dans le journal.") from None
    around = timedelta(minutes=1)
    question = ListEntries(first=moment - around, last=moment + around, limit=500)
    entries = (await visit.ask(question)).get("items", [])
    number = next((entry["number"] for entry in entries if entry["fact"] == visit.path["fact"]), None)
    return await view_one(_at(visit, number)) if number else _not_yet()


def _at(visit: Visit, number: int) -> Visit:
    visit.request.path_params["number"] = str(number)
    return visit


def _not_yet() -> dict[str, Any]:
    raise NotFound("L'entrée de ce fait n'est pas au journal ; il vient peut-être d'avoir lieu : rechargez.")


async def view_call(visit: Visit) -> dict[str, Any]:
    """The form of a call."""
    return {
        "callers": CALLERS, "subjects": alert_words.SUBJECTS, "grades": alert_words.GRADES, "volets": alert_words.ORSAN,
    }  # fmt: skip


async def view_check(visit: Visit) -> dict[str, Any]:
    """The whole chain, checked now."""
    head = (visit.query.get("empreinte") or "").strip().lower() or None
    return {"verdict": await visit.ask(AskVerdict(head=head), patience=CHECK_PATIENCE), "asked": head}


PAGE = Page("/journal", "journal.html", "Journal de bord", view, nav="journal")
CALL = Page("/appel", "appel.html", "Saisir un appel", view_call, nav="journal")
CHECK = Page("/journal/verifier", "verification.html", "Vérifier le journal", view_check, nav="journal")
FACT = Page("/journal/fait/{fact}", "entree.html", "Entrée", view_fact, nav="journal")
ONE = Page("/journal/{number}", "entree.html", "Entrée", view_one, nav="journal")


def when(form: Mapping[str, str], visit: Visit) -> datetime | None:
    """The hour typed, and the day when it is another one; nothing when the thing happens now."""
    hour, day = form.get("heure", ""), form.get("jour", "")
    if not hour and not day:
        return None
    found = words.from_field(f"{day}T{hour or '12:00'}", visit) if day else words.from_hour(hour, visit)
    if found is None:
        raise Invalid("À compléter : écrivez l'heure comme 8:20 ou 8 h 20.")
    return found


async def write(visit: Visit, form: Form) -> Done:
    """An entry with its two times: when it happened, and now."""
    verified = {"oui": True, "non": False}.get(form.get("verifie", ""))
    command = build(
        WriteEntry, kind=form.get("genre") or "information", text=form.get("texte", ""),
        occurred_at=when(form, visit), crisis=form.get("crise"), verified=verified,
    )  # fmt: skip
    reply = await send(visit, command, form)
    return Done(
        form.get("retour") or "/journal", f"Écrit au journal de bord : entrée {(reply.result or {})['number']}."
    )


async def correct(visit: Visit, form: Form) -> Done:
    """A new entry that points at this one."""
    if not form.get("texte"):
        raise Invalid("À compléter : écrivez l'entrée comme elle devrait se lire.")
    reply = await send(visit, build(CorrectEntry, number=visit.path["number"], text=form["texte"]), form)
    return Done(f"/journal/{(reply.result or {})['number']}", "Correction écrite. L'entrée d'origine reste.")


async def redact(visit: Visit, form: Form) -> Done:
    """Erase the words, with the reason; the entry and the chain stay."""
    if not form.get("motif"):
        raise Invalid("À compléter : écrivez pourquoi ce texte doit disparaître.")
    await send(visit, build(RedactEntry, number=visit.path["number"], reason=form["motif"]), form)
    return Done(f"/journal/{visit.path['number']}", "Texte effacé, motif au journal. La chaîne reste vérifiable.")


async def call(visit: Visit, form: Form) -> Done:
    """A call becomes an alert typed in five fields; the journal tells it within the second."""
    if not form.get("texte"):
        raise Invalid("À compléter : écrivez ce qui a été dit.")
    who = form.get("de", "autre")
    told: dict[str, Any] = {
        "kind": who if who in ("samu", "ars") else "autre",
        "headline": form["texte"],
        "reported_by": {
            "name": form.get("nom") or None,
            "function": form.get("fonction") or CALLERS.get(who, ""),
            "at": (when(form, visit) or visit.now).isoformat(),
            "verified": form.get("verifie") == "oui",
        },
    }
    told |= {key: form[name] for key, name in NAMED.items() if form.get(name)}
    if form.get("niveau", "") in ("1", "2", "3"):
        told["requests_level"] = int(form["niveau"])
    body = base64.b64encode(json.dumps(told, ensure_ascii=False).encode()).decode()
    await send(visit, ReportAlert(media_type="application/json", body=body), form)
    return Done("/situation", "Appel noté au journal de bord.")


async def export(visit: Visit) -> Response:
    """The journal as a file: JSON Lines to be checked, CSV or PDF to be read."""
    form = visit.path["form"]
    if form in ("csv", "pdf"):
        first, last = (
            words.from_field(visit.query.get("du", ""), visit),
            words.from_field(visit.query.get("au", ""), visit),
        )
        question = AskJournal(form=form, first=first, last=last)
        return document(await visit.ask(question, patience=PATIENCE), attached=True)
    if form != "jsonl":
        raise NotFound("Le journal s'exporte en PDF, CSV ou JSON Lines.")
    first_slice = await visit.ask(AskExport(limit=SLICE))
    name = f"journal-{visit.territory.territory.replace('~', '-')}.jsonl"
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    lines = lines_of(visit.edge, visit.call, first_slice)
    return StreamingResponse(lines, headers=headers, media_type="application/x-ndjson")


PAGES = (PAGE, CALL, CHECK, FACT, ONE)
ACTS = (
    Act("/journal", write, PAGE),
    Act("/appel", call, CALL),
    Act("/journal/{number}/correction", correct, ONE),
    Act("/journal/{number}/effacement", redact, ONE),
)
FILES = (("/journal/export/{form}", export),)
