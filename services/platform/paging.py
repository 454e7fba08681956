"""Cursors of lists ordered by a moment, then an id: where a page ended, so that the next begins just after."""

from __future__ import annotations

from datetime import datetime

from services.platform.calendar import YEARS
from services.platform.errors import Invalid


def cursor_after(moment: datetime, last: str) -> str:
    """The cursor of what follows a row."""
    return f"{moment.isoformat()}~{last}"


def read_cursor(text: str | None) -> tuple[datetime, str] | None:
    """Moment and id of the last row seen; refused when it is not one of our cursors."""
    if not text:
        return None
    moment, _, last = text.partition("~")
    try:
        parsed = datetime.fromisoformat(moment.replace(" ", "+"))
    except ValueError as error:
        raise Invalid("Ce curseur n'est pas lisible ; reprenez la liste du début.") from error
    if parsed.tzinfo is None or parsed.year not in YEARS or not last.isalnum():
        raise Invalid("Ce curseur n'est pas lisible ; reprenez la liste du début.")
    return parsed, last
