"""Print: typst templates to tagged PDF/UA-1, with the fonts of the wheel and nothing of the machine's."""

from __future__ import annotations

import json
import tempfile
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Any

import font_source_sans_pro
import typst

#: Blocks that Source Sans covers whole enough to print a French desk's words; a test prints each of them.
_RANGES = (
    range(0x20, 0x7F), range(0xA0, 0x17F), range(0x391, 0x3A2), range(0x3A3, 0x3CA), range(0x410, 0x450),
    range(0x2012, 0x2016), range(0x2018, 0x201B), range(0x201C, 0x201F), range(0x2020, 0x2023),
)  # fmt: skip
_SIGNS = frozenset("\n\t\u2002\u2003\u2009\u200a\u202f…‰′″‹›€™←↑→↓−≈≠≤≥×÷·•½¼¾²³°№œŒ")
#: Stands for a character that cannot be printed: PDF/UA refuses a missing glyph, and the point must go out.
SUBSTITUTE = "¤"


def displayable(value: Any) -> Any:
    """The same data with every character the print cannot show replaced, in all its texts."""
    if isinstance(value, str):
        return value if _all_shown(value) else "".join(map(_shown, unicodedata.normalize("NFC", value)))
    if isinstance(value, dict):
        return {key: displayable(inner) for key, inner in value.items()}
    return [displayable(inner) for inner in value] if isinstance(value, list | tuple) else value


def _all_shown(text: str) -> bool:
    return (text.isascii() and text.isprintable()) or all(map(_has_glyph, text))


def _shown(sign: str) -> str:
    if _has_glyph(sign):
        return sign
    if sign in "\u2010\u2011":
        return "-"  # the hyphens this font lacks
    # Variation selectors, joiners and control characters have no width: nothing is lost by dropping them.
    return "" if unicodedata.category(sign) in {"Mn", "Me", "Cf", "Cc"} else SUBSTITUTE


@lru_cache(maxsize=4096)
def _has_glyph(sign: str) -> bool:
    return sign in _SIGNS or any(ord(sign) in block for block in _RANGES)


@lru_cache(maxsize=1)
def _fonts() -> Any:
    files = Path(font_source_sans_pro.__file__).parent / "files"
    return typst.Fonts(include_system_fonts=False, font_paths=[str(files)])


def print_pdf(template: Path, data: dict[str, Any], *, pages: bool = False) -> tuple[bytes, int]:
    """A template with its data (read there as ``json("data.json")``); the bytes, and how many pages when asked.

    User text travels as data, never as markup. About 20 ms a page.
    """
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "main.typ"
        source.write_text(template.read_text(encoding="utf-8"), encoding="utf-8")
        (Path(folder) / "data.json").write_text(json.dumps(displayable(data), ensure_ascii=False), encoding="utf-8")
        compiler = typst.Compiler(str(source), font_paths=_fonts())
        count = json.loads(compiler.query("<pages>", field="value", one=True)) if pages else 0
        pdf: bytes = compiler.compile(format="pdf", pdf_standards=["ua-1"])  # type: ignore[assignment]  # one file
        return pdf, int(count)
