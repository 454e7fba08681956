"""The crisis cell: who sits, exchanges with partners, needs, judgements, the page of means."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import Response

from contracts.cell import (
    AskCell,
    AskMeansPage,
    AskPartners,
    AssignFunction,
    CellFound,
    CloseNeed,
    ConveneCell,
    Convened,
    DismissCell,
    JudgeGravity,
    ListContacts,
    ListJudgements,
    ListNeeds,
    NoteContact,
    NotePresence,
    PartnersFound,
    RelieveMember,
    StateNeed,
    UpdateNeed,
)
from services.gateway.documents import PATIENCE, document
from services.gateway.edge import Edge
from services.gateway.limits import refuse_control
from services.gateway.operations import API, TERRITORY, Operation, Parameter, ask, do
from services.platform.errors import NotFound

THEME = "Cellule de crise"
FORMS = ("pdf", "json")


async def means(edge: Edge, request: Request) -> Response:
    """The page of means of one crisis, in the form of the path."""
    call = await edge.enter(request)
    crisis, form = refuse_control(request.path_params["id"], "id"), request.path_params["form"]
    if form not in FORMS:
        raise NotFound(f"La page des moyens se lit en {' ou '.join(FORMS)}.")
    question = AskMeansPage.model_validate({"crisis": crisis, "form": form})
    return document(await edge.ask(question, call, patience=PATIENCE))


OPERATIONS = (
    ask(f"{API}/cell", AskCell, "Qui tient la cellule, et qui manque", THEME, answer=CellFound),
    do("POST", f"{API}/cell", ConveneCell, "Convoquer la cellule, ou l'élargir", THEME, answer=Convened, created=True),
    do("POST", f"{API}/cell/functions", AssignFunction, "Attribuer une fonction de la cellule", THEME),
    do("POST", f"{API}/cell/presence", NotePresence, "Noter une présence", THEME),
    do("POST", f"{API}/cell/relief", RelieveMember, "Noter une relève", THEME),
    do("POST", f"{API}/cell/dismissal", DismissCell, "Lever la cellule", THEME),
    ask(f"{API}/contacts", ListContacts, "Échanges avec les partenaires", THEME),
    do("POST", f"{API}/contacts", NoteContact, "Noter un échange avec un partenaire", THEME, created=True),
    ask(f"{API}/partners", AskPartners, "Dernier échange et attente de chaque partenaire", THEME, answer=PartnersFound),
    ask(f"{API}/needs", ListNeeds, "Besoins : demandé, disponible, manque", THEME),
    do("POST", f"{API}/needs", StateNeed, "Énoncer un besoin", THEME, created=True),
    do("POST", f"{API}/needs/{{id}}", UpdateNeed, "Mettre un besoin à jour", THEME, id="need"),
    do("POST", f"{API}/needs/{{id}}/close", CloseNeed, "Clore un besoin", THEME, id="need"),
    ask(f"{API}/judgements", ListJudgements, "Jugements de gravité et de proportion des moyens", THEME),
    do("POST", f"{API}/judgements", JudgeGravity, "Juger la gravité et la proportion des moyens", THEME, created=True),
    Operation(
        "GET",
        f"{API}/crises/{{id}}/means.{{form}}",
        "La page « gravité et proportion des moyens »",
        means,
        THEME,
        parameters=(
            Parameter("id", {"type": "string"}, where="path", required=True),
            Parameter("form", {"type": "string", "enum": list(FORMS)}, where="path", required=True),
            TERRITORY,
        ),
        answers={200: "application/pdf,application/json"},
    ),
)
