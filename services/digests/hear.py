"""What the digests hear: each counted fact becomes a version of one thing, with the moment it was known.

``WATCHED`` says, for each fact, which thing it tells about, on which local day it counts, and whether
the thing still stands after it. Facts that tell part of a thing are laid over what was known of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from contracts import (
    actions,
    activity,
    alerts,
    cell,
    certificates,
    directory,
    levels,
    logbook,
    meetings,
    messages,
    slots,
)
from contracts.base import Envelope, Fact
from services.digests import known, store
from services.digests.projection import CACHE, Data, Watch, keep
from services.digests.service import SERVICE
from services.platform.answering import erase_redacted
from services.platform.calendar import local_day
from services.platform.unit import Unit


def told(fact: Any, envelope: Envelope, zone: ZoneInfo) -> date:
    """The local day a fact happened."""
    return local_day(envelope.time, zone)


def _on(name: str) -> Callable[[Any, Envelope, ZoneInfo], date]:
    def day(fact: Any, envelope: Envelope, zone: ZoneInfo) -> date:
        value: datetime = getattr(fact, name)
        return local_day(value, zone)

    return day


def _status(status: str | None, **stamps: str) -> Callable[[Any, Envelope], Data]:
    """Set the status of a thing, and the times of what just happened to it."""

    def adds(fact: Any, envelope: Envelope) -> Data:
        data: Data = {"status": status} if status else {}
        data.update({name: envelope.time.isoformat() for name in stamps.values()})
        return data

    return adds


def _standing_action(data: Data) -> bool:
    return data.get("status") in {"open", "taken"}


def _certificate_open(data: Data) -> bool:
    return not data.get("signed_at") and not data.get("ending")


def _vad(fact: activity.VadReported) -> str:
    return f"{fact.structure}|{fact.day}|vad|{fact.profession}|{fact.kind}"


def _activity(fact: activity.ActivityReported) -> str:
    return f"{fact.structure}|{fact.day}|{fact.indicator}"


def _vad_words(fact: activity.VadReported, envelope: Envelope) -> Data:
    return {"indicator": f"vad_{fact.profession}_{fact.kind}", "value": fact.count}


SLOT = Watch("slot", lambda f: f.slot, _on("starts_at"))
CERTIFICATE = Watch("certificate", lambda f: f.certificate, _on("requested_at"), _certificate_open, merge=True)


def _action(status: str | None, **stamps: str) -> Watch:
    return Watch("action", lambda f: f.run, told, _standing_action, _status(status, **stamps), merge=True)


def _alert(status: str) -> Watch:
    return Watch("alert", lambda f: f.alert, told, lambda data: data["status"] == "inforce", _status(status))


def _message(status: str) -> Watch:
    return Watch("message", lambda f: f.message, told, adds=_status(status))


def proposal(status: str) -> Watch:
    """A proposal of level, which waits while it is pending."""
    return Watch(
        "proposal", lambda f: f.proposal, told, lambda d: d["status"] == "pending", _status(status), merge=True
    )


def _noted(fact: meetings.MeetingNoted) -> str:
    return f"{fact.meeting}|{fact.words.id}"


def _request_open(data: Data) -> bool:
    return not data.get("closes")


WATCHED: dict[type[Fact], Watch] = {
    **dict.fromkeys(
        (
            slots.SlotOffered,
            slots.SlotOpened,
            slots.SlotBooked,
            slots.SlotReleased,
            slots.SlotWithdrawn,
            slots.SlotMoved,
        ),
        SLOT,
    ),
    activity.VadReported: Watch("report", _vad, lambda f, envelope, zone: f.day, adds=_vad_words),
    activity.ActivityReported: Watch("report", _activity, lambda f, envelope, zone: f.day),
    activity.TensionReported: Watch("tension", lambda f: f.tension, _on("seen_at")),
    activity.PartnerRequested: Watch("request", lambda f: f.request, told, _request_open, merge=True),
    activity.PartnerAnswered: Watch("request", lambda f: f.request, told, _request_open, merge=True),
    **dict.fromkeys(
        (cell.NeedStated, cell.NeedUpdated, cell.NeedClosed),
        Watch("need", lambda f: f.need, told, lambda d: d["status"] == "open"),
    ),
    **dict.fromkeys(
        (
            certificates.DeathCertificateNeeded,
            certificates.DeathCertificateAccepted,
            certificates.DeathCertificateDeclined,
            certificates.DeathCertificateAdvised,
            certificates.DeathCertificateCalledBack,
            certificates.DeathCertificateSigned,
            certificates.DeathCertificateEscalated,
            certificates.DeathCertificateClosed,
        ),
        CERTIFICATE,
    ),
    actions.ActionOpened: _action("open", at="opened_at"),
    actions.ActionTaken: _action("taken", at="taken_at"),
    actions.ActionDone: _action("done", at="ended_at", kept="done_at"),
    actions.ActionSkipped: _action("skipped", at="ended_at", kept="skipped_at"),
    actions.ActionClosed: _action("closed", at="ended_at"),
    actions.ActionLate: _action(None),
    actions.ActionShared: _action(None),
    actions.ActionRevised: _action(None),
    actions.ActionRepeated: _action("open"),
    alerts.AlertRaised: _alert("inforce"),
    alerts.AlertUpdated: _alert("inforce"),
    alerts.AlertLifted: _alert("lifted"),
    alerts.AlertExpired: _alert("expired"),
    alerts.SourceSilent: Watch("source", lambda f: f.source, told, lambda data: "heard_at" not in data),
    alerts.SourceHeard: Watch("source", lambda f: f.source, told),
    levels.LevelProposed: proposal("pending"),
    levels.ProposalWithdrawn: proposal("withdrawn"),
    levels.ProposalDeclined: proposal("declined"),
    directory.StructureEnrolled: Watch("structure", lambda f: f.structure),
    directory.DutyTaken: Watch("duty", lambda f: f.role, told, merge=True),
    messages.MessageSent: _message("sent"),
    messages.MessageFailed: _message("failed"),
    messages.MessageUncertain: _message("uncertain"),
    messages.MessageAcknowledged: Watch("ack", lambda f: f"{f.about}|{f.by}", told),
    messages.DraftPrepared: Watch(
        "draft", lambda f: f.draft, told, lambda d: "where" not in d, _status(None, at="prepared_at"), merge=True
    ),
    messages.DraftPosted: Watch("draft", lambda f: f.draft, told, lambda d: "where" not in d, merge=True),
    meetings.DecisionRecorded: Watch("decision", lambda f: f.decision, told),
    meetings.MeetingNoted: Watch("noted", _noted, told),
    logbook.EntryWritten: Watch("entry", lambda f: str(f.number), _on("occurred_at")),
}


def preload(session: Session, messages_: Sequence[tuple[Envelope, Any]]) -> None:
    """Read in a few queries what the facts of a batch will change."""
    keys = []
    for envelope, model in messages_:
        watch = WATCHED.get(type(model))
        if watch is not None:
            keys.append((envelope.territory, watch.kind, watch.entity(model)))
    session.info[CACHE] = dict.fromkeys(keys) | known.currents(session, keys)  # None: looked up, not there


SERVICE.preload = preload


def _register(fact_type: type[Fact], watch: Watch) -> None:
    def heard(unit: Unit, fact: Any) -> None:
        keep(unit, fact, watch)

    SERVICE.on(fact_type)(heard)


#: These two do more than being kept; their own handlers are below.
_OWN = (messages.MessageUncertain,)
for _type, _watch in WATCHED.items():
    if _type not in _OWN:
        _register(_type, _watch)


@SERVICE.on(messages.MessageUncertain)
def message_uncertain(unit: Unit, fact: messages.MessageUncertain) -> None:
    """A mail may or may not have left; if it carried a digest, the digest says so."""
    keep(unit, fact, WATCHED[messages.MessageUncertain])
    store.mark_delivery(unit.session, unit.message.territory, fact.about, "incertain")


@SERVICE.on(directory.PersonErased)
def person_erased(unit: Unit, fact: directory.PersonErased) -> None:
    """The name goes from every digest that prints it."""
    store.forget_words(unit.session, [f"p:{fact.person}", f"p:{fact.person}#tel"], unit.message.territory)


@SERVICE.on(logbook.TextRedacted)
def text_redacted(unit: Unit, fact: logbook.TextRedacted) -> None:
    """The words go from every digest that quotes them, and from the meeting where they were typed."""
    erase_redacted(unit, fact)
    store.forget_words(unit.session, [f"t:{text}" for text in fact.texts], unit.message.territory)
