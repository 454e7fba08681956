"""What goes wrong, told as RFC 9457 problems in French. Status codes live here and nowhere deeper."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from fastapi import Request
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match

from contracts.base import RefusalKind
from services.gateway import wording
from services.platform.errors import Invalid, Refused

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER = "5"

STATUS: dict[RefusalKind, int] = {
    RefusalKind.INVALID: 422,
    RefusalKind.FORBIDDEN: 403,
    RefusalKind.NOT_FOUND: 404,
    RefusalKind.CONFLICT: 409,
    RefusalKind.MISMATCH: 422,
    RefusalKind.EXPIRED: 408,
    RefusalKind.TOO_LARGE: 413,
    RefusalKind.UNAVAILABLE: 503,
    RefusalKind.FAILED: 500,
    RefusalKind.AUTRE: 422,
}
TITLES: dict[int, str] = {
    400: "Requête illisible",
    401: "Jeton absent ou non valable",
    403: "Accès refusé",
    404: "Introuvable",
    405: "Méthode non prévue",
    408: "Demande arrivée trop tard",
    409: "La situation a changé",
    413: "Document trop volumineux",
    415: "Type de document non accepté",
    422: "Demande non valable",
    429: "Trop d'essais",
    500: "Erreur interne",
    503: "Service momentanément indisponible",
}


class Problem(Exception):
    """A refusal of the edge itself: status, sentence, headers."""

    def __init__(self, status: int, detail: str, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})


def encode(value: Any) -> bytes:
    """JSON as sent: compact, letters as they are; a lone surrogate stays an escape."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace")


def respond(
    request: Request,
    status: int,
    detail: str,
    *,
    kind: str = "",
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> Response:
    """The problem as a response. ``more`` holds extension members; empty ones are left out."""
    body: dict[str, Any] = {
        "type": f"urn:tocsin:probleme:{kind}" if kind else "about:blank",
        "title": TITLES.get(status, "Demande refusée"),
        "status": status,
        "detail": detail,
        "instance": request.url.path,
    }
    body.update({name: value for name, value in more.items() if value})
    sent = {"cache-control": "no-store", **(headers or {})}
    return Response(encode(body), status, headers=sent, media_type=MEDIA_TYPE)


def refused(request: Request, error: Refused) -> Response:
    """A refusal that came back over the bus, or was raised here."""
    refusal = error.to_refusal()
    status = STATUS.get(refusal.kind, 422)
    headers: dict[str, str] = {}
    if status == 503:
        headers["retry-after"] = RETRY_AFTER
    if status == 413:
        headers["connection"] = "close"  # the rest of the body will not be read
    details = dict(refusal.details)
    faults = details.pop("errors", None)
    return respond(
        request, status, refusal.message, kind=str(refusal.kind), headers=headers, errors=faults, details=details
    )


def edge(request: Request, error: Problem) -> Response:
    """A refusal of the edge itself."""
    return respond(request, error.status, error.detail, headers=error.headers)


def failed(request: Request) -> Response:
    """A fault of ours; the trace goes to the technical log, never to the caller."""
    detail = "Une erreur interne s'est produite ; réessayez, puis prévenez la personne qui tient le poste."
    return respond(request, 500, detail, kind="failed")


def invalid(error: ValidationError, names: Mapping[str, str] | None = None) -> Invalid:
    """Faults of a body or of parameters, as a refusal that lists each field by its public name."""
    found = wording.faults(error, names or {})
    return Invalid(wording.summary(found), errors=found)


async def http_exception(request: Request, error: Exception) -> Response:
    """What the router refuses before any handler: unknown path, unknown method."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    if status == 405:
        headers = {"allow": ", ".join(sorted(_methods(request)))}
    details = {
        404: "Cette adresse n'existe pas ; la liste est dans /docs.",
        405: "Cette adresse n'accepte pas cette méthode ; voyez l'en-tête Allow ou /docs.",
    }
    return respond(request, status, details.get(status, "La requête n'est pas lisible."), headers=headers)


def _methods(request: Request) -> set[str]:
    """Every method of this path: the router stops at the first route that has it."""
    routes = [route for route in request.app.router.routes if route.matches(request.scope)[0] != Match.NONE]
    return {method for route in routes for method in getattr(route, "methods", None) or ()}
