"""Sentences of the ways in: who asked to sign in, who did, and what was given or taken back."""

from __future__ import annotations

from contracts.access import (
    AccessRevoked,
    ProfessionalLinkMade,
    SecondFactorReset,
    SessionStarted,
    SignInAsked,
)
from contracts.logbook import EntryKind
from services.logbook.sentences.words import Words, tells

WAYS = {"jeton": "Jeton d'accès", "session": "Session", "professionnel": "Lien vers la page professionnelle"}


@tells(SignInAsked, EntryKind.INFORMATION)
def sign_in_asked(fact: SignInAsked, words: Words) -> str:
    """Asked from the sign-in page: nothing says by whom."""
    return f"Lien de connexion demandé pour {fact.person}."


@tells(SessionStarted, EntryKind.INFORMATION)
def session_started(fact: SessionStarted, words: Words) -> str:
    """Signed in."""
    return f"{fact.person} s'est connecté(e)."


@tells(ProfessionalLinkMade, EntryKind.INFORMATION)
def link_made(fact: ProfessionalLinkMade, words: Words) -> str:
    """A personal page may be opened until then."""
    until = words.at(fact.expires_at).removeprefix("le ")
    return f"Page professionnelle ouverte à {fact.person}, jusqu'au {until}."


@tells(AccessRevoked, EntryKind.INFORMATION)
def access_revoked(fact: AccessRevoked, words: Words) -> str:
    """It works no more."""
    whose = f" de {fact.person}" if fact.person else ""
    return f"{WAYS.get(fact.use, 'Accès')}{whose} : révocation."


@tells(SecondFactorReset, EntryKind.INFORMATION)
def factor_reset(fact: SecondFactorReset, words: Words) -> str:
    """A lost phone, most often."""
    return f"Second facteur de {fact.person} réinitialisé."
