"""Levels: proposals, decisions, the plan a crisis follows. Alerts, and sources that fall silent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from contracts import alerts, levels
from contracts.base import Envelope, Fact
from services.reviews.heard.laying import first, newest, stamp, text_id
from services.reviews.keeping import Watch, moment_of
from services.reviews.projections import Data

#: An alert that changes for weeks keeps its last changes; a source, its last silences.
MOST_MOVES, MOST_SILENCES = 40, 60


def proposed(data: Data, fact: levels.LevelProposed, envelope: Envelope) -> Data:
    """What the rules derived, and from what: an alert or a call goes by reference."""
    evidence = [
        {"label": piece.label, "text": text_id(piece.text), "alert": piece.alert, "at": stamp(piece.at)}
        for piece in fact.evidence
    ]
    kept = fact.model_dump(mode="json", include={"playbook", "from_level", "level", "because", "supersedes"})
    return data | kept | {"evidence": evidence, "proposed_at": stamp(envelope.time)}


def declined(data: Data, fact: levels.ProposalDeclined, envelope: Envelope) -> Data:
    """A person said no."""
    ended = {"ended": "declined", "ended_at": stamp(envelope.time)}
    return data | ended | {"playbook": fact.playbook, "level": fact.level, "by": fact.decided_by,
                           "reason": text_id(fact.reason)}  # fmt: skip


def withdrawn(data: Data, fact: levels.ProposalWithdrawn, envelope: Envelope) -> Data:
    """It no longer stood, or a newer one took its place."""
    told = {"playbook": fact.playbook, "level": fact.level, "because_withdrawn": fact.reason}
    return data | told | {"ended": "withdrawn", "ended_at": stamp(envelope.time)}


def level(data: Data, fact: levels.LevelChanged, envelope: Envelope) -> Data:
    """A person moved the crisis."""
    kept = fact.model_dump(mode="json", include={"crisis", "playbook", "from_level", "level", "proposal"})
    return data | kept | {"by": fact.decided_by, "reason": text_id(fact.reason), "at": stamp(fact.changed_at)}


def plan(data: Data, fact: levels.PlanAdopted, envelope: Envelope) -> Data:
    """The crisis took another version of its plan."""
    kept = fact.model_dump(mode="json", include={"crisis", "playbook", "level", "from_version", "plan_version"})
    return data | kept | {"by": fact.decided_by, "reason": text_id(fact.reason), "at": stamp(fact.adopted_at)}


def alert(data: Data, fact: alerts.AlertBody, envelope: Envelope) -> Data:
    """An alert as last told, the moments its colour or its grade changed."""
    kept = newest(data, fact, ("kind", "phenomenon", "colour", "grade", "volet", "source", "status"))
    moves = data.get("moves", [])
    mark = fact.colour or fact.grade
    if not moves or moves[-1][1] != mark:
        moves = [*moves, [stamp(envelope.time), mark]][-MOST_MOVES:]
    raised = first(data, "raised_at", envelope.time)
    return data | kept | raised | {"headline": text_id(fact.headline), "moves": moves}


def _over(ending: str) -> Any:
    def lay(data: Data, fact: alerts.AlertBody, envelope: Envelope) -> Data:
        """The alert is over."""
        told = {"kind": str(fact.kind), "source": fact.source, "headline": text_id(fact.headline)}
        return told | data | {"ended": ending, "ended_at": stamp(envelope.time)}

    return lay


def silent(data: Data, fact: alerts.SourceSilent, envelope: Envelope) -> Data:
    """An edition that was due did not come."""
    silences = [*data.get("silences", []), [stamp(fact.expected_at), None]]
    return data | {"silences": silences[-MOST_SILENCES:]}


def heard(data: Data, fact: alerts.SourceHeard, envelope: Envelope) -> Data:
    """The source spoke again: the silences before it end there."""
    at = fact.heard_at
    silences = [
        [since, until or (stamp(at) if datetime.fromisoformat(since) <= at else None)]
        for since, until in data.get("silences", [])
    ]
    return data | {"silences": silences}


def _proposal(lay: Any) -> Watch:
    return Watch("proposal", lambda f: f.proposal, lay)


def _alert(lay: Any) -> Watch:
    return Watch("alert", lambda f: f.alert, lay)


WATCHED: dict[type[Fact], Watch] = {
    levels.LevelProposed: _proposal(proposed),
    levels.ProposalDeclined: _proposal(declined),
    levels.ProposalWithdrawn: _proposal(withdrawn),
    levels.LevelChanged: Watch("level", lambda f: f"{f.crisis}:{f.version}", level, moment_of("changed_at")),
    levels.PlanAdopted: Watch("plan", lambda f: f"{f.crisis}:{f.version}", plan, moment_of("adopted_at")),
    alerts.AlertRaised: _alert(alert),
    alerts.AlertUpdated: _alert(alert),
    alerts.AlertLifted: _alert(_over("lifted")),
    alerts.AlertExpired: _alert(_over("expired")),
    alerts.SourceSilent: Watch("source", lambda f: f.source, silent, timeless=True),
    alerts.SourceHeard: Watch("source", lambda f: f.source, heard, timeless=True),
}
