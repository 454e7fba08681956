"""The fifteen minutes of a point: opened, followed item by item, decisions written one after the other, closed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from contracts.meetings import (
    AskMeeting,
    CloseMeeting,
    MoveToItem,
    NoteAttendance,
    NoteInMeeting,
    OpenMeeting,
    RecordDecision,
)
from services.gateway.console import point_words, shell
from services.gateway.console.pages import Act, Done, Form, Page, build, send
from services.gateway.console.point import asked, read_point
from services.gateway.console.visit import Visit
from services.gateway.documents import PATIENCE
from services.platform import french
from services.platform.errors import Invalid

ATTENDANCE = "presences"
FREE_ROWS = 2
MOST_ROWS = 40
Found = Mapping[str, Any]


async def view(visit: Visit) -> dict[str, Any]:
    """The meeting before, during and after; beside the current item, what the point says of it."""
    found = await visit.together(
        meeting=visit.ask(AskMeeting(digest=asked(visit)), patience=PATIENCE),
        point=read_point(visit, "interne"),
        shell=shell.gather(visit),
    )
    meeting = found["meeting"]
    current = next((item for item in meeting["items"] if item["current"]), None)
    part = str(visit.path.get("part") or visit.typed.get("code") or "")
    known: shell.Shell = found["shell"]
    return {
        "shell": known,
        "title": f"Réunion du point n° {meeting['number']}",
        "meeting": meeting,
        "point": found["point"],
        "current": current,
        "section": section_of(found["point"], current),
        "attending": part == ATTENDANCE or (current is not None and current["n"] == 1),
        "rows": attendance_rows(meeting["attendance"]),
        "open": open_decision(meeting["decisions"], part),
        "asked_for": part in {one["code"] for one in meeting["decisions"]},
        "tally": tally(meeting["decisions"]),
        "waiting": [one["code"] for one in meeting["decisions"] if not one["outcome"]],
        "people": sorted(people(meeting)),
        "crises": known.crises,
        "outcomes": point_words.OUTCOMES,
        "kinds": point_words.LINES,
        "pace": point_words.pace,
        "due_words": point_words.due_words,
        "marked": point_words.marked,
        "left_out": point_words.left_out,
    }


def section_of(point: Found, item: Found | None) -> Found | None:
    """The part of the point that is being read; the decisions have their own form."""
    if item is None:
        return None
    section = next((one for one in point["sections"] if one["key"] == item["key"]), None)
    if section is None or item["key"] != "decisions":
        return section
    return {**section, "blocks": [block for block in section["blocks"] if block["kind"] != "table"]}


def open_decision(decisions: Iterable[Found], wanted: str) -> str:
    """The decision whose form is shown: the one asked for, else the first nobody has written."""
    codes = {one["code"]: one["outcome"] for one in decisions}
    return wanted if wanted in codes else next((code for code, outcome in codes.items() if not outcome), "")


def tally(decisions: Iterable[Found]) -> str:
    """``1 prise, 1 en cours, 2 à venir``."""
    outcomes = [one["outcome"] for one in decisions]
    taken, left = sum(map(bool, outcomes)), outcomes.count("")
    parts = [french.count(taken, "prise")] if taken else []
    parts += [f"1{french.NBSP}en cours"] if left else []
    parts += [f"{left - 1}{french.NBSP}à venir"] if left > 1 else []
    return ", ".join(parts)


def people(meeting: Found) -> dict[str, str]:
    """References by name of those the directory knows here: what a typed name is looked up in."""
    attendance = meeting["attendance"]
    shown = [*attendance["expected"], *attendance["present"], *attendance["absent"]]
    shown += [one["decides"] for one in meeting["decisions"]] + [meeting["led_by"], meeting["keeper"]]
    return {one["name"]: one["person"] for one in shown
            if one and one["person"] and one["name"] not in ("", one["person"])}  # fmt: skip


def attendance_rows(attendance: Found) -> list[dict[str, Any]]:
    """A row for each person noted or expected, then rows to type other names in."""
    rows = [_row(one, there=True) for one in attendance["present"]]
    rows += [_row(one, there=False) for one in attendance["absent"]]
    seen = {row["person"] for row in rows}
    rows += [_row(one, there=False) for one in attendance["expected"] if one["person"] not in seen]
    return rows + [{"person": "", "name": "", "function": "", "note": "", "there": True}] * FREE_ROWS


def _row(one: Found, *, there: bool) -> dict[str, Any]:
    return {"person": one["person"] or "", "name": one["name"], "function": one["function"], "note": one["note"],
            "there": there}  # fmt: skip


PAGE = Page("/points/{digest}/reunion", "reunion.html", "Réunion du point", view, nav="points")
PART = Page("/points/{digest}/reunion/{part}", "reunion.html", "Réunion du point", view, nav="points")


def here(visit: Visit) -> str:
    """The address of the meeting."""
    return f"/points/{visit.path['digest']}/reunion"


async def known_people(visit: Visit) -> dict[str, str]:
    """Names of the meeting, to know a person by what is typed."""
    return people(await visit.ask(AskMeeting(digest=asked(visit)), patience=PATIENCE))


async def begin(visit: Visit, form: Form) -> Done:
    """Open: who leads, who writes the journal, with or without the référent."""
    known = await known_people(visit)
    command = build(
        OpenMeeting, digest=asked(visit), led_by=point_words.someone(form.get("conduite", ""), known),
        keeper=point_words.someone(form.get("journal", ""), known), without_referent=form.get("sans_referent") == "oui",
    )  # fmt: skip
    await send(visit, command, form)
    return Done(here(visit), "Réunion ouverte. Le journal de bord le dit.")


async def attend(visit: Visit, form: Form) -> Done:
    """Who is there, who is not."""
    present, absent = attendance_of(form)
    await send(visit, build(NoteAttendance, digest=asked(visit), present=present, absent=absent), form)
    return Done(here(visit), f"Présents : {len(present)} sur {len(present) + len(absent)}.")


def attendance_of(form: Mapping[str, str]) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """The rows of the form, those there and those not; a row without anybody is left out."""
    sides: tuple[list[dict[str, str]], list[dict[str, str]]] = ([], [])
    for rank in range(MOST_ROWS):
        person, typed = form.get(f"qui-{rank}", ""), form.get(f"nom-{rank}", "")
        if person or typed:
            who = {"person": person} if person else {"words": typed}
            sides[f"la-{rank}" not in form].append(who | {"note": form.get(f"note-{rank}", "")})
    return sides


async def move(visit: Visit, form: Form) -> Done:
    """Go to an item."""
    await send(visit, build(MoveToItem, digest=asked(visit), item=form.get("sujet", "")), form)
    return Done(here(visit))


async def decide(visit: Visit, form: Form) -> Done:
    """Write a decision word for word; the next one opens."""
    if form.get("issue") not in point_words.OUTCOMES:
        raise Invalid("À compléter : adoptée, modifiée, reportée ou écartée.")
    known = await known_people(visit)
    by = point_words.due(form.get("echeance", ""), visit.now)
    command = build(
        RecordDecision, digest=asked(visit), code=form.get("code"), title=form.get("titre"), outcome=form["issue"],
        words=form.get("mots"), decided_by=point_words.someone(form.get("decide", ""), known),
        owner=point_words.someone(form.get("porteur", ""), known), due_at=by,
        due_words="" if by else form.get("echeance"), corrects=form.get("corrige") == "oui",
    )  # fmt: skip
    reply = await send(visit, command, form)
    code = (reply.result or {}).get("code", "")
    return Done(here(visit), f"{code} {point_words.OUTCOMES[form['issue']].lower()}, écrite au journal de bord.")


async def note(visit: Visit, form: Form) -> Done:
    """One line, said certain or to be checked."""
    command = build(NoteInMeeting, digest=asked(visit), kind=form.get("genre"), words=form.get("ligne"))
    await send(visit, command, form)
    return Done(here(visit), "Ligne écrite au journal de bord.")


async def close(visit: Visit, form: Form) -> Done:
    """End the meeting."""
    await send(visit, CloseMeeting(digest=asked(visit)), form)
    return Done(here(visit), "Réunion close.")


PAGES = (PAGE, PART)
ACTS = (
    Act("/points/{digest}/reunion", begin, PAGE),
    Act("/points/{digest}/reunion/presences", attend, PART),
    Act("/points/{digest}/reunion/sujet", move, PAGE),
    Act("/points/{digest}/reunion/decision", decide, PAGE),
    Act("/points/{digest}/reunion/note", note, PAGE),
    Act("/points/{digest}/reunion/clore", close, PAGE),
)
