"""The census of who may certify a death: by commune, by time of day, by profession. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal

from contracts.directory import TimeBand
from services.platform.calendar import is_night, weekday_or_sunday
from services.platform.territory import Hours

Band = Literal["jour", "nuit", "week-end"]
BANDS: tuple[Band, ...] = ("jour", "nuit", "week-end")
DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Certifier:
    """Someone of the directory. ``certifies``: listed, so in the census; no band means at any hour."""

    person: str
    profession: str
    certifies: bool
    communes: tuple[str, ...] = ()
    bands: tuple[TimeBand, ...] = ()

    @property
    def doctor(self) -> bool:
        """Whether they certify as a doctor."""
        return is_doctor(self.profession)

    @property
    def nurse(self) -> bool:
        """Whether they certify as a nurse, under the conditions of the nurse route."""
        return is_nurse(self.profession)


def is_doctor(profession: str) -> bool:
    """Doctors, retired or in training included."""
    return profession.lower().replace("é", "e").startswith(("medecin", "dr", "docteur"))


def is_nurse(profession: str) -> bool:
    """Nurses, whatever they are called."""
    return profession.lower().startswith(("infirm", "idel", "ide", "ipa"))


def may_be_asked(
    certifiers: Iterable[Certifier], commune: str, local: datetime, *, nurse_route: bool
) -> list[Certifier]:
    """Who is listed for a commune at a local time and may take a request of this route."""
    weekday, yesterday = weekday_or_sunday(local.date()), weekday_or_sunday(local.date() - timedelta(days=1))
    minute = local.hour * 60 + local.minute
    return [
        certifier
        for certifier in certifiers
        if certifier.certifies
        and commune in certifier.communes
        and (certifier.doctor or (certifier.nurse and nurse_route))
        and covers(certifier.bands, weekday, yesterday, minute)
    ]


def covers(bands: tuple[TimeBand, ...], weekday: int, yesterday: int, minute: int) -> bool:
    """Whether one of the bands holds a minute of a day; a band that passes midnight belongs to the day it starts."""
    if not bands:
        return True
    for band in bands:
        start, end = _minutes(band.start), _minutes(band.end)
        if start < end:
            if weekday in band.weekdays and start <= minute < end:
                return True
        elif (weekday in band.weekdays and minute >= start) or (yesterday in band.weekdays and minute < end):
            return True
    return False


def _minutes(text: str) -> int:
    hours, _, minutes = text.partition(":")
    return min(int(hours) * 60 + int(minutes or 0), DAY)


@dataclass(frozen=True, slots=True)
class Cell:
    """One commune and one band of an ordinary week. ``hours`` in it, ``covered`` by at least one person."""

    commune: str
    band: Band
    people: tuple[Certifier, ...]
    hours: int
    covered: int

    @property
    def hole(self) -> bool:
        """Whether nobody is listed for some hour of the band: a death does not choose its hour."""
        return self.covered < self.hours


def grid(certifiers: Iterable[Certifier], communes: Iterable[str], hours: Hours) -> list[Cell]:
    """The census of an ordinary week, commune by commune and band by band."""
    listed = [certifier for certifier in certifiers if certifier.certifies]
    return [_cell(listed, commune, band, hours) for commune in communes for band in BANDS]


def _cell(listed: list[Certifier], commune: str, band: Band, hours: Hours) -> Cell:
    here = [certifier for certifier in listed if commune in certifier.communes]
    slots = list(_hours_of(band, hours))
    present = [
        {certifier.person for certifier in here if covers(certifier.bands, weekday, (weekday - 1) % 7, minute)}
        for weekday, minute in slots
    ]
    names = set[str]().union(*present)
    people = tuple(certifier for certifier in here if certifier.person in names)
    return Cell(commune, band, people, len(slots), sum(bool(who) for who in present))


def _hours_of(band: Band, hours: Hours) -> Iterator[tuple[int, int]]:
    """Weekday and middle minute of each hour of a band; a weekend night is a night."""
    for weekday in range(7):
        for hour in range(24):
            if band == _band_of(weekday, time(hour, 30), hours):
                yield weekday, hour * 60 + 30


def _band_of(weekday: int, at: time, hours: Hours) -> Band:
    if is_night(at, hours):
        return "nuit"
    return "week-end" if weekday >= 5 else "jour"
