"""A bus that answers from a script, and the gateway in front of it."""

from __future__ import annotations

import asyncio
import hashlib
import json
from datetime import UTC, datetime

import httpx
import pytest

from contracts.base import Principal, Reply, Role
from contracts.directory import WhoCalls
from contracts.logbook import AskHead, ListEntries
from services.gateway.app import create_app
from services.platform.clock import MovedClock
from services.platform.errors import NotFound, Refused, Unavailable
from services.platform.settings import Settings

HOME = "nord-essonne"
DRILL = "nord-essonne~exercice"
START = datetime(2026, 6, 29, 6, 0, tzinfo=UTC)
TOKENS = {
    "coord": Principal(
        id="coord-a",
        kind="person",
        roles=(Role.COORDINATOR,),
        territories=(HOME,),
        on_duty=("coordinatrice",),
    ),
    "twin": Principal(id="coord-a", kind="person", roles=(Role.COORDINATOR,), territories=(HOME, DRILL)),
    "both": Principal(id="role:samu", roles=(Role.SAMU,), territories=("essonne-sud", HOME)),
    "none": Principal(id="role:ars", roles=(Role.ARS,)),
}


class FakeBus:
    """Keeps what was sent; ``replies`` maps a message type to a dict, a refusal or a function of the message."""

    def __init__(self):
        self.sent = []
        self.replies = {}
        self.listeners = {}
        self.tokens = dict(TOKENS)
        self.entries = []

    async def request(self, message, *, territory, caller, id=None, key=None, time=None, patience=5.0, service=None):  # noqa: A002
        self.sent.append(
            {
                "message": message,
                "territory": territory,
                "caller": caller,
                "id": id,
                "key": key,
                "time": time,
                "service": service,
            }
        )
        await asyncio.sleep(0)
        try:
            return self._reply(message)
        except Unavailable:
            raise
        except Refused as refused:
            return Reply(refusal=refused.to_refusal())

    def _reply(self, message):
        scripted = self.replies.get(type(message))
        if callable(scripted):
            scripted = scripted(message)
        if isinstance(scripted, Exception):
            raise scripted
        if isinstance(scripted, Reply):
            return scripted
        if scripted is not None:
            return Reply(result=scripted)
        if isinstance(message, WhoCalls):
            return Reply(result={"principal": self._principal(message.token_sha256)})
        if isinstance(message, ListEntries):
            return Reply(result={"items": self._listed(message), "next": None})
        if isinstance(message, AskHead):
            return Reply(result={"number": len(self.entries), "hash": "0" * 64})
        raise NotFound

    def _principal(self, digest):
        for token, principal in self.tokens.items():
            if hashlib.sha256(token.encode()).hexdigest() == digest:
                return principal.model_dump(mode="json")
        return None

    def _listed(self, question):
        found = [entry for entry in self.entries if entry["number"] > (question.after or 0)]
        return (found if question.ascending else found[::-1])[: question.limit]

    async def listen(self, subject, callback):
        assert subject not in self.listeners, "one subscription for each territory"
        self.listeners[subject] = callback

    def asked(self, kind):
        return [sent for sent in self.sent if isinstance(sent["message"], kind)]

    def add(self, count=1, **more):
        for _ in range(count):
            number = len(self.entries) + 1
            self.entries.append({"number": number, "text": f"entrée {number}", "kind": "information", **more})

    async def tell(self, entry, territory=HOME):
        await self.listeners[f"entry.{territory}"](f"entry.{territory}", json.dumps(entry).encode())


@pytest.fixture
def bus():
    return FakeBus()


@pytest.fixture
def clock():
    return MovedClock(START)


@pytest.fixture
def states():
    return {"alerts": "prêt", "bus": "connecté"}


@pytest.fixture
def app(bus, clock, territories, states, tmp_path):
    settings = Settings(data_dir=tmp_path)
    return create_app(bus, clock, settings, territories, lambda: states, lambda: {"asyncapi": "3.0.0"})


@pytest.fixture
async def http(app):
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    headers = {"authorization": "Bearer coord"}
    async with httpx.AsyncClient(transport=transport, base_url="http://desk", headers=headers) as client:
        yield client
