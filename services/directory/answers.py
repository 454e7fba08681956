"""Questions to the directory: who calls, who is on duty, what they are called, how to reach them."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from contracts.base import Page, Role
from contracts.directory import (
    AskOwnEntry,
    CallerFound,
    Contact,
    ContactsFound,
    DutyHeld,
    HowToReach,
    ListPeople,
    ListStructures,
    ListTokens,
    OwnEntry,
    OwnStructure,
    PeopleFound,
    PersonName,
    WhoAre,
    WhoCalls,
    WhoIsOnDuty,
)
from services.directory import access_rules, store
from services.directory.decide import held_by, holder_at, last_known, person_principal, role_principal
from services.directory.enrolment import spans_of
from services.platform import signing
from services.platform.errors import NotFound
from services.platform.unit import View

ROLE_PREFIX = "role:"
TOKEN_FIELDS = {"id", "use", "role", "person", "created_at", "created_by", "expires_at"}
READS_NUMBERS = (Role.COORDINATOR, Role.REFERENT, Role.PROFESSIONAL, Role.SAMU, Role.ARS)


def who_calls(view: View, question: WhoCalls) -> CallerFound:
    """The principal behind an access now; three primary-key or index look-ups, since every request asks it."""
    token = store.token_by_digest(view.session, question.token_sha256)
    if token is None:
        return CallerFound()
    if token.revoked_at is not None or (token.expires_at and token.expires_at <= view.now):
        return _over(token)
    if token.use != signing.SIGN_IN and token.person is None:
        return CallerFound(principal=role_principal(token.role or "", token.territory).model_dump(mode="json"))
    # A sign-in code opens a session and nothing else.
    person = store.person_of(view.session, token.territory, token.person) if token.person else None
    if token.use == signing.SIGN_IN or person is None or person.erased:
        return CallerFound()
    if token.use == signing.PROFESSIONAL:
        found = access_rules.link_principal(person.person, person.roles, person.structure, token.territory)
        return CallerFound(principal=found.model_dump(mode="json") if found else None, use=token.use)
    spans = spans_of(store.duties_of(view.session, token.territory))
    on_duty = held_by(spans, person.person, view.now)
    principal = person_principal(person.person, person.roles, person.structure, token.territory, on_duty)
    return CallerFound(principal=principal.model_dump(mode="json"), use=token.use)


def _over(token: store.TokenRow) -> CallerFound:
    """An access that ended: only the holder of a personal link is told that it once worked, and why it stopped."""
    if token.use != signing.PROFESSIONAL:
        return CallerFound()
    return CallerFound(use=token.use, over="revoque" if token.revoked_at else "expire", territory=token.territory)


def own_entry(view: View, question: AskOwnEntry) -> OwnEntry:
    """The entry of the person who asks; a token shared by a role is nobody's."""
    view.require(*Role)
    territory = view.message.territory
    row = store.person_of(view.session, territory, view.caller.id) if view.caller.kind == "person" else None
    if row is None or row.erased:
        raise NotFound("Vous n'êtes pas à l'annuaire de ce territoire ; demandez à la personne d'astreinte.")
    held = store.structure_of(view.session, territory, row.structure) if row.structure else None
    return OwnEntry(
        **row.model_dump(include={"person", "name", "function", "profession", "communes"}),
        structure=OwnStructure(**held.model_dump(include={"structure", "name", "commune", "reporting"}))
        if held
        else None,
    )


def who_is_on_duty(view: View, question: WhoIsOnDuty) -> Page:
    """Each duty role ever given, who holds it at that moment, and who to call next."""
    view.require()
    territory, at = view.message.territory, question.at or view.now
    spans = spans_of(store.duty_history(view.session, territory))
    items = []
    for role in sorted({span.role for span in spans}):
        of_role = [span for span in spans if span.role == role]
        known, holder = last_known(of_role, at), holder_at(of_role, at)
        person = store.person_of(view.session, territory, holder.person) if holder else None
        shows_number = view.caller.kind == "platform" or view.caller.has(*READS_NUMBERS)
        held = DutyHeld(
            role=role,
            person=holder.person if holder else None,
            name=person.name if person else "",
            phone=person.phone if person and shows_number else None,
            deputies=known.deputies if known else (),
            starts_at=holder.starts_at if holder else None,
            ends_at=holder.ends_at if holder else None,
        )
        items.append(held.model_dump(mode="json"))
    return Page(items=tuple(items))


