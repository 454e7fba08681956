"""What the certificates service carries out: load, decide, save."""

from __future__ import annotations

from datetime import datetime, timedelta

from contracts.base import Done, Role
from contracts.certificates import (
    AcceptCertificate,
    CancelCertificate,
    CertificateBody,
    CertificateRequested,
    DeathCertificateAccepted,
    DeathCertificateAdvised,
    DeathCertificateCalledBack,
    DeathCertificateClosed,
    DeathCertificateDeclined,
    DeathCertificateErased,
    DeathCertificateEscalated,
    DeathCertificateNeeded,
    DeathCertificateSigned,
    DeathCertificateUnsealed,
    DeclineCertificate,
    NoteCertificate,
    RequestCertificate,
    SignCertificate,
    UnsealCertificate,
    Unsealed,
)
from services.certificates import decide, sealing, store
from services.platform.errors import Forbidden, Invalid, NotFound
from services.platform.service import Service
from services.platform.unit import Unit

DUTY = ("coordinatrice", "referent")
TAKEN_BY_ANOTHER = "Cette demande a été prise par quelqu'un d'autre ; appelez l'astreinte."
SERVICE = Service(
    name="certificates",
    purpose="Death certificates at home: requests, who was asked, who came; census of certifiers",
    says=(
        DeathCertificateNeeded, DeathCertificateAccepted, DeathCertificateDeclined, DeathCertificateAdvised,
        DeathCertificateCalledBack, DeathCertificateSigned, DeathCertificateEscalated, DeathCertificateClosed,
        DeathCertificateUnsealed, DeathCertificateErased,
    ),
    owns=(store.CertificateRow, store.AskedRow, store.CertifierRow),
    projections=(store.CertifierRow,),
)  # fmt: skip


def _require_desk(unit: Unit) -> None:
    unit.require(Role.COORDINATOR, Role.REFERENT, on_duty=DUTY)


def _load(unit: Unit, certificate: str) -> tuple[store.CertificateRow, CertificateBody]:
    row = store.find(unit.session, unit.message.territory, certificate)
    if row is None:
        raise NotFound("Cette demande n'existe pas ; reprenez son numéro dans la liste des certificats.")
    return row, store.body(unit.session, row)


def _speaks_for(unit: Unit, person: str | None) -> str:
    """Whose answer this is: the caller's own, or someone's that the desk on duty types."""
    caller = unit.caller
    themself = caller.kind == "person" and person in {None, caller.id} and caller.has(Role.PROFESSIONAL)
    if themself or (caller.kind == "role" and caller.has(Role.PROFESSIONAL) and person):
        unit.require(Role.PROFESSIONAL)
        return person or caller.id
    if caller.has(Role.PROFESSIONAL) and not caller.has(Role.COORDINATOR, Role.REFERENT):
        raise Forbidden("Vous répondez pour vous seulement ; pour un confrère, appelez l'astreinte.")
    _require_desk(unit)
    if not person:
        raise Invalid("Dites qui répond : la référence de l'annuaire, ou qui vient et sa profession (professional).")
    return person


def _check_asked(unit: Unit, state: CertificateBody, person: str) -> None:
    """A professional who answers for themself was asked; the desk may note anyone's answer."""
    caller = unit.caller
    if caller.kind == "person" and caller.id == person and not caller.has(Role.COORDINATOR, Role.REFERENT):
        decide.check_asked(state, person)


def _require_taker(unit: Unit, row: store.CertificateRow, *, in_person: bool = False) -> None:
    """Who accepted the request, or the desk on duty; ``in_person`` refuses a token shared by a role."""
    shared = unit.caller.kind == "role" and unit.caller.has(Role.PROFESSIONAL) and not in_person
    if shared or (row.accepted_by is not None and unit.caller.id == row.accepted_by):
        unit.require(Role.PROFESSIONAL)
    elif unit.caller.has(Role.PROFESSIONAL) and not unit.caller.has(Role.COORDINATOR, Role.REFERENT):
        taken = row.accepted_by is not None
        raise Forbidden(TAKEN_BY_ANOTHER if taken else "Acceptez d'abord cette demande, ou appelez l'astreinte.")
    else:
        _require_desk(unit)


@SERVICE.does(RequestCertificate)
def request(unit: Unit, command: RequestCertificate) -> CertificateRequested:
    """Ask for a certificate; a hole in the census is told at once, and to the person on duty."""
    if unit.caller.has(Role.SAMU, Role.ARS, Role.PROFESSIONAL):
        unit.require(Role.SAMU, Role.ARS, Role.PROFESSIONAL)
    else:
        _require_desk(unit)
    territory, now = unit.territory, unit.now
    keeps = territory.thresholds.store_address
    address = command.address if keeps else None
    needed = decide.request(
        command,
        unit.new_id(),
        territory,
        store.certifiers(unit.session, unit.message.territory),
        now,
        sealed=bool(command.callback or address),
    )
    wait = timedelta(minutes=territory.thresholds.certificate_wait_minutes)
    escalate_at = None if needed.hole else now + wait  # people are asked now, even for a request typed afterwards
    sealed = sealing.seal(unit, callback=command.callback, address=address)
    row = store.new_request(unit.session, needed, unit.message.territory, escalate_at, sealed)
    unit.say(needed, at=needed.requested_at)
    if needed.hole:
        _escalate(unit, row, needed)
    return decide.told_at_entry(command, needed, territory, now, address_kept=bool(address))


