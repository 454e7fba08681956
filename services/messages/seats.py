"""What somebody called to the cell must know, asked of the cell at sending time and kept nowhere here."""

from __future__ import annotations

from typing import Any

from contracts.cell import FUNCTIONS, AskCell, CellFound
from services.messages import words
from services.platform.errors import Refused
from services.platform.settings import Settings
from services.platform.unit import Worker


def page(settings: Settings, territory: str) -> str:
    """The page of the cell on the console, for whoever may sign in there."""
    return f"{settings.base_url.rstrip('/')}/poste/{territory}/cellule"


async def seated(worker: Worker, territory: str, cell: str, person: str, told: dict[str, Any]) -> dict[str, Any]:
    """The words with the functions this person is expected for and, by e-mail, the place; a call waits for neither."""
    try:
        found = await worker.ask(AskCell(), CellFound, territory=territory)
    except Refused:
        found = CellFound()
    if found.session != cell:
        return words.with_seat(told, (), "")
    chairs = [FUNCTIONS[one.function] for one in found.functions if one.called and one.expected == person]
    return words.with_seat(told, chairs, found.place)
