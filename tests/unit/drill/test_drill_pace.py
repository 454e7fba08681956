"""The pace of a drill: where the clock stands, and orders seen in the middle of a wait."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from services.drill.pace import Pace, reached, real_seconds

START = datetime(2026, 7, 8, 6, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("elapsed", "speed", "minutes"),
    [(0, 60, 0), (0.5, 60, 0.5), (30, 60, 30), (90, 60, 60), (60, 1, 1), (6, 600, 60), (0, None, 60)],
)
def test_the_clock_moves_as_fast_as_asked_and_never_past_what_is_due(elapsed, speed, minutes):
    assert reached(START, elapsed, speed, START + HOUR) == START + timedelta(minutes=minutes)


@pytest.mark.parametrize(("speed", "seconds"), [(60, 60), (600, 6), (1, 3600), (None, 0)])
def test_how_long_a_wait_lasts(speed, seconds):
    assert real_seconds(START, speed, START + HOUR) == seconds
    assert real_seconds(START + HOUR, speed, START) == 0


async def test_a_held_drill_goes_on_when_it_is_let_go():
    pace = Pace(speed=60, paused=True)
    waiting = asyncio.create_task(pace.holds())
    await asyncio.sleep(0)
    assert not waiting.done()
    pace.turn(speed=None)
    await asyncio.sleep(0)
    assert not waiting.done()
    pace.pause(paused=False)
    await asyncio.wait_for(waiting, 1)


async def test_stopping_ends_a_wait_even_when_held():
    pace = Pace(paused=True)
    waiting = asyncio.create_task(pace.holds())
    await asyncio.sleep(0)
    pace.stop()
    await asyncio.wait_for(waiting, 1)
    assert pace.stopped


async def test_a_change_is_seen_in_the_middle_of_a_long_wait():
    pace = Pace(speed=1)
    waiting = asyncio.create_task(pace.wait(3600))
    await asyncio.sleep(0)
    pace.turn(speed=600)
    await asyncio.wait_for(waiting, 1)
