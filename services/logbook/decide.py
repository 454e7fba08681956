"""What an entry says and whether a person may write it. Pure: no session, no clock."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NoReturn

from contracts.base import Envelope, Text
from contracts.directory import DutyGiven
from contracts.logbook import EntryCorrected, EntryKind, EntryWritten, TextRedacted
from services.logbook.chain import LATE_AFTER, canonical, clean
from services.logbook.sentences import TELLINGS, Telling, Words, joined
from services.logbook.sentences.words import MISMATCHED, listing
from services.platform.errors import Conflict, Invalid, NotFound
from services.platform.territory import Territory

#: Facts of the journal itself: their entry is written by the command that says them.
OWN_FACTS = frozenset({EntryWritten.type_name(), EntryCorrected.type_name(), TextRedacted.type_name()})
MAX_CRISIS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An entry before it takes its number and its place in the chain."""

    kind: str
    text: str
    occurred_at: datetime
    author: str = "tocsin"
    role: str = ""
    crisis: str | None = None
    fact: str | None = None
    fact_type: str = ""
    cause: str | None = None
    corrects: int | None = None
    about: int | None = None
    erases: tuple[int, ...] = ()
    verified: bool | None = None


def references(data: Any) -> dict[str, str]:
    """Every text reference anywhere in the data of a fact: id to digest, in reading order."""
    found: dict[str, str] = {}
    waiting = [data]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            ref, digest = value.get("id"), value.get("sha256")
            if len(value) == 2 and isinstance(ref, str) and isinstance(digest, str):
                found.setdefault(ref, digest)
            else:
                waiting.extend(reversed(value.values()))
        elif isinstance(value, list | tuple):
            waiting.extend(reversed(value))
    return found


def words_of(text: Text, digest: str) -> str:
    """The words as their owner gave them, or a mark when they are not those the fact was sealed with."""
    made = hashlib.sha256((text.salt + text.text).encode("utf-8", "surrogatepass")).hexdigest()
    return text.text if made == digest else MISMATCHED


def told_by_another(envelope: Envelope) -> bool:
    """Whether another fact's entry says it all: a duty that passes to somebody is entered once, when it is taken."""
    return envelope.type == DutyGiven.type_name() and bool(envelope.data.get("to"))


def draft_of_fact(envelope: Envelope, texts: Mapping[str, str], territory: Territory | None) -> Draft:
    """The entry of a fact; one that this version cannot read is entered raw, with its type."""
    base = Draft(
        kind=EntryKind.INFORMATION,
        text="",
        occurred_at=envelope.time,
        author=envelope.author,
        role=envelope.authorrole,
        fact=envelope.id,
        fact_type=envelope.type,
        cause=envelope.causation,
    )
    telling = TELLINGS.get(envelope.type)
    if telling is not None:
        try:
            return _told(base, telling, envelope, Words(texts, envelope.author, territory))
        except Exception:  # noqa: BLE001, S110 - the journal never parks: what no sentence can say is entered as it came
            pass
    raw = f"Fait « {envelope.type} » reçu de {envelope.source}, illisible pour ce journal : {canonical(envelope.data)}"
    return replace(base, text=joined(raw, *texts.values()))


def _told(base: Draft, telling: Telling, envelope: Envelope, words: Words) -> Draft:
    fact: Any = telling.model.model_validate(envelope.data)
    text = telling.sentence(fact, words)
    crises = getattr(fact, "crises", ())
    reported = getattr(fact, "reported_by", None)
    return replace(
        base,
        kind=str(telling.kind),
        text=joined(text, *words.unsaid()) if words.unsaid() else text,
        crisis=getattr(fact, "crisis", None) or (crises[0] if crises else None),
        verified=reported.verified if reported else getattr(fact, "verified", None),
    )


def check_written(occurred_at: datetime | None, crisis: str | None, now: datetime) -> datetime:
    """When the event of a typed entry happened; refused in the future, or with a crisis that cannot be one."""
    if occurred_at is not None and occurred_at - now > LATE_AFTER:
        raise Invalid("L'heure du fait est dans le futur ; corrigez-la, ou attendez qu'il ait eu lieu.")
    if crisis is not None and not 0 < len(crisis) <= MAX_CRISIS:
        raise Invalid("La crise indiquée n'existe pas ; laissez ce champ vide ou choisissez une crise ouverte.")
    return occurred_at or now


def check_words(text: str) -> str:
    """The words as the journal keeps them; refused when nothing is left to read."""
    words = clean(text).strip()
    if not words:
        raise Invalid("Le texte est vide ; écrivez ce qui s'est passé.")
    return words


def refuse_unknown(number: int) -> NoReturn:
    """Refuse to point at an entry that is not in this journal."""
    raise NotFound(f"L'entrée n° {number} n'existe pas dans ce journal ; vérifiez le numéro.")


def check_readable(has_text: bool, number: int) -> None:
    """Refuse to erase twice."""
    if not has_text:
        raise Conflict(f"Le texte de l'entrée n° {number} est déjà effacé ; il n'y a rien de plus à faire.")


def redaction_text(number: int, erased: Sequence[int], author: str, reason: str) -> str:
    """What the journal says of an erasure."""
    others = [str(other) for other in erased if other != number]
    also = f", ainsi que celui des entrées qui le reprenaient (n° {listing(others)})" if others else ""
    return joined(f"Texte de l'entrée n° {number} effacé par {author}{also}", f"Motif : {reason}")


def complement_text(number: int, words: Sequence[str]) -> str:
    """What the journal says when a missing text arrives."""
    return joined(f"Complément à l'entrée n° {number}, texte reçu depuis : {words[0]}", *words[1:])


def chunks(ids: Sequence[str], size: int) -> Iterator[tuple[str, ...]]:
    """Ids by groups, so that no answer outgrows a message of the bus."""
    return (tuple(ids[start : start + size]) for start in range(0, len(ids), size))
