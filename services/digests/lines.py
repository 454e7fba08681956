"""The lines of the figures, once for the point and for the screen: same numbers, by construction. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from services.digests.figures import TENSIONS
from services.digests.numbers import Certificates, Figures, Indicator
from services.platform import french

#: A register is complete by nature; what nobody owes comes of itself.
COMPLETE = "complet"
SPONTANEOUS = "spontané"
NOT_DUE = "non dû"
NONE = "–"
MISSING = "manque"


@dataclass(frozen=True, slots=True)
class Line:
    """One line over two days. ``item`` is there for what structures report; ``in_table`` for what a point prints."""

    key: str
    label: str
    day: int | None
    eve: int | None
    source: Literal["register", "free", "reported"]
    day_words: str = ""
    eve_words: str = ""
    item: Indicator | None = None
    indent: bool = False
    in_table: bool = True


def figure_lines(figures: Figures) -> list[Line]:
    """Registers and indicators of yesterday beside the eve; lines at zero on both days are left out."""
    return [*_places(figures), *map(_reported, figures.indicators), *_tensions(figures), *_certificates(figures)]


def awaited_lines(figures: Figures) -> list[Line]:
    """What structures owed for the day and nobody sent on either day."""
    return [_reported(item) for item in figures.awaited]


def _places(figures: Figures) -> list[Line]:
    now, before = figures.capacity, figures.capacity_before
    if not now.places and not before.places:
        return []
    return [
        Line("places", "Places de crise ouvertes", now.places, before.places, "register"),
        Line("places_prises", "dont prises", now.booked, before.booked, "register", indent=True),
    ]


def _reported(item: Indicator) -> Line:
    return Line(item.key, item.label, item.value, item.before, "reported", item=item)


def _tensions(figures: Figures) -> list[Line]:
    now, before = sum(figures.tensions.values()), sum(figures.tensions_before.values())
    if not now and not before:
        return []
    first = next(iter(figures.tensions or figures.tensions_before))
    return [
        Line("tensions", "Tensions signalées", now, before, "free"),
        Line(
            f"tension_{first}", f"dont {TENSIONS.get(first, TENSIONS['autre'])[1]}", figures.tensions.get(first, 0),
            figures.tensions_before.get(first, 0), "free", indent=True, in_table=False,
        ),
    ]  # fmt: skip


def _certificates(figures: Figures) -> list[Line]:
    now, before = figures.certificates, figures.certificates_before
    if not now.requested and not before.requested:
        return []
    return [
        Line(
            "certificats", "Certificats de décès, demandés / faits", now.requested, before.requested, "register",
            day_words=_pair(now), eve_words=_pair(before),
        )
    ]  # fmt: skip


def _pair(item: Certificates) -> str:
    return f"{item.requested} / {item.signed}"


def change_words(item: Indicator | None) -> str:
    """``+30 %`` on the same structures; ``5 → 9`` when a percentage would say nothing; a dash when none is known."""
    if item is None or item.same_now is None or item.same_before is None:
        return NONE
    rate = french.change(item.same_now, item.same_before)
    return rate or f"{french.number(item.same_before)} → {french.number(item.same_now)}"


def coverage_words(line: Line) -> str:
    """``9 sur 11``, ``complet``, ``spontané``, or ``non dû`` when nobody owed it that day."""
    if line.item is None:
        return COMPLETE if line.source == "register" else SPONTANEOUS
    if not line.item.due:
        return NOT_DUE if line.item.due_before else SPONTANEOUS
    return f"{line.item.reported} sur {line.item.due}"
