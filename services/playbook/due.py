"""How a plan writes a deadline: a duration, a time of day, or the name of a threshold."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time, timedelta

from services.platform.territory import Thresholds

TIME_OF_DAY = r"^([01]\d|2[0-3]):[0-5]\d$"
_DURATION = re.compile(
    r"^(?P<sign>-)?P(?=.)(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?$"
)
_UNITS = ("_days", "_hours", "_minutes")
#: A step due later than that is a slip of the pen, and dates do not reach for ever.
_LONGEST = timedelta(days=366)
THRESHOLDS = frozenset(name for name in Thresholds.model_fields if name.endswith(_UNITS))


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline as written: exactly one of the three is set."""

    after: timedelta | None = None
    at: time | None = None
    threshold: str | None = None


def parse_duration(text: str) -> timedelta:
    """An ISO 8601 duration in weeks, days, hours, minutes, seconds (``PT4H``, ``P1D``, ``-PT72H``)."""
    found = _DURATION.match(text)
    if found is None:
        raise ValueError(f"« {text} » n'est pas une durée ; écrivez par exemple PT4H (4 heures) ou P2D (2 jours)")
    parts = {name: int(value) for name, value in found.groupdict().items() if value and name != "sign"}
    try:
        length = timedelta(**parts)
    except OverflowError:
        length = timedelta.max
    if length > _LONGEST:
        raise ValueError(f"« {text[:40]} » dépasse un an ; écrivez une durée plus courte")
    return -length if found["sign"] else length


def parse_time(text: str) -> time:
    """A local time of day, ``18:00``."""
    hour, minute = text.split(":")
    return time(int(hour), int(minute))


def parse_due(text: str) -> Due:
    """Read a deadline; the error says in French what may be written."""
    if re.match(TIME_OF_DAY, text):
        return Due(at=parse_time(text))
    if text in THRESHOLDS:
        return Due(threshold=text)
    if _DURATION.match(text):
        return Due(after=parse_duration(text))
    raise ValueError(
        f'« {text} » n\'est pas une échéance ; écrivez une durée (PT4H), une heure ("18:00") '
        f"ou un seuil du territoire ({', '.join(sorted(THRESHOLDS))})"
    )


def threshold_length(name: str, thresholds: Thresholds) -> timedelta:
    """A threshold as a duration, in the unit its name ends with."""
    unit = name.rsplit("_", 1)[1]
    return timedelta(**{unit: getattr(thresholds, name)})
