"""Sentences of the desk itself: duty and directory, messages, digests."""

from __future__ import annotations

from contracts.digests import DigestBody, DigestDrafted, DigestPublished, DigestValidated
from contracts.directory import DutyGiven, DutyTaken, PersonEnrolled, PersonErased, StructureEnrolled
from contracts.logbook import EntryKind
from contracts.messages import (
    DraftPosted,
    DraftPrepared,
    DutyEscalated,
    MessageAcknowledged,
    MessageBody,
    MessageFailed,
    MessageSent,
    MessageUncertain,
)
from contracts.statements import CapacityStatementIssued
from services.logbook.sentences.words import PROFESSIONS, ROLES, Words, day, joined, listing, tells

CHANNELS = {"email": "courriel", "sms": "SMS", "webhook": "messagerie"}


def _role(role: str) -> str:
    return ROLES.get(role, role)


@tells(PersonEnrolled, EntryKind.INFORMATION)
def person_enrolled(fact: PersonEnrolled, words: Words) -> str:
    """A person is known: by reference only."""
    about = [PROFESSIONS.get(fact.profession, fact.profession)] if fact.profession else []
    about += [fact.structure] if fact.structure else []
    about += ["peut établir les certificats de décès"] if fact.certifies else []
    known = f" ({', '.join(about)})" if about else ""
    return f"Fiche de {fact.person} enregistrée dans l'annuaire{known}."


@tells(PersonErased, EntryKind.INFORMATION)
def person_erased(fact: PersonErased, words: Words) -> str:
    """Names and contacts are gone."""
    return f"Nom et coordonnées de {fact.person} effacés de l'annuaire."


@tells(StructureEnrolled, EntryKind.INFORMATION)
def structure_enrolled(fact: StructureEnrolled, words: Words) -> str:
    """A structure is known."""
    return f"Structure {fact.structure} enregistrée : {fact.name}, {words.commune(fact.commune)}."


@tells(DutyTaken, EntryKind.RELEVE)
def duty_taken(fact: DutyTaken, words: Words) -> str:
    """Who holds a role now."""
    until = f", jusqu'au {words.at(fact.ends_at).removeprefix('le ')}" if fact.ends_at else ""
    deputies = f"Suppléance : {listing(fact.deputies)}" if fact.deputies else ""
    left = f"de {fact.taken_from} " if fact.taken_from else ""
    return joined(
        f"{fact.person} prend l'astreinte « {_role(fact.role)} » {left}{words.at(fact.starts_at)}{until}", deputies
    )


@tells(DutyGiven, EntryKind.RELEVE)
def duty_given(fact: DutyGiven, words: Words) -> str:
    """Who leaves a role without anybody taking it; when somebody does, the entry of the taking says it."""
    until = f" {words.at(fact.until)}" if fact.until else ""
    if fact.to:
        return f"{fact.person} transmet l'astreinte « {_role(fact.role)} » à {fact.to}{until}."
    return f"{fact.person} quitte l'astreinte « {_role(fact.role)} »{until}, sans successeur désigné."


def _message(fact: MessageBody) -> str:
    return f"Message « {fact.purpose} » pour {fact.to} ({CHANNELS.get(fact.channel, fact.channel)})"


@tells(MessageSent, EntryKind.MESSAGE)
def message_sent(fact: MessageSent, words: Words) -> str:
    """It left; nobody says it was read."""
    return f"{_message(fact)} : parti."


@tells(MessageFailed, EntryKind.MESSAGE)
def message_failed(fact: MessageFailed, words: Words) -> str:
    """It did not leave."""
    return joined(f"{_message(fact)} : échec d'envoi", fact.reason)


@tells(MessageUncertain, EntryKind.MESSAGE)
def message_uncertain(fact: MessageUncertain, words: Words) -> str:
    """It may have left."""
    return (
        f"{_message(fact)} : envoi incertain ; à vérifier auprès du destinataire, il ne sera pas renvoyé de lui-même."
    )


@tells(MessageAcknowledged, EntryKind.MESSAGE)
def message_acknowledged(fact: MessageAcknowledged, words: Words) -> str:
    """Read by a person."""
    return f"Accusé de lecture de {fact.by} {words.at(fact.at)}."


@tells(DutyEscalated, EntryKind.MESSAGE)
def duty_escalated(fact: DutyEscalated, words: Words) -> str:
    """Nobody answered: the next one is tried."""
    return f"Sans accusé de lecture de l'astreinte « {_role(fact.role)} » : relance n° {fact.step} vers {fact.to}."


@tells(DraftPrepared, EntryKind.MESSAGE)
def draft_prepared(fact: DraftPrepared, words: Words) -> str:
    """A text is ready; nothing has left."""
    groups = f" pour {listing(fact.groups)}" if fact.groups else ""
    return joined(f"Message prêt à diffuser{groups}, rien n'est parti : {words.text(fact.body)}")


@tells(DraftPosted, EntryKind.MESSAGE)
def draft_posted(fact: DraftPosted, words: Words) -> str:
    """A person posted it."""
    return f"Message posté par {fact.by} {words.at(fact.at)} ({fact.where})."


def _digest(fact: DigestBody, turn: str) -> str:
    stop = f"arrêté à l'entrée n° {fact.up_to}, tête du journal {fact.head[:16]}"
    return f"Point de situation n° {fact.number} du {day(fact.day)} {turn} ({stop})"


@tells(DigestDrafted, EntryKind.POINT)
def digest_drafted(fact: DigestDrafted, words: Words) -> str:
    """The draft of the day."""
    return f"{_digest(fact, 'préparé')}."


@tells(DigestPublished, EntryKind.POINT)
def digest_published(fact: DigestPublished, words: Words) -> str:
    """Sent to the cell."""
    return f"{_digest(fact, 'envoyé à la cellule' + (', en retard' if fact.late else ''))}."


@tells(DigestValidated, EntryKind.POINT)
def digest_validated(fact: DigestValidated, words: Words) -> str:
    """Let out to the authorities."""
    return f"{_digest(fact, f'validé par {fact.by} pour les destinataires extérieurs')}."


@tells(CapacityStatementIssued, EntryKind.CAPACITE)
def statement_issued(fact: CapacityStatementIssued, words: Words) -> str:
    """A numbered page: what proves later that it is this one is its SHA-256."""
    by = f" par {fact.by}" if fact.by else ""
    sent = "à envoyer à l'ARS et au SAMU" if fact.send else "non envoyé"
    stop = f"arrêté à l'entrée n° {fact.up_to}, tête du journal {fact.head[:16]}, " if fact.up_to else ""
    return (
        f"État des capacités n° {fact.number} émis{by}, {words.at(fact.as_of)}, {sent}, archivé "
        f"({stop}SHA-256 du PDF {fact.sha256})."
    )
