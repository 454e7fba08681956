"""Figures as CSV and XLSX, the coverage beside each number; what is missing says so and is never zero."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from starlette.responses import Response

from contracts.digests import FigureRow
from services.platform.french import plan_words

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADINGS = ("Indicateur", "Libellé", "Jour", "Commune", "Profession", "Valeur", "Déclarants", "Attendus", "Couverture")
#: Last, and only when figures were asked by crisis: a table that somebody else reads keeps its columns.
BY_CRISIS = "Crise"
WIDTHS = (30, 44, 12, 11, 14, 15, 12, 11, 22, 24)
MISSING = "non renseigné"
COMPLETE = "complet"
SPONTANEOUS = "spontané"
FREE = "tension_"
Cell = str | int | date | None


@dataclass(frozen=True, slots=True)
class Title:
    """What the figures are about: territory, period, and the logbook number they stop at."""

    territory: str
    first: date
    last: date
    up_to: int

    @property
    def filename(self) -> str:
        """Name of the file, without its extension."""
        return f"chiffres-{self.territory.replace('~', '-')}-{self.first.isoformat()}-{self.last.isoformat()}"

    @property
    def words(self) -> str:
        """One line for the top of the sheet."""
        period = f"du {self.first:%d/%m/%Y} au {self.last:%d/%m/%Y}"
        return (
            f"Chiffres du territoire {self.territory}, {period}, arrêtés à l'entrée n° {self.up_to} du journal de bord"
        )


def coverage(row: FigureRow) -> str:
    """``8 sur 14``; nobody is due for a register, which is complete, nor for tensions, which come of themselves."""
    if row.due is None:
        return SPONTANEOUS if row.indicator.startswith(FREE) else COMPLETE
    return f"{row.reported or 0} sur {row.due}"


def headings(rows: Sequence[FigureRow]) -> tuple[str, ...]:
    """The columns: that of the crisis only where some row has one."""
    return (*HEADINGS, BY_CRISIS) if any(row.crisis for row in rows) else HEADINGS


def cells(row: FigureRow, columns: int = len(HEADINGS)) -> tuple[Cell, ...]:
    """A row of the sheet, as many cells as there are columns."""
    value: Cell = MISSING if row.value is None else row.value
    found = (
        row.indicator,
        row.label,
        row.day,
        row.commune,
        row.profession,
        value,
        row.reported,
        row.due,
        coverage(row),
        plan_words(row.crisis) if row.crisis else None,
    )
    return found[:columns]


def to_csv(rows: Sequence[FigureRow], title: Title) -> Response:
    """Semicolons and a byte-order mark: what a French spreadsheet opens without a question."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";")
    columns = headings(rows)
    writer.writerow(columns)
    writer.writerows([_safe(cell) for cell in cells(row, len(columns))] for row in rows)
    return _file(out.getvalue().encode("utf-8-sig"), f"{title.filename}.csv", "text/csv; charset=utf-8")


def to_xlsx(rows: Sequence[FigureRow], title: Title) -> Response:
    """One sheet: title, headings kept in sight, one row a figure."""
    book = Workbook()
    book.remove(book.worksheets[0])
    sheet = book.create_sheet("Chiffres")
    sheet.append([title.words])
    sheet["A1"].font = Font(bold=True)
    columns = headings(rows)
    sheet.append(columns)
    for cell in sheet[2]:
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True)
    for row in rows:
        sheet.append([_safe(cell) for cell in cells(row, len(columns))])
    for position, width in enumerate(WIDTHS):
        sheet.column_dimensions["ABCDEFGHIJ"[position]].width = width
    sheet.freeze_panes = "A3"
    out = io.BytesIO()
    book.save(out)
    return _file(out.getvalue(), f"{title.filename}.xlsx", XLSX)


def _safe(cell: Cell) -> Cell:
    """A text that a spreadsheet would run as a formula is told apart by an apostrophe."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in {"=", "+", "-", "@"} else cell


def _file(body: bytes, filename: str, media_type: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{filename}"', "cache-control": "no-store"}
    return Response(body, headers=headers, media_type=media_type)
