"""Facts that call somebody or prepare a message, commands of people, and questions about what left."""

from __future__ import annotations

from contracts.alerts import AlertExpired, AlertLifted, AlertRaised, AlertUpdated
from contracts.base import Contract, Done, Page, Role
from contracts.certificates import (
    CertificateBody,
    DeathCertificateAccepted,
    DeathCertificateClosed,
    DeathCertificateEscalated,
    DeathCertificateNeeded,
    DeathCertificateSigned,
)
from contracts.digests import DigestPublished, DigestValidated
from contracts.directory import DutyGiven, DutyTaken
from contracts.levels import CrisisClosed, LevelChanged, LevelProposed, ProposalDeclined, ProposalWithdrawn
from contracts.messages import (
    Acknowledged,
    AcknowledgeMessage,
    AskLink,
    DraftPosted,
    DraftPrepared,
    DutyEscalated,
    LinkFound,
    ListDrafts,
    ListMessages,
    MessageAcknowledged,
    MessageFailed,
    MessageSent,
    MessageUncertain,
    PostDraft,
)
from contracts.statements import CapacityStatementIssued
from services.messages import acknowledging, calling, decide, mailing, projections, store
from services.messages.duty import take_step
from services.messages.outgoing import item, note_uncertain
from services.messages.sending import send_due
from services.platform.service import Service
from services.platform.unit import Unit, View

SERVICE = Service(
    name="messages",
    purpose="Wakes the person on duty, sends what must leave, keeps what came of it",
    says=(
        MessageSent, MessageFailed, MessageUncertain, MessageAcknowledged, DutyEscalated, DraftPrepared, DraftPosted,
    ),
    owns=store.TABLES,
    projections=(store.DutyRow,),
)  # fmt: skip
SERVICE.next_due = store.next_due
SERVICE.backlog = store.backlog
SERVICE.runs(send_due)


def _stale(unit: Unit) -> bool:
    return decide.is_stale(unit.message.recorded or unit.message.time, unit.now)


@SERVICE.on(LevelProposed)
def level_proposed(unit: Unit, fact: LevelProposed) -> None:
    """A person must decide."""
    if not _stale(unit):
        calling.for_proposal(unit, fact)


@SERVICE.on(AlertRaised)
def alert_raised(unit: Unit, fact: AlertRaised) -> None:
    """Red vigilance or an authority's request."""
    if not _stale(unit):
        calling.for_alert(unit, fact)


@SERVICE.on(AlertUpdated)
def alert_updated(unit: Unit, fact: AlertUpdated) -> None:
    """A newer document may have reached red, or left it."""
    if not _stale(unit):
        calling.for_alert(unit, fact)


@SERVICE.on(DeathCertificateNeeded)
def certificate_needed(unit: Unit, fact: DeathCertificateNeeded) -> None:
    """The person on duty is told, the professionals listed are asked."""
    if not _stale(unit):
        calling.for_certificate(unit, fact)


@SERVICE.on(DeathCertificateEscalated)
def certificate_escalated(unit: Unit, fact: DeathCertificateEscalated) -> None:
    """Nobody accepted: the person on duty must act."""
    if not _stale(unit):
        calling.for_escalation(unit, fact)


@SERVICE.on(LevelChanged)
def level_changed(unit: Unit, fact: LevelChanged) -> None:
    """Decided; a higher level has its message to the groups."""
    calling.decided(unit, fact)
    if fact.level > fact.from_level and not _stale(unit):
        mailing.draft_for_level(unit, fact)


@SERVICE.on(ProposalWithdrawn)
def proposal_withdrawn(unit: Unit, fact: ProposalWithdrawn) -> None:
    """It no longer holds."""
    calling.withdrawn(unit, fact)


@SERVICE.on(ProposalDeclined)
def proposal_declined(unit: Unit, fact: ProposalDeclined) -> None:
    """A person said no."""
    calling.settled(unit, fact.proposal, "proposition refusée")


@SERVICE.on(AlertLifted)
def alert_lifted(unit: Unit, fact: AlertLifted) -> None:
    """Over."""
    calling.settled(unit, fact.alert, "alerte levée")


@SERVICE.on(AlertExpired)
def alert_expired(unit: Unit, fact: AlertExpired) -> None:
    """Past its end."""
    calling.settled(unit, fact.alert, "alerte expirée")


@SERVICE.on(DeathCertificateAccepted)
def certificate_accepted(unit: Unit, fact: DeathCertificateAccepted) -> None:
    """Somebody takes it."""
    _certificate_over(unit, fact, "certificat accepté")


