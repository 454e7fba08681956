"""When a flood of alerts stands, what an authority does or asks is never pushed out by plain calls."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from contracts.alerts import AlertKind, AlertRaised, Phenomenon
from contracts.base import TextRef
from services.levels.axes import strength_of

NOW = datetime(2026, 6, 30, 10, 0, tzinfo=UTC)


def alert(**more) -> AlertRaised:
    return AlertRaised(alert="a", source="s", headline=TextRef(id="t", sha256="0"), starts_at=NOW, **more)


@pytest.mark.parametrize(
    ("fact", "strength"),
    [
        (alert(kind=AlertKind.VIGILANCE, phenomenon=Phenomenon.CANICULE), 3),
        (alert(kind=AlertKind.ORSAN, volet="EPI-CLIM"), 3),
        (alert(kind=AlertKind.ARS, requests_level=3), 2),
        (alert(kind=AlertKind.SAMU, phenomenon=Phenomenon.CANICULE), 1),
        (alert(kind=AlertKind.SAMU), 0),
    ],
    ids=["vigilance", "orsan", "a request", "a call about the heat", "any other call"],
)
def test_strength(fact, strength):
    assert strength_of(fact) == strength
