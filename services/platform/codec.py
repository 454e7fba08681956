"""From bytes to typed messages and back; what cannot be read says why."""

from __future__ import annotations

from pydantic import ValidationError

from contracts.base import Command, Envelope, Fact, Question
from services.platform.errors import Invalid
from services.platform.service import Service


def decode_envelope(body: bytes) -> Envelope:
    """The envelope in these bytes; ``Invalid`` says what is wrong with them."""
    try:
        return Envelope.model_validate_json(body)
    except ValidationError as error:
        raise Invalid(f"Message illisible : {_first(error)}") from error


def decode_fact(service: Service, envelope: Envelope) -> Fact | None:
    """The typed fact this service reacts to, or nothing when it only logs it."""
    entry = service.facts.get(envelope.type)
    if entry is None:
        return None
    try:
        return entry[0].model_validate(envelope.data)
    except ValidationError as error:
        raise Invalid(f"Fait {envelope.type} illisible : {_first(error)}") from error


def decode_command(service: Service, envelope: Envelope) -> Command:
    """The typed command in an envelope."""
    model, _ = service.commands[envelope.type]
    try:
        return model.model_validate(envelope.data)
    except ValidationError as error:
        raise Invalid(f"Commande {envelope.type} : {_first(error)}") from error


def decode_question(service: Service, envelope: Envelope) -> Question:
    """The typed question in an envelope."""
    model, _ = service.questions[envelope.type]
    try:
        return model.model_validate(envelope.data)
    except ValidationError as error:
        raise Invalid(f"Question {envelope.type} : {_first(error)}") from error


def _first(error: ValidationError) -> str:
    detail = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in detail["loc"]) or "corps"
    return f"« {where} » {detail['msg']}"
