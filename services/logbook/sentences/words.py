"""What a sentence is made with: local times, names of places, free texts, and the registry of sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from typing import Any, TypeVar

from contracts.base import Fact, TextRef
from contracts.logbook import EntryKind
from services.platform.territory import Territory

NOT_RECEIVED = "[texte non reçu]"
ERASED = "[texte effacé]"
MISMATCHED = "[texte non conforme à son empreinte]"

_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip

PROFESSIONS = {"medecin": "médecin", "infirmier": "infirmier", "idel": "infirmier", "pharmacien": "pharmacien"}
ROLES = {"coordinatrice": "coordinatrice", "referent": "référent crise sanitaire"}


@dataclass(slots=True)
class Words:
    """What a sentence may need beside its fact; ``texts`` maps a reference to its words or what stands for them."""

    texts: Mapping[str, str]
    author: str = "tocsin"
    territory: Territory | None = None
    used: set[str] = field(default_factory=set)

    def text(self, ref: TextRef | None) -> str:
        """The words behind a reference; empty without reference."""
        if ref is None:
            return ""
        self.used.add(ref.id)
        return self.texts.get(ref.id, NOT_RECEIVED)

    def unsaid(self) -> list[str]:
        """Words of the fact that the sentence did not take."""
        return [words for ref, words in self.texts.items() if ref not in self.used]

    @property
    def zone(self) -> tzinfo:
        """Local time zone, UTC for a territory this desk does not hold."""
        return self.territory.zone if self.territory else UTC

    def commune(self, code: str) -> str:
        """Name of a commune."""
        return self.territory.commune_name(code) if self.territory else code

    def departement(self, code: str) -> str:
        """Name of a département."""
        return (self.territory.departement_names if self.territory else {}).get(code, code)

    def at(self, moment: datetime) -> str:
        """« le 29 juin 2026 à 10 h 05 », local time."""
        return f"le {day(moment.astimezone(self.zone).date())} à {self.hour(moment)}"

    def hour(self, moment: datetime) -> str:
        """« 10 h 05 », local time."""
        local = moment.astimezone(self.zone)
        return f"{local.hour} h {local.minute:02d}" if local.minute else f"{local.hour} h"

    def span(self, start: datetime, end: datetime) -> str:
        """« le 29 juin 2026 de 14 h à 18 h », naming the last day when it differs."""
        first, last = start.astimezone(self.zone).date(), end.astimezone(self.zone).date()
        if first == last:
            return f"le {day(first)} de {self.hour(start)} à {self.hour(end)}"
        return f"du {day(first)} à {self.hour(start)} au {day(last)} à {self.hour(end)}"


def day(value: date) -> str:
    """« 1er juillet 2026 »."""
    return f"{'1er' if value.day == 1 else value.day} {_MONTHS[value.month - 1]} {value.year}"


def joined(*parts: str) -> str:
    """Sentences one after the other, each with its full stop; empty ones are left out."""
    ended = [part if part[-1] in ".!?…" else f"{part}." for part in (part.strip() for part in parts) if part]
    return " ".join(ended)


def plural(count: int, word: str) -> str:
    """« 1 place », « 2 places »: from two on, a noun takes its s."""
    return f"{count} {word}{'s' if count >= 2 else ''}"


def listing(items: tuple[str, ...] | list[str]) -> str:
    """« a, b et c »."""
    return " et ".join(filter(None, (", ".join(items[:-1]), items[-1]))) if items else ""


F = TypeVar("F", bound=Fact)
Sentence = Callable[[Any, Words], str]


@dataclass(frozen=True, slots=True)
class Telling:
    """How one type of fact is entered."""

    model: type[Fact]
    kind: EntryKind
    sentence: Sentence


TELLINGS: dict[str, Telling] = {}


def tells(model: type[F], kind: EntryKind) -> Callable[[Callable[[F, Words], str]], Callable[[F, Words], str]]:
    """Register the sentence of a type of fact and the kind of its entry."""

    def register(sentence: Callable[[F, Words], str]) -> Callable[[F, Words], str]:
        TELLINGS[model.type_name()] = Telling(model, kind, sentence)
        return sentence

    return register
