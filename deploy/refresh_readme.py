"""For developers: write again what README.md takes from the code, between its markers.

python deploy/refresh_readme.py
"""

from __future__ import annotations

import re
from pathlib import Path

from services.platform.describe import describe
from services.platform.settings import Settings
from services.registry import SERVICES

README = Path(__file__).parent.parent / "README.md"


def settings_table() -> str:
    """One row a setting: its variable, its default, what it means."""
    lines = ["| variable | default | meaning |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = "" if field.default in (None, "") else f"`{_as_variable(field.default)}`"
        lines.append(f"| `TOCSIN_{name.upper()}` | {default} | {field.description} |")
    return "\n".join(lines)


def _as_variable(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def service_map() -> str:
    """What ``tocsin map`` prints."""
    return describe(list(SERVICES.values()))


def refreshed(text: str) -> str:
    """The page with both blocks as the code has them now."""
    for marker, block in (("settings", settings_table()), ("map", service_map())):
        start, end = f"<!-- {marker} -->\n", f"<!-- /{marker} -->"
        pattern = re.compile(re.escape(start) + ".*?" + re.escape(end), re.DOTALL)
        if not pattern.search(text):
            raise SystemExit(f"README.md has lost its markers: {start.strip()} … {end}")
        text = pattern.sub(lambda _, start=start, block=block, end=end: f"{start}{block}\n{end}", text)
    return text


if __name__ == "__main__":
    README.write_text(refreshed(README.read_text(encoding="utf-8")), encoding="utf-8")
