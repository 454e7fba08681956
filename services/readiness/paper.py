"""The plan de crise as data: a cover, sections, and in them paragraphs, lists and tables. Two renderers read it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from contracts.crisis_plan import Gap
from services.platform.french import insecable


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Words(_Part):
    """A paragraph; a ``note`` is in small grey letters, a ``lead`` stands out."""

    kind: Literal["words"] = "words"
    text: str
    tone: Literal["plain", "lead", "note"] = "plain"


class Lines(_Part):
    """A list; ``boxes`` are to be ticked on paper."""

    kind: Literal["lines"] = "lines"
    items: tuple[str, ...]
    boxes: bool = False


class Grid(_Part):
    """A table: its heading is repeated on each page, ``widths`` are shares."""

    kind: Literal["grid"] = "grid"
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]


Block = Annotated[Words | Lines | Grid, Field(discriminator="kind")]


class Section(_Part):
    """A titled part; ``level`` 1 is numbered and in the table of contents, 2 stands under it, 3 is a small title."""

    title: str
    level: Literal[1, 2, 3] = 1
    blocks: tuple[Block, ...] = ()
    new_page: bool = False


class Paper(_Part):
    """The whole document, frozen: the same content gives the same SHA-256."""

    title: str
    place: str
    exercise: bool
    standing: str
    day: date
    number: int
    cover: tuple[tuple[str, str], ...]
    warning: str
    sections: tuple[Section, ...]
    gaps: tuple[Gap, ...] = ()

    @property
    def mode(self) -> str:
        """The word that no page goes without."""
        return "EXERCICE" if self.exercise else "RÉEL"

    @property
    def name(self) -> str:
        """What stands at the foot of every page."""
        return f"{self.title}, {self.place}, édition n°\u00a0{self.number}"


def frozen(paper: Paper) -> dict[str, Any]:
    """The content as it is kept."""
    return paper.model_dump(mode="json")


def digest(content: dict[str, Any]) -> str:
    """SHA-256 of a content, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def sentences(paper: Paper) -> Iterator[str]:
    """Every text of the document, in order: what both renderers must show."""
    yield from (paper.title, paper.place, paper.standing, paper.warning)
    for label, value in paper.cover:
        yield from (label, value)
    for section in paper.sections:
        yield section.title
        for block in section.blocks:
            yield from _said(block)


def _said(block: Words | Lines | Grid) -> Iterator[str]:
    if isinstance(block, Words):
        yield block.text
    elif isinstance(block, Lines):
        yield from block.items
    else:
        yield from block.heads
        for row in block.rows:
            yield from row


def words(text: str, tone: Literal["plain", "lead", "note"] = "plain") -> Words:
    """A paragraph with French spaces."""
    return Words(text=insecable(text), tone=tone)


def lines(items: Iterable[str], *, boxes: bool = False) -> Lines:
    """A list with French spaces."""
    return Lines(items=tuple(insecable(item) for item in items), boxes=boxes)


def grid(heads: Iterable[str], rows: Iterable[Iterable[str]], widths: Iterable[float], *, empty: str = "–") -> Grid:
    """A table with French spaces; an empty cell is a dash, unless said otherwise."""
    told = tuple(tuple(insecable(cell) or empty for cell in row) for row in rows)
    return Grid(heads=tuple(insecable(head) for head in heads), rows=told, widths=tuple(widths))
