"""One point de situation on a screen: read, edited before it leaves, validated for those outside."""

from __future__ import annotations

import asyncio
import base64
from datetime import timedelta
from typing import Any

from starlette.responses import Response

from contracts.digests import AskDigest, EditDigest, ListDigests, ValidateDigest
from contracts.directory import WhoIsOnDuty
from contracts.figures import AskBoardFigures
from contracts.meetings import AskMeeting
from contracts.messages import ListMessages
from services.gateway.console import point_words
from services.gateway.console.pages import Act, Done, Form, Page, build, send
from services.gateway.console.points import MOST_POINTS, read
from services.gateway.console.visit import Visit
from services.gateway.documents import PATIENCE, document
from services.platform.errors import NotFound

REFERENT = ("referent",)
MOST_MESSAGES = 500
SENT = ("publié", "validé")
DAYS = {"aujourd-hui": 0, "hier": 1}


def asked(visit: Visit) -> str:
    """The point of the address: an id, a day, or ``hier``."""
    name = str(visit.path["digest"])
    return (visit.today - timedelta(days=DAYS[name])).isoformat() if name in DAYS else name


async def read_point(visit: Visit, version: str) -> dict[str, Any]:
    """A point as data, and its text of one segment."""
    name = asked(visit)
    told, text = await asyncio.gather(
        visit.ask(AskDigest(digest=name, form="json", version=version), patience=PATIENCE),
        visit.ask(AskDigest(digest=name, form="txt", version=version), patience=PATIENCE),
    )
    return read(told) | {"sms_words": point_words.sms_of(base64.b64decode(text["body"]).decode())}


async def view(visit: Visit) -> dict[str, Any]:
    """The point, the version of who looks; with what may be done about it."""
    if not visit.inside:
        return await outside(visit)
    found = await visit.together(
        point=read_point(visit, "interne"),
        cards=visit.part("points", ListDigests(limit=MOST_POINTS)),
        messages=visit.part("messages", ListMessages(limit=MOST_MESSAGES)),
    )
    point = found["point"]
    today = point["day"] == visit.today.isoformat()
    board = await visit.part("chiffres", AskBoardFigures()) if today else None
    meeting = await visit.part("reunion", AskMeeting(digest=point["id"])) if point["status"] != "brouillon" else None
    sent = point_words.sent_to(_items(found["messages"]), point["id"], "interne")
    return {
        **_common(point, "interne"),
        **point_words.around(_items(found["cards"]), point["id"]),
        "title": f"Point de situation n° {point['number']}",
        "free": (board or {}).get("free"),
        "meeting": meeting,
        "editable": point_words.editable(point) if point["status"] not in SENT else [],
        "sent": sent,
        "names": await visit.names([point["validated_by"], *(one["to"] for one in sent)]),
    }


async def outside(visit: Visit) -> dict[str, Any]:
    """What ARS, SAMU and mairies read, who receives it, who lets it go."""
    found = await visit.together(
        point=read_point(visit, "externe"),
        messages=visit.part("messages", ListMessages(limit=MOST_MESSAGES)) if visit.inside else _nothing(),
        duty=visit.part("astreinte", WhoIsOnDuty()),
    )
    point = found["point"]
    holders = [held for held in _items(found["duty"]) if held["role"] == "referent" and held["person"]]
    return {
        **_common(point, "externe"),
        "before": None, "after": None, "free": None, "meeting": None, "editable": [],
        "title": f"Point n° {point['number']}, version externe",
        "sent": point_words.sent_to(_items(found["messages"]), point["id"], "externe"),
        "recipients": point_words.recipients(visit.territory),
        "mine": visit.may(REFERENT),
        "referents": holders,
        "names": await visit.names([point["validated_by"]]),
    }  # fmt: skip


def _common(point: dict[str, Any], version: str) -> dict[str, Any]:
    return {
        "point": point,
        "side": version,
        "marked": point_words.marked,
        "left_out": point_words.left_out,
        "state": point_words.state,
        "sending": point_words.SENDING,
        "addressee": point_words.addressee,
    }


def _items(found: dict[str, Any] | None) -> list[dict[str, Any]]:
    return list((found or {}).get("items", []))


async def _nothing() -> None:
    return None


PAGE = Page("/points/{digest}", "point.html", "Point de situation", view, nav="points", inside=False)
OUTSIDE = Page("/points/{digest}/externe", "point.html", "Version externe", outside, nav="points")


async def edit(visit: Visit, form: Form) -> Done:
    """A person's words in place of the draft's."""
    item = form.get("item", "")
    await send(visit, build(EditDigest, digest=asked(visit), item=item, text=form.get("texte", "")), form)
    return Done(f"/points/{visit.path['digest']}#{item}", "Texte remplacé dans le brouillon.")


async def validate(visit: Visit, form: Form) -> Done:
    """Let the version for the outside go."""
    await send(visit, build(ValidateDigest, digest=asked(visit)), form)
    return Done(
        f"/points/{visit.path['digest']}/externe", "Validé. La version externe part à l’ARS, au SAMU et aux mairies."
    )


async def file(visit: Visit) -> Response:
    """The point as a file: PDF or plain text, in either version."""
    form, version = visit.path["form"], "externe" if visit.query.get("version") == "externe" else "interne"
    if form not in ("pdf", "txt"):
        raise NotFound("Un point se lit en pdf ou en txt.")
    return document(await visit.ask(AskDigest(digest=asked(visit), form=form, version=version), patience=PATIENCE))


PAGES = (PAGE, OUTSIDE)
ACTS = (
    Act("/points/{digest}/texte", edit, PAGE),
    Act("/points/{digest}/valider", validate, OUTSIDE),
)
FILES = (("/points/{digest}/document.{form}", file, "outside"),)
