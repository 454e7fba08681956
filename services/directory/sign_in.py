"""Signing in: a link is asked for or handed over, then exchanged for a session with a second factor."""

from __future__ import annotations

import pyotp

from contracts.access import AskSignIn, IssueSignIn, LinkIssued, OpenSession, SessionOpened, SignInAsked
from contracts.base import Done, is_exercise
from services.directory import access_rules as rules
from services.directory import access_store, store
from services.directory.access_rows import add_access, issued, open_for, opened, session_id
from services.directory.access_store import FactorRow
from services.directory.enrolment import known_person
from services.directory.store import PersonRow, TokenRow
from services.platform import signing
from services.platform.errors import Conflict, NotFound
from services.platform.unit import Unit

FACTOR = "second facteur"


def ask_sign_in(unit: Unit, command: AskSignIn) -> Done:
    """Make a link for whoever has this address, on each real territory; the answer tells nothing of it."""
    unit.require()  # the platform, for a visitor
    for name, territory in unit.territories.items():
        if territory.exercise:
            continue
        for person in store.all_people(unit.session, name):
            if person.roles and rules.is_address_of(command.email, person.email, person.channels):
                _make_link(unit, person)
    return Done(id="connexion")


def _make_link(unit: Unit, person: PersonRow) -> None:
    since = unit.now - rules.ASKING_WINDOW
    if rules.may_ask(access_store.links_asked(unit.session, person.territory, person.person, since)):
        row = add_access(unit, person, signing.SIGN_IN, unit.now + rules.SIGN_IN_LIFE)
        unit.say(SignInAsked(person=person.person, link=row.id), territory=person.territory)


def issue_sign_in(unit: Unit, command: IssueSignIn) -> LinkIssued:
    """A link the operator hands over: who reads the terminal of the desk needs no second factor."""
    unit.require()
    person = known_person(unit, unit.message.territory, command.person)
    end = unit.now + rules.lasting(rules.OPERATOR_LIFE, exercise=is_exercise(person.territory))
    row = add_access(unit, person, signing.SIGN_IN, end, trusted=True)
    return issued(unit, row, end)


def open_session(unit: Unit, command: OpenSession) -> SessionOpened:
    """Exchange a code for a session, once the second factor is given or enrolled."""
    unit.require()
    row = _code(unit, command.code)
    person = known_person(unit, row.territory, row.person or "")
    if again := _opened_before(unit, row, person):
        return again
    state = rules.Code(row.expires_at, row.used_at is not None, row.revoked_at is not None, row.attempts)
    rules.check_code(state, unit.now)
    if row.trusted:
        return _open_once(unit, row, person)
    return _second_factor(unit, row, person, command.totp)


def _second_factor(unit: Unit, row: TokenRow, person: PersonRow, digits: str | None) -> SessionOpened:
    factor = access_store.factor_of(unit.session, row.territory, person.person)
    unit.session.flush()  # wrong digits of the same batch count
    since = unit.now - rules.WRONG_WINDOW
    rules.check_wrong_digits(access_store.wrong_digits(unit.session, row.territory, person.person, since))
    secret = _secret(unit, row, factor)
    if digits is None:
        return _ask_digits(row, person, secret, enrolled=factor is not None)
    step = rules.matching_step(secret, digits, unit.now, factor.last_step if factor else 0)
    if step is None:
        row.attempts += 1  # said in the answer, not as a refusal: a refusal would not count it
        return _ask_digits(row, person, secret, enrolled=factor is not None, wrong=True)
    _note_step(unit, row, person, factor, step)
    return _open_once(unit, row, person)


def _secret(unit: Unit, row: TokenRow, factor: FactorRow | None) -> str:
    if factor is not None:
        found = signing.unseal(unit.settings, FACTOR, factor.sealed)
        if found is None:
            raise Conflict(rules.UNREADABLE_FACTOR)
        return found
    pending = signing.unseal(unit.settings, FACTOR, row.pending) if row.pending else None
    secret = pending or pyotp.random_base32()
    row.pending = row.pending if pending else signing.seal(unit.settings, FACTOR, secret)
    return secret


def _ask_digits(row: TokenRow, person: PersonRow, secret: str, *, enrolled: bool, wrong: bool = False) -> SessionOpened:
    return SessionOpened(
        status="second_facteur" if enrolled else "inscription",
        person=person.person,
        name=person.name,
        territory=row.territory,
        provisioning="" if enrolled else rules.provisioning(secret, person.name),
        wrong=wrong,
        tries_left=max(rules.TRIES - row.attempts, 0),
    )


def _note_step(unit: Unit, row: TokenRow, person: PersonRow, factor: FactorRow | None, step: int) -> None:
    """Keep the second factor just confirmed, or the step that will not serve again."""
    if factor is not None:
        factor.last_step = step
        return
    unit.session.add(
        FactorRow(
            territory=row.territory, person=person.person, sealed=row.pending, last_step=step, enrolled_at=unit.now
        )
    )
    row.pending = ""


def _open_once(unit: Unit, row: TokenRow, person: PersonRow) -> SessionOpened:
    row.used_at, row.pending = unit.now, ""
    return open_for(unit, person, made_by=row.id)


def _opened_before(unit: Unit, code: TokenRow, person: PersonRow) -> SessionOpened | None:
    """The session this very message opened: the bus sends a command again when its answer is late."""
    row = unit.session.get(TokenRow, session_id(unit, code.id)) if code.used_at else None
    return opened(unit, row, person) if row is not None and row.revoked_at is None else None


def _code(unit: Unit, code: str) -> TokenRow:
    """The row of a sign-in code; a forged one is refused before the database is read."""
    link = signing.verify(unit.settings, signing.SIGN_IN, code)
    row = unit.session.get(TokenRow, link) if link else None
    if row is None or row.use != signing.SIGN_IN or row.sha256 != signing.digest_of(code):
        raise NotFound(rules.UNKNOWN_LINK)
    return row
