"""What the directory does on each message: load, decide, save."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from sqlalchemy.orm import Session

from contracts.access import (
    AccessRevoked,
    AskSignIn,
    CloseSession,
    IssueLink,
    IssueSignIn,
    OpenExerciseSession,
    OpenSession,
    ProfessionalLinkMade,
    ResetSecondFactor,
    SecondFactorReset,
    SessionStarted,
    SignInAsked,
)
from contracts.base import Created, Done, Role
from contracts.directory import (
    AskOwnEntry,
    ChangeDuty,
    DutyGiven,
    DutyTaken,
    EnrollPerson,
    EnrollStructure,
    ErasePerson,
    HowToReach,
    IssueToken,
    ListPeople,
    ListStructures,
    ListTokens,
    PersonEnrolled,
    PersonErased,
    RevokeToken,
    StructureEnrolled,
    TokenIssued,
    WhoAre,
    WhoCalls,
    WhoIsOnDuty,
)
from services.directory import access, access_store, answers, sign_in, store
from services.directory.decide import DUTY_HOLDERS, GRACE, check_duty_change, check_token_request, held_by, holder_at
from services.directory.enrolment import known_person, spans_of, write_duty, write_person, write_structure
from services.directory.seed import enrol_territory
from services.platform.errors import Conflict, Invalid
from services.platform.service import Service
from services.platform.unit import Unit

SERVICE = Service(
    name="directory",
    purpose="People, structures, duty and access tokens of the territory",
    says=(
        PersonEnrolled, PersonErased, StructureEnrolled, DutyTaken, DutyGiven,
        SignInAsked, SessionStarted, ProfessionalLinkMade, AccessRevoked, SecondFactorReset,
    ),
    owns=(*store.TABLES, access_store.FactorRow),
)  # fmt: skip
SERVICE.answers(WhoCalls)(answers.who_calls)
SERVICE.answers(AskOwnEntry)(answers.own_entry)
SERVICE.answers(WhoIsOnDuty)(answers.who_is_on_duty)
SERVICE.answers(WhoAre)(answers.who_are)
SERVICE.answers(HowToReach)(answers.how_to_reach)
SERVICE.answers(ListPeople)(answers.list_people)
SERVICE.answers(ListStructures)(answers.list_structures)
SERVICE.answers(ListTokens)(answers.list_tokens)
SERVICE.does(AskSignIn)(sign_in.ask_sign_in)
SERVICE.does(OpenSession)(sign_in.open_session)
SERVICE.does(OpenExerciseSession)(access.open_exercise_session)
SERVICE.does(CloseSession)(access.close_session)
SERVICE.does(IssueLink)(access.issue_link)
SERVICE.does(IssueSignIn)(sign_in.issue_sign_in)
SERVICE.does(ResetSecondFactor)(access.reset_second_factor)
SERVICE.does(RevokeToken)(access.revoke_token)


def next_due(session: Session) -> datetime | None:
    """When the end of a duty is next told."""
    end = store.next_duty_end(session)
    return end + GRACE if end else None


SERVICE.next_due = next_due


@SERVICE.starts
def enrol_seeds(unit: Unit) -> None:
    """Enrol what each territory file says, real and exercise apart."""
    for territory in unit.territories.values():
        enrol_territory(unit, territory)


@SERVICE.ticks
def tell_duties_over(unit: Unit) -> None:
    """A duty whose end has passed is told given, to whom took it in the minutes after or to nobody."""
    for row in store.duties_over(unit.session, unit.now - GRACE):
        row.end_told = True
        following = holder_at(spans_of(store.duty_history(unit.session, row.territory, row.role)), unit.now)
        to = following.person if following else None
        unit.say(
            DutyGiven(role=row.role, person=row.person, to=to, version=row.version, until=row.ends_at),
            territory=row.territory,
        )
    unit.session.flush()


@SERVICE.does(EnrollPerson)
def enrol_person(unit: Unit, entry: EnrollPerson) -> Created | Done:
    """Add or change a person."""
    unit.require(Role.COORDINATOR, Role.REFERENT, on_duty=DUTY_HOLDERS)
    known = store.person_of(unit.session, unit.message.territory, entry.person)
    if known is not None and known.erased:
        raise Conflict(f"« {entry.person} » a été effacé à sa demande ; choisissez une autre référence.")
    if set(entry.roles) & {Role.PLATFORM, Role.AUTRE}:
        raise Invalid("Un des rôles demandés n'existe pas.")
    if entry.structure and store.structure_of(unit.session, unit.message.territory, entry.structure) is None:
        raise Invalid(f"La structure « {entry.structure} » n'est pas dans l'annuaire ; inscrivez-la d'abord.")
    _check_communes(unit, entry.communes)
    new = write_person(unit, unit.message.territory, entry)
    return Created(id=entry.person) if new else Done(id=entry.person)


@SERVICE.does(EnrollStructure)
def enrol_structure(unit: Unit, entry: EnrollStructure) -> Created | Done:
    """Add or change a structure."""
    unit.require(Role.COORDINATOR, Role.REFERENT, on_duty=DUTY_HOLDERS)
    _check_communes(unit, (entry.commune,))
    if any(closure.last < closure.first for closure in entry.closures):
        raise Invalid("Une fermeture se termine avant de commencer ; corrigez ses dates.")
    new = write_structure(unit, unit.message.territory, entry)
    return Created(id=entry.structure) if new else Done(id=entry.structure)


@SERVICE.does(ErasePerson)
def erase_person(unit: Unit, command: ErasePerson) -> Done:
    """Erase names and contacts; tokens stop working, the reference stays in what was already told."""
    unit.require(Role.COORDINATOR, Role.REFERENT, on_duty=DUTY_HOLDERS)
    territory = unit.message.territory
    row = known_person(unit, territory, command.person)
    held = held_by(spans_of(store.duties_of(unit.session, territory)), command.person, unit.now)
    if held:
        raise Conflict(f"Cette personne tient l'astreinte « {held[0]} » ; donnez-la d'abord à une autre.")
    row.name = row.function = ""
    row.email = row.phone = None
    row.channels, row.groups, row.communes, row.bands = [], [], [], []
    row.certifies, row.erased = False, True
    row.version += 1
    store.revoke_tokens_of(unit.session, territory, command.person, unit.now)
    access_store.forget_factor(unit.session, territory, command.person)
    unit.session.flush()
    unit.say(PersonErased(person=command.person))
    return Done(id=command.person)


@SERVICE.does(ChangeDuty)
def take_duty(unit: Unit, command: ChangeDuty) -> Done:
    """Take or give a duty role; whoever held it gives it, in the same transaction."""
    unit.require(*Role)
    spans = spans_of(store.duties_of(unit.session, unit.message.territory, command.role))
    check_duty_change(unit.caller, command.role, command.person, holder_at(spans, unit.now))
    for ref in (command.person, *command.deputies):
        known_person(unit, unit.message.territory, ref)
    version = write_duty(unit, unit.message.territory, command)
    return Done(id=f"{command.role}-{version}")


@SERVICE.does(IssueToken)
def issue_token(unit: Unit, command: IssueToken) -> TokenIssued:
    """Make a token for this territory alone: an exercise has its own. Only its SHA-256 is kept."""
    unit.require(Role.COORDINATOR, Role.REFERENT, on_duty=DUTY_HOLDERS)
    unit.territory_named(unit.message.territory)
    check_token_request(command.role, command.person, command.expires_at, unit.now)
    if command.person is not None:
        known_person(unit, unit.message.territory, command.person)
    secret = secrets.token_urlsafe(32)
    row = store.TokenRow(
        id=unit.new_id(),
        sha256=hashlib.sha256(secret.encode()).hexdigest(),
        territory=unit.message.territory,
        role=command.role,
        person=command.person,
        created_at=unit.now,
        created_by=unit.caller.id,
        expires_at=command.expires_at,
    )
    unit.session.add(row)
    unit.session.flush()
    return TokenIssued(id=row.id, token=secret)


def _check_communes(unit: Unit, communes: tuple[str, ...]) -> None:
    outside = [code for code in communes if not unit.territory.has_commune(code)]
    if outside:
        raise Invalid(f"La commune {outside[0]} n'est pas dans le territoire.")
