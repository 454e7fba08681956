"""Killed again and again under load: nothing accepted is lost, nothing doubled (long form: ``tests.faulting``)."""

from __future__ import annotations

import pytest

from tests.faulting import Victim, torment

pytestmark = pytest.mark.system


async def test_kills_lose_and_double_nothing(settings):
    victim = Victim(settings.data_dir, settings.database_url, settings.database_schema)
    try:
        figures = await torment(victim, 4, seed=3)
        print(figures)
        assert figures["accepted"] >= 8
        victim.stop()
    finally:
        victim.end()
