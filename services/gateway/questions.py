"""From a query string to a question, and its answer back as JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, get_args, get_origin

from fastapi import Request
from pydantic import AwareDatetime, BaseModel, ValidationError
from starlette.responses import Response

from contracts.base import Question
from services.gateway.edge import Edge, Handler, json_response
from services.gateway.limits import refuse_control
from services.gateway.problems import invalid
from services.platform.errors import Invalid

#: Field of a question -> its name in the public interface (``from`` and ``to`` read better than first and last).
PUBLIC = {"first": "from", "last": "to"}
#: Pydantic would read a bare number as seconds since 1970.
NUMBER = re.compile(r"[+-]?[\d.eE]+")
MOMENTS: frozenset[Any] = frozenset({date, datetime, AwareDatetime})
#: A "+" left unescaped in a query string arrives as a space: 2026-06-29T06:00:00 02:00.
LOST_PLUS = re.compile(r"^(\d{4}-\d\d-\d\dT[\d:.]+) (\d\d:?\d\d)$")


def public_name(field: str) -> str:
    """Name of a field in the query string."""
    return PUBLIC.get(field, field)


def handler(question: type[Question], fields: Mapping[str, str]) -> Handler:
    """A handler that asks ``question``."""

    async def handle(edge: Edge, request: Request) -> Response:
        call = await edge.enter(request)
        return json_response(await edge.ask(read_question(request, question, fields), call))

    return handle


def read_question(
    request: Request,
    question: type[Question],
    fields: Mapping[str, str] | None = None,
) -> Any:
    """The question in a query string, its path fields filled."""
    values = read_query(request, question)
    for name, field in (fields or {}).items():
        values[field] = refuse_control(request.path_params[name], name)
    try:
        return question.model_validate(values)
    except ValidationError as error:
        raise invalid(error, PUBLIC) from None


def read_query(request: Request, model: type[BaseModel]) -> dict[str, Any]:
    """Parameters by field, lists split at commas; empty ones count as absent."""
    known = {public_name(field): field for field in model.model_fields} | {field: field for field in model.model_fields}
    values: dict[str, Any] = {}
    for name, text in request.query_params.multi_items():
        if text and name in known:
            values[known[name]] = _value(model, known[name], refuse_control(text, name))
    return values


def _value(model: type[BaseModel], field: str, text: str) -> Any:
    annotation = model.model_fields[field].annotation
    if get_origin(annotation) is tuple:
        return tuple(part.strip() for part in text.split(","))
    if NUMBER.fullmatch(text) and MOMENTS & {annotation, *get_args(annotation)}:
        raise Invalid(f"« {public_name(field)} » : un nombre n'est pas une date ; donnez par exemple 2026-06-29.")
    return LOST_PLUS.sub(r"\1+\2", text)
