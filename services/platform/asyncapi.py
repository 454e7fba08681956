"""The AsyncAPI 3 document, made by FastStream from what the services declare."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from faststream.nats import NatsBroker
from faststream.specification import AsyncAPI

from contracts.base import Contract, Reply
from services.platform.service import Service


def document(services: Sequence[Service]) -> dict[str, Any]:
    """Every subject of the bus with its schema. Bodies travel inside a CloudEvents envelope, as ``data``."""
    broker = NatsBroker()
    for service in services:
        for fact in service.says:
            broker.publisher(
                fact.subject("{territory}"),
                schema=fact,
                title=f"{service.name}:{fact.__name__}",
                description=_words(fact),
            )
        for verb, table in (("do", service.commands), ("ask", service.questions)):
            for name, (model, _) in table.items():
                _declare(broker, service, f"{verb}.{name}", model)
    found: dict[str, Any] = json.loads(
        AsyncAPI(broker, title="Tocsin", version="1", schema_version="3.0.0").to_specification().to_json()
    )
    return found


def _declare(broker: NatsBroker, service: Service, subject: str, model: type[Contract]) -> None:
    async def receive(message: Any) -> Any: ...

    receive.__name__ = model.__name__
    receive.__annotations__ = {"message": model, "return": Reply}
    broker.subscriber(subject, queue=service.name, title=f"{subject}:{model.__name__}", description=_words(model))(
        receive
    )


def _words(model: type[Contract]) -> str:
    return (model.__doc__ or "").strip()
