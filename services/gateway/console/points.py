"""Points de situation by day, what comes next, one made now; who reported; the statements of capacity."""

from __future__ import annotations

import base64
import json
from datetime import date, timedelta
from typing import Any

from starlette.responses import Response

from contracts.activity import AskCoverage
from contracts.digests import DraftDigest, ListDigests
from contracts.logbook import ListEntries, WriteEntry
from contracts.meetings import AskMeeting, CloseMeeting
from contracts.statements import AskStatement, IssueCapacityStatement, ListStatements
from services.gateway.console import point_words, shell
from services.gateway.console.pages import Act, Done, Form, Page, build, send
from services.gateway.console.visit import Visit
from services.gateway.console.words import from_field
from services.gateway.documents import PATIENCE, document
from services.platform import french
from services.platform.errors import Invalid

MOST_POINTS = 100
MOST_STATEMENTS = 30
#: Entries in which an opened meeting is looked for: more than a fortnight of them.
MOST_ENTRIES = 100
OPENED, CLOSED = "meeting.opened", "meeting.closed"
AUTHORITIES = ("ars", "samu")


async def view(visit: Visit) -> dict[str, Any]:
    """Points, the meetings left open, statements; those outside see what was validated or sent to them."""
    found = await visit.together(
        shell=shell.gather(visit),
        points=visit.part("points", ListDigests(limit=MOST_POINTS)),
        statements=visit.part("etats", ListStatements(limit=MOST_STATEMENTS)),
    )
    cards = (found["points"] or {}).get("items", [])
    statements = (found["statements"] or {}).get("items", [])
    known: shell.Shell = found["shell"]
    return {
        "shell": known,
        "days": point_words.by_day(cards),
        "running": await running(visit, cards) if visit.inside else [],
        "expected": point_words.expected(visit.now, visit.territory, cards, crisis=bool(known.crises)),
        "crisis": bool(known.crises),
        "statements": statements,
        "next_statement": 1 + max((one["number"] for one in statements), default=0),
        "authorities": point_words.recipients(visit.territory, AUTHORITIES),
        "names": await visit.names([one["validated_by"] for one in cards] + [one.get("by") for one in statements]),
        "state": point_words.state,
    }


async def running(visit: Visit, cards: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Meetings not closed. The journal says in one question whether any opened; only then are points asked."""
    listed = await visit.part("journal", ListEntries(kind="point", limit=MOST_ENTRIES))
    told = [entry["fact_type"] for entry in (listed or {}).get("items", [])]
    left = told.count(OPENED) - told.count(CLOSED)
    found: list[dict[str, Any]] = []
    for card in (one for one in cards if one["status"] != "brouillon"):
        if len(found) >= left:
            break
        meeting = await visit.part("réunion", AskMeeting(digest=card["id"]))
        if meeting and meeting["state"] == "en_cours":
            found.append(meeting)
    return found


PAGE = Page("/points", "points.html", "Point de situation", view, nav="points", inside=False)


async def coverage(visit: Visit) -> dict[str, Any]:
    """Who was due on a day, who reported, who did not, and the text that asks them."""
    day = chosen_day(visit)
    found = await visit.part("remontees", AskCoverage(day=day))
    rows = [row | {"where": visit.commune(row["commune"])} for row in (found or {}).get("items", [])]
    return {
        "title": f"Remontées {french.of(french.weekday_day(day))}",
        "day": day,
        "found": found,
        "missing": [row for row in rows if row["missing"]],
        "reported": [row for row in rows if row["reported"]],
        "chase": point_words.chase(day, visit.territory),
        "eve": day - timedelta(days=1),
        "next": day + timedelta(days=1) if day < visit.today else None,
    }


def chosen_day(visit: Visit) -> date:
    """The day of the address; yesterday, which is what the morning asks for, when there is none to read."""
    try:
        return date.fromisoformat(visit.query.get("jour", ""))
    except ValueError:
        return visit.today - timedelta(days=1)


COVERAGE = Page("/points/remontees", "remontees.html", "Remontées", coverage, nav="points")


async def draft(visit: Visit, form: Form) -> Done:
    """Make a point now, or make one again as of a past moment; why is written in the journal when it is said."""
    typed = form.get("moment", "")
    as_of = from_field(typed, visit)
    if typed and as_of is None:
        raise Invalid("À compléter : donnez le jour et l’heure, ou laissez vide pour maintenant.")
    made = await send(visit, build(DraftDigest, as_of=as_of), form)
    key = (made.result or {}).get("id")
    if form.get("motif"):
        text = f"Point de situation établi à la demande : {form['motif']}"
        await send(visit, build(WriteEntry, text=text), form, step="motif")
    return Done(f"/points/{key}", "Point établi. Celui de l’heure n’est pas touché.")


async def issue(visit: Visit, form: Form) -> Done:
    """Issue the statement of capacity; whether it leaves is said each time."""
    choice = form.get("envoi", "")
    if choice not in ("oui", "non"):
        raise Invalid("À compléter : dites si l’état part à l’ARS et au SAMU.")
    await send(visit, build(IssueCapacityStatement, send=choice == "oui"), form)
    said = "il part à l’ARS et au SAMU" if choice == "oui" else "il reste à la CPTS"
    return Done("/points#etats", f"État des capacités émis{french.THIN}; {said}.")


async def close(visit: Visit, form: Form) -> Done:
    """End a meeting left open."""
    await send(visit, CloseMeeting(digest=visit.path["digest"]), form)
    return Done(f"/points/{visit.path['digest']}/reunion", "Réunion close.")


async def statement(visit: Visit) -> Response:
    """The PDF of a statement, as issued."""
    return document(await visit.ask(AskStatement(statement=visit.path["statement"]), patience=PATIENCE))


def read(found: dict[str, Any]) -> dict[str, Any]:
    """What a document in JSON says."""
    told: dict[str, Any] = json.loads(base64.b64decode(found["body"]))
    return told


PAGES = (PAGE, COVERAGE)
ACTS = (
    Act("/points", draft, PAGE),
    Act("/points/etats", issue, PAGE, inside=True),
    Act("/points/{digest}/clore", close, PAGE),
)
FILES = (("/points/etats/{statement}.pdf", statement, "outside"),)
