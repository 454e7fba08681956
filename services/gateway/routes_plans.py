"""Plans: the versions kept, one in words, two side by side, an edited file checked without being kept."""

from __future__ import annotations

from fastapi import Request
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.responses import Response

from contracts.plans import CheckPlan, ComparePlans, ListPlans, PlanChecked, PlanDifferences, PlanRead, ReadPlan
from services.gateway.edge import Edge, json_response
from services.gateway.limits import media_type, read_body
from services.gateway.operations import API, COMMAND_PROBLEMS, TERRITORY, Operation, ask
from services.gateway.problems import Problem, invalid

THEME = "Plans"
#: What a file is sent as; its bytes are then the body.
YAML = ("application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml", "text/plain")
PATIENCE = 15.0


class PlanText(BaseModel):
    """Le fichier à vérifier, tel que modifié."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str


async def check(edge: Edge, request: Request) -> Response:
    """The verdict of the engine; a text with signs that are not shown is not refused here but told with its line."""
    call = await edge.enter(request)
    kind, raw = media_type(request), await read_body(request)
    if kind in YAML:
        text = raw.decode("utf-8-sig", "replace")
    elif not kind or kind == "application/json" or kind.endswith("+json"):
        text = _from_json(raw)
    else:
        raise Problem(
            415, f"Le type « {kind[:100]} » n'est pas accepté ici ; envoyez du YAML, ou du JSON avec « text »."
        )
    return json_response(await edge.ask(CheckPlan(text=text), call, patience=PATIENCE))


def _from_json(raw: bytes) -> str:
    try:
        return PlanText.model_validate_json(raw, strict=True).text.removeprefix("\ufeff")
    except ValidationError as error:
        raise invalid(error) from None


OPERATIONS = (
    ask(f"{API}/plans", ListPlans, "Plans connus et leurs versions", THEME),
    ask(
        f"{API}/plans/{{playbook}}", ReadPlan, "Un plan, tel qu'on le lit", THEME, answer=PlanRead, playbook="playbook"
    ),
    ask(
        f"{API}/plans/{{playbook}}/differences",
        ComparePlans,
        "Ce qui change d'une version d'un plan à l'autre",
        THEME,
        answer=PlanDifferences,
        playbook="playbook",
    ),
    Operation(
        "POST",
        f"{API}/plans/check",
        "Vérifier un plan modifié, sans rien enregistrer",
        check,
        THEME,
        parameters=(TERRITORY,),
        body=PlanText,
        bodies={kind: {"schema": {"type": "string"}} for kind in YAML[:1]},
        answers={200: PlanChecked},
        problems=COMMAND_PROBLEMS,
    ),
)
