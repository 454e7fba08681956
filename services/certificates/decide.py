"""Decisions on death certificates: pure functions from the state of a request to the facts that follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from contracts.base import TextRef
from contracts.certificates import (
    CertificateBody,
    CertificateEnding,
    CertificateRequested,
    DeathCertificateAccepted,
    DeathCertificateAdvised,
    DeathCertificateCalledBack,
    DeathCertificateClosed,
    DeathCertificateDeclined,
    DeathCertificateEscalated,
    DeathCertificateNeeded,
    DeathCertificateSigned,
    RequestCertificate,
)
from services.certificates.census import Certifier, is_doctor, is_nurse, may_be_asked
from services.platform.calendar import pdsa_open, typed_time
from services.platform.errors import Conflict, Forbidden, Invalid
from services.platform.territory import Territory

OUTSIDE = "externe"
DUTY_TOLD = "coordinatrice"
TAKEN = "Déjà pourvu, merci."
CALL_FIRST = "Appelez d'abord le médecin traitant : c'est à lui que le certificat revient en premier."
ADDRESS_NOT_KEPT = (
    "L'adresse n'est pas conservée sur ce territoire : notez-la, puis dites-la de vive voix à qui accepte."
)


@dataclass(frozen=True, slots=True)
class Who:
    """Who takes a request: someone of the directory, or ``outside`` it, then only a profession."""

    reference: str
    profession: str
    listed: bool
    themself: bool
    outside: bool = False


def why_a_doctor(command: RequestCertificate) -> str | None:
    """Why the law asks for a doctor rather than a nurse, in words; nothing when a nurse may come."""
    reasons = []
    if not command.adult:
        reasons.append("personne mineure")
    if command.public_place:
        reasons.append("voie publique ou lieu ouvert au public")
    if command.violence_or_doubt:
        reasons.append("violence manifeste ou doute sur une mort suspecte")
    return " ; ".join(reasons) or None


def request(
    command: RequestCertificate,
    certificate: str,
    territory: Territory,
    certifiers: Sequence[Certifier],
    now: datetime,
    *,
    sealed: bool,
) -> DeathCertificateNeeded:
    """A request and who is asked; a hole in the census is known here, not after waiting."""
    if not territory.has_commune(command.commune):
        raise Invalid(f"La commune {command.commune} n'est pas du territoire ; vérifiez le code INSEE.")
    why_doctor = why_a_doctor(command)
    # Who can be called is a matter of now, even for a request typed afterwards.
    asked = may_be_asked(certifiers, command.commune, now.astimezone(territory.zone), nurse_route=why_doctor is None)
    return DeathCertificateNeeded(
        certificate=certificate,
        version=1,
        commune=command.commune,
        place=command.place,
        requester=command.requester,
        nurse_route=why_doctor is None,
        why_doctor=why_doctor,
        treating_doctor_called=command.treating_doctor_called,
        hole=not asked,
        sealed=sealed,
        requested_at=typed_time(command.requested_at, now),
        status="open",
        asked=tuple(certifier.person for certifier in asked),
    )


def told_at_entry(
    command: RequestCertificate,
    needed: DeathCertificateNeeded,
    territory: Territory,
    now: datetime,
    *,
    address_kept: bool,
) -> CertificateRequested:
    """What the person at the phone must hear at once; the warnings refuse nothing."""
    warnings = []
    if not command.treating_doctor_called:
        warnings.append(CALL_FIRST)
    if command.address and not address_kept:
        warnings.append(ADDRESS_NOT_KEPT)
    return CertificateRequested(
        id=needed.certificate,
        nurse_route=needed.nurse_route,
        why_doctor=needed.why_doctor,
        asked=len(needed.asked),
        hole=needed.hole,
        fallback=fallback(territory, now) if needed.hole else None,
        address_kept=address_kept,
        warnings=tuple(warnings),
    )


def fallback(territory: Territory, now: datetime) -> str:
    """What to do when nobody comes; out-of-hours care is proposed when it is open."""
    if not pdsa_open(now, territory):
        return territory.fallback
    return f"{territory.fallback} Ouvert à cette heure : {territory.pdsa_line}."


def escalate(state: CertificateBody, territory: Territory, now: datetime) -> DeathCertificateEscalated:
    """Nobody took it: the person on duty must act."""
    return DeathCertificateEscalated(**_next(state), fallback=fallback(territory, now), to=DUTY_TOLD)


def check_may_sign(state: CertificateBody, who: Who) -> None:
    """Refuse, with the reason in words, who the law or the census does not let take this request."""
    if is_nurse(who.profession):
        if not state.nurse_route:
            raise Forbidden(f"Un médecin est nécessaire ({state.why_doctor}) ; une infirmière ne peut pas le faire.")
        if not who.listed:
            raise Forbidden(
                "Cette infirmière n'est pas inscrite sur la liste de celles qui peuvent certifier un décès ; "
                "appelez un médecin ou une infirmière inscrite."
            )
        return
    if not is_doctor(who.profession):
        raise Forbidden("Seul un médecin, ou une infirmière inscrite sur la liste, peut établir ce certificat.")
    if who.themself and not who.listed:
        raise Forbidden("Vous n'êtes pas au recensement ; demandez à la personne d'astreinte de noter votre accord.")


def accept(state: CertificateBody, who: Who, expected_at: datetime | None) -> DeathCertificateAccepted:
    """The first yes wins; the second is thanked."""
    if state.status != "open":
        raise Conflict(TAKEN if state.status in {"accepted", "signed"} else "Cette demande est close, merci.")
    check_may_sign(state, who)
    changed = _next(state, status="accepted", accepted_by=who.reference, outside=who.outside)
    return DeathCertificateAccepted(**changed, profession=who.profession, expected_at=expected_at)


def check_asked(state: CertificateBody, person: str) -> None:
    """Refuse the answer of a professional who was not asked: nobody waits for it."""
    if person not in state.asked and person != state.accepted_by:
        raise Forbidden("Cette demande ne vous a pas été adressée ; pour la prendre, appelez l'astreinte.")


def check_expected(expected_at: datetime | None, requested_at: datetime, now: datetime) -> None:
    """Refuse an arrival announced before the request, or days away."""
    if expected_at is not None and not requested_at <= expected_at <= now + timedelta(days=2):
        raise Invalid("L'heure d'arrivée annoncée n'est pas plausible ; corrigez-la.")


def decline(state: CertificateBody, by: str) -> DeathCertificateDeclined:
    """A no; from who had accepted, it opens the request again."""
    if state.status not in {"open", "accepted"}:
        raise Conflict("Cette demande est déjà close, merci.")
    gives_back = state.status == "accepted" and state.accepted_by == by
    changes: dict[str, Any] = {"status": "open", "accepted_by": None, "outside": False} if gives_back else {}
    return DeathCertificateDeclined(**_next(state, **changes), by=by)


def must_escalate(before: CertificateBody, after: DeathCertificateDeclined, declined: frozenset[str]) -> bool:
    """Whether a no leaves nobody to wait for: who had accepted gave it back, or everyone asked has said no."""
    if before.status == "accepted":
        return after.status == "open"
    return bool(after.asked) and declined.issuperset(after.asked)


def advise(state: CertificateBody, by: str) -> DeathCertificateAdvised:
    """A doctor was called about the cause: not a refusal, the request stays with who took it."""
    if state.status != "accepted":
        raise Conflict("Personne n'a encore accepté cette demande ; notez d'abord qui la prend.")
    return DeathCertificateAdvised(**_next(state), by=by)


def call_back(state: CertificateBody, by: str) -> DeathCertificateCalledBack:
    """The requester knows who comes and when."""
    if state.status not in {"open", "accepted"}:
        raise Conflict("Cette demande est déjà close ; il n'y a plus à rappeler.")
    return DeathCertificateCalledBack(**_next(state), by=by)


def sign(state: CertificateBody, profession: str, signed_at: datetime, *, informed: bool) -> DeathCertificateSigned:
    """Done, with the minutes since the request."""
    if state.status == "open":
        raise Conflict("Personne n'a encore accepté cette demande ; notez d'abord qui l'a prise.")
    if state.status != "accepted":
        raise Conflict("Cette demande est déjà close.")
    return DeathCertificateSigned(
        **_next(state, status="signed"),
        by=state.accepted_by or OUTSIDE,
        profession=profession,
        signed_at=signed_at,
        minutes=(signed_at - state.requested_at) // timedelta(minutes=1),
        treating_doctor_informed=informed,
    )


def check_ending(state: CertificateBody, ending: CertificateEnding) -> None:
    """Refuse to end without a signature what is over, or what was in fact done."""
    if ending in {CertificateEnding.FAIT, CertificateEnding.AUTRE}:
        raise Invalid("Choisissez obstacle_medico_legal, sans_objet ou annule ; un certificat fait se note « signé ».")
    if state.status not in {"open", "accepted"}:
        raise Conflict("Cette demande est déjà close.")


def close(state: CertificateBody, ending: CertificateEnding, reason: TextRef | None) -> DeathCertificateClosed:
    """Ended without a signature."""
    return DeathCertificateClosed(**_next(state, status="closed"), ending=ending, reason=reason)


def happened_at(given: datetime | None, now: datetime, after: datetime) -> datetime:
    """When it happened: now, or the true time of what is typed afterwards, never before ``after``."""
    at = typed_time(given, now)
    if at < after:
        raise Invalid("Cette heure précède la demande ; corrigez-la.")
    return at


def _next(state: CertificateBody, **changes: Any) -> dict[str, Any]:
    fields = {name: getattr(state, name) for name in CertificateBody.model_fields}
    return fields | changes | {"version": state.version + 1}
