"""``/a/{code}``: the link of a message. Opening it changes nothing (mail scanners open links); the button does."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from html import escape

from fastapi import Request
from pydantic import ValidationError
from starlette.responses import Response

from contracts.base import Principal
from contracts.messages import Acknowledged, AcknowledgeMessage, AskLink, LinkFound
from services.gateway.commands import NAMESPACE
from services.gateway.edge import Call, Edge
from services.gateway.operations import Operation, Parameter
from services.gateway.pages import page
from services.platform.errors import Forbidden, NotFound, Refused

#: Whoever holds a link: no role, no territory; the code alone speaks.
BEARER = Principal(id="lien", kind="role")
UNKNOWN = "Ce lien n'est pas reconnu ou n'est plus valable. Connectez-vous au poste de crise ou appelez l'astreinte."
DONE = "<p>C'est noté : vous avez lu ce message.</p>"
CLOSE = "<p>Vous pouvez fermer cette page.</p>"
#: What a message asks, by its category -> the page where to do it, and its name.
NEXT = {
    "proposition": ("astreinte", "Ouvrir la page d'astreinte"),
    "autorite": ("astreinte", "Ouvrir la page d'astreinte"),
    "rouge": ("astreinte", "Ouvrir la page d'astreinte"),
    "certificat": ("certificats", "Ouvrir les certificats"),
    "certificat_escalade": ("certificats", "Ouvrir les certificats"),
}


def _told(work: Callable[[Edge, Request], Awaitable[Response]]) -> Callable[[Edge, Request], Awaitable[Response]]:
    """Refusals as a page: a person on a phone reads this, not a program."""

    async def handle(edge: Edge, request: Request) -> Response:
        try:
            return await work(edge, request)
        except (NotFound, Forbidden, ValidationError):
            return page("Lien inconnu", f"<p>{UNKNOWN}</p>", status=404)
        except Refused:
            words = "<p>Le poste de crise ne répond pas. Réessayez dans une minute, ou appelez l'astreinte.</p>"
            return page("Momentanément indisponible", words, status=503)

    return handle


async def _link(edge: Edge, request: Request) -> LinkFound:
    question = AskLink(code=request.path_params["code"])
    found = LinkFound.model_validate(await edge.ask(question, Call(BEARER, edge.home)))
    if not found.message:
        raise NotFound(UNKNOWN)
    return found


def _next(edge: Edge, found: LinkFound) -> str:
    """Where to go once read; a professional who was asked has a page of their own, sent beside this link."""
    where = NEXT.get(found.category)
    if where is None or found.territory not in edge.territories:
        return CLOSE
    root = edge.settings.root_path.rstrip("/")
    return f'<p><a href="{root}/poste/{escape(found.territory)}/{where[0]}">{escape(where[1])}</a></p>'


async def _show(edge: Edge, request: Request) -> Response:
    found = await _link(edge, request)
    if found.acknowledged:
        return page("Message lu", DONE + _next(edge, found))
    words = f"<p>{escape(found.purpose or 'Un message du poste de crise')}.</p>"
    form = "<form method=\"post\"><p><button>J'ai lu, je m'en occupe</button></p></form>"
    return page("Accuser réception", words + form)


async def _acknowledge(edge: Edge, request: Request) -> Response:
    found = await _link(edge, request)
    command = AcknowledgeMessage(code=request.path_params["code"])
    command_id = uuid.uuid5(NAMESPACE, f"lien\n{command.code}").hex
    reply = await edge.send(command, Call(BEARER, found.territory or edge.home), id=command_id)
    noted = Acknowledged.model_validate(reply.result)
    more = "<p>Il avait déjà été lu.</p>" if noted.already else ""
    return page("Merci", DONE + more + _next(edge, found))


CODE = Parameter("code", {"type": "string"}, where="path", required=True)
OPERATIONS = tuple(
    Operation(
        method,
        "/a/{code}",
        summary,
        _told(work),
        "Messages",
        parameters=(CODE,),
        answers={200: "text/html"},
        problems=(),
        secured=False,
        shown=False,
        root=True,
    )
    for method, summary, work in (
        ("GET", "Ouvrir le lien d'un message", _show),
        ("POST", "Accuser réception d'un message", _acknowledge),
    )
)
