"""The plan de crise as a DOCX: heading styles, repeated table headings, page numbers, French, core properties."""

from __future__ import annotations

import io
from datetime import datetime, time
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from services.readiness.paper import Grid, Lines, Paper, Section, Words

#: On every machine that opens a DOCX, or replaced by one of the same widths.
FONT = "Arial"
INK, GREY = RGBColor(0x14, 0x18, 0x1D), RGBColor(0x4A, 0x53, 0x5E)
WASH, RULE = "EEF1F4", "9AA3AD"
#: Width left between the margins of an A4 page.
TEXT_WIDTH = Mm(174)
BOX = "☐ "
HEADINGS = ((1, 16), (2, 13), (3, 10.5))
#: A small title inside a section: one level under it, and out of the table of contents.
SMALL = "Intertitre"


def render_docx(paper: Paper) -> bytes:
    """The same content, as a word processor opens it."""
    document = Document()
    _set_up(document, paper)
    _cover(document, paper)
    number = 0
    for section in paper.sections:
        number += section.level == 1
        _section(document, section, f"{number}. " if section.level == 1 else "")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _set_up(document: Any, paper: Paper) -> None:
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm(18)
    page.top_margin, page.bottom_margin = Mm(20), Mm(18)
    page.different_first_page_header_footer = True
    about = document.core_properties
    about.title, about.author, about.language = paper.name, paper.place, "fr-FR"
    about.subject, about.comments, about.keywords = paper.standing, "", paper.mode
    about.created = about.modified = datetime.combine(paper.day, time())
    _styles(document)
    head = page.header.paragraphs[0]
    _run(head, f"{paper.name} · {paper.mode}", size=8, grey=True)
    foot = page.footer.paragraphs[0]
    _run(foot, f"{paper.standing} · page ", size=8, grey=True)
    _field(foot, "PAGE")
    _run(foot, " sur ", size=8, grey=True)
    _field(foot, "NUMPAGES")


def _styles(document: Any) -> None:
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size, normal.font.color.rgb = FONT, Pt(10), INK
    normal.paragraph_format.space_after = Pt(5)
    properties = normal.element.get_or_add_rPr()
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "fr-FR")
    properties.append(language)
    for level, size in HEADINGS:
        style = document.styles[f"Heading {level}"]
        style.font.name, style.font.size, style.font.bold, style.font.color.rgb = FONT, Pt(size), True, INK
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for name in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(name), None)  # the theme of the template would win over the font
        style.paragraph_format.keep_with_next = True
        style.paragraph_format.space_before = Pt(14 if level < 3 else 9)
        style.paragraph_format.space_after = Pt(5)
    _small_titles(document)


def _small_titles(document: Any) -> None:
    for level in (2, 3):
        style = document.styles.add_style(f"{SMALL} {level}", WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = document.styles[f"Heading {level}"]
        style.font.size = Pt(10.5)
        style.paragraph_format.space_before = Pt(9)


def _cover(document: Any, paper: Paper) -> None:
    flags = document.add_paragraph()
    flags.paragraph_format.space_before = Pt(40)
    _run(flags, f"{paper.mode} · {paper.standing}", size=11, bold=True)
    title = document.add_paragraph(style="Title")
    _run(title, paper.title, size=34, bold=True)
    _run(document.add_paragraph(), paper.place, size=18, bold=True)
    _table(document, Grid(heads=(), rows=paper.cover, widths=(1, 3)))
    warning = document.add_paragraph()
    warning.paragraph_format.space_before = Pt(24)
    _run(warning, paper.warning, bold=True)
    warning.add_run().add_break(WD_BREAK.PAGE)
    _run(document.add_paragraph(), "Sommaire", size=16, bold=True)
    contents = document.add_paragraph()
    _field(contents, 'TOC \\o "1-2" \\h \\z', _contents(paper))


def _contents(paper: Paper) -> list[str]:
    """What the table of contents says until a word processor counts its pages."""
    number, found = 0, []
    for section in paper.sections:
        number += section.level == 1
        found.append(f"{number}. {section.title}" if section.level == 1 else f"    {section.title}")
    return found


def _section(document: Any, section: Section, number: str) -> None:
    heading = document.add_heading(f"{number}{section.title}", level=section.level)
    heading.paragraph_format.page_break_before = section.new_page
    for block in section.blocks:
        if isinstance(block, Words):
            _words(document, block, section.level + 1)
        elif isinstance(block, Lines):
            for item in block.items:
                paragraph = document.add_paragraph(style=None if block.boxes else "List Bullet")
                paragraph.paragraph_format.space_after = Pt(2)
                _run(paragraph, f"{BOX}{item}" if block.boxes else item)
        else:
            _table(document, block)


def _words(document: Any, block: Words, level: int) -> None:
    if block.tone == "lead":
        document.add_paragraph(block.text, style=f"{SMALL} {level}")
    else:
        _run(document.add_paragraph(), block.text, size=9 if block.tone == "note" else 10, grey=block.tone == "note")


def _table(document: Any, block: Grid) -> None:
    rows = ([block.heads] if block.heads else []) + list(block.rows)
    table = document.add_table(rows=len(rows), cols=len(block.widths))
    table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.LEFT, False
    whole = sum(block.widths)
    widths = [int(TEXT_WIDTH * share / whole) for share in block.widths]
    size = 8 if len(widths) > 6 else 9
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for rank, (told, row) in enumerate(zip(rows, table.rows, strict=True)):
        _whole_row(row)
        heading = rank == 0 and bool(block.heads)
        if heading:
            _repeated(row)
        for cell, text, width in zip(row.cells, told, widths, strict=True):
            cell.width = width
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
            _run(paragraph, text, size=size, bold=heading)
            if heading:
                _shade(cell)
    _borders(table)
    document.add_paragraph().paragraph_format.space_after = Pt(2)


def _borders(table: Any) -> None:
    """Thin grey lines under each row, none between the columns."""
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        line = OxmlElement(f"w:{side}")
        line.set(qn("w:val"), "nil" if side in ("left", "right", "insideV") else "single")
        line.set(qn("w:sz"), "4")
        line.set(qn("w:color"), RULE)
        borders.append(line)
    table._tbl.tblPr.append(borders)


def _whole_row(row: Any) -> None:
    """A row is not cut between two pages."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _repeated(row: Any) -> None:
    """A heading row comes back at the top of each page."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _shade(cell: Any) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("w:val", "clear"), ("w:color", "auto"), ("w:fill", WASH)):
        shade.set(qn(name), value)
    cell._tc.get_or_add_tcPr().append(shade)


def _run(paragraph: Any, text: str, *, size: float = 10, bold: bool = False, grey: bool = False) -> None:
    run = paragraph.add_run(text)
    run.font.size, run.font.bold, run.font.name = Pt(size), bold, FONT
    run.font.color.rgb = GREY if grey else INK


def _field(paragraph: Any, code: str, shown: list[str] | None = None) -> None:
    """A field the word processor fills: page numbers, contents; ``shown`` stands there until it does."""
    for kind in ("begin", "", "separate", "shown", "end"):
        run = paragraph.add_run()
        run.font.size = Pt(8 if shown is None else 10)
        if kind == "":
            order = OxmlElement("w:instrText")
            order.set(qn("xml:space"), "preserve")
            order.text = code
            run._r.append(order)
        elif kind == "shown":
            for rank, line in enumerate(shown or ["1"]):
                if rank:
                    run.add_break()
                run.add_text(line)
        else:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)
