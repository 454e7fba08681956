"""For developers: write the JSON Schema of every contract to ``contracts/schemas``, one file for each module.

    python deploy/freeze_contracts.py [--accept MODEL ...]

A change that an older reader or writer could not follow is refused: give the message another name (``…V2``)
instead. ``--accept`` is for the rare change that only looks like one, and is seen in the review.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import contracts
from contracts.base import Contract

FOLDER = Path(contracts.__file__).parent / "schemas"
#: What may change without changing what travels.
WORDS = frozenset({"title", "description", "default", "examples", "enum"})


def modules() -> list[str]:
    """Modules of contracts, by name."""
    return sorted(found.name for found in pkgutil.iter_modules(contracts.__path__))


def current(module: str) -> dict[str, Any]:
    """Schemas of the contracts that a module defines, by model name."""
    namespace = vars(importlib.import_module(f"contracts.{module}"))
    models = [
        value
        for value in namespace.values()
        if isinstance(value, type) and issubclass(value, Contract) and value.__module__ == f"contracts.{module}"
    ]
    return {model.__name__: model.model_json_schema() for model in sorted(models, key=lambda model: model.__name__)}


def frozen(module: str) -> dict[str, Any]:
    """Schemas as they were frozen; empty for a module never frozen."""
    path = FOLDER / f"{module}.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


def breaches(before: dict[str, Any], now: dict[str, Any]) -> Iterator[str]:
    """What an older reader or writer could not follow, one sentence each: ``Model.field: why``."""
    for model, old in before.items():
        new = now.get(model)
        if new is None:
            yield f"{model}: the model is gone"
            continue
        yield from _model_breaches(model, old, new)
        for name, definition in old.get("$defs", {}).items():
            kept = new.get("$defs", {}).get(name)
            if kept is not None:
                yield from _model_breaches(f"{model}/{name}", definition, kept)


def _model_breaches(model: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    for field, stated in old.get("properties", {}).items():
        if field not in new.get("properties", {}):
            yield f"{model}.{field}: the field is gone"
        elif shape(stated) != shape(new["properties"][field]):
            yield f"{model}.{field}: the type changed"
    for field in set(new.get("required", ())) - set(old.get("required", ())):
        yield f"{model}.{field}: the field became required"
    for value in set(old.get("enum", ())) - set(new.get("enum", ())):
        yield f"{model}: the value {value!r} is gone"


def shape(schema: Any) -> Any:
    """A schema without its words, and without the order of its alternatives."""
    if isinstance(schema, dict):
        return {key: shape(value) for key, value in sorted(schema.items()) if key not in WORDS}
    if isinstance(schema, list):
        return sorted((shape(value) for value in schema), key=lambda value: json.dumps(value, sort_keys=True))
    return schema


def main(accepted: set[str]) -> int:
    """Freeze every module, or say what stands against it."""
    found = [line for module in modules() for line in breaches(frozen(module), current(module))]
    refused = [line for line in found if line.split(".")[0].split(":")[0].split("/")[0] not in accepted]
    if refused:
        sys.stderr.write("Not frozen:\n" + "".join(f"  {line}\n" for line in sorted(set(refused))))
        return 1
    FOLDER.mkdir(exist_ok=True)
    for module in modules():
        text = json.dumps(current(module), ensure_ascii=False, indent=1, sort_keys=True)
        (FOLDER / f"{module}.json").write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(set(sys.argv[1:]) - {"--accept"}))
