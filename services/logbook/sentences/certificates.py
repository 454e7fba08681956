"""Sentences of the death certificates: never a cause, never a name."""

from __future__ import annotations

from contracts.certificates import (
    CertificateBody,
    CertificateEnding,
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
    Requester,
)
from contracts.logbook import EntryKind
from services.logbook.sentences.words import PROFESSIONS, Words, joined, listing, tells

PLACES = {"domicile": "à domicile", "ehpad": "en Ehpad", "autre": "en un autre lieu"}
REQUESTERS = {
    Requester.SAMU: "le SAMU",
    Requester.POLICE: "la police ou la gendarmerie",
    Requester.ARS: "l'ARS",
    Requester.MEDECIN: "un médecin",
    Requester.EHPAD: "un Ehpad",
    Requester.FAMILLE: "la famille",
    Requester.IDEL: "une infirmière libérale",
}
ENDINGS = {
    CertificateEnding.FAIT: "certificat fait",
    CertificateEnding.OBSTACLE_MEDICO_LEGAL: "obstacle médico-légal",
    CertificateEnding.SANS_OBJET: "sans objet",
    CertificateEnding.ANNULE: "annulée",
}
OUTSIDE = "un professionnel hors annuaire"


def _request(fact: CertificateBody, words: Words) -> str:
    return f"{words.commune(fact.commune)}, {PLACES[fact.place]}"


def _who(fact: CertificateBody, ref: str | None) -> str:
    """A person outside the directory has no reference, and no name enters the journal."""
    return OUTSIDE if fact.outside and ref == fact.accepted_by else (ref or OUTSIDE)


def _decliner(ref: str) -> str:
    """Who said no; « externe » is what the owner writes for someone outside the directory."""
    return OUTSIDE if ref == "externe" else ref


@tells(DeathCertificateNeeded, EntryKind.CERTIFICAT)
def certificate_needed(fact: DeathCertificateNeeded, words: Words) -> str:
    """A request, and who may answer it."""
    asked = f"Sollicités : {listing(fact.asked)}" if fact.asked else "Personne n'a pu être sollicité"
    return joined(
        f"Certificat de décès demandé par {REQUESTERS.get(fact.requester, 'un tiers')} "
        f"{words.at(fact.requested_at)} ({_request(fact, words)})",
        f"Médecin traitant {'appelé' if fact.treating_doctor_called else 'pas encore appelé'}",
        "" if fact.nurse_route else f"Médecin obligatoire : {fact.why_doctor or 'voie infirmière fermée'}",
        "Aucun certificateur inscrit pour cette commune à cette heure" if fact.hole else "",
        asked,
    )


@tells(DeathCertificateAccepted, EntryKind.CERTIFICAT)
def certificate_accepted(fact: DeathCertificateAccepted, words: Words) -> str:
    """Somebody goes."""
    typed = f"Saisi par {words.author}" if words.author not in (fact.accepted_by, "tocsin") else ""
    coming = f", attendu {words.at(fact.expected_at)}" if fact.expected_at else ""
    return joined(f"Certificat ({_request(fact, words)}) accepté par {_who(fact, fact.accepted_by)}{coming}", typed)


@tells(DeathCertificateDeclined, EntryKind.CERTIFICAT)
def certificate_declined(fact: DeathCertificateDeclined, words: Words) -> str:
    """Somebody cannot."""
    return f"Certificat ({_request(fact, words)}) : {_decliner(fact.by)} ne peut pas s'en charger."


@tells(DeathCertificateAdvised, EntryKind.CERTIFICAT)
def certificate_advised(fact: DeathCertificateAdvised, words: Words) -> str:
    """A doctor's advice: the request stays where it is."""
    return f"Certificat ({_request(fact, words)}) : avis médical pris par {_who(fact, fact.by)}, qui le garde."


@tells(DeathCertificateCalledBack, EntryKind.CERTIFICAT)
def certificate_called_back(fact: DeathCertificateCalledBack, words: Words) -> str:
    """The requester knows who comes."""
    return f"Certificat ({_request(fact, words)}) : demandeur rappelé par {fact.by}."


@tells(DeathCertificateSigned, EntryKind.CERTIFICAT)
def certificate_signed(fact: DeathCertificateSigned, words: Words) -> str:
    """Done, and in how long."""
    who = f"{_who(fact, fact.by)} ({PROFESSIONS.get(fact.profession, fact.profession)})"
    informed = "Médecin traitant informé" if fact.treating_doctor_informed else "Médecin traitant à informer"
    signed = f"Certificat ({_request(fact, words)}) signé par {who} {words.at(fact.signed_at)}"
    return joined(f"{signed}, {fact.minutes} min après la demande", informed)


@tells(DeathCertificateEscalated, EntryKind.CERTIFICAT)
def certificate_escalated(fact: DeathCertificateEscalated, words: Words) -> str:
    """The person on duty must act."""
    told = f"Certificat ({_request(fact, words)}) sans preneur : on alerte {fact.to}"
    return joined(told, f"Repli : {fact.fallback}")


@tells(DeathCertificateClosed, EntryKind.CERTIFICAT)
def certificate_closed(fact: DeathCertificateClosed, words: Words) -> str:
    """Ended without a signature."""
    reason = words.text(fact.reason)
    ending = ENDINGS.get(fact.ending, "autre issue")
    return joined(
        f"Demande de certificat ({_request(fact, words)}) close : {ending}", f"Motif : {reason}" if reason else ""
    )


@tells(DeathCertificateUnsealed, EntryKind.CERTIFICAT)
def certificate_unsealed(fact: DeathCertificateUnsealed, words: Words) -> str:
    """Somebody read what was sealed."""
    return f"Données scellées de la demande de certificat {fact.certificate[:8]} lues par {fact.by}."


@tells(DeathCertificateErased, EntryKind.CERTIFICAT)
def certificate_erased(fact: DeathCertificateErased, words: Words) -> str:
    """Nobody can read them any more."""
    return f"Données scellées de la demande de certificat {fact.certificate[:8]} effacées."
