"""A square to photograph, drawn here: nothing is asked of anybody else."""

from __future__ import annotations

import io

import segno


def square(text: str, scale: int = 5) -> str:
    """The drawing of ``text`` as SVG, dark on white whatever the theme, with the quiet zone a camera needs."""
    held = io.BytesIO()
    segno.make(text, error="m").save(held, kind="svg", scale=scale, border=3, xmldecl=False, svgns=True, light="#fff")
    return held.getvalue().decode()
