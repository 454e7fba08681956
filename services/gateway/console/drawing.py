"""From a template to a response: French filters, strict policy, compressed."""

from __future__ import annotations

import uuid
import zlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import Response

from services.gateway.console import assets, shell, words
from services.gateway.edge import Edge
from services.platform import french

if TYPE_CHECKING:
    from services.gateway.console.viewpoint import Viewpoint

TEMPLATES = Path(__file__).parent / "templates"
SMALLEST_PACKED = 1400  # one packet: compressing less saves no round trip


def policy() -> str:
    """What a page may load: our scripts, our two style sheets, drawings inside the page; nothing from elsewhere."""
    sheets = f"'{assets.style_hash()}' '{assets.style_hash(assets.PROFESSIONAL)}'"
    return (
        f"default-src 'none'; script-src 'self'; worker-src 'self'; style-src {sheets}; "
        "connect-src 'self'; img-src 'self' data:; manifest-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


@cache
def environment() -> Environment:
    """Templates with what every page uses."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, auto_reload=False, cache_size=200,
    )  # fmt: skip
    made.filters.update(words.FILTERS)
    made.globals.update(
        style=assets.style,
        version=assets.version,
        words_tabs=shell.TABS,
        new_key=lambda: uuid.uuid4().hex,
        french=french,
        words=words,
    )
    return made


def page(template: str, visit: Any, **context: Any) -> str:
    """A whole page."""
    return environment().get_template(template).render(v=visit, **context)


def zone(name: str, viewpoint: Viewpoint, context: dict[str, Any]) -> str:
    """One live part of a page, drawn alone."""
    return environment().get_template(f"zones/{name}.html").render(v=viewpoint, **context)


def response(request: Request, body: str, status: int = 200) -> Response:
    """The page as sent."""
    raw = body.encode("utf-8", "replace")
    headers = {
        "cache-control": "no-store",
        "content-security-policy": policy(),
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "permissions-policy": "camera=(), microphone=(), geolocation=()",
        "vary": "accept-encoding, cookie",
    }
    if len(raw) > SMALLEST_PACKED and "gzip" in request.headers.get("accept-encoding", ""):
        packer = zlib.compressobj(5, zlib.DEFLATED, 31)
        raw = packer.compress(raw) + packer.flush()
        headers["content-encoding"] = "gzip"
    return Response(raw, status, headers=headers, media_type="text/html; charset=utf-8")


def alone(edge: Edge, request: Request, title: str, sentence: str, status: int, **context: Any) -> Response:
    """A page without a desk around it: a refusal, an unknown address, a way in."""
    template = context.pop("template", "seule.html")
    home = str(request.path_params.get("territory", ""))
    body = environment().get_template(template).render(
        title=title, sentence=sentence, status=status, root=edge.root,
        home=home if home in edge.territories else "", request=request, **context
    )  # fmt: skip
    return response(request, body, status)


def sign_in_needed(edge: Edge, request: Request, territory: str) -> Response:
    """Nobody is signed in: the page that asks for an address, with where to come back to."""
    words_ = "Votre session est finie ou n'est pas ouverte sur ce navigateur."
    return alone(
        edge, request, "Se connecter", words_, 401, template="connexion.html",
        territory=edge.territories[territory], stage="adresse", code="", provisioning=None, refusal="",
    )  # fmt: skip
