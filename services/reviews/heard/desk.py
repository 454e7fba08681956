"""What the desk itself did: messages and their acknowledgements, texts posted, points, meetings, duty, exercises."""

from __future__ import annotations

from typing import Any

from contracts import digests, directory, exercises, meetings, messages
from contracts.base import Envelope, Fact
from services.reviews.heard.laying import first, stamp, stamps, text_id
from services.reviews.keeping import Watch, moment_of
from services.reviews.projections import Data


def _sent(outcome: str) -> Any:
    def lay(data: Data, fact: messages.MessageBody, envelope: Envelope) -> Data:
        """One more message about the same thing; the first that left starts the wait for an answer."""
        told = {"purpose": fact.purpose} | data | {outcome: data.get(outcome, 0) + 1}
        return told | (first(data, "sent_at", envelope.time) if outcome == "sent" else {})

    return lay


def acknowledged(data: Data, fact: messages.MessageAcknowledged, envelope: Envelope) -> Data:
    """Somebody read it."""
    return data | {"read": data.get("read", 0) + 1} | first(data, "read_at", fact.at)


def escalated(data: Data, fact: messages.DutyEscalated, envelope: Envelope) -> Data:
    """Nobody answered: another was called."""
    return data | {"escalations": data.get("escalations", 0) + 1}


def prepared(data: Data, fact: messages.DraftPrepared, envelope: Envelope) -> Data:
    """A text ready to post about a crisis."""
    told = {"crisis": fact.about, "level": fact.level, "groups": len(fact.groups), "text": text_id(fact.body)}
    return data | told | first(data, "prepared_at", envelope.time)


def posted(data: Data, fact: messages.DraftPosted, envelope: Envelope) -> Data:
    """A person posted it."""
    return data | {"where": fact.where, "by": fact.by} | first(data, "posted_at", fact.at)


def published(data: Data, fact: digests.DigestPublished, envelope: Envelope) -> Data:
    """The point of a day went out."""
    told = {"number": fact.number, "late": fact.late, "day": fact.day.isoformat()}
    return data | told | first(data, "published_at", envelope.time)


def opened(data: Data, fact: meetings.MeetingOpened, envelope: Envelope) -> Data:
    """The meeting of a point began."""
    return data | {"number": fact.number, "opened_at": stamp(fact.started_at)}


def closed(data: Data, fact: meetings.MeetingClosed, envelope: Envelope) -> Data:
    """It ended: so many people, so many seconds, so many decisions."""
    told = {"number": fact.number, "seconds": fact.seconds, "present": fact.present, "expected": fact.expected}
    return data | told | {"decided": len(fact.decided), "closed_at": stamp(fact.closed_at)}


def taken(data: Data, fact: directory.DutyTaken, envelope: Envelope) -> Data:
    """A role passed to somebody."""
    return data | {"role": fact.role, "person": fact.person, "handed": fact.taken_from is not None}


def drill(data: Data, fact: exercises.ExerciseEnded, envelope: Envelope) -> Data:
    """A drill ended, with its checks."""
    kept = fact.model_dump(mode="json", include={"title", "passed", "failed", "status"})
    return data | kept | first(data, "ended_at", envelope.time)


def _about(lay: Any) -> Watch:
    return Watch("message", lambda f: f.about, lay)


def _meeting(lay: Any) -> Watch:
    return Watch("meeting", lambda f: f.meeting, lay)


WATCHED: dict[type[Fact], Watch] = {
    messages.MessageSent: _about(_sent("sent")),
    messages.MessageFailed: _about(_sent("failed")),
    messages.MessageUncertain: _about(_sent("uncertain")),
    messages.MessageAcknowledged: _about(acknowledged),
    messages.DutyEscalated: _about(escalated),
    messages.DraftPrepared: Watch("draft", lambda f: f.draft, prepared),
    messages.DraftPosted: Watch("draft", lambda f: f.draft, posted, moment_of("at")),
    digests.DigestPublished: Watch("point", lambda f: f.digest, published),
    digests.DigestValidated: Watch("point", lambda f: f.digest, stamps("validated_at")),
    meetings.MeetingOpened: _meeting(opened),
    meetings.MeetingClosed: _meeting(closed),
    directory.DutyTaken: Watch("duty", lambda f: f"{f.role}:{f.version}", taken),
    exercises.ExerciseEnded: Watch("exercise", lambda f: f.run, drill),
}
