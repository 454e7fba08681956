"""The plan de crise as a PDF/UA: typst reads the same data as the DOCX."""

from __future__ import annotations

from pathlib import Path

from services.platform.printing import print_pdf
from services.readiness.paper import Paper

TEMPLATE = Path(__file__).parent / "templates" / "crisis-plan.typ"


def render_pdf(paper: Paper) -> bytes:
    """The same content gives the same bytes."""
    return counted(paper, pages=False)[0]


def counted(paper: Paper, *, pages: bool = True) -> tuple[bytes, int]:
    """The bytes, and how many pages when asked."""
    data = paper.model_dump(mode="json", exclude={"gaps"}) | {
        "document": paper.name,
        "mode": paper.mode,
        "stamp": [paper.day.year, paper.day.month, paper.day.day],
    }
    return print_pdf(TEMPLATE, data, pages=pages)
