"""Steps of the plans: when each was opened, taken, done; each time one was late, and how long."""

from __future__ import annotations

from typing import Any

from contracts import actions
from contracts.base import Envelope, Fact
from services.reviews.heard.laying import first, newest, stamp, union
from services.reviews.keeping import Watch
from services.reviews.projections import Data

BODY = ("action", "playbook", "level", "title", "side", "modality", "owner", "due_at", "occurrence", "repeats")
#: A daily step late each day for two months: past that, its oldest lateness is left out.
MOST_LATE = 60


def _body(data: Data, fact: actions.ActionBody) -> Data:
    """The step as last told; every crisis it ever served."""
    return data | newest(data, fact, BODY) | union(data, "crises", fact.crises)


def _moved(status: str, name: str) -> Any:
    def lay(data: Data, fact: actions.ActionBody, envelope: Envelope) -> Data:
        told = _body(data, fact)
        return told | first(data, name, envelope.time) | {"status": status}

    return lay


def _ended(status: str, name: str) -> Any:
    """The end of a turn: a step that repeats may be done many times, the first one is kept apart."""

    def lay(data: Data, fact: actions.ActionBody, envelope: Envelope) -> Data:
        at = stamp(envelope.time)
        told = _body(data, fact) | first(data, name, envelope.time) | {"status": status, "ended_at": at}
        late = [
            turn | {"ended_at": at, "ended": status} if turn["occurrence"] == fact.occurrence and not turn["ended_at"]
            else turn
            for turn in data.get("late", [])
        ]  # fmt: skip
        return told | {"late": late, "times": data.get("times", 0) + (status == "done")}

    return lay


def late(data: Data, fact: actions.ActionLate, envelope: Envelope) -> Data:
    """A firm step passed its deadline."""
    due = stamp(fact.due_at or envelope.time)
    turn = {"occurrence": fact.occurrence, "due_at": due, "ended_at": None, "ended": ""}
    turns = [one for one in data.get("late", []) if one["occurrence"] != fact.occurrence]
    return _body(data, fact) | {"late": [*turns, turn][-MOST_LATE:]}


def _shared(data: Data, fact: actions.ActionShared, envelope: Envelope) -> Data:
    return _body(data, fact)


def _run(lay: Any) -> Watch:
    return Watch("action", lambda f: f.run, lay)


WATCHED: dict[type[Fact], Watch] = {
    actions.ActionOpened: _run(_moved("open", "opened_at")),
    actions.ActionTaken: _run(_moved("taken", "taken_at")),
    actions.ActionDone: _run(_ended("done", "done_at")),
    actions.ActionSkipped: _run(_ended("skipped", "skipped_at")),
    actions.ActionClosed: _run(_ended("closed", "closed_at")),
    actions.ActionRepeated: _run(_moved("open", "opened_at")),
    actions.ActionLate: _run(late),
    actions.ActionShared: _run(_shared),
}
