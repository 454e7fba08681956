"""Rules of the ways in: what a code opens, for how long, and when a second factor is right. Pure."""

from __future__ import annotations

import hmac
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp

from contracts.base import Principal, Role
from services.platform.errors import Conflict, Forbidden, Invalid, NotFound

SIGN_IN_LIFE = timedelta(minutes=15)
#: A link the operator reads on the terminal and hands over.
OPERATOR_LIFE = timedelta(hours=1)
SESSION_LIFE = timedelta(hours=12)
EXERCISE_LIFE = timedelta(days=400)
LINK_LIFE, LONGEST_LINK = timedelta(days=30), timedelta(days=365)
#: Sign-in links one person may ask for in ``ASKING_WINDOW``; the following ones are silently not made.
LINKS_ASKED, ASKING_WINDOW = 5, timedelta(minutes=15)
#: Wrong digits that void one link, and those that close sign-in to a person for ``WRONG_WINDOW``.
TRIES, WRONG_A_DAY, WRONG_WINDOW = 5, 20, timedelta(hours=24)
#: Sign-in links and sessions over for that long are erased at the person's next sign-in.
KEPT_AFTER_END = timedelta(days=30)
#: Seconds of a step of the second factor, and the steps around now that are accepted.
STEP, AROUND = 30, (0, -1, 1)

UNKNOWN_LINK = "Ce lien de connexion n'est pas reconnu. Demandez-en un nouveau."
UNREADABLE_FACTOR = (
    "Votre second facteur n'est plus lisible sur ce poste. Demandez à la personne d'astreinte de le réinitialiser."
)


@dataclass(frozen=True, slots=True)
class Code:
    """State of a sign-in code; ``tries`` counts wrong digits."""

    expires_at: datetime | None
    used: bool = False
    revoked: bool = False
    tries: int = 0


def lasting(length: timedelta, *, exercise: bool) -> timedelta:
    """How long a way in lasts. The clock of an exercise may run six hundred times faster than who plays it.

    There the cookie alone ends a session, twelve hours later on the browser's own clock.
    """
    return EXERCISE_LIFE if exercise else length


def check_code(code: Code, now: datetime) -> None:
    """Refuse a code that opens nothing any more, saying why and what to do."""
    if code.used:
        raise Conflict("Ce lien de connexion a déjà servi. Demandez-en un nouveau.")
    if code.tries >= TRIES:
        raise Conflict("Trop de codes faux : ce lien ne sert plus. Demandez-en un nouveau.")
    if code.revoked or code.expires_at is None or code.expires_at <= now:
        raise Conflict("Ce lien de connexion n'est plus valable. Demandez-en un nouveau.")


def check_wrong_digits(wrong: int) -> None:
    """Refuse who gave too many wrong digits in a day, whatever the number of links."""
    if wrong >= WRONG_A_DAY:
        raise Conflict(
            "Trop de codes faux depuis vingt-quatre heures : la connexion est fermée. Appelez la personne d'astreinte."
        )


def may_ask(asked: int) -> bool:
    """Whether one more sign-in link may be made, after ``asked`` in the window."""
    return asked < LINKS_ASKED


def is_address_of(asked: str, email: str | None, channels: Collection[str]) -> bool:
    """Whether this is the address of a person; case and spaces around it do not matter."""
    listed = (name.removeprefix("mailto:") for name in channels if name.startswith("mailto:") and "://" not in name)
    return asked.strip().casefold() in {address.strip().casefold() for address in (email or "", *listed) if address}


def matching_step(secret: str, digits: str, now: datetime, last_step: int) -> int | None:
    """The 30-second step these six digits belong to, now or just beside; a step already used matches no more."""
    given = "".join(sign for sign in digits if not sign.isspace())
    current, codes = int(now.timestamp()) // STEP, pyotp.TOTP(secret, interval=STEP)
    for step in (current + shift for shift in AROUND):
        right = hmac.compare_digest(codes.generate_otp(step).encode(), given.encode())
        if right and step > last_step:
            return step
    return None


def provisioning(secret: str, name: str) -> str:
    """The ``otpauth://`` address an authenticator reads."""
    return pyotp.TOTP(secret, interval=STEP).provisioning_uri(name=name, issuer_name="Tocsin")


def link_end(expires_at: datetime | None, now: datetime) -> datetime:
    """When a personal link ends. Raises ``Invalid`` for an end already past or too far."""
    end = expires_at or now + LINK_LIFE
    if end <= now:
        raise Invalid("La date de fin de ce lien est déjà passée.")
    if end > now + LONGEST_LINK:
        raise Invalid("Un lien personnel dure un an au plus ; choisissez une date plus proche.")
    return end


def check_professional(roles: Collection[str], person: str) -> None:
    """Refuse a personal page to who is not a professional: the link would give a role they do not have."""
    if Role.PROFESSIONAL not in roles:
        raise Invalid(f"« {person} » n'est pas inscrit comme professionnel ; sa page n'existe pas.")


def link_principal(person: str, roles: Collection[str], structure: str | None, territory: str) -> Principal | None:
    """What a personal link stands for: the professional, whatever else the person is, and never on duty."""
    if Role.PROFESSIONAL not in roles:
        return None
    return Principal(
        id=person, kind="person", roles=(Role.PROFESSIONAL,), territories=(territory,), structure=structure
    )


def check_same_access(caller: Principal, roles: Collection[str]) -> None:
    """Refuse an exercise session to who called with less than their full access (a personal link).

    ``roles`` are the person's on the real territory. Without this a link to one page would open the console.
    """
    if caller.kind != "person":
        raise Forbidden("Un accès de fonction n'a pas de session d'exercice ; connectez-vous en votre nom.")
    if set(roles) - {str(role) for role in caller.roles}:
        raise Forbidden("Connectez-vous à la console pour passer dans l'espace d'exercice.")


def check_own_session(caller: Principal, person: str | None, territory: str) -> None:
    """Refuse to close the session of somebody else."""
    own = caller.kind == "person" and caller.id == person and territory in caller.territories
    if caller.kind != "platform" and not own:
        raise NotFound("Cette session n'est pas la vôtre.")
