"""Situation points, figures and the morning's paper kit."""

from __future__ import annotations

import asyncio

from fastapi import Request
from starlette.responses import Response

from contracts.digests import (
    AskDigest,
    AskFigures,
    AskKit,
    DraftDigest,
    EditDigest,
    FiguresFound,
    ListDigests,
    ValidateDigest,
)
from contracts.figures import AskBoardFigures, BoardFigures
from contracts.statements import AskStatement, IssueCapacityStatement, ListStatements
from services.gateway import spreadsheets
from services.gateway.documents import PATIENCE, document
from services.gateway.edge import Edge, json_response
from services.gateway.limits import refuse_control
from services.gateway.operations import API, TERRITORY, Operation, Parameter, ask, do, query_parameters
from services.gateway.questions import read_question
from services.platform.errors import Invalid, NotFound

THEME = "Points de situation"
FIGURES = "Chiffres"
STATEMENT_FORMS = ("pdf", "json")
FORMS = ("json", "html", "pdf", "txt")
MEDIA = "application/json,text/html,application/pdf,text/plain"


async def digest(edge: Edge, request: Request) -> Response:
    """One point, in the form of the path."""
    call = await edge.enter(request)
    name, form = refuse_control(request.path_params["id"], "id"), request.path_params["form"]
    if form not in FORMS:
        raise NotFound(f"Un point se lit en {', '.join(FORMS)}.")
    version = request.query_params.get("version") or "interne"
    if version not in ("interne", "externe"):
        raise Invalid("Le paramètre « version » vaut interne ou externe.")
    question = AskDigest.model_validate({"digest": name, "form": form, "version": version})
    return document(await edge.ask(question, call, patience=PATIENCE))


async def kit(edge: Edge, request: Request) -> Response:
    """The paper kit."""
    call = await edge.enter(request)
    return document(await edge.ask(AskKit(), call, patience=PATIENCE))


async def figures(edge: Edge, request: Request) -> Response:
    """Figures of a period: JSON by default, CSV or XLSX for a spreadsheet."""
    call = await edge.enter(request)
    form = request.query_params.get("form") or "json"
    if form not in ("json", "csv", "xlsx"):
        raise Invalid("Le paramètre « form » vaut json, csv ou xlsx.")
    asked = read_question(request, AskFigures)
    answer = await edge.ask(asked, call, patience=PATIENCE)
    if form == "json":
        more = {name: value for name, value in answer.items() if name != "rows"}
        return json_response({"items": answer.get("rows", []), "next": None, **more})
    found = FiguresFound.model_validate(answer)
    title = spreadsheets.Title(call.territory, asked.first, asked.last, found.up_to)
    render = spreadsheets.to_csv if form == "csv" else spreadsheets.to_xlsx
    return await asyncio.to_thread(render, found.rows, title)


async def statement(edge: Edge, request: Request) -> Response:
    """One statement of capacity, in the form of the path."""
    call = await edge.enter(request)
    name, form = refuse_control(request.path_params["id"], "id"), request.path_params["form"]
    if form not in STATEMENT_FORMS:
        raise NotFound(f"Un état des capacités se lit en {' ou '.join(STATEMENT_FORMS)}.")
    question = AskStatement.model_validate({"statement": name, "form": form})
    return document(await edge.ask(question, call, patience=PATIENCE))


ID = Parameter("id", {"type": "string"}, where="path", required=True)
OPERATIONS = (
    ask(f"{API}/digests", ListDigests, "Points de situation", THEME),
    do("POST", f"{API}/digests", DraftDigest, "Établir ou refaire un point", THEME, created=True),
    do("PATCH", f"{API}/digests/{{id}}", EditDigest, "Modifier un texte du brouillon", THEME, id="digest"),
    do(
        "POST",
        f"{API}/digests/{{id}}/validate",
        ValidateDigest,
        "Laisser partir la version externe",
        THEME,
        id="digest",
    ),
    Operation(
        "GET",
        f"{API}/digests/{{id}}.{{form}}",
        "Lire un point",
        digest,
        THEME,
        parameters=(
            ID,
            Parameter("form", {"type": "string", "enum": list(FORMS)}, where="path", required=True),
            TERRITORY,
            Parameter("version", {"type": "string", "enum": ["interne", "externe"]}),
        ),
        answers={200: MEDIA},
    ),
    ask(f"{API}/statements", ListStatements, "États des capacités", THEME),
    do("POST", f"{API}/statements", IssueCapacityStatement, "Émettre un état des capacités", THEME, created=True),
    Operation(
        "GET",
        f"{API}/statements/{{id}}.{{form}}",
        "Lire un état des capacités tel qu'émis",
        statement,
        THEME,
        parameters=(
            ID,
            Parameter("form", {"type": "string", "enum": list(STATEMENT_FORMS)}, where="path", required=True),
            TERRITORY,
        ),
        answers={200: "application/pdf,application/json"},
    ),
    ask(f"{API}/board-figures", AskBoardFigures, "Chiffres de l'écran de situation", FIGURES, answer=BoardFigures),
    Operation(
        "GET",
        f"{API}/kit.pdf",
        "Le dossier papier du matin",
        kit,
        THEME,
        (TERRITORY,),
        answers={200: "application/pdf"},
    ),
    Operation(
        "GET",
        f"{API}/figures",
        "Chiffres d'une période, avec leur couverture",
        figures,
        FIGURES,
        parameters=(
            TERRITORY,
            *query_parameters(AskFigures),
            Parameter("form", {"type": "string", "enum": ["json", "csv", "xlsx"]}),
        ),
        answers={200: f"application/json,text/csv,{spreadsheets.XLSX}"},
    ),
)
