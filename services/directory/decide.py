"""Rules of the directory: who holds a duty, who may take it, what a token stands for. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from contracts.base import Principal, Role
from contracts.directory import DutyGiven, DutyTaken
from services.platform.errors import Conflict, Forbidden, Invalid

#: The role a person needs to take a duty for themself, and that holding the duty gives.
ROLE_OF_DUTY: dict[str, Role] = {"coordinatrice": Role.COORDINATOR, "referent": Role.REFERENT}
DUTY_HOLDERS = ("coordinatrice", "referent")
#: How long after the end of a duty somebody may still take it before it is said to be held by nobody.
GRACE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Span:
    """One span of one duty role."""

    role: str
    person: str
    deputies: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime | None
    version: int

    def covers(self, at: datetime) -> bool:
        """Whether the duty is held at this moment; the end is exclusive."""
        return self.starts_at <= at and (self.ends_at is None or at < self.ends_at)


def holder_at(spans: Iterable[Span], at: datetime) -> Span | None:
    """The span that holds at a moment: of those that cover it, the last one decided."""
    return max((span for span in spans if span.covers(at)), key=lambda span: span.version, default=None)


def last_known(spans: Iterable[Span], at: datetime) -> Span | None:
    """The span that holds, or the last one that did: its deputies are still who to call."""
    spans = list(spans)
    begun = [span for span in spans if span.starts_at <= at]
    return holder_at(spans, at) or max(begun, key=lambda span: span.version, default=None)


def held_by(spans: Iterable[Span], person: str, at: datetime) -> tuple[str, ...]:
    """Duty roles a person holds at a moment, in a stable order."""
    spans = list(spans)
    roles = sorted({span.role for span in spans})
    holders = {role: holder_at((span for span in spans if span.role == role), at) for role in roles}
    return tuple(role for role, span in holders.items() if span is not None and span.person == person)


def check_duty_change(caller: Principal, role: str, person: str, current: Span | None) -> None:
    """Refuse who may neither take this duty for themself nor give it to another.

    A person takes a duty for themself when their role allows it or when they are a deputy; another's duty is
    changed by who is on duty. Otherwise anyone enrolled could make themself the one who decides.
    """
    if caller.kind == "platform":
        return
    if caller.kind == "person" and caller.id == person:
        needed = ROLE_OF_DUTY.get(role)
        deputy = current is not None and person in current.deputies
        own = caller.has(needed) if needed else caller.has(Role.COORDINATOR, Role.REFERENT)
        if not (own or deputy):
            raise Forbidden(
                f"Vous n'êtes pas sur la liste pour l'astreinte « {role} » ; demandez à la personne d'astreinte."
            )
        return
    if not caller.has(Role.COORDINATOR, Role.REFERENT):
        raise Forbidden
    if caller.kind == "person" and not set(caller.on_duty) & set(DUTY_HOLDERS):
        raise Forbidden("Vous n'êtes pas d'astreinte : vous pouvez la prendre pour vous, pas la donner à un autre.")


def change_duty(spans: Sequence[Span], wanted: Span, now: datetime) -> tuple[DutyTaken, DutyGiven | None, Span | None]:
    """The facts of a duty taken, and the span it cuts short.

    Raises ``Invalid`` for an end before its start, ``Conflict`` when nothing would change.
    """
    if wanted.ends_at is not None and wanted.ends_at <= max(wanted.starts_at, now):
        raise Invalid("La fin de l'astreinte précède son début ou est déjà passée ; corrigez les heures.")
    before = holder_at(spans, wanted.starts_at)
    same = before is not None and (before.person, before.deputies, before.ends_at) == (
        wanted.person,
        wanted.deputies,
        wanted.ends_at,
    )
    if same:
        raise Conflict(f"{wanted.person} tient déjà l'astreinte « {wanted.role} », dans ces conditions.")
    left = before or _just_over(spans, wanted.starts_at)
    taken = DutyTaken(
        role=wanted.role,
        person=wanted.person,
        version=wanted.version,
        deputies=wanted.deputies,
        starts_at=wanted.starts_at,
        ends_at=wanted.ends_at,
        taken_from=left.person if left is not None and left.person != wanted.person else None,
    )
    given = None
    if before is not None and before.person != wanted.person:
        given = DutyGiven(
            role=wanted.role, person=before.person, to=wanted.person, version=wanted.version, until=wanted.starts_at
        )
    return taken, given, before


def _just_over(spans: Iterable[Span], at: datetime) -> Span | None:
    """The span whose end came at this moment or shortly before."""
    over = [span for span in spans if span.ends_at is not None and at - GRACE <= span.ends_at <= at]
    return max(over, key=lambda span: (span.ends_at, span.version), default=None)


def person_principal(
    person: str, roles: Sequence[str], structure: str | None, territory: str, on_duty: Sequence[str]
) -> Principal:
    """What a person's token stands for. Holding a duty gives the role that goes with it."""
    held = [Role(role) for role in roles]
    held += [ROLE_OF_DUTY[duty] for duty in on_duty if duty in ROLE_OF_DUTY and ROLE_OF_DUTY[duty] not in held]
    return Principal(
        id=person,
        kind="person",
        roles=tuple(held),
        territories=(territory,),
        structure=structure,
        on_duty=tuple(on_duty),
    )


def role_principal(role: str, territory: str) -> Principal:
    """What a token made for a role stands for."""
    return Principal(id=f"role:{role}", kind="role", roles=(Role(role),), territories=(territory,))


def check_token_request(role: Role | None, person: str | None, expires_at: datetime | None, now: datetime) -> None:
    """Refuse a token for nobody, for two, for the platform, or already over."""
    if (role is None) == (person is None):
        raise Invalid("Un jeton est fait pour un rôle ou pour une personne : donnez l'un ou l'autre.")
    if role in (Role.PLATFORM, Role.AUTRE):
        raise Invalid("Ce rôle ne reçoit pas de jeton.")
    if expires_at is not None and expires_at <= now:
        raise Invalid("La date de fin de ce jeton est déjà passée.")


def digest_of(entry: dict[str, Any]) -> str:
    """SHA-256 of an entry of the territory file: tells an unchanged entry from a changed one."""
    return hashlib.sha256(json.dumps(entry, sort_keys=True, default=str).encode()).hexdigest()
