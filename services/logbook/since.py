"""What matters among the entries of an absence, and the rest as counts. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from contracts.logbook import EntryKind
from services.platform.french import count

#: What one phone screen and one minute can take.
MOST_ENTRIES = 60
#: Entries read back at most: several days of a busy crisis.
MOST_READ = 5000


class Seen(NamedTuple):
    """An entry as the rule looks at it."""

    number: int
    kind: str
    fact_type: str


#: Type of fact -> how much it matters, 1 first; None is routine, told as a count.
_WEIGHTS: dict[str, int | None] = {
    "crisis.opened": 1, "level.changed": 1, "crisis.closed": 1, "level.proposed": 1, "proposal.declined": 1,
    "alert.raised": 1, "alert.lifted": 1, "alert.expired": 1, "certificate.escalated": 1,
    "alert.updated": 2, "proposal.withdrawn": 2, "source.silent": 2, "action.late": 2, "certificate.needed": 2,
    "message.failed": 2, "message.uncertain": 2, "message.escalated": 2,
    "source.heard": 3, "certificate.closed": 3, "digest.published": 3, "digest.validated": 3,
    "entry.corrected": 3, "text.redacted": 3,
    "digest.drafted": None, "attendance.noted": None,
}  # fmt: skip
#: A type this rule does not name counts by the kind of its entry.
_BY_KIND = {
    EntryKind.NIVEAU: 1,
    EntryKind.DECISION: 1,
    EntryKind.ALERTE: 1,
    EntryKind.PROPOSITION: 2,
    EntryKind.RELEVE: 2,
    EntryKind.POINT: 3,
}
_HUMAN = "entry.written"

#: The routine flow: type of fact -> its noun, one and many, in the order it is told.
_NOUNS = {
    "slot.offered": ("créneau offert", "créneaux offerts"),
    "slot.opened": ("créneau activé", "créneaux activés"),
    "slot.booked": ("réservation de places", "réservations de places"),
    "slot.released": ("réservation rendue", "réservations rendues"),
    "slot.withdrawn": ("créneau retiré", "créneaux retirés"),
    "vad.reported": ("relevé de visites à domicile", "relevés de visites à domicile"),
    "activity.reported": ("relevé d’activité", "relevés d’activité"),
    "tension.reported": ("tension signalée", "tensions signalées"),
    "request.sent": ("demande à un partenaire", "demandes à des partenaires"),
    "request.answered": ("réponse de partenaire", "réponses de partenaires"),
    "certificate.accepted": ("certificat accepté", "certificats acceptés"),
    "certificate.signed": ("certificat fait", "certificats faits"),
    "action.opened": ("action ouverte", "actions ouvertes"),
    "action.taken": ("action prise en charge", "actions prises en charge"),
    "action.done": ("action faite", "actions faites"),
    "action.skipped": ("action laissée de côté", "actions laissées de côté"),
    "action.closed": ("action fermée", "actions fermées"),
    "idea.adopted": ("réponse à une idée", "réponses à des idées"),
    "message.sent": ("message parti", "messages partis"),
    "message.acknowledged": ("accusé de réception", "accusés de réception"),
}


def weight(seen: Seen) -> int | None:
    """How much an entry matters to who comes back, 1 first; None when it is told as a count."""
    if seen.fact_type in _WEIGHTS:
        return _WEIGHTS[seen.fact_type]
    by_kind = _BY_KIND.get(EntryKind(seen.kind))
    if by_kind is None and seen.fact_type == _HUMAN:
        return 3  # a person took the time to write it
    return by_kind


def choose(seen: Iterable[Seen], most: int = MOST_ENTRIES) -> tuple[list[int], int]:
    """Numbers of the entries to show, in order, and how many that matter are left out.

    When they are too many, what matters most stays, and of equal weight the newest.
    """
    ranked = sorted((rank, -entry.number) for entry in seen if (rank := weight(entry)) is not None)
    return sorted(-number for _, number in ranked[:most]), max(0, len(ranked) - most)


def kinds_of(seen: Sequence[Seen]) -> dict[str, int]:
    """How many entries of each kind, most first."""
    return dict(Counter(entry.kind for entry in seen).most_common())


def types_of(seen: Sequence[Seen]) -> dict[str, int]:
    """How many entries of each type of fact, most first."""
    return dict(Counter(entry.fact_type for entry in seen if entry.fact_type).most_common())


def told(types: dict[str, int]) -> tuple[str, ...]:
    """The routine flow in words: ``48 réservations de places``."""
    return tuple(count(types[name], *nouns) for name, nouns in _NOUNS.items() if types.get(name))
