"""What reaches the print: every sign let through has a glyph, every other one is replaced, and the page comes out."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.platform.printing import _RANGES, _SIGNS, SUBSTITUTE, displayable, print_pdf

PAGE = """#let data = json("data.json")
#set document(title: "Essai", date: none)
#set text(font: "Source Sans Pro", fallback: false, lang: "fr")
= Essai
#data.text
"""


@pytest.fixture
def page(tmp_path) -> Path:
    path = tmp_path / "page.typ"
    path.write_text(PAGE)
    return path


def test_every_sign_let_through_can_be_printed(page):
    text = "".join(chr(code) for block in _RANGES for code in block) + "".join(sorted(_SIGNS))
    assert displayable(text) == text
    assert print_pdf(page, {"text": text})[0].startswith(b"%PDF")


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Feu \U0001f525 à Viry", f"Feu {SUBSTITUTE} à Viry"),
        ("日本", SUBSTITUTE * 2),
        ("e\u0301te\u0301", "été"),
        ("a\u200bb\ufe0f", "ab"),
        ("\ue000", SUBSTITUTE),
        ("deux\nlignes", "deux\nlignes"),
    ],
    ids=["emoji", "other writing", "combining accents", "no width", "private use", "new line"],
)
def test_what_has_no_glyph_is_replaced(page, typed, printed):
    assert displayable({"rows": [typed]}) == {"rows": [printed]}
    print_pdf(page, {"text": typed})


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=60))
def test_no_text_stops_the_print(text):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.typ"
        path.write_text(PAGE)
        print_pdf(path, {"text": text})
