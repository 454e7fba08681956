"""Addresses of the professional's page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.types import ASGIApp

from services.gateway.console.professional import acts, page
from services.gateway.console.professional.entry import Work, served_act, served_page
from services.gateway.edge import Edge

ACTS: dict[str, Work] = {
    "offrir": acts.offer, "ouvrir": acts.open_slot, "retirer": acts.withdraw, "repondre": acts.answer,
    "accepter": acts.accept, "decliner": acts.decline, "adresse": acts.unseal, "noter": acts.note,
    "signer": acts.sign, "visites": acts.report,
}  # fmt: skip
TENSION = "/p/{code}/tension/{kind}"


def install(edge: Edge, add: Callable[..., Any]) -> None:
    """Add them, by ``add(path, application, *methods)``."""
    pages: dict[str, ASGIApp] = {
        "/p/{code}": served_page(edge, "pro.html", page.view),
        TENSION: served_page(edge, "pro_tension.html", page.view_tension),
    }
    for path, served in pages.items():
        add(path, served, "GET")
    for name, work in ACTS.items():
        add(f"/p/{{code}}/{name}", served_act(edge, work, "pro.html", page.view), "POST")
        add(f"/p/{{code}}/{name}", pages["/p/{code}"], "GET")  # reloaded after a refusal: the page, nothing done
    add(TENSION, served_act(edge, acts.tension, "pro_tension.html", page.view_tension), "POST")
