"""The version for ARS, SAMU and mairies: no structure, no professional, no refusal; totals by commune stay. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from services.digests.point import QUOTE_LETTERS, safe
from services.platform.french import clip

NOTE = ("Version externe, pour l’ARS, le SAMU et les mairies, validée par la personne référente. "
        "Aucune donnée de patient, de structure ni de professionnel.")  # fmt: skip


def everything_shown(kind: str, ref: str) -> str | None:
    """The internal version hides nothing."""
    return None


def hidden_from(shown: tuple[str, ...], words: Mapping[str, str]) -> Callable[[str, str], str | None]:
    """What stands for a token outside: only those on duty are named, no number is given, and a free text
    loses the names of structures and people the desk knows."""
    names = {
        name: "une structure" if key.startswith("s:") else "un membre de la cellule"
        for key, name in words.items()
        if key.startswith(("s:", "p:")) and key.removeprefix("p:") not in shown and len(name) > 3
    }

    def hidden(kind: str, ref: str) -> str | None:
        if kind == "s":
            return "une structure"
        if kind == "p":
            return None if ref in shown else "un membre de la cellule"
        found = words.get(f"t:{ref}", "")
        if not any(name in found for name in names):
            return None
        for name in sorted(names, key=len, reverse=True):
            found = found.replace(name, names[name])
        return clip(safe(found), QUOTE_LETTERS)

    return hidden


def outside(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content without what stays inside."""
    figures = dict(content.get("figures") or {})
    if figures:
        figures["coverage"] = {**figures["coverage"], "missing": []}
        figures["corrections"] = [{**item, "structure": ""} for item in figures["corrections"]]
        figures["waiting"] = [{**item, "asked": 0} for item in figures["waiting"]]
    return {
        **content,
        "version": "externe",
        "note": f"{_known_as(content['note'])} {NOTE}",
        "sections": [_open(section) for section in content["sections"]],
        "annexes": [_open(section) for section in content["annexes"] if not section["private"]],
        "figures": figures,
    }


def _known_as(note: str) -> str:
    return note.split(" **Version interne**", maxsplit=1)[0]


def _open(section: Mapping[str, Any]) -> dict[str, Any]:
    return {**section, "blocks": [block for block in section["blocks"] if not block["private"]]}
