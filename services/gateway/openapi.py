"""The OpenAPI document: what each operation takes and answers, from the same declarations that serve it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from contracts import actions, activity, alerts, base, cell, certificates, readiness, slots, yearly
from contracts.base import OpenEnum
from services.gateway.operations import Operation
from services.gateway.problems import MEDIA_TYPE, TITLES

REF = "#/components/schemas/{model}"
PROBLEM: dict[str, Any] = {
    "title": "Probleme",
    "description": "RFC 9457, en français.",
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "Ce qui ne va pas et quoi faire."},
        "instance": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {name: {"type": "string"} for name in ("field", "message", "remedy")},
            },
        },
        "details": {"type": "object"},
    },
}  # fmt: skip
OPEN_ENUMS: dict[str, type[Enum]] = {
    name: value
    for module in (actions, activity, alerts, base, cell, certificates, readiness, slots, yearly)
    for name, value in vars(module).items()
    if isinstance(value, type) and issubclass(value, OpenEnum) and value is not OpenEnum
}


def details(operation: Operation) -> dict[str, Any]:
    """Parameters, body and security of one operation."""
    found: dict[str, Any] = {
        "parameters": [
            {
                "name": parameter.name,
                "in": parameter.where,
                "required": parameter.required,
                "schema": parameter.schema,
                **({"description": parameter.text} if parameter.text else {}),
                **({"style": "form", "explode": False} if parameter.schema.get("type") == "array" else {}),
            }
            for parameter in operation.parameters
        ]
    }
    content = dict(operation.bodies)
    if operation.body is not None:
        content["application/json"] = {"schema": _ref(operation.body)}
    if content:
        found["requestBody"] = {"required": operation.body_required, "content": content}
    if operation.secured:
        found["security"] = [{"bearer": []}]
    return found


def responses(operation: Operation) -> dict[int | str, dict[str, Any]]:
    """Successes and refusals of one operation."""
    found: dict[int | str, dict[str, Any]] = {}
    for status, answer in operation.answers.items():
        found[status] = {"description": HTTPStatus(status).phrase, "content": _content(answer)}
    for status in operation.problems:
        schema = {"$ref": REF.format(model="Probleme")}
        found[status] = {"description": TITLES[status], "content": {MEDIA_TYPE: {"schema": schema}}}
    return found


def _content(answer: type[BaseModel] | str | None) -> dict[str, Any]:
    if isinstance(answer, str):
        return {media: {"schema": {}} for media in answer.split(",")}
    if answer is None:
        return {"application/json": {"schema": {"type": "object"}}}
    return {"application/json": {"schema": _ref(answer)}}


def _ref(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": REF.format(model=model.__name__)}


def install(app: FastAPI, operations: Iterable[Operation]) -> None:
    """Make ``app.openapi()`` answer the whole document, made once."""
    every = list(operations)

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            made = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
            parts = made.setdefault("components", {})
            parts["schemas"] = {**parts.get("schemas", {}), **_schemas(every), "Probleme": PROBLEM}
            parts["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
            app.openapi_schema = made
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def _schemas(operations: list[Operation]) -> dict[str, Any]:
    bodies = {operation.body for operation in operations if operation.body}
    answers = {
        answer
        for operation in operations
        for answer in operation.answers.values()
        if isinstance(answer, type) and answer not in bodies
    }
    wanted = [(model, "validation") for model in bodies] + [(model, "serialization") for model in answers]
    _, made = models_json_schema(wanted, ref_template=REF)  # type: ignore[arg-type]  # the modes are literals
    schemas: dict[str, Any] = made.get("$defs", {})
    return {name: _opened(name, schema) for name, schema in schemas.items()}


def _opened(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """Enums are open: an unknown value is taken and read as ``autre``, so the schema must not forbid it."""
    if name not in OPEN_ENUMS:
        return schema
    values = [str(item.value) for item in OPEN_ENUMS[name]]
    text = f"Valeurs connues : {', '.join(values)}. Une autre se lit comme « autre »."
    return {"title": name, "type": "string", "description": text, "examples": values}
