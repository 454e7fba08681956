"""The structure's own indicators, as fields to fill and as commands. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from contracts.activity import ReportActivity, ReportVad
from contracts.base import Command
from services.platform.errors import Invalid

LABELS = {
    "consultations_non_programmees": "Consultations non programmées",
    "consultations_chaleur": "Consultations liées à la chaleur",
    "perfusions": "Perfusions à domicile",
    "conseils_chaleur": "Conseils chaleur au comptoir",
    "reports_de_seances": "Séances reportées",
}
VISITS = {
    ("medecin", "urgente"): "Visites urgentes",
    ("medecin", "non_urgente"): "Visites de suivi",
    ("infirmier", "urgente"): "Visites infirmières urgentes",
    ("infirmier", "non_urgente"): "Visites infirmières de renfort",
}
MOST = {"vad": 2000, "activity": 100_000}


@dataclass(frozen=True, slots=True)
class Line:
    """One figure to give: ``value`` is what the structure already sent, empty when nothing was."""

    key: str
    label: str
    source: str
    profession: str = ""
    kind: str = ""
    value: str = ""


def lines(indicators: Iterable[str], reports: Iterable[Mapping[str, Any]]) -> list[Line]:
    """What the structure chose to report; visits are two figures, urgent or not."""
    sent = {_key(report): str(report["value"]) for report in reports}
    wanted = dict.fromkeys(line for indicator in indicators for line in _of(indicator))
    return [replace(line, value=sent.get(line.key, "")) for line in wanted]


def _of(indicator: str) -> list[Line]:
    parts = indicator.split("_", 2)
    if parts[0] == "vad" and len(parts) > 1 and parts[1] in ("medecin", "infirmier"):
        kinds = [parts[2]] if len(parts) == 3 else ["urgente", "non_urgente"]
        return [
            Line(f"vad_{parts[1]}_{kind}", VISITS[parts[1], kind], "vad", parts[1], kind)
            for kind in kinds
            if (parts[1], kind) in VISITS
        ]
    words = indicator.replace("_", " ")
    return [Line(indicator, LABELS.get(indicator, words[:1].upper() + words[1:]), "activity")]


def _key(report: Mapping[str, Any]) -> str:
    return f"vad_{report['profession']}_{report['kind']}" if report["source"] == "vad" else str(report["indicator"])


def commands(known: Iterable[Line], form: Mapping[str, str], structure: str, day: date) -> list[tuple[str, Command]]:
    """What is to be sent, by key: what was written and differs. An empty field is not a zero: it sends nothing."""
    found: list[tuple[str, Command]] = []
    for line in known:
        text = "".join(form.get(line.key, "").split())
        if text in ("", line.value):
            continue
        if not text.isdecimal() or int(text) > MOST[line.source]:
            raise Invalid(f"À compléter : « {line.label} » s'écrit en chiffres ; aucune : écrivez 0.")
        found.append((line.key, _command(line, int(text), structure, day)))
    return found


def _command(line: Line, value: int, structure: str, day: date) -> Command:
    if line.source == "vad":
        fields = {"profession": line.profession, "kind": line.kind, "count": value}
        return ReportVad.model_validate({"structure": structure, "day": day, **fields})
    return ReportActivity(structure=structure, day=day, indicator=line.key, value=value)
