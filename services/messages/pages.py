"""The address of a professional's own page, found or made at sending time and kept nowhere here."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from contracts.access import IssueLink, LinkIssued
from contracts.base import Page
from contracts.directory import ListTokens
from services.messages import decide
from services.platform import signing
from services.platform.errors import Invalid, NotFound
from services.platform.settings import Settings
from services.platform.unit import Worker

#: A link that ends sooner is not sent: it would be dead when they come back to answer.
WORTH_SENDING = timedelta(days=2)
PURPOSES = {decide.SIGN_IN: signing.SIGN_IN, decide.PAGE: signing.PROFESSIONAL}


async def personal_page(worker: Worker, territory: str, person: str) -> str | None:
    """The page of ``person`` under their latest link that still works, else under a new one.

    Nothing when they have no such page. Raises ``Unavailable`` when the directory does not answer.
    """
    question = ListTokens(use=signing.PROFESSIONAL, person=person)
    found = await worker.ask(question, Page, territory=territory)
    until = worker.clock.now() + WORTH_SENDING
    known = next((item["id"] for item in found.items if _works_until(item, until)), None)
    code = signing.sign(worker.settings, signing.PROFESSIONAL, known) if known else None
    if code is None:
        try:
            code = (await worker.send_command(IssueLink(person=person), LinkIssued, territory=territory)).code
        except (Invalid, NotFound):
            return None
    return signing.address(worker.settings, signing.PROFESSIONAL, code)


def signed_address(settings: Settings, category: str, link: str) -> str:
    """Where a message leads whose link was made before it: the console's sign-in, or a professional's page."""
    purpose = PURPOSES[category]
    return signing.address(settings, purpose, signing.sign(settings, purpose, link))


def _works_until(item: dict[str, Any], moment: datetime) -> bool:
    end = item.get("expires_at")
    return end is None or datetime.fromisoformat(end) > moment