@SERVICE.on(DeathCertificateSigned)
def certificate_signed(unit: Unit, fact: DeathCertificateSigned) -> None:
    """Done."""
    _certificate_over(unit, fact, "certificat signé")


@SERVICE.on(DeathCertificateClosed)
def certificate_closed(unit: Unit, fact: DeathCertificateClosed) -> None:
    """Ended otherwise."""
    _certificate_over(unit, fact, "demande close")


def _certificate_over(unit: Unit, fact: CertificateBody, because: str) -> None:
    calling.settled(unit, fact.certificate, because)
    calling.nobody_else_asked(unit, fact.certificate, because)


@SERVICE.on(DigestPublished)
def digest_published(unit: Unit, fact: DigestPublished) -> None:
    """To the cell and to duty, once."""
    if not _stale(unit):
        mailing.digest_to_cell(unit, fact)


@SERVICE.on(DigestValidated)
def digest_validated(unit: Unit, fact: DigestValidated) -> None:
    """To ARS, SAMU and mairies, once."""
    if not _stale(unit):
        mailing.digest_outside(unit, fact)


@SERVICE.on(CapacityStatementIssued)
def statement_issued(unit: Unit, fact: CapacityStatementIssued) -> None:
    """To the ARS and the SAMU, once, when whoever issued it said so."""
    if fact.send and not _stale(unit):
        mailing.statement_outside(unit, fact)


@SERVICE.on(CrisisClosed)
def crisis_closed(unit: Unit, fact: CrisisClosed) -> None:
    """The message of end is ready to paste."""
    if not _stale(unit):
        mailing.draft_for_end(unit, fact)


@SERVICE.on(DutyTaken)
def duty_taken(unit: Unit, fact: DutyTaken) -> None:
    """Who to call from now on."""
    projections.duty_taken(unit, fact)


@SERVICE.on(DutyGiven)
def duty_given(unit: Unit, fact: DutyGiven) -> None:
    """Who not to call any more."""
    projections.duty_given(unit, fact)


@SERVICE.ticks
def call_next(unit: Unit) -> None:
    """Nobody answered in time, or the quiet hours are over. A sending never noted is said uncertain."""
    for call in store.due_calls(unit.session, unit.now):
        if call.territory in unit.territories:
            take_step(unit, call)
    for row in store.half_sent(unit.session, unit.now - decide.SENDING_AT_MOST):
        note_uncertain(unit, row)


@SERVICE.starts
def own_up(unit: Unit) -> None:
    """Messages found half-sent may have left: said and shown, never sent again."""
    for row in store.half_sent(unit.session, unit.now):
        note_uncertain(unit, row)


@SERVICE.does(AcknowledgeMessage)
def acknowledge(unit: Unit, command: AcknowledgeMessage) -> Acknowledged:
    """A link was followed, or a person signed in says that they have read a message (``code`` is then its id)."""
    return acknowledging.acknowledge(unit, command.code)


@SERVICE.does(PostDraft)
def post_draft(unit: Unit, command: PostDraft) -> Contract:
    """A draft was pasted, or must leave by e-mail."""
    unit.require(Role.COORDINATOR, Role.REFERENT, on_duty=(decide.COORDINATRICE, decide.REFERENT))
    mailing.post_draft(unit, command)
    return Done(id=command.draft)


@SERVICE.answers(ListMessages)
def list_messages(view: View, question: ListMessages) -> Page:
    """Messages, newest first."""
    view.require(Role.COORDINATOR, Role.REFERENT, Role.READER)
    rows = store.list_outgoing(view.session, view.territory.territory, _cursor(question.cursor), question.limit + 1)
    kept = rows[: question.limit]
    return Page(items=tuple(item(row) for row in kept), next=str(kept[-1].sequence) if len(rows) > len(kept) else None)


@SERVICE.answers(ListDrafts)
def list_drafts(view: View, question: ListDrafts) -> Page:
    """Drafts with their words, newest first."""
    view.require(Role.COORDINATOR, Role.REFERENT, Role.READER)
    rows = store.list_drafts(view.session, view.territory.territory, _cursor(question.cursor), question.limit + 1)
    kept = rows[: question.limit]
    more = str(kept[-1].sequence) if len(rows) > len(kept) else None
    return Page(items=tuple(mailing.draft_item(view.session, row) for row in kept), next=more)


@SERVICE.answers(AskLink)
def link(view: View, question: AskLink) -> LinkFound:
    """What a link is about, without following it."""
    return acknowledging.describe(view.session, acknowledging.digest_of(question.code), view.now)


def _cursor(text: str | None) -> int | None:
    return int(text) if text and text.isdigit() else None
