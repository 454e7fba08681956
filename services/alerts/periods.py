"""Coloured spans of time: pure sums on them. Absence of a period means green."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise

from contracts.alerts import COLOUR_RANK, Colour, ColourPeriod

Periods = tuple[ColourPeriod, ...]

#: A day has 24 hourly spans and a vigilance a few days; beyond this a document is not a vigilance.
MAX_PERIODS = 120


def worst(colours: Iterable[Colour]) -> Colour:
    """The worst of several colours, green when there is none."""
    return max(colours, key=COLOUR_RANK.__getitem__, default=Colour.VERT)


def flatten(spans: Sequence[ColourPeriod]) -> Periods:
    """Disjoint periods in order: the worst colour at each instant, neighbours of one colour joined, green left out."""
    coloured = [span for span in spans if COLOUR_RANK[span.colour] and span.starts_at < span.ends_at]
    bounds = sorted({moment for span in coloured for moment in (span.starts_at, span.ends_at)})
    flat: list[ColourPeriod] = []
    for start, end in pairwise(bounds):
        colour = worst(span.colour for span in coloured if span.starts_at <= start and end <= span.ends_at)
        if colour is Colour.VERT:
            continue
        joins = bool(flat) and flat[-1].ends_at == start and flat[-1].colour is colour
        begins = flat.pop().starts_at if joins else start
        flat.append(ColourPeriod(colour=colour, starts_at=begins, ends_at=end))
    return tuple(flat)


def before(periods: Periods, moment: datetime) -> Periods:
    """What stands before a moment; a period across it is cut."""
    return tuple(_bounded(period, None, moment) for period in periods if period.starts_at < moment)


def after(periods: Periods, moment: datetime) -> Periods:
    """What remains after a moment; a period across it is cut."""
    return tuple(_bounded(period, moment, None) for period in periods if period.ends_at > moment)


def overwrite(old: Periods, new: Periods, span: tuple[datetime, datetime]) -> Periods:
    """``new`` in place of what ``old`` said over ``span``; outside of it, ``old`` still stands."""
    return flatten((*before(old, span[0]), *new, *after(old, span[1])))


def worst_from(periods: Periods, now: datetime) -> Colour:
    """The worst colour not yet over; once all are over, the worst there was."""
    left = after(periods, now)
    return worst(period.colour for period in left or periods)


def next_fall(periods: Periods, now: datetime) -> datetime | None:
    """When the worst colour not yet over will be over, so that a weaker one becomes the worst."""
    left = after(periods, now)
    colour = worst(period.colour for period in left)
    return max((period.ends_at for period in left if period.colour is colour), default=None)


def worst_between(periods: Periods, start: datetime, end: datetime) -> Colour:
    """The worst colour over a span, such as a local day."""
    return worst(period.colour for period in periods if period.starts_at < end and period.ends_at > start)


def _bounded(period: ColourPeriod, start: datetime | None, end: datetime | None) -> ColourPeriod:
    return ColourPeriod(
        colour=period.colour,
        starts_at=max(period.starts_at, start) if start else period.starts_at,
        ends_at=min(period.ends_at, end) if end else period.ends_at,
    )
