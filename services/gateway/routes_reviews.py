"""Experience reviews: their facts, the meetings, what will be done better."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import Response

from contracts.reviews import (
    AskReview,
    AskReviewDocument,
    CloseImprovement,
    DecideImprovement,
    HoldReview,
    ListImprovements,
    ListReviews,
    PublishReview,
    ReviewFound,
)
from services.gateway.documents import PATIENCE, document
from services.gateway.edge import Edge
from services.gateway.limits import refuse_control
from services.gateway.operations import API, TERRITORY, Operation, Parameter, ask, do

THEME = "Retours d'expérience"
ID = Parameter("id", {"type": "string"}, where="path", required=True)


async def printed(edge: Edge, request: Request) -> Response:
    """A review as a PDF."""
    call = await edge.enter(request)
    question = AskReviewDocument(review=refuse_control(request.path_params["id"], "id"))
    return document(await edge.ask(question, call, patience=PATIENCE))


OPERATIONS = (
    ask(f"{API}/reviews", ListReviews, "Retours d'expérience, le plus récent d'abord", THEME),
    Operation(
        "GET",
        f"{API}/reviews/{{id}}.pdf",
        "Un retour d'expérience imprimé",
        printed,
        THEME,
        (ID, TERRITORY),
        answers={200: "application/pdf"},
    ),
    ask(
        f"{API}/reviews/{{id}}",
        AskReview,
        "Un retour d'expérience et ses faits, par son numéro ou celui de la crise",
        THEME,
        answer=ReviewFound,
        id="review",
    ),
    do("POST", f"{API}/reviews/{{id}}/meetings", HoldReview, "Noter une réunion de retour d'expérience", THEME,
       id="review"),
    do("POST", f"{API}/reviews/{{id}}/improvements", DecideImprovement, "Décider une amélioration", THEME, created=True,
       id="review"),
    do("POST", f"{API}/reviews/{{id}}/publish", PublishReview, "Publier : figer les faits", THEME, id="review"),
    ask(f"{API}/improvements", ListImprovements, "Améliorations, les plus proches d'abord", THEME),
    do("POST", f"{API}/improvements/{{id}}/close", CloseImprovement, "Dire une amélioration faite ou abandonnée", THEME,
       id="improvement"),
)  # fmt: skip
