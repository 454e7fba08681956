"""What the service answers of what it keeps."""

from __future__ import annotations

from typing import Any

from contracts.base import Page
from contracts.crisis_plan import DeliveryItem, ListDeliveries
from contracts.yearly import AskReadiness, ReadinessFound
from services.platform.calendar import local_day
from services.platform.errors import Invalid
from services.platform.unit import View
from services.readiness import reading, store
from services.readiness.service import READERS, SERVICE


@SERVICE.answers(AskReadiness)
def ask_readiness(view: View, question: AskReadiness) -> ReadinessFound:
    """All that is kept ready: a few hundred lines at most."""
    view.require(*READERS)
    return reading.readiness(view.session, view.territory, local_day(view.now, view.territory.zone))


@SERVICE.answers(ListDeliveries)
def list_deliveries(view: View, question: ListDeliveries) -> Page:
    """Documents sent, newest first, without their content."""
    view.require(*READERS)
    rows = store.deliveries(view.session, view.message.territory, _below(question.cursor), question.limit + 1)
    items = tuple(_item(card) for card in rows[: question.limit])
    return Page(items=items, next=str(items[-1]["number"]) if len(rows) > question.limit else None)


def _below(cursor: str | None) -> int | None:
    if not cursor:
        return None
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 10):
        raise Invalid("Ce curseur n'est pas lisible ; reprenez la liste du début.")
    return int(cursor)


def _item(card: Any) -> dict[str, Any]:
    return DeliveryItem.model_validate(dict(card)).model_dump(mode="json")
