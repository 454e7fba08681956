"""A scenario: calls on the public interface with their hour and what is expected, as a coordinator can write them."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import yaml
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, field_validator

from services.platform.errors import BadSettings

#: A scenario is a long file: read in C, it takes a tenth of the time.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_OFFSET = re.compile(
    r"^(?P<sign>[+-])?(?:(?P<days>\d+)\s*[dj]\s*)?(?P<hours>\d{1,3}):(?P<minutes>\d{2})(?::(?P<seconds>\d{2}))?$"
)


def parse_offset(text: str) -> timedelta:
    """``+1 d 02:15`` (or ``26:15``) after the origin, ``-2 d 11:30`` before; ``ValueError`` says the form expected."""
    found = _OFFSET.match(text.strip())
    if found is None:
        raise ValueError(f"« {text} » n'est pas un décalage ; écrivez « +1 d 02:15 » ou « +26:15 »")
    part = {name: int(found.group(name) or 0) for name in ("days", "hours", "minutes", "seconds")}
    return timedelta(**part) * (-1 if found.group("sign") == "-" else 1)


class Step(BaseModel):
    """One call, or several alike with ``each``, whose values complete the body or the path (``${name}``).

    ``caller`` is a person, a role or ``personne``; ``expect`` maps ``status`` and JMESPath expressions on
    the answer to their values; ``keep`` names parts of the answer for later steps (``${name}``). Instead of
    a call, ``PANNE 00:40`` stops the desk and starts it again forty minutes later.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    at: timedelta
    caller: str = Field(default="coord-a", alias="as")
    call: str
    body: Any = None
    each: tuple[dict[str, Any], ...] = ()
    keep: dict[str, str] = {}
    expect: dict[str, Any] = {}
    note: str = ""

    @field_validator("at", mode="before")
    @classmethod
    def _offset(cls, value: object) -> object:
        return parse_offset(value) if isinstance(value, str) else value


class Scenario(BaseModel):
    """A drill: where, when, the steps in any order, and what must hold at the end.

    ``about`` says in a sentence or two what it plays. ``t0`` is the moment that offsets count from, when the
    drill starts before it. ``plans`` are files beside the scenario, added to the plans of the desk for this
    exercise only.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    scenario: str
    title: str
    about: str = ""
    territory: str
    starts_at: AwareDatetime
    t0: AwareDatetime | None = None
    plans: tuple[str, ...] = ()
    steps: tuple[Step, ...]
    final: tuple[Step, ...] = ()

    @property
    def origin(self) -> datetime:
        """The moment that offsets count from."""
        return self.t0 or self.starts_at

    @property
    def length(self) -> timedelta:
        """From its start to its last step."""
        return max((self.origin + step.at - self.starts_at for step in self.steps), default=timedelta())

    def starting(self, moment: datetime) -> Scenario:
        """The same drill, played from another day."""
        t0 = self.t0 + (moment - self.starts_at) if self.t0 else None
        return self.model_copy(update={"starts_at": moment, "t0": t0})

    def ordered(self) -> list[Step]:
        """Steps by hour; those of one minute keep the order they were written in."""
        return sorted(self.steps, key=lambda step: step.at)


def load_scenario(path: Path) -> Scenario:
    """Read a scenario; the error names the file, the step and what to do."""
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506  # safe, in C where it can
        return Scenario.model_validate(content)
    except OSError as error:
        raise BadSettings(f"{path} : fichier introuvable ou illisible.") from error
    except yaml.YAMLError as error:
        raise BadSettings(f"{path} : YAML illisible ({error}).") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = " › ".join(str(part) for part in first["loc"])
        raise BadSettings(f"{path} : « {where} » {first['msg']} ; corrigez cette étape.") from error


class Variables:
    """What ``${…}`` means in a step: the hour, days around it, offsets from the origin, kept values."""

    def __init__(self, origin: datetime) -> None:
        self._origin = origin
        self.now = origin
        self.kept: dict[str, Any] = {}

    def fill(self, value: Any) -> Any:
        """The value with every ``${…}`` replaced; a lone one keeps the type of what it stands for."""
        if isinstance(value, dict):
            return {key: self.fill(inner) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return [self.fill(inner) for inner in value]
        if not isinstance(value, str):
            return value
        alone = re.fullmatch(r"\$\{([^}]+)\}", value)
        if alone:
            return self._meaning(alone.group(1))
        return re.sub(r"\$\{([^}]+)\}", lambda found: str(self._meaning(found.group(1))), value)

    def _meaning(self, name: str) -> Any:
        name = name.strip()
        if name in self.kept:
            return self.kept[name]
        if name.startswith(("T+", "T-")):
            return (self._origin + parse_offset(name[1:])).isoformat()
        shifted = re.fullmatch(r"(now|day)\s*(?:([+-])\s*(\d+)\s*(d|h|min)?)?(?:\s+(\d{1,2}:\d{2}))?", name)
        if shifted is None:
            raise BadSettings(f"« ${{{name}}} » n'est ni une date ni une valeur gardée par une étape précédente.")
        kind, sign, count, unit, hour = shifted.groups()
        units = {"d": "days", "h": "hours", "min": "minutes"}
        delta = timedelta(**{units[unit or ("d" if kind == "day" else "h")]: int(count or 0)})
        moment = self.now - delta if sign == "-" else self.now + delta
        if hour:
            return datetime.combine(moment.date(), time.fromisoformat(hour.zfill(5)), moment.tzinfo).isoformat()
        return moment.date().isoformat() if kind == "day" else moment.isoformat()
