"""What the field offers and reports: capacity, visits, activity, tensions, requests to partners, certificates."""

from __future__ import annotations

from contracts.activity import (
    AnswerRequest,
    AskCoverage,
    AskPartner,
    CoverageFound,
    ListReports,
    ListRequests,
    ListTensions,
    ReportActivity,
    ReportTension,
    ReportVad,
)
from contracts.certificates import (
    AcceptCertificate,
    AskCensus,
    CancelCertificate,
    CertificateRequested,
    DeclineCertificate,
    ListCertificates,
    NoteCertificate,
    RequestCertificate,
    SignCertificate,
    UnsealCertificate,
    Unsealed,
)
from contracts.slots import (
    AskCapacity,
    Booked,
    BookSlot,
    ListSlots,
    MoveSlot,
    OfferSlot,
    OpenSlot,
    ReleaseSlot,
    WithdrawSlot,
)
from contracts.solicitations import AnswerSolicitation, CloseSolicitation, ListSolicitations, SolicitPlaces
from services.gateway.operations import API, ask, do

SLOTS = "Créneaux"
REPORTS = "Remontées"
CERTIFICATES = "Certificats de décès"

SLOT_OPERATIONS = (
    do("POST", f"{API}/slots", OfferSlot, "Offrir un créneau", SLOTS, created=True),
    ask(f"{API}/slots", ListSlots, "Créneaux", SLOTS),
    ask(f"{API}/capacity", AskCapacity, "Places par jour, commune et profession", SLOTS),
    do("POST", f"{API}/slots/{{id}}/open", OpenSlot, "Ouvrir un créneau activable", SLOTS, id="slot"),
    do(
        "POST",
        f"{API}/slots/{{id}}/book",
        BookSlot,
        "Prendre des places",
        SLOTS,
        answer=Booked,
        created=True,
        id="slot",
    ),
    do("POST", f"{API}/slots/{{id}}/release", ReleaseSlot, "Rendre une réservation", SLOTS, id="slot"),
    do("POST", f"{API}/slots/{{id}}/withdraw", WithdrawSlot, "Retirer ce qui n'est pas pris", SLOTS, id="slot"),
    do(
        "POST",
        f"{API}/slots/{{id}}/move",
        MoveSlot,
        "Passer à une autre crise ce qui n'est pas pris",
        SLOTS,
        created=True,
        id="slot",
    ),
)
SOLICITATION_OPERATIONS = (
    do("POST", f"{API}/solicitations", SolicitPlaces, "Demander des places aux professionnels", SLOTS, created=True),
    ask(f"{API}/solicitations", ListSolicitations, "Sollicitations et leurs réponses", SLOTS),
    do(
        "POST",
        f"{API}/solicitations/{{id}}/answer",
        AnswerSolicitation,
        "Répondre à une sollicitation : oui, non ou plus tard",
        SLOTS,
        id="solicitation",
    ),
    do(
        "POST",
        f"{API}/solicitations/{{id}}/close",
        CloseSolicitation,
        "Clore une sollicitation",
        SLOTS,
        id="solicitation",
    ),
)
REPORT_OPERATIONS = (
    do("POST", f"{API}/vad", ReportVad, "Déclarer des visites à domicile", REPORTS, created=True),
    do("POST", f"{API}/activity", ReportActivity, "Déclarer un indicateur du jour", REPORTS, created=True),
    do("POST", f"{API}/tensions", ReportTension, "Signaler une tension", REPORTS, created=True),
    do("POST", f"{API}/requests", AskPartner, "Noter une demande à un partenaire", REPORTS, created=True),
    do(
        "POST",
        f"{API}/requests/{{id}}/answer",
        AnswerRequest,
        "Noter la réponse d'un partenaire",
        REPORTS,
        id="request",
    ),
    ask(f"{API}/reports", ListReports, "Déclarations d'une période", REPORTS),
    ask(f"{API}/tensions", ListTensions, "Tensions d'une période", REPORTS),
    ask(f"{API}/requests", ListRequests, "Demandes aux partenaires, avec leur âge", REPORTS),
    ask(f"{API}/coverage", AskCoverage, "Qui devait déclarer, qui l'a fait", REPORTS, answer=CoverageFound),
)
CERTIFICATE_OPERATIONS = (
    do(
        "POST",
        f"{API}/certificates",
        RequestCertificate,
        "Demander un certificat de décès à domicile",
        CERTIFICATES,
        answer=CertificateRequested,
        created=True,
    ),
    ask(f"{API}/certificates", ListCertificates, "Demandes de certificat", CERTIFICATES),
    ask(f"{API}/certificates/census", AskCensus, "Qui peut certifier, où et quand", CERTIFICATES),
    do("POST", f"{API}/certificates/{{id}}/accept", AcceptCertificate, "Accepter", CERTIFICATES, id="certificate"),
    do("POST", f"{API}/certificates/{{id}}/decline", DeclineCertificate, "Décliner", CERTIFICATES, id="certificate"),
    do(
        "POST",
        f"{API}/certificates/{{id}}/note",
        NoteCertificate,
        "Noter un avis médical ou un rappel",
        CERTIFICATES,
        id="certificate",
    ),
    do(
        "POST",
        f"{API}/certificates/{{id}}/signed",
        SignCertificate,
        "Dire qu'il est fait",
        CERTIFICATES,
        id="certificate",
    ),
    do(
        "POST",
        f"{API}/certificates/{{id}}/cancel",
        CancelCertificate,
        "Clore sans certificat",
        CERTIFICATES,
        id="certificate",
    ),
    do(
        "POST",
        f"{API}/certificates/{{id}}/unseal",
        UnsealCertificate,
        "Lire les coordonnées scellées ; la lecture est notée",
        CERTIFICATES,
        answer=Unsealed,
        id="certificate",
    ),
)
OPERATIONS = (*SLOT_OPERATIONS, *SOLICITATION_OPERATIONS, *REPORT_OPERATIONS, *CERTIFICATE_OPERATIONS)
