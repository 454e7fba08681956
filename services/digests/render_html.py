"""HTML for the mail and the screen: tables, no image, no script, readable without its styles. Pure."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from services.digests.point import Point, Span, spans
from services.digests.render_txt import left_out, render_sms

TEMPLATES = Path(__file__).parent / "templates"


def marked(text: str) -> Markup:
    """Bold and italic as elements, everything else escaped."""
    return Markup("").join(_framed(span) for span in spans(text))


def _framed(span: Span) -> Markup:
    if span.bold:
        return Markup("<strong>{}</strong>").format(span.text)
    if span.italic:
        return Markup("<em>{}</em>").format(span.text)
    return Markup("{}").format(span.text)


@lru_cache(maxsize=1)
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["marked"] = marked
    environment.filters["left_out"] = left_out
    return environment.get_template("point.html.j2")


def render_html(point: Point) -> str:
    """The whole point, annexes included."""
    return _template().render(point=point, sms=render_sms(point))
