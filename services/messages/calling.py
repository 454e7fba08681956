"""From a fact to a call: who is concerned, in which words, and what ends it."""

from __future__ import annotations

from datetime import timedelta

from contracts.alerts import AlertBody
from contracts.certificates import CertificateBody, DeathCertificateEscalated, DeathCertificateNeeded
from contracts.levels import LevelChanged, LevelProposed, ProposalWithdrawn
from services.messages import decide, duty, store, words
from services.messages.drafts import playbook_words
from services.messages.duty import Reason
from services.messages.outgoing import Letter, drop, queue
from services.platform.unit import Unit


def for_proposal(unit: Unit, fact: LevelProposed) -> None:
    """A level is proposed; newer evidence for the same level calls nobody twice."""
    reason = Reason(
        about=fact.proposal,
        category=decide.PROPOSITION,
        purpose=f"Proposition de niveau {fact.level} ({playbook_words(fact.playbook)})",
        words=words.proposal(fact, unit.territory),
        related=decide.alerts_behind(fact),
    )
    if fact.supersedes and duty.hand_over(unit, fact.supersedes, reason):
        return
    duty.call_duty(unit, decide.roles_for(fact.decided_by), reason)


def for_alert(unit: Unit, fact: AlertBody) -> None:
    """An alert that cannot wait."""
    if decide.no_longer_red(fact):
        duty.lowered(unit, fact.alert)
        return
    category = decide.alert_category(fact)
    if category is None:
        return
    red = category == decide.ROUGE
    reason = Reason(
        about=fact.alert,
        category=category,
        purpose="Vigilance rouge" if red else "Demande d'une autorité",
        words=words.alert(fact, unit.territory, red=red),
    )
    duty.call_duty(unit, (decide.COORDINATRICE,), reason)
    duty.known_by_author(unit, fact.alert, category)


def for_certificate(unit: Unit, fact: DeathCertificateNeeded) -> None:
    """A certificate is asked for: duty is told, who is listed is asked."""
    reason = Reason(
        about=fact.certificate,
        category=decide.CERTIFICAT,
        purpose="Certificat de décès demandé",
        words=words.certificate(fact, unit.territory),
    )
    duty.call_duty(unit, (decide.COORDINATRICE,), reason)
    duty.known_by_author(unit, fact.certificate, decide.CERTIFICAT)
    _ask_professionals(unit, fact)


def for_escalation(unit: Unit, fact: DeathCertificateEscalated) -> None:
    """Nobody took it. A hole already told at entry is not told a second time in the same minutes."""
    _ask_professionals(unit, fact)
    territory = unit.territory
    calls = store.calls_about(unit.session, territory.territory, [fact.certificate])
    just_now = unit.now - timedelta(minutes=territory.thresholds.acknowledge_minutes)
    told_at_entry = any(call.category == decide.CERTIFICAT and call.started_at > just_now for call in calls)
    if fact.hole and told_at_entry:
        return
    reason = Reason(
        about=fact.certificate,
        category=decide.CERTIFICAT_ESCALADE,
        purpose="Certificat de décès sans réponse",
        words=words.escalated(fact, fact.fallback, territory),
    )
    role = fact.to if fact.to in (decide.COORDINATRICE, decide.REFERENT) else decide.COORDINATRICE
    duty.call_duty(unit, (role,), reason)


def _ask_professionals(unit: Unit, fact: CertificateBody) -> None:
    territory = unit.territory
    channel = decide.channel_to_professional(
        exercise=territory.exercise, mail=bool(unit.settings.mail_url), sms=bool(unit.settings.sms_url)
    )
    letters = [
        Letter(
            about=fact.certificate,
            category=decide.ASKED,
            purpose="Certificat de décès : sollicitation",
            to=person,
            channel=channel,
            words=words.asked(fact, territory),
            wants_link=True,
        )
        for person in fact.asked
    ]
    queue(unit, territory.territory, letters, urgent=True)


def nobody_else_asked(unit: Unit, certificate: str, because: str) -> None:
    """Messages to professionals that have not left are not needed any more."""
    for row in store.messages_about(unit.session, unit.territory.territory, certificate, decide.ASKED):
        if row.state == store.WAITING:
            drop(row, because)


def decided(unit: Unit, fact: LevelChanged) -> None:
    """A person decided: the proposal and the alerts behind it call nobody any more."""
    if fact.proposal:
        settled(unit, fact.proposal, duty.DECIDED)


def withdrawn(unit: Unit, fact: ProposalWithdrawn) -> None:
    """The proposal no longer holds; the alerts it stood on keep their own calls."""
    duty.end_calls(unit, fact.proposal, duty.WITHDRAWN, category=decide.PROPOSITION)


def settled(unit: Unit, about: str, because: str) -> None:
    """It needs nobody any more."""
    duty.end_calls(unit, about, because)
