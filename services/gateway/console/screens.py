"""The screens of a gateway, put together: what they share, and their routes."""

from __future__ import annotations

from dataclasses import dataclass, field

from fastapi import Request
from starlette.applications import Starlette
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from services.gateway.console import (
    actions,
    annuaire,
    assets,
    astreinte,
    capacite,
    cellule,
    cellule_ecrits,
    certificats,
    certificats_demander,
    demandes,
    demandes_places,
    depuis,
    exercices,
    glossaire,
    journal,
    live,
    meeting,
    niveau,
    places,
    plans,
    point,
    points,
    preparation,
    reprise,
    retex,
    saisir,
    signin,
    situation,
    technique,
)
from services.gateway.console.pages import Act, Page, served_act, served_file, served_page, told
from services.gateway.console.professional import routes as professional
from services.gateway.console.seal import Seal
from services.gateway.console.throttle import Throttle
from services.gateway.console.viewpoint import Names
from services.gateway.console.visit import enter
from services.gateway.edge import Edge
from services.platform.errors import NotFound

#: Every module of pages says PAGES and ACTS; one that gives files says FILES too.
MODULES = (
    situation, actions, journal, astreinte, niveau, reprise, depuis, glossaire, points, point, meeting, plans, retex,
    technique, exercices, cellule, cellule_ecrits, capacite, places, demandes_places, saisir, annuaire,
    certificats_demander, certificats, demandes, preparation,
)  # fmt: skip
PAGES: tuple[Page, ...] = (signin.ACCOUNT, *(page for module in MODULES for page in module.PAGES))
ACTS: tuple[Act, ...] = (*signin.ACTS, *(act for module in MODULES for act in module.ACTS))
#: Address, what answers it for a visit already signed in, and a third word when those outside may have it.
FILES = tuple(file for module in MODULES for file in getattr(module, "FILES", ()))


@dataclass
class Screens:
    """What every page shares: the seal of the cookies, names, the live boards, the throttles."""

    seal: Seal
    names: Names = field(default_factory=Names)
    sign_ins: Throttle = field(default_factory=lambda: Throttle(6, 20.0))
    links: Throttle = field(default_factory=lambda: Throttle(30, 2.0))
    live: live.Live = field(init=False)


def install(app: Starlette, edge: Edge) -> None:
    """Add the pages to the application."""
    edge.screens.live = live.Live(edge, situation.zones)
    for page in PAGES:
        _add(app, f"/poste/{{territory}}{page.path}", served_page(edge, page), "GET")
    for act in ACTS:
        _add(app, f"/poste/{{territory}}{act.path}", served_act(edge, act), "POST")
    for path, handler, *outside in FILES:
        _add(app, f"/poste/{{territory}}{path}", served_file(edge, handler, outside=bool(outside)), "GET")
    professional.install(edge, lambda path, served, *methods: _add(app, path, served, *methods))
    _add(app, "/poste/{territory}/flux", told(edge, lambda request: live.stream(edge, request)), "GET")
    _add(app, "/poste/{territory}/vivant", told(edge, lambda request: _alive(edge, request)), "GET")
    _add(app, "/connexion", told(edge, lambda request: signin.ask(edge, request)), "GET", "POST")
    _add(app, "/connexion/{code}", told(edge, lambda request: signin.follow(edge, request)), "GET", "POST")
    _add(app, "/poste/{territory}", told(edge, lambda request: _home(edge, request)), "GET")
    _add(app, "/", told(edge, lambda request: _home(edge, request)), "GET")
    _add(app, "/poste/{territory}/{rest:path}", told(edge, lambda request: _unknown(edge, request)), "GET")
    app.router.routes.append(Route("/statique/{version}/{name}", assets.serve, methods=["GET"]))


def _add(app: Starlette, path: str, served: ASGIApp, *methods: str) -> None:
    route = Route(path, _answered, methods=list(methods), include_in_schema=False)
    route.app = served
    app.router.routes.append(route)


async def _answered(request: Request) -> Response:
    """Stand for the handler; the ASGI application beside it answers."""
    raise NotImplementedError


async def _home(edge: Edge, request: Request) -> Response:
    territory = request.path_params.get("territory") or edge.home
    return RedirectResponse(f"{edge.root}/poste/{territory}/situation", 303)


async def _unknown(edge: Edge, request: Request) -> Response:
    """No such page."""
    await enter(edge, request)
    raise NotFound("Cette page n'existe pas, ou plus ; revenez à la situation.")


async def _alive(edge: Edge, request: Request) -> Response:
    """Whether the session still stands: what a cut screen asks before it says so."""
    await enter(edge, request)
    return Response(status_code=204, headers={"cache-control": "no-store"})
