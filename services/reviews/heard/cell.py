"""The crisis cell: its sessions and the functions nobody held, needs against means, judgements, contacts."""

from __future__ import annotations

from typing import Any

from contracts import cell
from contracts.base import Envelope, Fact
from services.reviews.heard.laying import newest, stamp, text_id, union
from services.reviews.keeping import Watch, moment_of
from services.reviews.projections import Data

NEED = ("crisis", "kind", "unit", "asked", "available", "asked_by", "status")


def convened(data: Data, fact: cell.CellConvened, envelope: Envelope) -> Data:
    """The cell is called, for these crises, with these functions."""
    called = [str(function) for function in fact.functions]
    told = {"starts_at": stamp(fact.starts_at), "convened_at": stamp(envelope.time)}
    return data | union(data, "crises", fact.crises) | union(data, "called", called) | told


def widened(data: Data, fact: cell.CellWidened, envelope: Envelope) -> Data:
    """A second crisis is served, or functions more: the session counts for every crisis it ever served."""
    called = [str(function) for function in fact.functions]
    return data | union(data, "crises", fact.crises) | union(data, "called", called)


def arrived(data: Data, fact: cell.CellMemberArrived, envelope: Envelope) -> Data:
    """Somebody holds a function."""
    held = data.get("held", {}) | {str(fact.function): True}
    return data | union(data, "crises", fact.crises) | {"held": held} | union(data, "filled", [str(fact.function)])


def relieved(data: Data, fact: cell.CellMemberRelieved, envelope: Envelope) -> Data:
    """It passes to another, or is left without anyone."""
    followed = fact.to is not None or fact.outsider is not None
    held = data.get("held", {}) | {str(fact.function): followed}
    relief = {"reliefs": data.get("reliefs", 0) + followed}
    filled = union(data, "filled", [str(fact.function)] if followed else [])
    return data | union(data, "crises", fact.crises) | {"held": held} | relief | filled


def dismissed(data: Data, fact: cell.CellDismissed, envelope: Envelope) -> Data:
    """The session is over."""
    return data | union(data, "crises", fact.crises) | {"dismissed_at": stamp(fact.at)}


def contacted(data: Data, fact: cell.PartnerContacted, envelope: Envelope) -> Data:
    """An exchange with a partner."""
    told = {"partner": fact.partner, "direction": fact.direction, "text": text_id(fact.text)}
    return data | told | {"crises": list(fact.crises), "at": stamp(fact.at)}


def need(data: Data, fact: cell.NeedBody, envelope: Envelope) -> Data:
    """What is asked and what was found, as last told."""
    told = {"what": text_id(fact.what), "asked_at": stamp(fact.asked_at)}
    ended = {"ended_at": stamp(envelope.time)} if isinstance(fact, cell.NeedClosed) else {}
    return data | newest(data, fact, NEED) | told | ended


def judged(data: Data, fact: cell.GravityJudged, envelope: Envelope) -> Data:
    """A person's judgement, and the sums of that moment."""
    kept = fact.model_dump(mode="json", include={"crisis", "gravity", "proportion", "by", "needs_open", "needs_short"})
    return data | kept | {"reason": text_id(fact.reason), "at": stamp(fact.at)}


def _cell(lay: Any) -> Watch:
    return Watch("cell", lambda f: f.cell, lay)


NEED_WATCH = Watch("need", lambda f: f.need, need, moment_of("asked_at"))
WATCHED: dict[type[Fact], Watch] = {
    cell.CellConvened: _cell(convened),
    cell.CellWidened: _cell(widened),
    cell.CellMemberArrived: _cell(arrived),
    cell.CellMemberRelieved: _cell(relieved),
    cell.CellDismissed: _cell(dismissed),
    cell.PartnerContacted: Watch("contact", lambda f: f.contact, contacted, moment_of("at")),
    cell.NeedStated: NEED_WATCH,
    cell.NeedUpdated: NEED_WATCH,
    cell.NeedClosed: NEED_WATCH,
    cell.GravityJudged: Watch("judgement", lambda f: f.judgement, judged, moment_of("at")),
}
