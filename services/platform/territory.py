"""A territory: one CPTS, as its YAML file describes it; people and duty then live in the directory."""

from __future__ import annotations

from datetime import time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError

from contracts.base import exercise_of, is_exercise
from services.platform.errors import BadSettings
from services.platform.outlines import Outlines, read_outlines


class _Block(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Commune(_Block):
    """A commune of the territory: INSEE code, name, and its place on the tile map (column, row)."""

    code: str = Field(pattern=r"^([013-9]\d|2[AB1-9])\d{3}$")
    name: str
    tile: tuple[int, int] | None = None


class Hours(_Block):
    """Local times of the desk. ``quiet_until``: before it, only what cannot wait wakes anyone."""

    draft: time = time(8, 45)
    point: time = time(9, 0)
    quiet_until: time = time(7, 0)
    working_start: time = time(8, 0)
    working_end: time = time(19, 0)
    working_days: tuple[int, ...] = (0, 1, 2, 3, 4, 5)
    night_start: time = time(20, 0)
    night_end: time = time(8, 0)


class Thresholds(_Block):
    """Numbers to adapt: no official ones exist. Durations in the unit their name ends with."""

    acknowledge_minutes: int = 15
    second_channel_minutes: int = 20
    certificate_wait_minutes: int = 30
    lowering_tail_hours: int = 72
    late_reports_days: int = 7
    retex_days: int = 7
    source_grace_minutes: int = 30
    store_address: bool = False


class Recipients(_Block):
    """Addresses of those outside the CPTS, by kind (``ars``, ``samu``, ``mairies``, ``cellule``…)."""

    ars: tuple[str, ...] = ()
    samu: tuple[str, ...] = ()
    mairies: tuple[str, ...] = ()
    cellule: tuple[str, ...] = ()


DAY_OF_YEAR = r"^(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])$"


class YearlyDays(_Block):
    """Last day (``MM-DD``) of each yearly duty. To adapt: the agreement says every year, never a date."""

    annuaire: str = Field(default="05-15", pattern=DAY_OF_YEAR)
    stock: str = Field(default="05-31", pattern=DAY_OF_YEAR)
    locaux: str = Field(default="06-15", pattern=DAY_OF_YEAR)
    exercice: str = Field(default="11-15", pattern=DAY_OF_YEAR)
    revue_ars: str = Field(default="11-28", pattern=DAY_OF_YEAR)
    transmission: str = Field(default="12-15", pattern=DAY_OF_YEAR)


class Territory(_Block):
    """One CPTS, or its exercise twin. ``seed`` holds what the directory enrols at first start.

    ``map`` names a GeoJSON file beside this one, with the outline of each commune; without it, maps use the tiles.
    """

    territory: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}(~exercice)?$")
    name: str
    timezone: str = "Europe/Paris"
    departements: tuple[str, ...]
    departement_names: dict[str, str] = {}
    communes: tuple[Commune, ...]
    hours: Hours = Hours()
    thresholds: Thresholds = Thresholds()
    recipients: Recipients = Recipients()
    yearly: YearlyDays = YearlyDays()
    groups: dict[str, str] = {}
    partners: dict[str, str] = {}
    pdsa_line: str = "la régulation (15 ou 116 117)"
    fallback: str = "Demandez un repli par la régulation (Centre 15) et prévenez la personne d'astreinte."
    map: str | None = Field(default=None, pattern=r"^[\w.-]+\.(geo)?json$")
    seed: dict[str, Any] = {}
    _outlines: Outlines = PrivateAttr(default_factory=dict)

    @property
    def outlines(self) -> Outlines:
        """Rings of each commune by INSEE code; empty when the territory gives no map."""
        return self._outlines

    @property
    def zone(self) -> ZoneInfo:
        """Local time zone."""
        return ZoneInfo(self.timezone)

    @property
    def exercise(self) -> bool:
        """Whether this is the exercise twin."""
        return is_exercise(self.territory)

    def commune_name(self, code: str) -> str:
        """Name of a commune, or its code when it is not of this territory."""
        return next((commune.name for commune in self.communes if commune.code == code), code)

    def has_commune(self, code: str) -> bool:
        """Whether the commune belongs to the territory."""
        return any(commune.code == code for commune in self.communes)

    def twin(self) -> Territory:
        """The exercise twin: same places, its own rows, recipients that lead nowhere."""
        return self.model_copy(
            update={
                "territory": exercise_of(self.territory),
                "name": f"{self.name} (exercice)",
                "recipients": Recipients(),
            }
        )


Territories = dict[str, Territory]


def load_territory(path: Path) -> Territory:
    """Read one territory file; the error names the file, the place in it and what to do."""
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        territory = Territory.model_validate(raw)
    except yaml.YAMLError as error:
        raise BadSettings(f"{path} : YAML illisible ({error})") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = " › ".join(str(part) for part in first["loc"])
        raise BadSettings(f"{path} : « {where} » {first['msg']} ; corrigez ce champ") from error
    if territory.map is not None:
        territory._outlines = _outlines_of(territory, path.with_name(territory.map))
    return territory


def _outlines_of(territory: Territory, path: Path) -> Outlines:
    try:
        return read_outlines(path.read_bytes(), {commune.code: commune.name for commune in territory.communes})
    except OSError as error:
        raise BadSettings(f"{path} : carte illisible ({error.strerror}) ; corrigez « map » ou retirez-le") from error
    except ValueError as error:
        raise BadSettings(f"{path} : {error}") from error


def load_territories(paths: list[Path]) -> Territories:
    """Every territory of these files, each with its exercise twin."""
    found: Territories = {}
    for path in paths:
        territory = load_territory(path)
        found[territory.territory] = territory
        twin = territory.twin()
        found[twin.territory] = twin
    return found
