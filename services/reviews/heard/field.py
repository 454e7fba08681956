"""What the field gave: places, requests to partners, certificates; visits, tensions and reports, counted by day."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from contracts import activity, certificates, directory, slots
from contracts.base import Envelope, Fact
from services.platform.calendar import local_day
from services.reviews.heard.laying import first, newest, stamp, text_id
from services.reviews.keeping import Count, Watch, moment_of
from services.reviews.projections import Data

SLOT = ("profession", "commune", "places", "booked", "state", "crisis", "mode")


def slot(data: Data, fact: slots.SlotBody, envelope: Envelope) -> Data:
    """Capacity as last told, and how much had been offered at first."""
    kept = newest(data, fact, SLOT)
    return {"offered": fact.places} | data | kept | first(data, "offered_at", envelope.time)


def moved(data: Data, fact: slots.SlotMoved, envelope: Envelope) -> Data:
    """Places given to another crisis: they count there, as the slot they became, and no longer here."""
    told = slot(data, fact, envelope)
    return told | {"offered": max(0, told["offered"] - fact.count)}


def asked(data: Data, fact: activity.PartnerRequested, envelope: Envelope) -> Data:
    """Something asked of a partner."""
    told = {"partner": fact.partner, "crisis": fact.crisis, "text": text_id(fact.text)}
    return data | told | {"asked_at": stamp(fact.asked_at)}


def answered(data: Data, fact: activity.PartnerAnswered, envelope: Envelope) -> Data:
    """The answer, or one more reminder."""
    if not fact.closes:
        return data | {"reminders": data.get("reminders", 0) + 1}
    return {"partner": fact.partner} | data | {"answered_at": stamp(fact.answered_at), "answer": text_id(fact.answer)}


def certificate(data: Data, fact: certificates.CertificateBody, envelope: Envelope) -> Data:
    """A request as last told."""
    kept = newest(data, fact, ("commune", "hole", "status", "nurse_route"))
    return data | kept | {"requested_at": stamp(fact.requested_at)}


def signed(data: Data, fact: certificates.DeathCertificateSigned, envelope: Envelope) -> Data:
    """Done, in so many minutes."""
    told = {"signed_at": stamp(fact.signed_at), "minutes": fact.minutes, "profession": fact.profession}
    return certificate(data, fact, envelope) | told


def escalated(data: Data, fact: certificates.DeathCertificateEscalated, envelope: Envelope) -> Data:
    """Nobody in time: the person on duty had to act."""
    return certificate(data, fact, envelope) | first(data, "escalated_at", envelope.time)


def ended(data: Data, fact: certificates.DeathCertificateClosed, envelope: Envelope) -> Data:
    """Ended without a signature."""
    return certificate(data, fact, envelope) | {"ending": str(fact.ending), "ended_at": stamp(envelope.time)}


def structure(data: Data, fact: directory.StructureEnrolled, envelope: Envelope) -> Data:
    """Who reports, on which days: what makes a report due."""
    return data | newest(data, fact, ("reporting", "closures", "commune"))


def _plus(data: Data, name: str, value: int) -> Data:
    return {name: data.get(name, 0) + value}


def _reporter(data: Data, structure_id: str) -> Data:
    reporters = data.get("reporters", [])
    return {} if structure_id in reporters else {"reporters": sorted([*reporters, structure_id])}


def visits(data: Data, fact: activity.VadReported, envelope: Envelope) -> Data:
    """Home visits of a structure: a correction counts the difference."""
    return data | _plus(data, "visits", fact.count - (fact.previous or 0)) | _reporter(data, fact.structure)


def reported(data: Data, fact: activity.ActivityReported, envelope: Envelope) -> Data:
    """Another figure of a structure: what matters here is that it reported."""
    return data | _reporter(data, fact.structure)


def tension(data: Data, fact: activity.TensionReported, envelope: Envelope) -> Data:
    """A tension seen."""
    return data | _plus(data, "tensions", fact.count)


def _day(fact: Any, envelope: Envelope, zone: ZoneInfo) -> date:
    found: date = fact.day
    return found


def _seen(fact: Any, envelope: Envelope, zone: ZoneInfo) -> date:
    return local_day(fact.seen_at, zone)


def _certificate(lay: Any) -> Watch:
    return Watch("certificate", lambda f: f.certificate, lay, moment_of("requested_at"))


SLOT_WATCH = Watch("slot", lambda f: f.slot, slot, moment_of("starts_at"))
WATCHED: dict[type[Fact], Watch] = {
    **dict.fromkeys(
        (slots.SlotOffered, slots.SlotOpened, slots.SlotBooked, slots.SlotReleased, slots.SlotWithdrawn), SLOT_WATCH
    ),
    slots.SlotMoved: Watch("slot", lambda f: f.slot, moved, moment_of("starts_at")),
    activity.PartnerRequested: Watch("request", lambda f: f.request, asked, moment_of("asked_at")),
    activity.PartnerAnswered: Watch("request", lambda f: f.request, answered),
    certificates.DeathCertificateNeeded: _certificate(certificate),
    certificates.DeathCertificateAccepted: _certificate(certificate),
    certificates.DeathCertificateEscalated: _certificate(escalated),
    certificates.DeathCertificateSigned: _certificate(signed),
    certificates.DeathCertificateClosed: _certificate(ended),
    directory.StructureEnrolled: Watch("structure", lambda f: f.structure, structure, timeless=True),
}
COUNTED: dict[type[Fact], Count] = {
    activity.VadReported: Count(_day, visits),
    activity.ActivityReported: Count(_day, reported),
    activity.TensionReported: Count(_seen, tension),
}
