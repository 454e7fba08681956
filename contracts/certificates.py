"""Death certificates at home: a request, who was asked, who accepted, how it ended. Never a cause, never a name."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from contracts.base import Command, Contract, Fact, ListQuestion, OpenEnum, Question, TextRef


class Requester(OpenEnum):
    """Who asks for the certificate."""

    SAMU = "samu"
    POLICE = "police"
    ARS = "ars"
    MEDECIN = "medecin"
    EHPAD = "ehpad"
    FAMILLE = "famille"
    IDEL = "idel"
    AUTRE = "autre"


class CertificateEnding(OpenEnum):
    """How a request ends."""

    FAIT = "fait"
    OBSTACLE_MEDICO_LEGAL = "obstacle_medico_legal"
    SANS_OBJET = "sans_objet"
    ANNULE = "annule"
    AUTRE = "autre"


class CertificateBody(Fact):
    """State of a request. ``nurse_route`` is false when the law asks for a doctor, ``why_doctor`` says it in words.

    ``hole`` tells, at entry, that nobody is listed for this commune at this hour; ``sealed`` that a
    call-back or an address waits, encrypted, for who accepts.
    """

    certificate: str
    version: int
    commune: str
    place: Literal["domicile", "ehpad", "autre"]
    requester: Requester
    nurse_route: bool
    why_doctor: str | None = None
    treating_doctor_called: bool
    hole: bool = False
    sealed: bool = False
    requested_at: AwareDatetime
    status: str
    asked: tuple[str, ...] = ()
    accepted_by: str | None = None
    outside: bool = False


class DeathCertificateNeeded(CertificateBody):
    """A certificate is asked for; ``asked`` lists the professionals solicited first."""

    entity: ClassVar[str] = "certificate"
    happened: ClassVar[str] = "needed"


class DeathCertificateAccepted(CertificateBody):
    """A professional takes it; ``outside`` when they are not in the directory (typed by the person on duty)."""

    entity: ClassVar[str] = "certificate"
    happened: ClassVar[str] = "accepted"

    profession: str = ""
    expected_at: AwareDatetime | None = None


class DeathCertificateDeclined(CertificateBody):
    """A professional cannot."""

    entity: ClassVar[str] = "certificate"
    happened: ClassVar[str] = "declined"

    by: str


class DeathCertificateAdvised(CertificateBody):
    """The nurse could not settle the cause alone and called a doctor: not a refusal, the request stays hers."""

    entity: ClassVar[str] = "certificate"
    happened: ClassVar[str] = "advised"

    by: str


class DeathCertificateCalledBack(CertificateBody):
    """The requester was told who comes and when."""

    entity: ClassVar[str] = "certificate"
    happened: ClassVar[str] = "called-back"

    by: str


class DeathCertificateSigned(CertificateBody):
    """Done. ``minutes`` from request to signature; the treating doctor is to be informed."""

    entity: ClassVar[str] = "certificate"
    happened: ClassVar[str] = "signed"

    by: str
    profession: str
    signed_at: AwareDatetime
    minutes: int
    treating_doctor_informed: bool = False


class DeathCertificateEscalated(CertificateBody):
    """Nobody accepted in time (or nobody is listed): the person on duty must act; ``fallback`` says how."""

    entity: ClassVar[str] = "certificate"
    happened: ClassVar[str] = "escalated"

    fallback: str
    to: str


class DeathCertificateClosed(CertificateBody):
    """Ended without a signature: obstacle médico-légal, sans objet or annulé."""

    entity: ClassVar[str] = "certificate"
    happened: ClassVar[str] = "closed"

    ending: CertificateEnding
    reason: TextRef | None = None


class DeathCertificateUnsealed(Fact):
    """Somebody read the sealed call-back or address; each reading is a fact."""

    entity: ClassVar[str] = "certificate"
    happened: ClassVar[str] = "unsealed"

    certificate: str
    by: str


class DeathCertificateErased(Fact):
    """The keys of its sealed data are destroyed: nobody can read them any more, backups included."""

    entity: ClassVar[str] = "certificate"
    happened: ClassVar[str] = "erased"

    certificate: str


class RequestCertificate(Command):
    """Ask for a certificate. ``address`` is kept only if the territory allows it, then sealed."""

    service: ClassVar[str] = "certificates"
    verb: ClassVar[str] = "request"

    commune: str = Field(min_length=5, max_length=5)
    place: Literal["domicile", "ehpad", "autre"]
    requester: Requester
    adult: bool
    violence_or_doubt: bool
    public_place: bool
    treating_doctor_called: bool
    address: str | None = Field(default=None, max_length=300)
    callback: str | None = Field(default=None, max_length=100)
    requested_at: AwareDatetime | None = None


class CertificateRequested(Contract):
    """What the person at the phone must know at once."""

    id: str
    nurse_route: bool
    why_doctor: str | None = None
    asked: int = 0
    hole: bool = False
    fallback: str | None = None
    address_kept: bool = False
    warnings: tuple[str, ...] = ()


class AcceptCertificate(Command):
    """Take a request. ``professional`` and ``profession`` when typed for someone, listed or not."""

    service: ClassVar[str] = "certificates"
    verb: ClassVar[str] = "accept"

    certificate: str
    professional: str | None = Field(default=None, max_length=120)
    profession: str | None = None
    expected_at: AwareDatetime | None = None
    accepted_at: AwareDatetime | None = Field(default=None, description="when they said yes, if typed afterwards")


class DeclineCertificate(Command):
    """Say no, for oneself or for someone reached by phone."""

    service: ClassVar[str] = "certificates"
    verb: ClassVar[str] = "decline"

    certificate: str
    professional: str | None = None


class NoteCertificate(Command):
    """``avis_medical``: a doctor was called about the cause. ``rappel``: the requester was called back."""

    service: ClassVar[str] = "certificates"
    verb: ClassVar[str] = "note"

    certificate: str
    what: Literal["avis_medical", "rappel"]
    noted_at: AwareDatetime | None = Field(default=None, description="when it was done, if typed afterwards")


class SignCertificate(Command):
    """Done at ``signed_at`` (now by default)."""

    service: ClassVar[str] = "certificates"
    verb: ClassVar[str] = "signed"

    certificate: str
    signed_at: AwareDatetime | None = None
    treating_doctor_informed: bool = False


class CancelCertificate(Command):
    """End without a signature."""

    service: ClassVar[str] = "certificates"
    verb: ClassVar[str] = "cancel"

    certificate: str
    ending: CertificateEnding = CertificateEnding.ANNULE
    reason: str = Field(min_length=1, max_length=1000)


class UnsealCertificate(Command):
    """Read the sealed call-back and address; a command, because each reading is logged."""

    service: ClassVar[str] = "certificates"
    verb: ClassVar[str] = "unseal"

    certificate: str


class Unsealed(Contract):
    """What was sealed; empty when erased. ``accepted_by`` is who accepted: a reference of the directory, or
    the sealed name of someone outside it.

    ``remember`` tells the platform not to keep this answer among the outcomes of commands: it would
    outlive its key there.
    """

    remember: ClassVar[bool] = False

    id: str
    callback: str | None = None
    address: str | None = None
    accepted_by: str | None = None


class ListCertificates(ListQuestion):
    """Requests, open ones first, with their age in minutes."""

    service: ClassVar[str] = "certificates"
    what: ClassVar[str] = "list"

    open_only: bool = False


class AskCensus(Question):
    """Who may certify by commune and band (jour, nuit, week-end), with the holes."""

    service: ClassVar[str] = "certificates"
    what: ClassVar[str] = "census"
