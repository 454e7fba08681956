"""From an HTTP body to a command and back: strict reading, an id that a retry finds again, the right status."""

from __future__ import annotations

import hashlib
import random
import re
import uuid
from collections.abc import Mapping
from typing import Any

from fastapi import Request
from pydantic import BaseModel, ConfigDict, ValidationError, create_model
from starlette.responses import Response

from contracts.base import Command, Reply
from services.gateway.edge import Call, Edge, Handler, json_response
from services.gateway.limits import has_control, media_type, read_body, refuse_control
from services.gateway.problems import Problem, invalid
from services.platform.errors import Invalid

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:tocsin:commande")
#: Ids need to be unique, not secret; a draw without a system call keeps the hot path from waiting for its turn.
_DRAW = random.Random(uuid.uuid4().int)  # noqa: S311
#: Printable ASCII: what every client and proxy carries unchanged.
KEY = re.compile(r"[!-~]{1,255}")


def body_model(command: type[Command], filled: tuple[str, ...]) -> type[BaseModel]:
    """The command without the fields that its path fills."""
    fields: dict[str, Any] = {
        name: (info.annotation, info) for name, info in command.model_fields.items() if name not in filled
    }
    return create_model(
        f"{command.__name__}Body",
        __config__=ConfigDict(frozen=True, extra="forbid"),
        __doc__=command.__doc__,
        **fields,
    )


def handler(command: type[Command], body: type[BaseModel], fields: Mapping[str, str]) -> Handler:
    """A handler that sends ``command``."""

    async def handle(edge: Edge, request: Request) -> Response:
        call = await edge.enter(request)
        raw = await read_json(request)
        message = build(command, parse(body, raw), path_values(request, fields))
        reply = await edge.send(message, call, **identity(request, call, raw))
        return outcome(reply)

    return handle


async def read_json(request: Request) -> bytes:
    """The bytes of a JSON body; none at all is an empty object."""
    kind = media_type(request)
    raw = await read_body(request)
    if not raw.strip():
        return b"{}"
    if kind and kind != "application/json" and not kind.endswith("+json"):
        raise Problem(415, f"Le type « {kind[:100]} » n'est pas accepté ici ; envoyez du application/json.")
    return raw


def parse(body: type[BaseModel], raw: bytes) -> BaseModel:
    """The body read strictly, as JSON says it: a number is not a text that looks like one."""
    try:
        found = body.model_validate_json(raw, strict=True)
    except ValidationError as error:
        raise invalid(error) from None
    for name in found.model_fields_set:
        if has_control(getattr(found, name)):
            raise Invalid(f"« {name} » contient des caractères de contrôle ; retirez-les.")
    return found


def path_values(request: Request, fields: Mapping[str, str]) -> dict[str, str]:
    """What the path fills."""
    return {field: refuse_control(request.path_params[name], name) for name, field in fields.items()}


def build(command: type[Command], body: BaseModel, path: Mapping[str, str]) -> Command:
    """The command, from the body and the path."""
    values: dict[str, Any] = {name: getattr(body, name) for name in body.model_fields_set}
    try:
        return command.model_validate({**values, **path})
    except ValidationError as error:
        raise invalid(error) from None


def identity(request: Request, call: Call, raw: bytes) -> dict[str, str]:
    """Id and key of the command. With an Idempotency-Key the same request finds the same outcome.

    The territory is part of the id: ``role:samu`` is another caller in another territory.
    """
    key = request.headers.get("idempotency-key")
    if key is None:
        return {"id": f"{_DRAW.getrandbits(128):032x}"}
    if not KEY.fullmatch(key):
        raise Invalid("L'en-tête Idempotency-Key compte de 1 à 255 signes visibles, sans espace ni accent.")
    parts = (call.caller.id, call.territory, request.method, request.url.path, key)
    return {"id": uuid.uuid5(NAMESPACE, "\n".join(parts)).hex, "key": hashlib.sha256(raw).hexdigest()}


def outcome(reply: Reply) -> Response:
    """201 when a thing now exists, 200 otherwise."""
    return json_response(reply.result or {}, 201 if reply.created else 200)
