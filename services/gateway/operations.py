"""An operation: one method and path, what it sends on the bus, how it is documented."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from contracts.base import Command, Created, Done, ListQuestion, Page, Question
from services.gateway import commands, questions
from services.gateway.edge import TERRITORY_NAME, Handler

API = "/api/v1"
COMMAND_PROBLEMS = (401, 403, 404, 408, 409, 413, 415, 422, 500, 503)
QUESTION_PROBLEMS = (401, 403, 404, 408, 422, 500, 503)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of the path, of the query or of the headers, with its JSON Schema."""

    name: str
    schema: dict[str, Any]
    where: str = "query"
    required: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """``answers`` maps a success status to a model, a media type or nothing; ``problems`` lists the refusals.

    ``command`` is what it sends, when that is a command.
    """

    method: str
    path: str
    summary: str
    handler: Handler
    theme: str
    parameters: tuple[Parameter, ...] = ()
    body: type[BaseModel] | None = None
    bodies: Mapping[str, Any] = field(default_factory=dict)
    body_required: bool = True
    answers: Mapping[int, type[BaseModel] | str | None] = field(default_factory=lambda: {200: None})
    problems: tuple[int, ...] = QUESTION_PROBLEMS
    secured: bool = True
    shown: bool = True
    root: bool = False
    command: type[Command] | None = None


TERRITORY = Parameter(
    "territory",
    {"type": "string", "pattern": f"^{TERRITORY_NAME.pattern}$"},
    text="Territoire ; à préciser quand l'accès en couvre plusieurs, ou l'exercice.",
)
IDEMPOTENCY = Parameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    where="header",
    text="La même clé renvoie la même issue ; avec un autre corps elle est refusée.",
)


def path_parameters(path: str, model: type[BaseModel] | None, fields: Mapping[str, str]) -> tuple[Parameter, ...]:
    """Parameters named in the path, typed as the field each one fills."""
    names = [part[1:-1] for part in path.replace(".", "/").split("/") if part.startswith("{")]
    known = model.model_fields if model else {}
    found = []
    for name in names:
        info = known.get(fields.get(name, name))
        whole = info is not None and info.annotation is int
        schema = {"type": "integer", "minimum": 1} if whole else {"type": "string"}
        found.append(Parameter(name, schema, where="path", required=True))
    return tuple(found)


def do(
    method: str,
    path: str,
    command: type[Command],
    summary: str,
    theme: str,
    *,
    answer: type[BaseModel] | None = None,
    created: bool = False,
    **fields: str,
) -> Operation:
    """An operation that sends a command; ``fields`` maps a path parameter to the field it fills."""
    body = commands.body_model(command, tuple(fields.values()))
    statuses: dict[int, type[BaseModel] | str | None] = {201: answer or Created} if created else {200: answer or Done}
    if created:
        statuses[200] = answer or Done  # what was known already, or corrected
    return Operation(
        method,
        path,
        summary,
        commands.handler(command, body, fields),
        theme,
        parameters=(*path_parameters(path, command, fields), TERRITORY, IDEMPOTENCY),
        body=body,
        body_required=any(info.is_required() for info in body.model_fields.values()),
        answers=statuses,
        problems=COMMAND_PROBLEMS,
        command=command,
    )


def ask(
    path: str,
    question: type[Question],
    summary: str,
    theme: str,
    *,
    answer: type[BaseModel] | None = None,
    **fields: str,
) -> Operation:
    """An operation that asks a question; a list answers a page."""
    listed = issubclass(question, ListQuestion)
    return Operation(
        "GET",
        path,
        summary,
        questions.handler(question, fields),
        theme,
        parameters=(*path_parameters(path, question, fields), TERRITORY, *query_parameters(question, fields.values())),
        answers={200: answer or (Page if listed else None)},
    )


def query_parameters(question: type[BaseModel], filled: Sequence[str] | Any = ()) -> tuple[Parameter, ...]:
    """The fields of a question as query parameters, under the names of the public interface."""
    schema = question.model_json_schema()
    required = set(schema.get("required", ()))
    found = []
    for name, shape in schema.get("properties", {}).items():
        if name in set(filled):
            continue
        public = questions.public_name(name)
        found.append(
            Parameter(public, _plain(shape), required=name in required, text=str(shape.get("description", "")))
        )
    return tuple(found)


def _plain(shape: dict[str, Any]) -> dict[str, Any]:
    """A query value is there or not: it is never null."""
    kept = {name: value for name, value in shape.items() if name not in {"anyOf", "title", "default", "description"}}
    for option in shape.get("anyOf", ()):
        if option.get("type") != "null":
            kept.update(option)
    return kept
