"""What the OpenAPI document says of 201 is what the owner of the data answers."""

from __future__ import annotations

import typing

import pytest

from contracts.base import Contract, Created
from services.gateway.app import OPERATIONS
from services.platform.batch import CREATIONS
from services.registry import SERVICES


def answers(operation):
    """The models its owner may answer with, as the handler says."""
    _, handler = SERVICES[operation.command.service].commands[operation.command.type_name()]
    found = typing.get_type_hints(handler)["return"]
    return typing.get_args(found) or (found,)


def may_create(answer):
    """Whether an answer of this model may mean that something new exists: by its kind, or by its status."""
    status = answer.model_fields.get("status")
    told = typing.get_args(status.annotation) if status else ()
    return issubclass(answer, Created) or answer.__name__ in CREATIONS or "new" in told


#: A handler that says only ``Contract`` tells nothing here.
SENT = [operation for operation in OPERATIONS if operation.command and Contract not in answers(operation)]


@pytest.mark.parametrize("operation", SENT, ids=lambda operation: f"{operation.method} {operation.path}")
def test_an_operation_declares_201_when_its_owner_may_create(operation):
    creates = any(may_create(answer) for answer in answers(operation))
    assert (201 in operation.answers) == creates
