"""What may be asked of a drill, and the orders its child is given."""

from __future__ import annotations

import pytest

from services.exercises import decide
from services.exercises.decide import Standing
from services.platform.errors import Conflict, Invalid

PLAYING = Standing(id="a", title="Onze jours de juin", status="en_cours", open=True)
LOOKED_AT = Standing(id="b", title="Le pont", status="termine", open=True)
CLOSED = Standing(id="c", title="Le pont", status="arrete", open=False)


def test_one_drill_plays_at_a_time():
    with pytest.raises(Conflict, match="« Onze jours de juin »"):
        decide.check_start("nord-essonne", [LOOKED_AT, PLAYING])


def test_a_desk_left_open_is_closed_for_the_next_drill():
    assert decide.check_start("nord-essonne", [LOOKED_AT]) == ["b"]
    assert decide.check_start("nord-essonne", []) == []


def test_no_drill_starts_from_within_an_exercise():
    with pytest.raises(Invalid, match="poste réel"):
        decide.check_start("nord-essonne~exercice", [])


def test_stop_ends_the_playing_then_closes_the_pages():
    assert decide.check_stop(PLAYING) is True
    assert decide.check_stop(LOOKED_AT) is False
    with pytest.raises(Conflict):
        decide.check_stop(CLOSED)


def test_what_has_ended_has_no_speed_and_what_is_closed_no_door():
    with pytest.raises(Conflict):
        decide.check_pace(LOOKED_AT)
    with pytest.raises(Conflict):
        decide.check_enter(CLOSED)
    decide.check_pace(PLAYING)
    decide.check_enter(LOOKED_AT)


@pytest.mark.parametrize(
    ("sent", "wanted", "lines"),
    [
        ((60, False), (60, False), []),
        ((60, False), (600, False), ["speed 600"]),
        ((60, False), (None, False), ["speed max"]),
        ((None, True), (None, False), ["resume"]),
        ((1, False), (60, True), ["speed 60", "pause"]),
    ],
)
def test_orders_say_only_what_changed(sent, wanted, lines):
    assert decide.orders(sent, wanted) == lines


def test_a_drill_held_is_shown_so():
    assert decide.shown_status("en_cours", paused=True) == "en_pause"
    assert decide.shown_status("en_cours", paused=False) == "en_cours"
    assert decide.shown_status("echec", paused=True) == "echec"


def test_counts_that_are_not_counts_read_as_none():
    assert decide.progress_of({"step": 3, "steps": 9, "passed": "x"}) == {
        "step": 3, "steps": 9, "passed": 0, "failed": 0,
    }  # fmt: skip
