"""Sentences of the meeting: who was there, what was decided, how long it took."""

from __future__ import annotations

from collections.abc import Sequence

from contracts.logbook import EntryKind
from contracts.meetings import (
    AttendanceNoted,
    Attended,
    DecisionRecorded,
    MeetingClosed,
    MeetingNoted,
    MeetingOpened,
    Named,
    Outcome,
)
from services.logbook.sentences.words import Words, joined, listing, tells
from services.platform.french import NBSP, lasting

OUTCOMES = {
    Outcome.ADOPTEE: "adoptée",
    Outcome.MODIFIEE: "modifiée",
    Outcome.REPORTEE: "reportée",
    Outcome.ECARTEE: "écartée",
}


def _outcome(outcome: Outcome) -> str:
    return OUTCOMES.get(outcome, "prise")


def _who(named: Named | None, words: Words) -> str:
    if named is None:
        return ""
    return named.person or words.text(named.name)


def _attended(someone: Attended, words: Words) -> str:
    note = words.text(someone.note)
    return f"{_who(someone, words)} ({note})" if note else _who(someone, words)


@tells(MeetingOpened, EntryKind.POINT)
def meeting_opened(fact: MeetingOpened, words: Words) -> str:
    """The meeting began."""
    lead = _who(fact.led_by, words)
    parts = [
        f"Point n° {fact.number} ouvert",
        "tenu sans le référent" if fact.without_referent else "",
        f"conduite {lead}" if lead else "",
        f"journal de bord {_who(fact.keeper, words)}",
    ]
    return joined(", ".join(part for part in parts if part))


@tells(AttendanceNoted, EntryKind.POINT)
def attendance_noted(fact: AttendanceNoted, words: Words) -> str:
    """Who is there."""
    present, absent = _listed(fact.present, words), _listed(fact.absent, words)
    turn = "Présents (liste corrigée)" if fact.corrects else "Présents"
    return joined(
        f"{turn} : {len(fact.present)} sur {len(fact.present) + len(fact.absent)}{f' : {present}' if present else ''}",
        f"{'Absents' if len(fact.absent) > 1 else 'Absent'} : {absent}" if absent else "",
    )


def _listed(people: Sequence[Attended], words: Words) -> str:
    return listing([_attended(someone, words) for someone in people])


@tells(DecisionRecorded, EntryKind.DECISION)
def decision_recorded(fact: DecisionRecorded, words: Words) -> str:
    """A decision, word for word: whose, by when."""
    owner = _who(fact.owner, words)
    due = words.at(fact.due_at) if fact.due_at else words.text(fact.due_words)
    return joined(
        f"Décision {fact.code}{' corrigée' if fact.corrects else ''}, {_outcome(fact.outcome)} : "
        f"{words.text(fact.title)}",
        words.text(fact.words),
        f"Décide : {_who(fact.decided_by, words)}",
        f"Porteur : {owner}" if owner else "",
        f"Échéance : {due}" if due else "",
    )


@tells(MeetingNoted, EntryKind.INFORMATION)
def meeting_noted(fact: MeetingNoted, words: Words) -> str:
    """A line written while the point was read."""
    turn = "À vérifier" if fact.kind == "a_verifier" else f"Dit au point n° {fact.number}"
    return joined(f"{turn} : {words.text(fact.words)}", "Vérifié" if fact.verified else "")


@tells(MeetingClosed, EntryKind.POINT)
def meeting_closed(fact: MeetingClosed, words: Words) -> str:
    """The meeting ended: how long, what was settled, what is put off."""
    settled = ", ".join(f"{item.code} {_outcome(item.outcome)}" for item in fact.decided)
    return joined(
        f"Point n° {fact.number} clos en {lasting(fact.seconds).replace(NBSP, ' ')}",
        f"Décisions : {settled}" if settled else "Aucune décision écrite",
        f"Différé : {listing(fact.deferred)}" if fact.deferred else "",
        f"Présents : {fact.present} sur {fact.expected}" if fact.expected else "",
    )
