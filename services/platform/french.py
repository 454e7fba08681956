"""French formats shared by everything a user reads: dates, times, waits, plurals, unbreakable spaces, GSM-7 letters.

A time of day is written ``6 h 50`` and a wait ``2 h 10 min``: never one for the other.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, time

NBSP = "\u00a0"
THIN = "\u202f"
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
SHORT_WEEKDAYS = ("lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim.")
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
#: Letters of the GSM 03.38 basic set; anything else would turn a segment of 160 into one of 70.
GSM7 = frozenset("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
                 "abcdefghijklmnopqrstuvwxyzäöñüà")  # fmt: skip
#: Typographic signs and what stands for them in GSM-7.
PLAIN = {
    "’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"', "–": "-", "—": "-", "−": "-", "…": "...",
    NBSP: " ", THIN: " ", "œ": "oe", "Œ": "OE", "°": "o", "·": "-", "€": "EUR", "×": "x",
}  # fmt: skip


def number(value: int) -> str:
    """An integer with thin spaces between thousands: ``1 200``."""
    return f"{value:,}".replace(",", THIN)


def count(value: int, one: str, many: str | None = None) -> str:
    """A number and its noun, which is plural from 2 up: ``0 place``, ``1 place``, ``2 places``."""
    return f"{number(value)}{NBSP}{plural(value, one, many)}"


def plural(value: int, one: str, many: str | None = None) -> str:
    """The noun alone, plural from 2 up."""
    return (many or one + "s") if abs(value) > 1 else one


def percent(part: int, whole: int) -> str:
    """A rounded share: ``89 %``; a dash when there is no whole."""
    return f"{round(100 * part / whole)}{NBSP}%" if whole else "—"


def change(now: int, before: int, *, from_base: int = 20) -> str:
    """A signed change in percent, ``+30 %``; empty under ``from_base``, where a percentage says nothing."""
    if before < from_base:
        return ""
    rate = round(100 * (now - before) / before)
    sign = "+" if rate > 0 else "−" if rate < 0 else ""
    return f"{sign}{abs(rate)}{NBSP}%"


def clock_time(moment: datetime | time) -> str:
    """A time of day, minutes always: ``9 h 00``. A ``datetime`` must already be local."""
    return f"{moment.hour}{NBSP}h{NBSP}{moment.minute:02d}"


def wait(minutes: int) -> str:
    """A length of time: ``45 min``, ``2 h 10 min``, ``3 j 4 h``."""
    minutes = max(0, minutes)
    if minutes < 60:
        return f"{minutes}{NBSP}min"
    hours, rest = divmod(minutes, 60)
    if hours >= 48:
        days, hours = divmod(hours, 24)
        return f"{days}{NBSP}j" + (f" {hours}{NBSP}h" if hours else "")
    return f"{hours}{NBSP}h" + (f" {rest:02d}{NBSP}min" if rest else "")


def lasting(seconds: int) -> str:
    """How long something took, to the second: ``52 s``, ``14 min 20``, ``1 h 04 min``."""
    minutes, rest = divmod(max(0, seconds), 60)
    if minutes >= 60:
        return wait(minutes)
    return f"{minutes}{NBSP}min{NBSP}{rest:02d}" if minutes else f"{rest}{NBSP}s"


def nth(rank: int) -> str:
    """``1er``, ``2e``."""
    return "1er" if rank == 1 else f"{rank}e"


def _day_number(day: date) -> str:
    return "1er" if day.day == 1 else str(day.day)


def short_day(day: date) -> str:
    """``jeu. 2``, or ``mer. 1er``."""
    return f"{SHORT_WEEKDAYS[day.weekday()]}{NBSP}{_day_number(day)}"


def day_month(day: date) -> str:
    """``jeu. 2 juillet``."""
    return f"{short_day(day)}{NBSP}{MONTHS[day.month - 1]}"


def long_day(day: date) -> str:
    """``jeudi 2 juillet 2026``."""
    return f"{WEEKDAYS[day.weekday()]} {_day_number(day)}{NBSP}{MONTHS[day.month - 1]} {day.year}"


def weekday_day(day: date) -> str:
    """``jeudi 2 juillet``."""
    return f"{WEEKDAYS[day.weekday()]} {_day_number(day)}{NBSP}{MONTHS[day.month - 1]}"


def when(moment: datetime) -> str:
    """``mar. 30, 18 h 00``, from a local moment."""
    return f"{short_day(moment.date())}, {clock_time(moment)}"


def join(parts: Iterable[str], last: str = "et") -> str:
    """``a, b et c``."""
    items = [part for part in parts if part]
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last}{NBSP}{items[-1]}"


def of(name: str) -> str:
    """``de`` or ``d’`` before a name: ``d’Athis-Mons``, ``de Wissous``."""
    first = unicodedata.normalize("NFD", name[:1]).upper()[:1]
    return f"d’{name}" if first and first in "AEIOUYH" else f"de{NBSP}{name}"


def at(name: str) -> str:
    """``à Wissous``."""
    return f"à{NBSP}{name}"


def capital(text: str) -> str:
    """The same words with a capital first letter, the others untouched."""
    return text[:1].upper() + text[1:]


def phone(number_: str) -> str:
    """A French number as it is read aloud: ``06 39 98 00 00``; another one as it came."""
    digits = re.sub(r"[^\d+]", "", number_)
    national = "0" + digits[3:] if digits.startswith("+33") else digits
    if len(national) != 10 or not national.isdigit():
        return number_
    return NBSP.join(national[start : start + 2] for start in range(0, 10, 2))


def clip(text: str, letters: int) -> str:
    """At most ``letters`` letters, cut at a word, with an ellipsis; line breaks become spaces."""
    text = " ".join(text.split())
    if len(text) <= letters:
        return text
    cut = text[: letters - 1].rsplit(" ", 1)[0] if " " in text[: letters - 1] else text[: letters - 1]
    return cut.rstrip(" ,;:") + "…"


def insecable(text: str) -> str:
    """French spaces: U+00A0 before a colon and inside « », U+202F before ; ! ? ; typographic apostrophe."""
    text = text.replace("'", "’")
    text = re.sub(r"[ \u00a0\u202f]+([;!?])", THIN + r"\1", text)
    text = re.sub(r"[ \u00a0\u202f]+(:)(?=\s|$)", NBSP + r"\1", text)
    text = re.sub(r"«\s*", "«" + NBSP, text)
    text = re.sub(r"\s*»", NBSP + "»", text)
    text = re.sub(r"(\d) (?=(?:h|min|j|%|km|places?)\b|%)", r"\1" + NBSP, text)
    return re.sub(r"\b([Nn]°) (?=\d)", r"\1" + NBSP, text)


def gsm7(text: str) -> str:
    """The same words in GSM-7 letters: ê becomes e, ç becomes c, typographic signs become plain ones."""
    letters = []
    for letter in "".join(PLAIN.get(sign, sign) for sign in text):
        base = letter if letter in GSM7 else unicodedata.normalize("NFD", letter)[:1]
        letters.append(base if base in GSM7 else "?")
    return "".join(letters)


#: Words of the field as the short name of a plan writes them (letters without accents) -> as a sentence does.
_PLAN_WORDS = {
    "penurie": "pénurie", "medicaments": "médicaments", "epidemie": "épidémie", "saisonniere": "saisonnière",
    "emergent": "émergent", "blesses": "blessés", "vehicules": "véhicules", "seisme": "séisme", "tempete": "tempête",
    "electricite": "électricité", "reseau": "réseau", "greve": "grève", "secheresse": "sécheresse", "nrc": "NRC",
}  # fmt: skip


def plan_words(playbook: str) -> str:
    """The short name of a plan as a sentence says it: ``pénurie de médicaments``; a word not known stays as written."""
    return " ".join(_PLAN_WORDS.get(word, word) for word in re.split("[-_]", playbook))
