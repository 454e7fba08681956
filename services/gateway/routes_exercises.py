"""Drills: the scenarios, those played, their pace and their end, and a way into their desk."""

from __future__ import annotations

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from contracts.exercises import (
    AskExercise,
    Entered,
    EnterExercise,
    ExerciseItem,
    ListExercises,
    ListScenarios,
    PaceExercise,
    StartExercise,
    StopExercise,
)
from services.gateway import commands
from services.gateway.edge import Edge, json_response
from services.gateway.limits import refuse_control
from services.gateway.operations import API, COMMAND_PROBLEMS, TERRITORY, Operation, Parameter, ask, do

THEME = "Exercices"


class EnterExerciseBody(BaseModel):
    """Who enters; who asks without it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    person: str | None = Field(default=None, max_length=63)


async def enter(edge: Edge, request: Request) -> Response:
    """A one-time way into the desk of a drill: the code is drawn by that desk, so nothing is remembered here."""
    call = await edge.enter(request)
    body = commands.parse(EnterExerciseBody, await commands.read_json(request))
    run = refuse_control(request.path_params["id"], "id")
    found = await edge.ask(EnterExercise(run=run, person=getattr(body, "person", None)), call, patience=20.0)
    return json_response(found)


OPERATIONS = (
    ask(f"{API}/scenarios", ListScenarios, "Scénarios d'exercice", THEME),
    do("POST", f"{API}/exercises", StartExercise, "Lancer un exercice", THEME, created=True),
    ask(f"{API}/exercises", ListExercises, "Exercices, le plus récent d'abord", THEME),
    ask(f"{API}/exercises/{{id}}", AskExercise, "Un exercice et son score", THEME, answer=ExerciseItem, id="run"),
    do("POST", f"{API}/exercises/{{id}}/pace", PaceExercise, "Changer la vitesse, suspendre", THEME, id="run"),
    do("POST", f"{API}/exercises/{{id}}/stop", StopExercise, "Arrêter, puis fermer le poste", THEME, id="run"),
    Operation(
        "POST",
        f"{API}/exercises/{{id}}/enter",
        "Entrer dans le poste d'un exercice",
        enter,
        THEME,
        parameters=(Parameter("id", {"type": "string"}, where="path", required=True), TERRITORY),
        body=EnterExerciseBody,
        body_required=False,
        answers={200: Entered},
        problems=COMMAND_PROBLEMS,
    ),
)
