"""A validation error told to the person who wrote the plan: file, line, place, what to write instead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from services.playbook.conditions import KINDS, Block
from services.playbook.model import ActionTemplate, Level, Plan, Trigger
from services.playbook.parts import Checklist, Lowering, Repeat, Revision
from services.playbook.reading import Path

_MODELS: tuple[type[Block], ...] = (
    Plan, Level, Trigger, ActionTemplate, Repeat, Lowering, Checklist, Revision, *KINDS.values(),
)  # fmt: skip
_WORDS = frozenset(name for model in _MODELS for name in model.model_fields)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend. ``line`` and ``column`` count from 1, ``where`` is the place in the plan.

    ``message`` says what is wrong and, after a semicolon, what to do.
    """

    file: str
    line: int
    message: str
    where: str = ""
    column: int | None = None

    def __str__(self) -> str:
        place = f"{self.where} : " if self.where else ""
        return f"{self.file}, ligne {self.line} : {place}{self.message}"


def from_validation(file: str, error: ValidationError, lines: Mapping[Path, int]) -> Iterator[Problem]:
    """Each error of pydantic with the line it stands on and a remedy in French."""
    for detail in error.errors(include_url=False):
        path = _place(detail["loc"], lines)
        where = " › ".join(_step(path, depth) for depth in range(len(path)))
        yield Problem(file, lines[path], _words(detail), where)


def _place(location: tuple[int | str, ...], lines: Mapping[Path, int]) -> Path:
    """The deepest place of the file that the error names; tags of unions and missing keys are passed over."""
    path: Path = ()
    for part in location:
        if (*path, part) in lines:
            path = (*path, part)
    return path


def _step(path: Path, depth: int) -> str:
    part = path[depth]
    in_a_list = isinstance(part, int) and depth > 0 and path[depth - 1] != "levels"
    return f"n° {int(part) + 1}" if in_a_list else str(part)


def _words(detail: ErrorDetails) -> str:
    key = str(detail["loc"][-1]) if detail["loc"] else ""
    sentences = {
        "missing": f"il manque « {key} » ; ajoutez-le",
        "extra_forbidden": f"« {key} » n'est pas connu ici ; {_near(key)}",
        "literal_error": f"« {_short(detail['input'])} » n'est pas admis ; choisissez parmi {{expected}}",
        "value_error": "{error}",
        "unknown_condition": f"condition inconnue ; « when » contient l'une de ces clés : {', '.join(KINDS)}",
        "string_pattern_mismatch": f"« {_short(detail['input'])} » n'a pas la forme attendue ({{pattern}})",
    }
    context = {name: str(value).replace("' or '", "', '") for name, value in detail.get("ctx", {}).items()}
    found = sentences.get(detail["type"])
    return _filled(found, context) if found else _plain(detail["type"], context, detail["input"])


def _filled(sentence: str, context: dict[str, str]) -> str:
    for name, value in context.items():
        sentence = sentence.replace(f"{{{name}}}", value)
    return sentence


def _plain(kind: str, context: dict[str, str], value: object) -> str:
    limits = {
        "string_too_short": "texte trop court ({min_length} caractères au moins)",
        "string_too_long": "texte trop long ({max_length} caractères au plus) ; raccourcissez-le",
        "too_short": "la liste est vide ; {min_length} élément au moins",
        "greater_than_equal": "nombre trop petit ; {ge} au moins",
        "less_than_equal": "nombre trop grand ; {le} au plus",
    }
    if kind in limits:
        return _filled(limits[kind], context)
    wanted = {
        "int": "un nombre entier",
        "bool": "true ou false",
        "string": "un texte",
        "tuple": "une liste, chaque ligne commençant par « - »",
        "dict": "des clés et des valeurs",
        "model": "des clés et des valeurs",
    }
    what = wanted.get(kind.split("_", maxsplit=1)[0], "une autre valeur")
    return f"« {_short(value)} » ne convient pas ; il faut {what}"


def _short(value: object) -> str:
    text = "vide" if value is None else str(value)
    return text if len(text) <= 60 else text[:59] + "…"


def _near(key: str) -> str:
    near = get_close_matches(key, _WORDS, n=1)
    return f"vouliez-vous dire « {near[0]} » ?" if near else "retirez-le, ou voyez playbooks/README.md"
