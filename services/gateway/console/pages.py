"""A page and an act, declared; served with every failure told as a page a person can act on."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

import structlog
from fastapi import Request
from pydantic import ValidationError
from starlette.requests import ClientDisconnect
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from contracts.base import Command, Reply
from services.gateway import wording
from services.gateway.commands import KEY, NAMESPACE
from services.gateway.console import drawing, shell
from services.gateway.console.seal import NOTICE, NOTICE_SECONDS, set_cookie
from services.gateway.console.visit import Refusal, SignInNeeded, Visit, check_origin, digest_of, enter, read_form
from services.gateway.edge import Edge
from services.gateway.problems import STATUS, TITLES, Problem
from services.platform.errors import Conflict, Forbidden, Invalid, NotFound, Refused, Unavailable

log = structlog.get_logger()
Context = dict[str, Any]
Form = dict[str, str]
#: Draws a page without a desk around it: a refusal, an unknown address.
Alone = Callable[..., Response]


@dataclass(frozen=True, slots=True)
class Page:
    """``path`` follows ``/poste/<territory>``; ``view`` gathers what ``template`` shows; ``nav`` is its tab.

    ``inside`` refuses ARS and SAMU, who read the pages of totals only.
    """

    path: str
    template: str
    title: str
    view: Callable[[Visit], Awaitable[Context]]
    nav: str = ""
    inside: bool = True


@dataclass(frozen=True, slots=True)
class Done:
    """Where to go after an act, and the sentence shown there."""

    to: str
    sentence: str = ""


class Work(Protocol):
    """Carries out a form: sends its commands, says where to go. Raise ``Refused`` to show the page again."""

    async def __call__(self, visit: Visit, form: Form) -> Done | Response:
        """Send, and say what follows."""
        ...


@dataclass(frozen=True, slots=True)
class Act:
    """A form's address, what it does, and the page shown again, with what was typed, when it is refused."""

    path: str
    work: Work
    page: Page
    inside: bool = True


async def send(visit: Visit, command: Command, form: Form, step: str = "", service: str | None = None) -> Reply:
    """Send a command under the key of its form: sent twice, it is done once. ``step`` tells two of one form apart.

    ``service`` names the owner of a command that every service has.
    """
    key = form.get("cle", "")
    if not KEY.fullmatch(key):
        return await visit.edge.send(command, visit.call, service=service)
    parts = (visit.viewer.id, visit.call.territory, visit.request.url.path, step, key)
    return await visit.edge.send(
        command, visit.call, id=uuid.uuid5(NAMESPACE, "\n".join(parts)).hex, key=digest_of(form), service=service
    )


def build(command: type[Command], **values: Any) -> Command:
    """The command of a form; its faults come back in French. Empty fields count as absent."""
    try:
        return command.model_validate({name: value for name, value in values.items() if value not in ("", None)})
    except ValidationError as error:
        found = wording.faults(error, {})
        raise Invalid(f"À compléter : {wording.summary(found)}", errors=found) from None


async def show(visit: Visit, page: Page, status: int = 200) -> Response:
    """Draw a page."""
    if page.inside and not visit.inside:
        raise Forbidden("Cette page est réservée à la CPTS ; la situation et les places vous sont ouvertes.")
    context: Context = {"title": page.title, "nav": page.nav} | await page.view(visit)
    if "shell" not in context:
        context["shell"] = await shell.gather(visit)
    body = drawing.page(page.template, visit, **context)
    response = drawing.response(visit.request, body, status)
    if visit.notice and visit.request.method == "GET" and visit.request.headers.get("x-fragment") != "1":
        forget_notice(response, visit)
    return response


def forget_notice(response: Response, visit: Visit) -> None:
    """A sentence is said once."""
    set_cookie(response, NOTICE, "", path=visit.base, seconds=0, secure=secure(visit.edge))


def secure(edge: Edge) -> bool:
    """Whether cookies travel over HTTPS only."""
    return edge.settings.base_url.startswith("https://")


