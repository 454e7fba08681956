"""What leaves for many: the point de situation, and the texts a person pastes or lets go."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy.orm import Session

from contracts.digests import DigestBody, DigestPublished, DigestValidated
from contracts.levels import CrisisClosed, LevelChanged
from contracts.messages import DraftPosted, DraftPrepared, PostDraft
from contracts.statements import CapacityStatementIssued
from services.messages import decide, drafts, store, words
from services.messages.outgoing import Letter, failed_at_once, queue
from services.messages.store import DraftRow
from services.platform import french
from services.platform.errors import Conflict, Invalid, NotFound
from services.platform.tables import TextRow
from services.platform.territory import Territory
from services.platform.unit import Unit
from services.playbook.loader import PlanError, load_library
from services.playbook.model import Plan

log = structlog.get_logger()
POINT = "point"
GROUP_MESSAGE = "message_groupes"
STATEMENT = "etat_des_capacites"
OUTSIDE = ("ars", "samu", "mairies")
AUTHORITIES = ("ars", "samu")
NO_RECIPIENT = "Aucun destinataire n'est réglé pour ce document : complétez les destinataires du territoire."
#: A posting may be typed a little ahead of the desk's clock, not more.
AHEAD = timedelta(minutes=5)


def digest_to_cell(unit: Unit, fact: DigestPublished) -> None:
    """To the cell and to who holds duty; duty also gets the one-segment SMS."""
    territory = unit.territory
    people = store.holders(unit.session, territory.territory, unit.now)
    letters = [
        _point(fact, "interne", to, decide.EMAIL, territory) for to in (*_addressed(territory, "cellule"), *people)
    ]
    if unit.settings.sms_url and not territory.exercise:
        letters += [_point(fact, "interne", to, decide.SMS, territory) for to in people]
    _let_go(unit, fact, letters)


def digest_outside(unit: Unit, fact: DigestValidated) -> None:
    """The version without names of structures or professionals, to the authorities."""
    territory = unit.territory
    to = [one for kind in OUTSIDE for one in _addressed(territory, kind)]
    _let_go(unit, fact, [_point(fact, "externe", one, decide.EMAIL, territory) for one in to])


def statement_outside(unit: Unit, fact: CapacityStatementIssued) -> None:
    """The statement of capacity, to the ARS and the SAMU."""
    territory = unit.territory
    to = [one for kind in AUTHORITIES for one in _addressed(territory, kind)]
    if to:
        queue(unit, territory.territory, [_statement(fact, one, territory) for one in to])
        return
    failed_at_once(unit, territory.territory, _statement(fact, "destinataires", territory), NO_RECIPIENT)


def _statement(fact: CapacityStatementIssued, to: str, territory: Territory) -> Letter:
    return Letter(
        about=fact.statement, category=STATEMENT, purpose=f"État des capacités n° {fact.number}", to=to,
        channel=decide.EMAIL, words=words.statement(fact, territory),
    )  # fmt: skip


def _let_go(unit: Unit, fact: DigestBody, letters: list[Letter]) -> None:
    territory = unit.territory
    if letters:
        queue(unit, territory.territory, letters)
        return
    nobody = _point(fact, "interne", "destinataires", decide.EMAIL, territory)
    failed_at_once(unit, territory.territory, nobody, NO_RECIPIENT)


def _addressed(territory: Territory, kind: str) -> list[str]:
    """References to the addresses of one kind (``ars#1``); the kind itself in an exercise, which has none."""
    if territory.exercise:
        return [kind]
    return [f"{kind}#{rank}" for rank in range(1, len(getattr(territory.recipients, kind)) + 1)]


def _point(fact: DigestBody, version: str, to: str, channel: str, territory: Territory) -> Letter:
    label = "" if version == "interne" else ", version externe"
    return Letter(
        about=fact.digest,
        category=f"{POINT}_{version}",
        purpose=f"Point de situation n° {fact.number}{label}",
        to=to,
        channel=channel,
        words=words.digest(fact, version, territory),
    )


def draft_for_level(unit: Unit, fact: LevelChanged) -> None:
    """The message to the groups for a higher level, ready to paste, in the words of the plan the crisis follows."""
    territory, plan = unit.territory, _plan(unit, fact.plan_sha256)
    subject = f"{drafts.playbook_words(fact.playbook).capitalize()} : niveau {fact.level}"
    body = drafts.level_raised(fact, territory, unit.settings.base_url, plan)
    _prepare(unit, fact, fact.level, subject, body, drafts.groups_for(plan, fact.level, territory))


def _plan(unit: Unit, sha256: str) -> Plan | None:
    """The content a crisis is pinned to, when the folder still has it; a folder spoilt since holds back no message."""
    try:
        return load_library(unit.settings.playbooks_dir).by_sha(sha256)
    except PlanError as error:
        log.warning("plans unreadable, message prepared in neutral words", problems=len(error.problems))
        return None


def draft_for_end(unit: Unit, fact: CrisisClosed) -> None:
    """The message of end, to whoever was written to during the crisis."""
    before = store.drafts_about(unit.session, unit.territory.territory, fact.crisis)
    written = tuple(dict.fromkeys(group for row in before for group in row.groups))
    subject = f"{drafts.playbook_words(fact.playbook).capitalize()} : fin de l'épisode"
    body = drafts.crisis_over(fact, unit.territory, unit.settings.base_url)
    _prepare(unit, fact, 0, subject, body, written or drafts.groups_of(unit.territory))


def _prepare(
    unit: Unit, fact: LevelChanged | CrisisClosed, level: int, subject: str, body: str, groups: tuple[str, ...]
) -> None:
    territory, about, version = unit.territory, fact.crisis, fact.version
    if any(row.version == version for row in store.drafts_about(unit.session, territory.territory, about)):
        return
    kept = unit.keep_required(french.insecable(body))
    row = DraftRow(
        id=unit.new_id(), territory=territory.territory, about=about, version=version, subject=subject,
        groups=list(groups), body_id=kept.id, at=unit.now,
    )  # fmt: skip
    unit.session.add(row)
    unit.session.flush()
    unit.say(DraftPrepared(draft=row.id, about=about, groups=groups, body=kept, level=level))


def post_draft(unit: Unit, command: PostDraft) -> None:
    """Note where a person pasted it, or queue it for the members of its groups."""
    territory = unit.territory
    row = store.draft_named(unit.session, territory.territory, command.draft)
    if row is None:
        raise NotFound("Ce texte n'existe pas dans ce territoire ; rechargez la liste des textes à copier.")
    at = command.at or unit.now
    if at > unit.now + AHEAD:
        raise Invalid("L'heure d'envoi indiquée est dans le futur ; corrigez-la.")
    where = drafts.where_sent(row.groups, territory) if command.send else command.where
    if command.send:
        _send_to_groups(unit, row)
    by = unit.caller.id
    row.posted = [*row.posted, {"by": by, "where": where, "at": at.isoformat()}]
    unit.say(DraftPosted(draft=row.id, by=by, where=where, at=at), at=at)


def _send_to_groups(unit: Unit, row: DraftRow) -> None:
    letters = [
        Letter(
            about=row.about, category=GROUP_MESSAGE, purpose=row.subject, to=f"groupe:{group}", channel=decide.EMAIL,
            words={"subject": row.subject, "text": "", "draft": row.body_id}, rank=row.version,
        )
        for group in row.groups
    ]  # fmt: skip
    keys = [f"{row.territory}|{letter.unique_key}" for letter in letters]
    if store.keys_known(unit.session, keys):
        raise Conflict("Ce message est déjà parti par courriel vers ces groupes.")
    queue(unit, row.territory, letters)


def draft_item(session: Session, row: DraftRow) -> dict[str, Any]:
    """A draft as lists show it; an erased text is empty."""
    kept = session.get(TextRow, row.body_id)
    return {
        "id": row.id, "about": row.about, "subject": row.subject, "groups": list(row.groups),
        "body": kept.text if kept else "", "at": row.at.isoformat(), "posted": list(row.posted),
    }  # fmt: skip
