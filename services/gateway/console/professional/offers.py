"""Offering places in three taps: when, where, how many. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from services.platform import french
from services.platform.errors import Invalid

EVENING = (time(17), time(20))
#: The evening is proposed while an hour of it is left.
LAST_HOUR = timedelta(hours=1)
COUNTS = ("2", "4", "6", "8")
USUAL = "6"
DAY = timedelta(days=1)
MODES = (("consultation", "Cabinet"), ("visite", "Domicile"), ("teleconsultation", "À distance"))


@dataclass(frozen=True, slots=True)
class When:
    """One choice of « quand »."""

    key: str
    title: str
    starts_at: datetime
    ends_at: datetime

    @property
    def hours(self) -> str:
        """``17 h–20 h``."""
        return f"{_hour(self.starts_at)}–{_hour(self.ends_at)}"


def _hour(moment: datetime) -> str:
    return french.clock_time(moment) if moment.minute else f"{moment.hour}{french.NBSP}h"


def evenings(now: datetime) -> list[When]:
    """This evening, while it lasts, and tomorrow's; ``now`` on the territory's hands."""
    tonight, tomorrow = _evening(now.date(), now), _evening(now.date() + DAY, now)
    found = [When("demain", "Demain", *tomorrow)]
    if tonight[1] - now >= LAST_HOUR:
        start = max(tonight[0], now.replace(second=0, microsecond=0))
        found.insert(0, When("soir", "Ce soir", start, tonight[1]))
    return found


def _evening(day: date, now: datetime) -> tuple[datetime, datetime]:
    return tuple(datetime.combine(day, hour, now.tzinfo) for hour in EVENING)  # type: ignore[return-value]


def period(form: Mapping[str, str], now: datetime) -> tuple[datetime, datetime]:
    """The hours a form asks for; an end before its start is the next morning."""
    chosen = next((when for when in evenings(now) if when.key == form.get("quand")), None)
    if chosen is not None:
        return chosen.starts_at, chosen.ends_at
    if form.get("quand") == "soir":
        raise Invalid("À compléter : la soirée est passée ; choisissez demain ou une autre heure.")
    try:
        day = date.fromisoformat(form.get("jour", ""))
        first, last = time.fromisoformat(form.get("de", "")), time.fromisoformat(form.get("a", ""))
    except ValueError:
        raise Invalid("À compléter : écrivez le jour, l'heure de début et l'heure de fin.") from None
    start, end = datetime.combine(day, first, now.tzinfo), datetime.combine(day, last, now.tzinfo)
    return start, end if end > start else end + DAY


def places(form: Mapping[str, str]) -> int:
    """How many, by the button or typed."""
    text = form.get("combien", "") if form.get("places", "autre") == "autre" else form["places"]
    if not text.isdecimal() or not 1 <= int(text) <= 200:
        raise Invalid("À compléter : écrivez combien de places, de 1 à 200.")
    return int(text)


def prefilled(
    now: datetime, profession: str, asked: Mapping[str, Any] | None, typed: Mapping[str, str]
) -> dict[str, str]:
    """What the form shows: what was typed, else what a solicitation asks for, else the usual evening."""
    shown = {
        "quand": evenings(now)[0].key, "jour": now.date().isoformat(), "de": "17:00", "a": "20:00",
        "mode": "visite" if profession == "infirmier" else "consultation", "places": USUAL, "combien": "",
        "commune": "", "etat": "ouvert", "telephone": "", "crise": "",
    }  # fmt: skip
    if asked is not None:
        shown |= _answering(now, asked)
    if "quand" in typed:
        shown |= {name: typed[name] for name in shown if name in typed}
    return shown


def _answering(now: datetime, asked: Mapping[str, Any]) -> dict[str, str]:
    """Hours and manner of a solicitation; over several days, the first evening still to come."""
    zone = now.tzinfo
    start = datetime.fromisoformat(asked["starts_at"]).astimezone(zone)
    end = datetime.fromisoformat(asked["ends_at"]).astimezone(zone)
    found = {"mode": str(asked["mode"]), "crise": asked.get("crisis") or ""}
    if int(asked["places"]) < int(USUAL):
        found |= {"places": str(asked["places"])} if str(asked["places"]) in COUNTS else {
            "places": "autre", "combien": str(asked["places"])
        }  # fmt: skip
    near = next((when for when in evenings(now) if start <= when.starts_at and when.ends_at <= end), None)
    if near is not None and end - start > DAY:
        return found | {"quand": near.key}
    same = next((when for when in evenings(now) if (start, end) == (when.starts_at, when.ends_at)), None)
    if same is not None:
        return found | {"quand": same.key}
    first = max(start.date(), now.date())
    hours = {"de": f"{start:%H:%M}", "a": f"{end:%H:%M}"} if end - start <= DAY else {}
    return found | {"quand": "autre", "jour": first.isoformat()} | hours
