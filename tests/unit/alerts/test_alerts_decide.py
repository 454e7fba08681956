from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.alerts import COLOUR_RANK, Colour, ColourPeriod
from services.alerts import editions
from services.alerts.periods import after, before, flatten, next_fall, overwrite, worst_from
from tests.unit.alerts.alerts_samples import at

PARIS = ZoneInfo("Europe/Paris")
START = at(28)


def period(colour, start, end):
    return ColourPeriod(colour=colour, starts_at=START + timedelta(hours=start), ends_at=START + timedelta(hours=end))


def colour_at(periods, moment):
    standing = [span.colour for span in periods if span.starts_at <= moment < span.ends_at]
    return max(standing, key=COLOUR_RANK.__getitem__, default=Colour.VERT)


SPANS = st.lists(
    st.builds(
        lambda colour, start, length: period(colour, start, start + length),
        st.sampled_from([Colour.VERT, Colour.JAUNE, Colour.ORANGE, Colour.ROUGE]),
        st.integers(0, 40),
        st.integers(0, 12),
    ),
    max_size=8,
)
HOURS = [START + timedelta(hours=hour, minutes=30) for hour in range(-1, 55)]


@given(SPANS)
def test_flattening_keeps_the_worst_colour_of_each_instant(spans):
    flat = flatten(spans)
    assert all(one.ends_at <= two.starts_at for one, two in pairwise(flat))
    assert all(not (one.ends_at == two.starts_at and one.colour is two.colour) for one, two in pairwise(flat))
    assert [colour_at(flat, hour) for hour in HOURS] == [colour_at(spans, hour) for hour in HOURS]
    assert flatten(flat) == flat


@given(SPANS, SPANS, st.integers(0, 40), st.integers(1, 12))
def test_the_newer_document_stands_where_it_speaks(old, new, start, length):
    span = (START + timedelta(hours=start), START + timedelta(hours=start + length))
    old, new = flatten(old), before(after(flatten(new), span[0]), span[1])
    merged = overwrite(old, new, span)
    for hour in HOURS:
        assert colour_at(merged, hour) == colour_at(new if span[0] <= hour < span[1] else old, hour)


def test_colour_is_the_worst_not_yet_over():
    periods = (period("rouge", 0, 18), period("jaune", 18, 42))
    assert worst_from(periods, START) is Colour.ROUGE
    assert next_fall(periods, START) == START + timedelta(hours=18)
    assert worst_from(periods, START + timedelta(hours=18)) is Colour.JAUNE
    assert worst_from(periods, START + timedelta(hours=50)) is Colour.ROUGE
    assert next_fall(periods, START + timedelta(hours=50)) is None


@pytest.mark.parametrize(
    ("now", "edition", "poll"),
    [
        (at(29, 3, 59), at(28, 14), at(29, 4)),
        (at(29, 4), at(29, 4), at(29, 4, 15)),
        (at(29, 13, 50), at(29, 4), at(29, 14)),
        (at(29, 22), at(29, 14), at(29, 22, 15)),
        (datetime(2026, 10, 25, 4, 59, tzinfo=PARIS), datetime(2026, 10, 24, 16, tzinfo=PARIS), None),
        (datetime(2026, 10, 25, 6, 1, tzinfo=PARIS), datetime(2026, 10, 25, 6, tzinfo=PARIS), None),
    ],
)
def test_editions_follow_local_time(now, edition, poll):
    assert editions.last_edition(now, PARIS) == edition
    assert poll is None or editions.next_poll(now, PARIS) == poll


@pytest.mark.parametrize(
    ("now", "issued_at", "started_at", "missing"),
    [
        (at(29, 4, 29), at(28, 14), at(20), None),
        (at(29, 4, 30), at(28, 14), at(20), at(29, 4)),
        (at(29, 4, 30), at(29, 3, 58), at(20), None),
        (at(29, 8), None, at(29, 7, 45), None),
        (at(29, 8, 15), None, at(29, 7, 45), at(29, 4)),
    ],
    ids=["in grace", "missing", "a little early", "just started", "started and nothing"],
)
def test_an_edition_is_missing_after_its_grace(now, issued_at, started_at, missing):
    assert editions.missing_at(now, PARIS, issued_at, started_at, 30) == missing
