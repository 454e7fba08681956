"""What a step expects of its answer, and what it found."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError

from services.platform import french

LOOSE_NUMBERS: dict[str, Callable[[Any, Any], bool]] = {"min": operator.ge, "max": operator.le}
LOOSE_TEXTS: dict[str, Callable[[str, str], bool]] = {
    "contains": operator.contains,
    "lacks": lambda found, text: text not in found,
}
#: Letters shown of what was wanted and of what was found.
LONGEST = 300
#: Signs of French typography that who writes a scenario types plainly.
PLAIN = str.maketrans({french.NBSP: " ", french.THIN: " ", "’": "'"})


@dataclass(frozen=True, slots=True)
class Check:
    """One expectation: what was looked at, what was wanted, what was found."""

    at: datetime
    step: str
    what: str
    wanted: Any
    found: Any

    @property
    def passed(self) -> bool:
        """Whether what was found is what was wanted; ``{min: n}`` and ``{contains: texts}`` are looser wants."""
        if not isinstance(self.wanted, dict) or len(self.wanted) != 1:
            return bool(self.found == self.wanted)
        ((how, wanted),) = self.wanted.items()
        if how in LOOSE_NUMBERS:
            return isinstance(self.found, int | float) and LOOSE_NUMBERS[how](self.found, wanted)
        if how in LOOSE_TEXTS:
            texts = wanted if isinstance(wanted, list) else [wanted]
            found = str(self.found).translate(PLAIN)
            return all(LOOSE_TEXTS[how](found, str(text).translate(PLAIN)) for text in texts)
        return bool(self.found == self.wanted)

    def line(self) -> str:
        """One line for the score sheet, in French."""
        mark, tail = ("oui", self.what) if self.passed else ("NON", self.finding())
        return f"{mark}  {french.when(self.at)}  {self.step} · {tail}"

    def finding(self) -> str:
        """What was looked at, wanted and found."""
        return f"{self.what} : attendu {_short(self.wanted)}, trouvé {_short(self.found)}"


def _short(value: Any) -> str:
    text = f"« {value} »" if isinstance(value, str) else repr(value)
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def check_answer(at: datetime, step: str, expect: dict[str, Any], status: int, answer: Any) -> list[Check]:
    """Every expectation of a step against its answer. ``status`` defaults to any success."""
    checks = []
    if "status" not in expect:
        checks.append(Check(at, step, "succès", True, 200 <= status < 300 or f"{status} {str(answer)[:300]}"))
    for what, wanted in expect.items():
        found = status if what == "status" else look(what, answer)
        checks.append(Check(at, step, what, wanted, found))
    return checks


def look(expression: str, answer: Any) -> Any:
    """What a JMESPath expression finds; ``texte`` is the whole answer as text."""
    if expression == "texte":
        return answer if isinstance(answer, str) else str(answer)
    try:
        return jmespath.search(expression, answer)
    except JMESPathError as error:
        return f"expression illisible : {error}"
