"""Personal links, sessions of an exercise, and the end of an access."""

from __future__ import annotations

from contracts.access import (
    AccessRevoked,
    CloseSession,
    IssueLink,
    LinkIssued,
    OpenExerciseSession,
    ProfessionalLinkMade,
    ResetSecondFactor,
    SecondFactorReset,
    SessionOpened,
)
from contracts.base import Done, Role, exercise_of
from contracts.directory import RevokeToken
from services.directory import access_rules as rules
from services.directory import access_store, store
from services.directory.access_rows import add_access, issued, open_for, opened, session_id
from services.directory.decide import DUTY_HOLDERS
from services.directory.enrolment import known_person
from services.directory.store import TokenRow
from services.platform import signing
from services.platform.errors import NotFound
from services.platform.unit import Unit


def issue_link(unit: Unit, command: IssueLink) -> LinkIssued:
    """A personal link to the professional's page."""
    unit.require(Role.COORDINATOR, Role.REFERENT, on_duty=DUTY_HOLDERS)
    person = known_person(unit, unit.message.territory, command.person)
    rules.check_professional(person.roles, person.person)
    end = rules.link_end(command.expires_at, unit.now)
    row = add_access(unit, person, signing.PROFESSIONAL, end)
    unit.say(ProfessionalLinkMade(person=person.person, link=row.id, expires_at=end, send=command.send))
    return issued(unit, row, end)


def open_exercise_session(unit: Unit, command: OpenExerciseSession) -> SessionOpened:
    """A session for the same reference in the exercise twin, where its own duty and roles hold."""
    unit.require(*Role)
    here = known_person(unit, unit.message.territory, unit.caller.id)
    rules.check_same_access(unit.caller, here.roles)
    twin = exercise_of(here.territory)
    there = store.person_of(unit.session, twin, here.person) if twin in unit.territories else None
    if there is None or there.erased:
        raise NotFound("Vous n'êtes pas inscrit dans l'espace d'exercice ; demandez à la personne d'astreinte.")
    made_by = f"{here.territory}/{here.person}"
    again = unit.session.get(TokenRow, session_id(unit, made_by))
    return opened(unit, again, there) if again is not None else open_for(unit, there, made_by=made_by)


def close_session(unit: Unit, command: CloseSession) -> Done:
    """Close a session; closing twice, or one already over, changes nothing."""
    unit.session.flush()
    row = store.token_by_digest(unit.session, command.token_sha256)
    if row is None or row.use != signing.SESSION:
        raise NotFound("Cette session n'existe pas ou n'existe plus.")
    rules.check_own_session(unit.caller, row.person, row.territory)
    row.revoked_at = row.revoked_at or unit.now
    return Done(id=row.id)


def reset_second_factor(unit: Unit, command: ResetSecondFactor) -> Done:
    """Forget a lost phone: sessions close, wrong digits are forgiven, the next sign-in enrols another."""
    unit.require(Role.COORDINATOR, Role.REFERENT, on_duty=DUTY_HOLDERS)
    person = known_person(unit, unit.message.territory, command.person)
    access_store.forget_factor(unit.session, person.territory, person.person)
    access_store.end_sessions(unit.session, person.territory, person.person, unit.now)
    unit.say(SecondFactorReset(person=person.person))
    return Done(id=person.person)


def revoke_token(unit: Unit, command: RevokeToken) -> Done:
    """A token, a session or a link stops working; revoking twice changes nothing."""
    unit.require(Role.COORDINATOR, Role.REFERENT, on_duty=DUTY_HOLDERS)
    row = unit.session.get(TokenRow, command.token)
    if row is None or row.territory != unit.message.territory:
        raise NotFound("Ce jeton n'existe pas sur ce territoire.")
    if row.revoked_at is None:
        row.revoked_at = unit.now
        if row.use != signing.SIGN_IN:
            unit.say(AccessRevoked(access=row.id, use=row.use, person=row.person))
    return Done(id=row.id)
