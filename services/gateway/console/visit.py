"""One request on a screen: the viewpoint, what was typed, what was refused."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from fastapi import Request

from contracts.base import Principal, is_exercise
from services.gateway.console.seal import NOTICE, SESSION
from services.gateway.console.viewpoint import INSIDE, OUTSIDE, Viewpoint
from services.gateway.edge import TERRITORY_NAME, Call, Edge
from services.gateway.limits import read_body
from services.platform.errors import Forbidden, Invalid, NotFound

MAX_FIELDS = 200
#: What opens the desk; a personal link opens one page and nothing else.
DESK_USES = ("session", "jeton")


class SignInNeeded(Exception):
    """Nobody is signed in on this territory."""

    def __init__(self, territory: str) -> None:
        super().__init__(territory)
        self.territory = territory


@dataclass(slots=True)
class Refusal:
    """What a form was refused for: a title, a sentence, what to do, and whether the same form may be sent again."""

    title: str
    sentence: str
    again: bool = False
    faults: list[dict[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Visit(Viewpoint):
    """A viewpoint with its request. ``typed`` is what a refused form held, so that nothing is typed twice."""

    request: Request = None  # type: ignore[assignment]  # always given: a dataclass asks for defaults after defaults
    token: str = ""
    notice: str = ""
    refusal: Refusal | None = None
    typed: Mapping[str, str] = field(default_factory=dict)

    @property
    def query(self) -> Mapping[str, str]:
        """Parameters of the address."""
        return self.request.query_params

    @property
    def path(self) -> Mapping[str, Any]:
        """Parameters of the path."""
        return self.request.path_params

    @property
    def viewer(self) -> Principal:
        """Who looks."""
        return self.call.caller


async def enter(edge: Edge, request: Request) -> Visit:
    """Who is signed in on the territory of the path; ``SignInNeeded`` otherwise."""
    name = request.path_params["territory"]
    territory = edge.territories.get(name) if TERRITORY_NAME.fullmatch(name) else None
    if territory is None:
        raise NotFound("Ce poste de crise ne tient pas ce territoire ; vérifiez l'adresse.")
    token = edge.screens.seal.token(request.cookies.get(SESSION))
    caller = await edge.auth.principal_of(token, DESK_USES) if token else None
    if token is None or caller is None or name not in caller.territories:
        raise SignInNeeded(name)
    if not caller.has(*INSIDE, *OUTSIDE):
        raise Forbidden("Votre accès ouvre votre page personnelle, pas le poste de crise ; suivez votre lien.")
    notice = edge.screens.seal.sentence(request.cookies.get(NOTICE))
    return Visit(edge, Call(caller, name), territory, request=request, token=token, notice=notice)


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a form, the last value of each; lists keep theirs under ``name[]``, joined by line ends."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise Invalid("Ce formulaire n'est pas lisible ; rechargez la page et recommencez.")
    raw = await read_body(request)
    try:
        pairs = parse_qsl(raw.decode(), keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except (ValueError, UnicodeDecodeError):
        raise Invalid("Ce formulaire n'est pas lisible ; rechargez la page et recommencez.") from None
    form: dict[str, str] = {}
    for name, value in pairs:
        clean = value.replace("\r\n", "\n").strip()
        if name.endswith("[]"):
            form[name] = f"{form[name]}\n{clean}" if name in form else clean
        else:
            form[name] = clean
    return form


def check_origin(request: Request) -> None:
    """Refuse a form another site sent. Browsers say where a form comes from; one that does not is refused too."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin", "")
    if site is not None and site in ("same-origin", "none"):
        return
    host = request.headers.get("x-forwarded-host") or request.headers.get("host", "")
    if site is None and origin and urlsplit(origin).netloc == host:
        return
    raise Forbidden("Cette demande ne vient pas du poste de crise ; ouvrez la page et recommencez.")


def digest_of(form: Mapping[str, str]) -> str:
    """SHA-256 of what a form says, its key apart: the same key with other words is another demand."""
    said = "\n".join(f"{name}={form[name]}" for name in sorted(form) if name != "cle")
    return hashlib.sha256(said.encode()).hexdigest()


def twin_of(territory: str) -> str:
    """The other space of the same CPTS: the exercise of a real one, the real one of an exercise."""
    return territory.removesuffix("~exercice") if is_exercise(territory) else f"{territory}~exercice"
