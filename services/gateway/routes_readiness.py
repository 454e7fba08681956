"""What is kept ready: records, the calendar of exercises, yearly duties."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import Response

from contracts.crisis_plan import AskCrisisPlan, AskGaps, DeliverCrisisPlan, GapsFound, ListDeliveries
from contracts.readiness import CheckRecord, KeepGovernance, KeepPremises, KeepStock, NoteTraining, RemoveRecord
from contracts.yearly import AskReadiness, CancelExercise, HoldExercise, NoteDuty, PlanExercise, ReadinessFound
from services.gateway.documents import PATIENCE, document
from services.gateway.edge import Edge
from services.gateway.limits import refuse_control
from services.gateway.operations import API, TERRITORY, Operation, Parameter, ask, do
from services.platform.errors import NotFound

THEME = "Préparation"
READY = f"{API}/readiness"

PLAN = f"{API}/crisis-plan"
FORMS = ("pdf", "docx", "json")
MEDIA = "application/pdf,application/vnd.openxmlformats-officedocument.wordprocessingml.document,application/json"
FORM = Parameter("form", {"type": "string", "enum": list(FORMS)}, where="path", required=True)


async def crisis_plan(edge: Edge, request: Request) -> Response:
    """The plan de crise of this moment, or one as it was sent, in the form of the path."""
    call = await edge.enter(request)
    form = request.path_params["form"]
    if form not in FORMS:
        raise NotFound(f"Le plan de crise se lit en {', '.join(FORMS)}.")
    delivery = request.path_params.get("id")
    asked = {"form": form, "delivery": refuse_control(delivery, "id") if delivery else None}
    found = await edge.ask(AskCrisisPlan.model_validate(asked), call, patience=PATIENCE)
    return document(found, attached=form == "docx")


OPERATIONS = (
    ask(READY, AskReadiness, "Ce qui est tenu prêt et les obligations de l'année", THEME, answer=ReadinessFound),
    do("POST", f"{READY}/governance", KeepGovernance, "Noter une fonction, un accord", THEME, created=True),
    do("POST", f"{READY}/stock", KeepStock, "Noter une ligne de stock", THEME, created=True),
    do("POST", f"{READY}/premises", KeepPremises, "Noter un local mobilisable", THEME, created=True),
    do("POST", f"{READY}/trainings", NoteTraining, "Noter une formation", THEME, created=True),
    do("POST", f"{READY}/records/{{id}}/check", CheckRecord, "Dire qu'une ligne a été vérifiée", THEME, id="record"),
    do("POST", f"{READY}/records/{{id}}/remove", RemoveRecord, "Retirer une ligne", THEME, id="record"),
    do("POST", f"{READY}/exercises", PlanExercise, "Prévoir un exercice", THEME, created=True),
    do("POST", f"{READY}/exercises/{{id}}/held", HoldExercise, "Noter un exercice tenu", THEME, id="exercise"),
    do("POST", f"{READY}/exercises/{{id}}/cancel", CancelExercise, "Annuler un exercice", THEME, id="exercise"),
    do("POST", f"{READY}/duties", NoteDuty, "Noter une obligation annuelle tenue", THEME, created=True),
    ask(f"{READY}/gaps", AskGaps, "Ce qui manque au plan de crise", THEME, answer=GapsFound),
    Operation(
        "GET", f"{PLAN}.{{form}}", "Le plan de crise, livrable annuel à l'ARS et à la CPAM", crisis_plan, THEME,
        parameters=(FORM, TERRITORY), answers={200: MEDIA},
    ),
    do("POST", f"{PLAN}/deliveries", DeliverCrisisPlan, "Noter le plan de crise transmis", THEME, created=True),
    ask(f"{PLAN}/deliveries", ListDeliveries, "Plans de crise transmis", THEME),
    Operation(
        "GET", f"{PLAN}/deliveries/{{id}}.{{form}}", "Un plan de crise, tel qu'il a été transmis", crisis_plan, THEME,
        parameters=(Parameter("id", {"type": "string"}, where="path", required=True), FORM, TERRITORY),
        answers={200: MEDIA},
    ),
)  # fmt: skip
