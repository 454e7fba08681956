"""The map of the code, drawn from what the services declare."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from services.platform.answering import erase_redacted
from services.platform.service import Service


def describe(services: Sequence[Service]) -> str:
    """A Markdown table: one row a service, what it hears, does, says and keeps."""
    lines = ["| service | purpose | hears | does | says | keeps |", "|---|---|---|---|---|---|"]
    for service in services:
        heard = (
            "every fact"
            if service.hears_everything
            else _names(model.__name__ for model, handler in service.facts.values() if handler is not erase_redacted)
        )
        done = _names(model.__name__ for name, (model, _) in service.commands.items() if model.service == service.name)
        said = _names(fact.__name__ for fact in service.says)
        kept = _names(f"`{table.__tablename__!s}`" for table in service.owns)
        lines.append(f"| `{service.name}` | {service.purpose} | {heard} | {done} | {said} | {kept} |")
    return "\n".join(lines)


def _names(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "—"