def _escalate(unit: Unit, row: store.CertificateRow, state: CertificateBody) -> None:
    fact = decide.escalate(state, unit.territory_named(row.territory), unit.now)
    store.apply(row, fact)
    row.escalated_at, row.escalate_at = unit.now, None
    unit.say(fact, territory=row.territory)


def _who(unit: Unit, command: AcceptCertificate) -> decide.Who:
    person = _speaks_for(unit, command.professional)
    known = store.certifier(unit.session, unit.message.territory, person)
    if known is not None:
        return decide.Who(person, known.profession, known.certifies, themself=person == unit.caller.id)
    if unit.caller.has(Role.PROFESSIONAL) and not unit.caller.has(Role.COORDINATOR, Role.REFERENT):
        raise Forbidden("Vous n'êtes pas encore connu de l'annuaire ; demandez à l'astreinte de vous inscrire.")
    if not command.profession:
        raise Invalid("Cette personne n'est pas à l'annuaire ; vérifiez la référence, ou donnez sa profession.")
    return decide.Who(decide.OUTSIDE, command.profession, listed=False, themself=False, outside=True)


@SERVICE.does(AcceptCertificate)
def accept(unit: Unit, command: AcceptCertificate) -> Done:
    """The first yes takes it. The name of someone outside the directory is sealed, never told."""
    who = _who(unit, command)
    row, state = _load(unit, command.certificate)
    if not who.outside and state.status == "accepted" and state.accepted_by == who.reference:
        return Done(id=row.id)
    at = decide.happened_at(command.accepted_at, unit.now, after=row.requested_at)
    decide.check_expected(command.expected_at, row.requested_at, unit.now)
    fact = decide.accept(state, who, command.expected_at)
    _check_asked(unit, state, who.reference)
    store.apply(row, fact)
    row.profession, row.accepted_at, row.expected_at, row.escalate_at = who.profession, at, command.expected_at, None
    if who.outside:
        sealing.seal_more(unit, row, accepted_by=command.professional)
    unit.say(fact, at=at)
    return Done(id=row.id)


@SERVICE.does(DeclineCertificate)
def decline(unit: Unit, command: DeclineCertificate) -> Done:
    """A no; when it leaves nobody to wait for, the person on duty is told at once."""
    person = _speaks_for(unit, command.professional)
    row, state = _load(unit, command.certificate)
    if store.certifier(unit.session, unit.message.territory, person) is None:
        person = decide.OUTSIDE
    fact = decide.decline(state, person)
    _check_asked(unit, state, person)
    asked = store.asked_for(unit.session, row.id)
    for each in asked:
        if each.person == person:
            each.declined_at = unit.now
    store.apply(row, fact)
    unit.say(fact)
    declined = frozenset(each.person for each in asked if each.declined_at is not None)
    gave_back = state.status == "accepted"
    if decide.must_escalate(state, fact, declined) and (gave_back or row.escalated_at is None):
        _escalate(unit, row, fact)
    return Done(id=row.id)


@SERVICE.does(NoteCertificate)
def note(unit: Unit, command: NoteCertificate) -> Done:
    """A doctor was called about the cause, or the requester was called back."""
    row, state = _load(unit, command.certificate)
    _require_taker(unit, row)
    at = decide.happened_at(command.noted_at, unit.now, after=row.requested_at)
    if command.what == "avis_medical":
        advised = decide.advise(state, row.accepted_by or "")
        store.apply(row, advised)
        row.advised_at = at
        unit.say(advised, at=at)
    else:
        called = decide.call_back(state, unit.caller.id)
        store.apply(row, called)
        row.called_back_at = at
        unit.say(called, at=at)
    return Done(id=row.id)


@SERVICE.does(SignCertificate)
def sign(unit: Unit, command: SignCertificate) -> Done:
    """Done; the treating doctor is to be informed."""
    row, state = _load(unit, command.certificate)
    _require_taker(unit, row)
    signed_at = decide.happened_at(command.signed_at, unit.now, after=row.requested_at)
    fact = decide.sign(state, row.profession, signed_at, informed=command.treating_doctor_informed)
    store.apply(row, fact)
    row.signed_at, row.minutes, row.treating_doctor_informed = signed_at, fact.minutes, fact.treating_doctor_informed
    unit.say(fact, at=signed_at)
    _end(unit, row, "fait", signed_at)
    return Done(id=row.id)


@SERVICE.does(CancelCertificate)
def cancel(unit: Unit, command: CancelCertificate) -> Done:
    """End without a signature."""
    row, state = _load(unit, command.certificate)
    _require_taker(unit, row)
    decide.check_ending(state, command.ending)
    reason = unit.keep(command.reason)
    fact = decide.close(state, command.ending, reason)
    store.apply(row, fact)
    row.reason = reason.id if reason else None
    unit.say(fact)
    _end(unit, row, str(command.ending), unit.now)
    return Done(id=row.id)


def _end(unit: Unit, row: store.CertificateRow, ending: str, at: datetime) -> None:
    """Nothing waits any more, except the erasure of what was sealed."""
    row.ending, row.ended_at, row.escalate_at = ending, at, None
    if row.erase_when_ended:
        sealing.erase(unit, row)
    elif row.key_name:
        row.erase_at = unit.now + timedelta(days=unit.territory.thresholds.late_reports_days)


@SERVICE.does(UnsealCertificate)
def unseal(unit: Unit, command: UnsealCertificate) -> Unsealed:
    """Read the call-back and the address; each reading is a fact."""
    row, _ = _load(unit, command.certificate)
    _require_taker(unit, row, in_person=True)
    unit.say(DeathCertificateUnsealed(certificate=row.id, by=unit.caller.id))
    return sealing.unseal(unit, row)
