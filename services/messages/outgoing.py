"""Queue a message, and say what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contracts.messages import MessageFailed, MessageSent, MessageUncertain
from services.messages import decide, store
from services.messages.store import OutgoingRow
from services.platform.unit import Unit


@dataclass(frozen=True, slots=True)
class Letter:
    """What a message is about and made of; ``to`` a person, ``groupe:<group>`` or ``<kind>#<rank>``."""

    about: str
    category: str
    purpose: str
    to: str
    channel: str
    words: dict[str, Any]
    call: str | None = None
    wants_link: bool = False
    rank: int = 0

    @property
    def unique_key(self) -> str:
        """Same thing, same recipient, same channel, same rank: the same message."""
        return "|".join((self.call or self.about, self.category, self.to, self.channel, str(self.rank)))


def queue(
    unit: Unit, territory: str, letters: list[Letter], *, urgent: bool = False, due_at: datetime | None = None
) -> None:
    """Put messages in line, each once for ever, to leave now or at ``due_at``.

    In an exercise they are noted as gone and nothing is sent.
    """
    keys = {letter.unique_key: letter for letter in letters}
    known = store.keys_known(unit.session, [f"{territory}|{key}" for key in keys])
    for key, letter in keys.items():
        if f"{territory}|{key}" not in known:
            _add(unit, territory, letter, f"{territory}|{key}", due_at or unit.now, urgent=urgent)
    unit.session.flush()


def _add(unit: Unit, territory: str, letter: Letter, key: str, due_at: datetime, *, urgent: bool) -> None:
    exercise = unit.territory_named(territory).exercise
    row = OutgoingRow(
        id=unit.new_id(),
        territory=territory,
        about=letter.about,
        call=letter.call,
        category=letter.category,
        purpose=f"EXERCICE – {letter.purpose}" if exercise else letter.purpose,
        to=letter.to,
        channel=decide.EXERCISE if exercise else letter.channel,
        words=letter.words,
        wants_link=letter.wants_link,
        urgent=urgent,
        due_at=due_at,
        unique_key=key,
    )
    unit.session.add(row)
    if exercise:
        note_sent(unit, row)


def body_of(row: OutgoingRow) -> dict[str, str]:
    """What every fact about a message carries."""
    return {"message": row.id, "about": row.about, "purpose": row.purpose, "to": row.to, "channel": row.channel}


def note_sent(unit: Unit, row: OutgoingRow) -> None:
    """The first server took it (nothing was sent in an exercise). One read meanwhile stays read."""
    row.state = store.READ if row.read_at else store.SENT
    row.sent_at, row.error = unit.now, ""
    unit.say(MessageSent(**body_of(row)), territory=row.territory)


def note_failed(unit: Unit, row: OutgoingRow, reason: str) -> None:
    """It will not leave; the reason is said and shown."""
    row.state, row.error = store.FAILED, reason
    unit.say(MessageFailed(**body_of(row), reason=reason), territory=row.territory)


def note_uncertain(unit: Unit, row: OutgoingRow) -> None:
    """It may have left: shown, and never sent again by itself."""
    row.state = store.UNCERTAIN
    row.error = "Issue inconnue : le message est peut-être parti. Il n'est pas renvoyé ; appelez la personne."
    unit.say(MessageUncertain(**body_of(row)), territory=row.territory)


def drop(row: OutgoingRow, because: str) -> None:
    """It has not left and is not needed any more."""
    row.state, row.error = store.FAILED, f"{store.DROPPED} : {because}"


def failed_at_once(unit: Unit, territory: str, letter: Letter, reason: str) -> None:
    """A message that has nobody to go to: kept among the others so that it is seen."""
    key = f"{territory}|{letter.unique_key}"
    if store.keys_known(unit.session, [key]):
        return
    row = OutgoingRow(
        id=unit.new_id(), territory=territory, about=letter.about, call=letter.call, category=letter.category,
        purpose=letter.purpose, to=letter.to, channel=letter.channel, words=letter.words, due_at=unit.now,
        unique_key=key,
    )  # fmt: skip
    unit.session.add(row)
    note_failed(unit, row, reason)
    unit.session.flush()


def item(row: OutgoingRow) -> dict[str, Any]:
    """A message as lists show it."""
    at: datetime = row.read_at or row.sent_at or row.due_at
    return {
        "id": row.id, "about": row.about, "category": row.category, "purpose": row.purpose, "to": row.to,
        "channel": row.channel, "state": row.state, "at": at.isoformat(), "error": row.error or None,
    }  # fmt: skip
