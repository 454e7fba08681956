"""The scenarios that can be played: those that come with Tocsin, then the operator's, which go first by name."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from pathlib import Path

from contracts.exercises import ScenarioItem
from services.platform.errors import BadSettings, NotFound
from services.platform.settings import Settings
from services.playbook.loader import PACKAGED
from services.playbook.scenario import load_scenario

FOLDER = "scenarios"


def files(settings: Settings) -> dict[str, Path]:
    """Scenario files by name; one of the operator's (``scenarios/`` in the folder of plans) hides ours."""
    folders = [PACKAGED / FOLDER] + ([settings.playbooks_dir / FOLDER] if settings.playbooks_dir else [])
    return {path.stem: path for folder in folders for path in sorted(folder.glob("*.yaml"))}


def listed(settings: Settings) -> list[ScenarioItem]:
    """Every scenario, by name; one that cannot be read says why."""
    return [described(path) for _, path in sorted(files(settings).items())]


def path_of(settings: Settings, name: str) -> Path:
    """The file of a scenario; never one outside these folders, whatever the name says."""
    known = files(settings)
    if name not in known:
        raise NotFound(f"Le scénario « {name[:60]} » n'existe pas ; scénarios connus : {', '.join(sorted(known))}.")
    return known[name]


def described(path: Path) -> ScenarioItem:
    """What a file says of its drill."""
    try:
        changed = path.stat().st_mtime_ns
    except OSError:
        changed = 0
    return _described(path, changed)


@lru_cache(maxsize=64)
def _described(path: Path, changed: int) -> ScenarioItem:
    """Read once for each time the file ``changed``."""
    try:
        scenario = load_scenario(path)
    except BadSettings as error:
        return ScenarioItem(name=path.stem, title=path.stem, problem=error.message.replace(f"{path}", path.name))
    return ScenarioItem(
        name=path.stem,
        title=scenario.title,
        about=scenario.about,
        territory=scenario.territory,
        starts_at=scenario.starts_at,
        days=scenario.length // timedelta(days=1) + 1,
        steps=len(scenario.steps),
    )
