"""The journal de bord: read, written, corrected, erased in part, exported, followed live."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from fastapi import Request
from starlette.responses import Response, StreamingResponse

from contracts.journal import AskSince, SinceFound
from contracts.logbook import (
    AskExport,
    AskHead,
    AskJournal,
    CorrectEntry,
    EntryFound,
    HeadFound,
    ListEntries,
    ReadEntry,
    RedactEntry,
    WriteEntry,
    Written,
)
from services.gateway.documents import PATIENCE, document
from services.gateway.edge import Call, Edge
from services.gateway.operations import API, TERRITORY, Operation, Parameter, ask, do, query_parameters
from services.gateway.problems import encode
from services.gateway.questions import read_question
from services.gateway.stream import stream
from services.platform.errors import Invalid

THEME = "Journal de bord"
#: Entries asked at once: an answer must hold in one message of the bus, whatever the length of the texts.
SLICE = 50


async def export(edge: Edge, request: Request) -> Response:
    """The journal as JSON Lines, slice after slice; ``?form=csv`` or ``pdf`` gives a file for people."""
    form = request.query_params.get("form", "jsonl")
    call = await edge.enter(request)
    _check_bounds(request, form)
    if form in ("csv", "pdf"):
        question = read_question(request, AskJournal)
        return document(await edge.ask(question, call, patience=PATIENCE), attached=True)
    if form != "jsonl":
        raise Invalid("Le paramètre « form » vaut jsonl, csv ou pdf.")
    asked = read_question(request, AskExport)
    if asked.after < 0:
        raise Invalid("Le paramètre « after » est un numéro d'entrée, zéro ou plus.")
    first = await edge.ask(asked.model_copy(update={"limit": SLICE}), call)  # refused here, not in mid-stream
    name = f"journal-{call.territory.replace('~', '-')}.jsonl"
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return StreamingResponse(lines_of(edge, call, first), headers=headers, media_type="application/x-ndjson")


def _check_bounds(request: Request, form: str) -> None:
    """A bound that would be ignored is refused: JSON Lines are cut by number, files for people by time."""
    ignored = {"from", "to"} if form == "jsonl" else {"after"}
    for name in request.query_params:
        if name in ignored:
            raise Invalid(f"Le paramètre « {name} » ne vaut pas pour la forme {form}.")


async def lines_of(edge: Edge, call: Call, page: dict[str, Any]) -> AsyncIterator[bytes]:
    """Every entry, one line each. A failure cuts the transfer, so that half an export never looks whole."""
    while True:
        yield b"".join(encode(entry) + b"\n" for entry in page.get("items", ()))
        if not page.get("next"):
            return
        page = await edge.ask(AskExport(after=int(page["next"]), limit=SLICE), call, patience=15.0)


FORMS = "application/x-ndjson,text/csv,application/pdf"
OPERATIONS = (
    ask(f"{API}/logbook", ListEntries, "Entrées du journal", THEME),
    do("POST", f"{API}/logbook", WriteEntry, "Écrire dans le journal", THEME, answer=Written, created=True),
    Operation(
        "GET",
        f"{API}/logbook/export",
        "Exporter le journal (JSON Lines, CSV ou PDF)",
        export,
        THEME,
        parameters=(
            TERRITORY,
            Parameter("form", {"type": "string", "enum": ["jsonl", "csv", "pdf"]}),
            Parameter("after", {"type": "integer", "minimum": 0}, text="JSON Lines : après ce numéro."),
            *(item for item in query_parameters(AskJournal) if item.name in {"from", "to"}),
        ),
        answers={200: FORMS},
    ),
    ask(f"{API}/logbook/head", AskHead, "Tête de la chaîne", THEME, answer=HeadFound),
    ask(f"{API}/logbook/since", AskSince, "Ce qui a changé depuis un moment", THEME, answer=SinceFound),
    ask(
        f"{API}/logbook/{{number}}",
        ReadEntry,
        "Une entrée du journal et ce qui s'y rattache",
        THEME,
        answer=EntryFound,
        number="number",
    ),
    do(
        "POST",
        f"{API}/logbook/{{number}}/correction",
        CorrectEntry,
        "Corriger une entrée par une nouvelle",
        THEME,
        answer=Written,
        created=True,
        number="number",
    ),
    do(
        "POST",
        f"{API}/logbook/{{number}}/redaction",
        RedactEntry,
        "Effacer le texte d'une entrée, avec un motif",
        THEME,
        answer=Written,
        created=True,
        number="number",
    ),
    Operation(
        "GET",
        f"{API}/stream",
        "Suivre le journal en direct (événements serveur)",
        stream,
        THEME,
        parameters=(
            TERRITORY,
            Parameter("Last-Event-ID", {"type": "integer", "minimum": 0}, where="header"),
            Parameter("after", {"type": "integer", "minimum": 0}),
        ),
        answers={200: "text/event-stream"},
    ),
)
