"""Who was due, who reported: structures and reports, ready to be asked. Pure."""

from __future__ import annotations

from datetime import date

from contracts.directory import StructureEnrolled
from services.digests.known import Known, World
from services.platform.calendar import is_due

KNOWN_LABELS = {
    "consultations_non_programmees": "Consultations non programmées",
    "consultations_chaleur": "Consultations liées à la chaleur",
    "vad_medecin": "Visites de médecins",
    "vad_medecin_urgente": "Visites urgentes de médecins",
    "vad_medecin_non_urgente": "Visites de suivi de médecins",
    "vad_infirmier": "Visites infirmières",
    "vad_infirmier_urgente": "Visites infirmières urgentes",
    "vad_infirmier_non_urgente": "Visites infirmières de renfort",
    "perfusions": "Perfusions à domicile",
    "conseils_chaleur": "Conseils chaleur en officine",
    "reports_de_seances": "Séances reportées",
}
ORDER = list(KNOWN_LABELS)


def label_of(key: str) -> str:
    """French label of an indicator; an unknown one reads as its own words."""
    if key in KNOWN_LABELS:
        return KNOWN_LABELS[key]
    words = key.removeprefix("vad_").replace("_", " ")
    return ("Visites " + words) if key.startswith("vad_") else words[:1].upper() + words[1:]


def profession_of(key: str) -> str | None:
    """The profession whose visits an indicator counts."""
    return next((name for name in ("medecin", "infirmier") if key.startswith(f"vad_{name}")), None)


def source_of(key: str) -> str:
    """Name under which structures declare an indicator: visits of both kinds are one line of their list."""
    profession = profession_of(key)
    return f"vad_{profession}" if profession else key


class Book:
    """Structures and reports of a world, ready to be asked who was due and who answered."""

    def __init__(self, world: World) -> None:
        self.structures = [StructureEnrolled.model_validate(row.data) for row in world.all("structure")]
        self.reports: dict[tuple[date, str], dict[str, Known]] = {}
        self._open: dict[date, list[StructureEnrolled]] = {}
        for row in world.all("report"):
            if row.day is not None:
                self.reports.setdefault((row.day, row.data["indicator"]), {})[row.data["structure"]] = row

    def keys(self, *days: date) -> set[str]:
        """Indicators reported on these days."""
        return {key for day, key in self.reports if day in days}

    def due(self, day: date, key: str | None = None) -> set[str]:
        """Structures due on a day, for one indicator or for any."""
        source = source_of(key) if key else None
        if day not in self._open:
            self._open[day] = [found for found in self.structures if is_due(found.reporting, found.closures, day)]
        return {
            found.structure
            for found in self._open[day]
            if source is None or source in found.reporting.indicators or key in found.reporting.indicators
        }

    def values(self, day: date, key: str) -> dict[str, int]:
        """What each structure reported for an indicator on a day."""
        return {name: int(row.data["value"]) for name, row in self.reports.get((day, key), {}).items()}

    def reporters(self, day: date, source: str | None = None) -> set[str]:
        """Structures that sent something for a day: one line of their list, or anything."""
        return {
            name
            for (reported, key), rows in self.reports.items()
            if reported == day and (source is None or source_of(key) == source)
            for name in rows
        }

    def corrected(self, day: date, key: str) -> bool:
        """Whether a structure replaced its report."""
        return any(is_correction(row) for row in self.reports.get((day, key), {}).values())


def is_correction(row: Known) -> bool:
    """Whether a report replaced another one."""
    return row.data.get("previous") is not None
