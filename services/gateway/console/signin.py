"""Signing in: an address, a link by e-mail, six digits; then a session in a signed cookie."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from contracts.access import AskSignIn, CloseSession, OpenExerciseSession, OpenSession, SessionOpened
from contracts.base import PLATFORM
from contracts.directory import ChangeDuty, WhoIsOnDuty
from services.gateway.auth import digest_of
from services.gateway.console import drawing, qr
from services.gateway.console.pages import Act, Done, Form, Page, build, secure, send
from services.gateway.console.seal import SESSION, SESSION_SECONDS, set_cookie
from services.gateway.console.throttle import address_of
from services.gateway.console.visit import Visit, check_origin, read_form, twin_of
from services.gateway.edge import Call, Edge
from services.platform.errors import Conflict, Invalid, NotFound
from services.platform.territory import Territory

SENT = (
    "Si cette adresse est celle d'une personne inscrite, un lien vient de partir. Il vaut quinze minutes et sert une "
    "fois. Rien reçu ? Appelez la personne d'astreinte."
)


def _page(edge: Edge, request: Request, stage: str, sentence: str, status: int = 200, **more: Any) -> Response:
    known: dict[str, Any] = {"code": "", "provisioning": None, "refusal": "", "territory": home_of(edge, request)}
    title = {"adresse": "Se connecter", "parti": "Lien envoyé", "bouton": "Ouvrir le poste de crise"}.get(
        stage, "Second facteur"
    )
    return drawing.alone(
        edge, request, title, sentence, status, template="connexion.html", stage=stage, **(known | more)
    )


def home_of(edge: Edge, request: Request) -> Territory:
    """The territory asked for, or the first this desk holds."""
    asked = request.query_params.get("territoire") or ""
    return edge.territories.get(asked) or edge.territories[edge.home]


async def ask(edge: Edge, request: Request) -> Response:
    """The page that asks for an address, then the same answer for every address."""
    if request.method == "GET":
        return _page(edge, request, "adresse", "")
    check_origin(request)
    edge.screens.sign_ins.check(address_of(request))
    form = await read_form(request)
    territory = edge.territories.get(form.get("territoire", "")) or edge.territories[edge.home]
    email = form.get("adresse", "")
    if "@" not in email or len(email) > 254:
        refusal = "écrivez l'adresse où vous recevez les messages de la CPTS."
        return _page(edge, request, "adresse", "", 422, refusal=refusal, territory=territory)
    await edge.send(AskSignIn(email=email), Call(PLATFORM, territory.territory))
    return _page(edge, request, "parti", SENT, territory=territory)


async def follow(edge: Edge, request: Request) -> Response:
    """The link of a message. Opening it changes nothing, since mail scanners open links; the button signs in."""
    code = request.path_params["code"]
    edge.screens.links.check(address_of(request))
    if request.method == "GET":
        return _page(edge, request, "bouton", "", code=code)
    check_origin(request)
    form = await read_form(request)
    digits = form.get("chiffres", "").replace(" ", "") or None
    try:
        reply = await edge.send(OpenSession(code=code, totp=digits), Call(PLATFORM, edge.home))
    except (NotFound, Conflict) as error:  # the directory says which: unknown, used, over, too many wrong digits
        return _page(edge, request, "adresse", error.message, 410)
    opened = SessionOpened.model_validate(reply.result)
    if opened.status == "ouverte":
        return session_opened(edge, opened)
    if opened.wrong and not opened.tries_left:
        return _page(
            edge, request, "adresse", "Cinq codes refusés : ce lien ne vaut plus rien. Demandez-en un autre.", 410
        )
    wrong = f"ce code n'est pas le bon ; il reste {opened.tries_left} essais." if opened.wrong else ""
    shown = _provisioned(opened.provisioning) if opened.provisioning else None
    return _page(
        edge, request, opened.status, "", 422 if wrong else 200, code=code, refusal=wrong, provisioning=shown,
        territory=edge.territories.get(opened.territory) or edge.territories[edge.home],
    )  # fmt: skip


def _provisioned(uri: str) -> dict[str, str]:
    """The drawing to scan and the letters to type, for an authenticator."""
    secret = uri.partition("secret=")[2].partition("&")[0]
    return {
        "svg": qr.square(uri),
        "secret": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        "uri": uri,
    }


def session_opened(edge: Edge, opened: SessionOpened) -> Response:
    """Into the desk, the session in its cookie; the cookie of one territory is never sent to another."""
    edge.auth.forget()
    path = f"{edge.root}/poste/{opened.territory}"
    response = RedirectResponse(f"{path}/situation", 303, headers={"cache-control": "no-store"})
    value = edge.screens.seal.session(opened.token)
    set_cookie(response, SESSION, value, path=path, seconds=SESSION_SECONDS, secure=secure(edge))
    return response


async def _account(visit: Visit) -> dict[str, Any]:
    found = await visit.together(duty=visit.part("astreinte", WhoIsOnDuty()), names=visit.names([visit.viewer.id]))
    twin = visit.edge.territories.get(twin_of(visit.territory.territory))
    return {"duty": (found["duty"] or {}).get("items", []), "name": found["names"].get(visit.viewer.id), "twin": twin}


ACCOUNT = Page("/compte", "compte.html", "Vous", _account, inside=False)


async def _leave(visit: Visit, form: Form) -> Response:
    await visit.edge.send(CloseSession(token_sha256=digest_of(visit.token)), Call(PLATFORM, visit.call.territory))
    visit.edge.auth.forget()
    response = drawing.alone(
        visit.edge, visit.request, "Se connecter", "Vous êtes déconnecté.", 200, template="connexion.html",
        territory=visit.territory, stage="adresse", code="", provisioning=None, refusal="",
    )  # fmt: skip
    set_cookie(response, SESSION, "", path=visit.base, seconds=0, secure=secure(visit.edge))
    return response


async def _enter_exercise(visit: Visit, form: Form) -> Response:
    if visit.exercise:
        raise Invalid("Vous êtes déjà dans l'espace d'exercice.")
    reply = await visit.edge.send(OpenExerciseSession(), visit.call)
    return session_opened(visit.edge, SessionOpened.model_validate(reply.result))


async def _take_duty(visit: Visit, form: Form) -> Done:
    role = form.get("role", "")
    await send(visit, build(ChangeDuty, role=role, person=visit.viewer.id), form)
    return Done("/compte", "Vous êtes d'astreinte. L'ancien titulaire et le journal de bord en sont informés.")


ACTS = (
    Act("/compte/quitter", _leave, ACCOUNT, inside=False),
    Act("/compte/exercice", _enter_exercise, ACCOUNT),
    Act("/compte/astreinte", _take_duty, ACCOUNT),
)