def who_are(view: View, question: WhoAre) -> PeopleFound:
    """Names for a screen or a print; a reference nobody bears is left out."""
    view.require(Role.COORDINATOR, Role.REFERENT, Role.PROFESSIONAL, Role.READER)
    found = store.people_named(view.session, view.message.territory, list(question.people))
    people = [found[ref] for ref in question.people if ref in found]
    return PeopleFound(
        people=tuple(PersonName(person=row.person, name=row.name, function=row.function) for row in people)
    )


def how_to_reach(view: View, question: HowToReach) -> ContactsFound:
    """Contacts of each target: a person, a group, or ``role:<duty>`` (its holder, then the deputies in order)."""
    view.require(Role.COORDINATOR, Role.REFERENT)
    territory = view.message.territory
    people = {row.person: row for row in store.all_people(view.session, territory)}
    contacts: dict[str, tuple[Contact, ...]] = {}
    for target in question.targets:
        refs = _references(view, target, people)
        contacts[target] = tuple(_contact(people[ref]) for ref in refs if ref in people)
    return ContactsFound(contacts=contacts)


def _references(view: View, target: str, people: dict[str, store.PersonRow]) -> list[str]:
    if target.startswith(ROLE_PREFIX):
        return duty_order(view.session, view, target.removeprefix(ROLE_PREFIX))
    if target in people:
        return [target]
    return [ref for ref, row in people.items() if target in row.groups]


def duty_order(session: Session, view: View, role: str) -> list[str]:
    """Holder of a duty role, then deputies in order; when its time has run out, the deputies remain."""
    spans = spans_of(store.duty_history(session, view.message.territory, role))
    holder, known = holder_at(spans, view.now), last_known(spans, view.now)
    first = [holder.person] if holder else []
    return first + [ref for ref in (known.deputies if known else ()) if ref not in first]


def _contact(row: store.PersonRow) -> Contact:
    phone = [f"sms:{row.phone}"] if row.phone else []
    email = [f"mailto:{row.email}"] if row.email else []
    return Contact(
        person=row.person,
        name=row.name,
        email=row.email,
        phone=row.phone,
        channels=tuple(dict.fromkeys([*phone, *email, *row.channels])),
    )


def list_people(view: View, question: ListPeople) -> Page:
    """People not erased, names and contacts included: for who runs the desk."""
    view.require(Role.COORDINATOR, Role.REFERENT)
    rows = store.people_page(view.session, view.message.territory, question.cursor or "", question.limit + 1)
    items = [row.model_dump(mode="json", exclude={"territory", "erased", "seed_digest"}) for row in rows]
    return _page(items, question.limit, "person")


def list_structures(view: View, question: ListStructures) -> Page:
    """Structures with what they report and when they are closed."""
    view.require()
    rows = store.structures_page(view.session, view.message.territory, question.cursor or "", question.limit + 1)
    return _page(
        [row.model_dump(mode="json", exclude={"territory", "seed_digest"}) for row in rows], question.limit, "structure"
    )


def list_tokens(view: View, question: ListTokens) -> Page:
    """Accesses that work, so that one can be revoked by its id; their secrets are kept nowhere."""
    view.require(Role.COORDINATOR, Role.REFERENT)
    kept = {"use": question.use, "person": question.person}
    rows = store.valid_tokens(
        view.session, view.message.territory, view.now, question.cursor, question.limit + 1, **kept
    )
    items = [row.model_dump(mode="json", include=TOKEN_FIELDS) for row in rows]
    return _page(items, question.limit, "id")


def _page(items: list[dict[str, Any]], limit: int, key: str) -> Page:
    more = len(items) > limit
    return Page(items=tuple(items[:limit]), next=items[limit - 1][key] if more else None)
