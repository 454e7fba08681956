"""What the slots service answers about solicitations: everything at the desk, their own to a professional."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from contracts.base import Page, Role
from contracts.solicitations import ListSolicitations
from services.platform.errors import Forbidden
from services.platform.paging import cursor_after, read_cursor
from services.platform.unit import View
from services.slots import solicitation_store as kept
from services.slots import soliciting
from services.slots.hearing import SERVICE

__all__ = ["SERVICE"]

DESK = (Role.COORDINATOR, Role.REFERENT)
ERASED = "texte effacé"
SHARED = {"id", "communes", "places", "mode", "crisis"}


@SERVICE.answers(ListSolicitations)
def list_solicitations(view: View, question: ListSolicitations) -> Page:
    """Solicitations, newest first. A token shared by a role answers for nobody: it reads none."""
    view.require(*DESK, Role.PROFESSIONAL)
    at_desk = view.caller.kind == "platform" or view.caller.has(*DESK)
    if not at_desk and view.caller.kind != "person":
        raise Forbidden("Les sollicitations s'adressent à des personnes ; ouvrez votre page personnelle.")
    found = kept.page(
        view.session,
        view.message.territory,
        open_at=view.now if question.open_only else None,
        asked=None if at_desk else view.caller.id,
        after=read_cursor(question.cursor),
        limit=question.limit,
    )
    rows = found[: question.limit]
    more = cursor_after(rows[-1].asked_at, rows[-1].id) if len(found) > question.limit else None
    return Page(items=tuple(_items(view, rows, at_desk=at_desk)), next=more)


def _items(view: View, rows: Sequence[kept.SolicitationRow], *, at_desk: bool) -> list[dict[str, Any]]:
    asked = kept.addressees(view.session, [row.id for row in rows])
    words = kept.texts(view.session, [row.text for row in rows])
    shown = []
    for row in rows:
        item = _shared(view, row, words)
        own = next((each for each in asked[row.id] if each.person == view.caller.id), None)
        item["answer"] = own.answer if own else None
        item["answered_at"] = own.answered_at.isoformat() if own and own.answered_at else None
        shown.append(item | _for_the_desk(row, asked[row.id]) if at_desk else item)
    return shown


def _shared(view: View, row: kept.SolicitationRow, words: dict[str, str]) -> dict[str, Any]:
    """What anyone it concerns may read."""
    is_open = row.closed_at is None and row.ends_at > view.now
    return row.model_dump(include=SHARED) | {
        "starts_at": row.starts_at.isoformat(),
        "ends_at": row.ends_at.isoformat(),
        "asked_at": row.asked_at.isoformat(),
        "text": words.get(row.text, ERASED) if row.text else "",
        "status": "open" if is_open else "closed",
        "ending": row.ending or (None if is_open else "periode"),
    }


def _for_the_desk(row: kept.SolicitationRow, asked: Sequence[kept.AddresseeRow]) -> dict[str, Any]:
    return {
        "groups": list(row.groups),
        "asked_by": row.asked_by,
        "closed_at": row.closed_at.isoformat() if row.closed_at else None,
        "counts": soliciting.counts([each.answer for each in asked]),
        "answers": [
            {
                "person": each.person,
                "answer": each.answer,
                "answered_at": each.answered_at.isoformat() if each.answered_at else None,
                "entered_by": each.entered_by,
            }
            for each in asked
        ],
    }
