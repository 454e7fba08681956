"""Behind ``/p/{code}``: the code in the address is the caller. No password, no cookie, nothing of the desk."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contracts.base import PLATFORM
from contracts.directory import AskOwnEntry, OwnEntry, WhoIsOnDuty
from services.gateway.auth import digest_of
from services.gateway.console import drawing
from services.gateway.console.pages import Done, Form, refusal_of, told
from services.gateway.console.throttle import address_of
from services.gateway.console.visit import Visit, read_form
from services.gateway.edge import Call, Edge
from services.gateway.problems import STATUS
from services.platform import signing
from services.platform.errors import Forbidden, NotFound, Refused

UNKNOWN = "Ce lien n'est pas reconnu. Reprenez le dernier message reçu de la CPTS, ou demandez-lui un autre lien."
OVER = {
    "expire": "Ce lien n'est plus valable : sa date de fin est passée. Demandez-en un autre, il arrive en une minute.",
    "revoque": "Ce lien a été annulé. Un autre vous a peut-être été envoyé ; sinon demandez-le à votre CPTS.",
}
#: What a page that opens with its address alone must not leave behind: in a cache, a search engine, another site.
HEADERS = {
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex, nofollow, noarchive",
}


class Over(Exception):
    """A personal link that worked once."""

    def __init__(self, why: str, territory: str) -> None:
        super().__init__(why)
        self.why, self.territory = why, territory


@dataclass(slots=True)
class ProVisit(Visit):
    """One professional on their own page. ``extra`` is shown once, with this answer only (an address unsealed)."""

    code: str = ""
    entry: OwnEntry | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def base(self) -> str:
        """What every address of this page begins with."""
        return f"{self.root}/p/{self.code}"

    @property
    def draft_place(self) -> str:
        """Under what name a phone keeps what was typed: nothing that opens anything."""
        return digest_of(self.code)[:12]


Gather = Callable[[ProVisit], Awaitable[dict[str, Any]]]
Work = Callable[[ProVisit, Form], Awaitable[Done | Response]]


async def enter(edge: Edge, request: Request) -> ProVisit:
    """Whose link this is. Only misses count against an address: a whole practice may share one."""
    code, caller = request.path_params["code"], address_of(request)
    edge.screens.links.look(caller)
    made_here = signing.verify(edge.settings, signing.PROFESSIONAL, code) is not None
    shown = await edge.auth.shown(code) if made_here else None
    if shown is None or shown.use != signing.PROFESSIONAL or not (shown.principal or shown.over):
        edge.screens.links.check(caller)
        raise NotFound(UNKNOWN)
    if shown.principal is None:
        raise Over(shown.over, shown.territory)
    territory = edge.territories.get(shown.principal.territories[0])
    if territory is None:
        raise NotFound(UNKNOWN)
    call = Call(shown.principal, territory.territory)
    notice = edge.screens.seal.sentence(request.query_params.get("dit"))
    visit = ProVisit(edge, call, territory, request=request, token=code, notice=notice, code=code)
    visit.entry = OwnEntry.model_validate(await visit.ask(AskOwnEntry()))
    return visit


def check_sender(request: Request) -> None:
    """Refuse a form that another site sent. No cookie speaks here, so an old browser that says nothing may pass."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin", "null")
    host = request.headers.get("x-forwarded-host") or request.headers.get("host", "")
    if site in (None, "same-origin", "none") and (origin == "null" or urlsplit(origin).netloc == host):
        return
    raise Forbidden("Cette demande ne vient pas de votre page ; ouvrez votre lien et recommencez.")


def served_page(edge: Edge, template: str, gather: Gather) -> ASGIApp:
    """A page of a professional as an ASGI application."""

    async def answer(request: Request) -> Response:
        visit = await enter(edge, request)
        return await draw(visit, template, gather)

    return guarded(edge, answer)


def served_act(edge: Edge, work: Work, template: str, gather: Gather) -> ASGIApp:
    """A form as an ASGI application: 303 to the page, or the page again with the refusal and what was typed."""

    async def answer(request: Request) -> Response:
        check_sender(request)
        visit = await enter(edge, request)
        form = await read_form(request)
        try:
            done = await work(visit, form)
        except Refused as error:
            visit.refusal, visit.typed = refusal_of(error), form
            return await draw(visit, template, gather, STATUS.get(error.to_refusal().kind, 422))
        if isinstance(done, Response):
            return done
        return onward(visit, done)

    return guarded(edge, answer)


def onward(visit: ProVisit, done: Done) -> Response:
    """Back to the page, with a sentence in its address: signed, and no cookie."""
    to, _, part = done.to.partition("#")
    act = visit.request.url.path.removesuffix("/").rpartition("/")[2]
    query = {"dit": visit.edge.screens.seal.notice(done.sentence), "fait": act} if done.sentence else {}
    mark = "&" if "?" in to else "?"
    return RedirectResponse(f"{visit.base}{to}{mark}{urlencode(query)}#{part or 'dit'}", 303)


async def draw(visit: ProVisit, template: str, gather: Gather, status: int = 200) -> Response:
    """The page as sent."""
    context = await gather(visit)
    return drawing.response(visit.request, drawing.page(template, visit, **context), status)


def alone(edge: Edge, request: Request, title: str, sentence: str, status: int, **more: Any) -> Response:
    """A page in words, without a desk nor a way back: whoever reads it may be anyone."""
    context = {"duty": [], "territory": None, "template": "pro_seule.html"} | more
    return drawing.alone(edge, request, title, sentence, status, **context)


def guarded(edge: Edge, answer: Callable[[Request], Awaitable[Response]]) -> ASGIApp:
    """Every failure told in words, every answer with the headers of a private page."""

    async def with_over(request: Request) -> Response:
        try:
            return await answer(request)
        except Over as over:
            return await link_over(edge, request, over)

    inner = told(edge, with_over, alone)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await inner(scope, receive, sending)

    return app


async def link_over(edge: Edge, request: Request, over: Over) -> Response:
    """Who held a link that expired is told whom to call; a link revoked may be in other hands, and says no number."""
    territory = edge.territories.get(over.territory)
    duty: list[dict[str, Any]] = []
    if over.why == "expire" and territory is not None:
        try:
            found = await edge.ask(WhoIsOnDuty(), Call(PLATFORM, territory.territory))
            duty = [held for held in found.get("items", []) if held.get("phone")]
        except Refused:
            duty = []
    title = "Lien expiré" if over.why == "expire" else "Lien annulé"
    return alone(edge, request, title, OVER.get(over.why, UNKNOWN), 410, duty=duty, territory=territory)
