"""Links that open something: the console for who asked to sign in, their page for a professional.

A message keeps the id of the link alone; its code is made again at sending time.
"""

from __future__ import annotations

from typing import Any

from contracts.access import ProfessionalLinkMade, SignInAsked
from services.messages import decide
from services.messages.drafts import community
from services.messages.outgoing import Letter, queue
from services.messages.soliciting import SERVICE
from services.platform import french
from services.platform.territory import Territory
from services.platform.unit import Unit

__all__ = ["SERVICE"]


@SERVICE.on(SignInAsked)
def sign_in_asked(unit: Unit, fact: SignInAsked) -> None:
    """Sent at once, quiet hours or not: somebody waits in front of the page."""
    if decide.sign_in_is_over(unit.message.recorded or unit.message.time, unit.now):
        return
    letter = _letter(fact.person, fact.link, decide.SIGN_IN, "Lien de connexion", _sign_in_words(unit.territory))
    queue(unit, unit.territory.territory, [letter], urgent=True)


@SERVICE.on(ProfessionalLinkMade)
def link_made(unit: Unit, fact: ProfessionalLinkMade) -> None:
    """Sent when whoever made it asked for that, after the quiet hours."""
    if not fact.send or decide.is_stale(unit.message.recorded or unit.message.time, unit.now):
        return
    words = _page_words(fact, unit.territory)
    letter = _letter(fact.person, fact.link, decide.PAGE, "Page professionnelle", words)
    due_at = decide.call_at(unit.now, decide.PAGE, unit.territory)
    queue(unit, unit.territory.territory, [letter], due_at=due_at)


def _letter(person: str, link: str, category: str, purpose: str, words: dict[str, Any]) -> Letter:
    return Letter(about=link, category=category, purpose=purpose, to=person, channel=decide.EMAIL, words=words)


def _sign_in_words(territory: Territory) -> dict[str, Any]:
    """Two lines, the link, and what to do when nobody asked for it."""
    return {
        "subject": "Tocsin : votre lien de connexion",
        "sms": "Tocsin : votre lien de connexion, valable 15 minutes :",
        "text": f"Voici le lien qui ouvre la console de la {community(territory)}.\n"
        "Il sert une seule fois et reste valable 15 minutes.",
        "after": "Vous n'avez rien demandé ? Laissez ce message sans suite : il n'ouvre rien tant que personne "
        "ne suit le lien.",
    }


def _page_words(fact: ProfessionalLinkMade, territory: Territory) -> dict[str, Any]:
    end = french.long_day(fact.expires_at.astimezone(territory.zone).date())
    return {
        "subject": f"Votre page personnelle – {community(territory)}",
        "sms": "Tocsin : votre page personnelle :",
        "text": f"Voici le lien de votre page personnelle à la {community(territory)} : proposer des créneaux, "
        f"dire votre activité, répondre aux demandes.\nIl est valable jusqu'au {end}, sans mot de passe.",
        "after": "Ce lien vous est personnel : ne le transmettez pas. Perdu ou vu par d'autres ? Prévenez la "
        "coordinatrice, qui l'annule et vous en donne un autre.",
    }
