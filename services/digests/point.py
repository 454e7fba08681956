"""The point de situation as a document: seven items, their blocks, and words that can be filled in or erased.

Text carries ``**bold**`` and ``*italic*``, and tokens ``⟦p:coord-a⟧`` (a person), ``⟦s:msp-paray⟧`` (a
structure), ``⟦t:…⟧`` (a free text): the words behind them are kept apart, so that they can be erased
from a point already published, and left out of the version for the outside.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

from services.platform.french import clip, insecable, phone

TOKEN = re.compile(r"⟦([pst]):([^⟧]+)⟧")
QUOTE_LETTERS = 170
ERASED = {"p": "personne effacée", "s": "structure", "t": "texte effacé"}


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class Block(_Part):
    """A paragraph, a list or a table. ``rows`` beyond what a page holds are counted in ``left_out``."""

    kind: Literal["text", "list", "table"]
    caption: str = ""
    lines: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    widths: tuple[int, ...] = ()
    left_out: int = 0
    private: bool = False


class Section(_Part):
    """One of the seven items, or an annex (without minutes)."""

    key: str
    title: str
    minutes: int = 0
    blocks: tuple[Block, ...] = ()
    private: bool = False


class Decision(_Part):
    """A question to settle: the proposal, why and what it changes, who decides."""

    code: str
    short: str
    proposal: str
    why: str
    decides: str


class Sms(_Part):
    """Pieces of the one-segment SMS, the most important first."""

    lead: str
    pieces: tuple[str, ...] = ()
    last: str = ""


class Point(_Part):
    """A whole point; ``figures`` are the numbers behind the sentences, for machines."""

    number: int
    day: date
    as_of: datetime
    territory: str
    place: str
    exercise: bool
    title: str
    heading: str
    note: str
    version: Literal["interne", "externe"] = "interne"
    up_to: int = 0
    head: str = ""
    essentiel: tuple[str, ...] = ()
    to_decide: str = ""
    decisions: tuple[Decision, ...] = ()
    sections: tuple[Section, ...] = ()
    annexes: tuple[Section, ...] = ()
    foot: str = ""
    sms: Sms
    figures: dict[str, Any] = {}
    shown_to_outside: tuple[str, ...] = ()


class Span(NamedTuple):
    """A run of letters in one style."""

    text: str
    bold: bool = False
    italic: bool = False


def spans(text: str) -> list[Span]:
    """The runs of a marked text."""
    found = []
    for part in re.split(r"(\*\*.+?\*\*|\*.+?\*)", text, flags=re.DOTALL):
        if part.startswith("**") and len(part) > 4:
            found.append(Span(part[2:-2], bold=True))
        elif part.startswith("*") and len(part) > 2:
            found.append(Span(part[1:-1], italic=True))
        elif part:
            found.append(Span(part))
    return found


def plain(text: str) -> str:
    """A marked text without its marks."""
    return "".join(span.text for span in spans(text))


def safe(text: str) -> str:
    """Words a person typed, unable to look like a mark or a token."""
    return text.replace("*", "∗").replace("⟦", "[").replace("⟧", "]")


def person(ref: str | None) -> str:
    """Token of a person; a dash for nobody."""
    return f"⟦p:{ref}⟧" if ref else "—"


def structure(ref: str) -> str:
    """Token of a structure."""
    return f"⟦s:{ref}⟧"


def quoted(ref: Mapping[str, Any] | None) -> str:
    """Token of a free text, from its reference as it travels in facts."""
    return f"⟦t:{ref['id']}⟧" if ref and ref.get("id") else ""


def tokens(value: Any) -> set[tuple[str, str]]:
    """Every token inside a nested value."""
    found: set[tuple[str, str]] = set()

    def note(text: str) -> str:
        found.update(TOKEN.findall(text))
        return text

    walk(value, note)
    return found


def walk(value: Any, change: Callable[[str], str]) -> Any:
    """The same nested value with each text changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {key: walk(inner, change) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [walk(inner, change) for inner in value]
    return value


def quote(words: str, ref: str) -> str:
    """Words in place of their token: a number as it is dialled, a text on one line without its last full stop."""
    return phone(words) if ref.endswith("#tel") else clip(safe(words), QUOTE_LETTERS).removesuffix(".")


def fill(content: Mapping[str, Any], words: Mapping[str, str], hidden: Callable[[str, str], str | None]) -> Point:
    """The point with its words in place. ``hidden(kind, ref)`` gives what stands for a token left out."""

    def put(match: re.Match[str]) -> str:
        kind, ref = match.groups()
        instead = hidden(kind, ref)
        if instead is not None:
            return instead
        found = words.get(f"{kind}:{ref}")
        return quote(found, ref) if found else ERASED[kind]

    figures = content.get("figures", {})
    filled = walk({**content, "figures": {}}, lambda text: insecable(TOKEN.sub(put, text)))
    return Point.model_validate(
        {
            **filled,
            "territory": content["territory"],
            "head": content["head"],
            "as_of": content["as_of"],
            "day": content["day"],
            "figures": figures,
        }
    )