def served_page(edge: Edge, page: Page) -> ASGIApp:
    """A page as an ASGI application."""

    async def answer(request: Request) -> Response:
        return await show(await enter(edge, request), page)

    return told(edge, answer)


def served_act(edge: Edge, act: Act) -> ASGIApp:
    """A form as an ASGI application: 303 to what follows, or the page again with the refusal."""

    async def answer(request: Request) -> Response:
        check_origin(request)
        visit = await enter(edge, request)
        if act.inside and not visit.inside:
            raise Forbidden
        form = await read_form(request)
        try:
            done = await act.work(visit, form)
        except Refused as error:
            visit.again()
            visit.refusal, visit.typed = refusal_of(error), form
            return await show(visit, act.page, STATUS.get(error.to_refusal().kind, 422))
        return done if isinstance(done, Response) else onward(visit, done)

    return told(edge, answer)


def served_file(edge: Edge, handler: Callable[[Visit], Awaitable[Response]], *, outside: bool = False) -> ASGIApp:
    """A document as an ASGI application. Its words may name people: refused to those outside, unless said so."""

    async def answer(request: Request) -> Response:
        visit = await enter(edge, request)
        if not (visit.inside or outside):
            raise Forbidden("Ce document est réservé à la CPTS.")
        return await handler(visit)

    return told(edge, answer)


def onward(visit: Visit, done: Done) -> Response:
    """Go where an act leads, with its sentence."""
    to = done.to if done.to.startswith("/") and not done.to.startswith("//") else "/situation"
    to = to if to.startswith(visit.base + "/") else visit.base + to
    response = RedirectResponse(to, 303, headers={"cache-control": "no-store"})
    if done.sentence:
        value = visit.edge.screens.seal.notice(done.sentence)
        set_cookie(response, NOTICE, value, path=visit.base, seconds=NOTICE_SECONDS, secure=secure(visit.edge))
    return response


def refusal_of(error: Refused) -> Refusal:
    """A refusal as the page tells it: who, when, what to do."""
    faults = error.details.get("errors") or []
    if isinstance(error, Unavailable):
        words = "Le service n'a pas répondu. Renvoyez : si c'est déjà écrit, ce ne le sera pas deux fois."
        return Refusal("Issue inconnue.", words, again=True)
    if isinstance(error, Conflict):
        return Refusal("La situation a changé.", error.message)
    if isinstance(error, Forbidden):
        return Refusal("Pas pour vous maintenant.", error.message)
    title, _, rest = error.message.partition(" : ")
    if title == "À compléter":
        return Refusal("À compléter :", rest, faults=faults)
    return Refusal("Refusé.", error.message, faults=faults)


def told(edge: Edge, answer: Callable[[Request], Awaitable[Response]], alone: Alone = drawing.alone) -> ASGIApp:
    """Whatever happens is a page: sign-in, refusal, fault. ``alone`` draws a page without a desk around it."""

    async def app(scope: Scope, receive: Receive, send_: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await answer(request)
        except SignInNeeded as needed:
            response = drawing.sign_in_needed(edge, request, needed.territory)
        except NotFound as error:
            response = alone(edge, request, "Introuvable", error.message, 404)
        except Refused as error:
            status = STATUS.get(error.to_refusal().kind, 422)
            response = alone(edge, request, TITLES.get(status, "Demande refusée"), error.message, status)
        except Problem as error:
            response = alone(edge, request, TITLES.get(error.status, "Demande refusée"), str(error), error.status)
            response.headers.update(error.headers)
        except ClientDisconnect:
            return
        except Exception as error:
            log.exception("page failed", path=_place(request), exc_info=error)
            words = "Une erreur interne s'est produite. Rechargez ; si elle revient, prévenez qui tient le poste."
            response = alone(edge, request, "Erreur interne", words, 500)
        await response(scope, receive, send_)

    return app


def _place(request: Request) -> str:
    """The address without the code it may carry, which opens something."""
    code = request.path_params.get("code")
    return request.url.path.replace(code, "…") if code else request.url.path
