"""The words of the desk, one sentence each, told by their template; pages link to a term by its anchor."""

from __future__ import annotations

from typing import Any

from services.gateway.console.pages import Page
from services.gateway.console.visit import Visit


async def view(visit: Visit) -> dict[str, Any]:
    """Nothing to ask: words do not change with the day."""
    return {}


PAGES = (Page("/glossaire", "glossaire.html", "Glossaire", view, inside=False),)
ACTS = ()
