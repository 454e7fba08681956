"""What every handler holds: the bus, the clock, who calls and for which territory."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fastapi import Request
from starlette.responses import Response

from contracts.base import Command, Principal, Question, Reply, is_exercise
from services.gateway.auth import Authenticator
from services.gateway.bus import BusClient
from services.gateway.feed import Feed
from services.gateway.problems import encode
from services.platform.clock import Clock
from services.platform.errors import Forbidden, Invalid, from_refusal
from services.platform.settings import Settings
from services.platform.territory import Territories

if TYPE_CHECKING:
    from services.gateway.console.screens import Screens

#: Where ``serve`` leaves the names that an operation takes in its query string.
KNOWN_PARAMETERS = "tocsin.parameters"
TERRITORY_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}(~exercice)?")


@dataclass(frozen=True, slots=True)
class Call:
    """Who calls, about which territory."""

    caller: Principal
    territory: str


@dataclass(frozen=True, slots=True)
class Edge:
    """The parts of a gateway, made once by ``create_app``."""

    bus: BusClient
    clock: Clock
    settings: Settings
    territories: Territories
    readiness: Callable[[], dict[str, str]]
    asyncapi: Callable[[], dict[str, Any]]
    auth: Authenticator
    feed: Feed
    screens: Screens

    @property
    def home(self) -> str:
        """A territory this desk holds, for what belongs to none."""
        return self.settings.territory_names[0]

    @property
    def root(self) -> str:
        """What every address of this desk begins with; empty unless it stands behind another."""
        return self.settings.root_path.rstrip("/")

    async def enter(self, request: Request) -> Call:
        """Authenticate, refuse unknown parameters, settle the territory; nothing of the body is read before."""
        caller = await self.auth.caller(request)
        if request.scope["query_string"]:
            check_parameters(request)
        return Call(caller, territory_of(caller, request.query_params.get("territory")))

    async def ask(
        self, question: Question, call: Call, *, patience: float = 5.0, service: str | None = None
    ) -> dict[str, Any]:
        """The answer to a question; its refusal is raised."""
        reply = await self.bus.request(
            question,
            territory=call.territory,
            caller=call.caller,
            time=self.clock.now(),
            patience=patience,
            service=service,
        )
        if reply.refusal:
            raise from_refusal(reply.refusal)
        return reply.result or {}

    async def send(
        self,
        command: Command,
        call: Call,
        *,
        id: str | None = None,  # noqa: A002  # the name on the bus
        key: str | None = None,
        service: str | None = None,
    ) -> Reply:
        """The outcome of a command; its refusal is raised."""
        reply = await self.bus.request(
            command,
            territory=call.territory,
            caller=call.caller,
            id=id,
            key=key,
            time=self.clock.now(),
            service=service,
        )
        if reply.refusal:
            raise from_refusal(reply.refusal)
        if command.service == "directory":
            self.auth.forget()
        return reply


Handler = Callable[[Edge, Request], Awaitable[Response]]


def check_parameters(request: Request) -> None:
    """A parameter mistyped and ignored would answer something else than what was asked."""
    known: tuple[str, ...] = request.scope[KNOWN_PARAMETERS]
    for name in request.query_params:
        if name not in known:
            told = ", ".join(known)
            raise Invalid(f"Le paramètre « {name[:60]} » n'existe pas ici ; paramètres connus : {told}.")


def territory_of(caller: Principal, asked: str | None) -> str:
    """The territory asked for when it is granted, else the caller's only one (an exercise is always asked by name)."""
    granted = caller.territories
    if asked is not None:
        if not TERRITORY_NAME.fullmatch(asked):
            raise Invalid(
                "Le paramètre « territory » n'est pas un nom de territoire ; exemple : nord-essonne~exercice."
            )
        if asked not in granted:
            raise Forbidden(f"Votre accès ne couvre pas le territoire « {asked} ».")
        return asked
    real = [name for name in granted if not is_exercise(name)] or list(granted)
    if len(real) == 1:
        return real[0]
    if not real:
        raise Forbidden("Votre accès ne couvre aucun territoire ; demandez un autre jeton.")
    raise Invalid(f"Précisez le territoire : ajoutez « ?territory= » suivi de {' ou '.join(real)}.")


def json_response(value: Any, status: int = 200) -> Response:
    """JSON that no cache keeps."""
    return Response(encode(value), status, headers={"cache-control": "no-store"}, media_type="application/json")
