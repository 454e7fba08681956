"""The fifteen minutes of a point: opened, followed item by item, decisions written, closed."""

from __future__ import annotations

from contracts.meetings import (
    AskMeeting,
    CloseMeeting,
    DecisionKept,
    MeetingFound,
    MoveToItem,
    NoteAttendance,
    NoteInMeeting,
    OpenMeeting,
    RecordDecision,
)
from services.gateway.operations import API, ask, do

THEME = "Réunion du point"
MEETING = f"{API}/digests/{{id}}/meeting"

OPERATIONS = (
    ask(MEETING, AskMeeting, "Où en est la réunion d'un point", THEME, answer=MeetingFound, id="digest"),
    do("POST", MEETING, OpenMeeting, "Ouvrir la réunion d'un point", THEME, created=True, id="digest"),
    do("POST", f"{MEETING}/attendance", NoteAttendance, "Dire qui est là, ou le corriger", THEME, id="digest"),
    do("POST", f"{MEETING}/item", MoveToItem, "Passer à un sujet de l'ordre du jour", THEME, id="digest"),
    do(
        "POST",
        f"{MEETING}/decision",
        RecordDecision,
        "Écrire une décision mot pour mot",
        THEME,
        answer=DecisionKept,
        created=True,
        id="digest",
    ),
    do(
        "POST",
        f"{MEETING}/note",
        NoteInMeeting,
        "Écrire une ligne pendant la réunion",
        THEME,
        created=True,
        id="digest",
    ),
    do("POST", f"{MEETING}/close", CloseMeeting, "Clore la réunion", THEME, id="digest"),
)
