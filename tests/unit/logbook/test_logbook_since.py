"""What matters of an absence: chosen by rule, in order, and never silently cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.logbook import EntryKind
from services.logbook.sentences import TELLINGS
from services.logbook.since import Seen, choose, kinds_of, told, types_of, weight

NBSP = "\u00a0"
SHOWN = {
    "level.changed", "level.proposed", "crisis.opened", "crisis.closed", "proposal.declined", "proposal.withdrawn",
    "alert.raised", "alert.updated", "alert.lifted", "alert.expired", "source.silent", "source.heard",
    "duty.taken", "duty.given", "digest.published", "digest.validated", "certificate.needed",
    "certificate.escalated", "certificate.closed", "action.late", "message.failed", "message.uncertain",
    "message.escalated",
}  # fmt: skip
ROUTINE = {
    "slot.offered", "slot.booked", "slot.released", "vad.reported", "activity.reported", "tension.reported",
    "action.opened", "action.done", "message.sent", "digest.drafted", "person.enrolled", "structure.enrolled",
}  # fmt: skip


def seen(fact_type, number=1):
    return Seen(number, str(TELLINGS[fact_type].kind), fact_type)


@pytest.mark.parametrize("fact_type", sorted(SHOWN))
def test_what_a_person_on_duty_must_know_is_shown(fact_type):
    assert weight(seen(fact_type)) is not None


@pytest.mark.parametrize("fact_type", sorted(ROUTINE))
def test_the_routine_flow_is_told_as_counts(fact_type):
    assert weight(seen(fact_type)) is None


def test_what_a_person_wrote_is_shown_a_decision_first():
    assert weight(Seen(1, "information", "entry.written")) == 3
    assert weight(Seen(1, "decision", "entry.written")) == 1


def test_a_fact_of_tomorrow_counts_by_its_kind():
    assert weight(Seen(1, "niveau", "level.invented")) == 1
    assert weight(Seen(1, "capacite", "slot.invented")) is None
    assert weight(Seen(1, "jamais-vu", "x.y")) is None


def test_when_there_is_too_much_the_weightiest_stay_and_the_others_are_counted():
    entries = [seen("level.changed", 1), *(seen("alert.updated", number) for number in range(2, 100))]
    numbers, left_out = choose(entries)
    assert numbers == [1, *range(41, 100)]
    assert left_out == 39


@given(st.lists(st.sampled_from(sorted(SHOWN | ROUTINE)), max_size=150))
def test_chosen_and_left_out_are_all_that_matters(types):
    entries = [seen(fact_type, number) for number, fact_type in enumerate(types, 1)]
    numbers, left_out = choose(entries)
    assert len(numbers) + left_out == sum(weight(entry) is not None for entry in entries)
    assert numbers == sorted(numbers)
    assert len(numbers) <= 60


def test_the_flow_is_counted_in_words():
    entries = [*(seen("slot.booked", number) for number in range(48)), seen("slot.released", 50)]
    assert kinds_of(entries) == {str(EntryKind.CAPACITE): 49}
    assert told(types_of(entries)) == (f"48{NBSP}réservations de places", f"1{NBSP}réservation rendue")
