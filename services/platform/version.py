"""Which Tocsin this is: of the installed package, or of the checkout it runs from."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import metadata
from pathlib import Path


@cache
def version() -> str:
    """The version number, ``0.1.0``; empty when neither a package nor a checkout tells it."""
    try:
        return metadata.version("tocsin")
    except metadata.PackageNotFoundError:
        pass
    try:
        project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))
    except OSError:
        return ""
    return str(project["project"]["version"])
