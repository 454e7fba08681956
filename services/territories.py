"""Where the files of territories and plans stand: the operator's folder first, then those that come with Tocsin."""

from __future__ import annotations

from pathlib import Path

import playbooks
from services.platform.errors import BadSettings
from services.platform.settings import Settings
from services.platform.territory import Territories, load_territories

PACKAGED = Path(playbooks.__file__).parent


def territory_file(settings: Settings, name: str) -> Path:
    """The file of one territory; the error says which ones exist and how to start another."""
    folders = (settings.data_dir / "territories", PACKAGED / "territories")
    for folder in folders:
        if (folder / f"{name}.yaml").is_file():
            return folder / f"{name}.yaml"
    known = sorted({path.stem for folder in folders for path in folder.glob("*.yaml")})
    raise BadSettings(
        f"Le territoire « {name} » n'a pas de fichier. Connus : {', '.join(known)}. "
        f"Pour en créer un : tocsin territory new {name}"
    )


def territories_of(settings: Settings) -> Territories:
    """Every territory this desk holds, with its exercise twin."""
    return load_territories([territory_file(settings, name) for name in settings.territory_names])
