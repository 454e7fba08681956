"""Tables of the journal. The entries only grow, and the database refuses the rest; words live apart, to be erased."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import DDL, JSON, Column, Index, Integer, UniqueConstraint, event, text
from sqlmodel import Field, SQLModel

from services.logbook.chain import GENESIS
from services.platform.tables import moment


def _partial(name: str, column: str, *others: str) -> Index:
    """An index of the entries that have ``column``, which most have not."""
    present = text(f"{column} IS NOT NULL")
    return Index(name, "territory", column, *others, sqlite_where=present, postgresql_where=present)


class EntryRow(SQLModel, table=True):
    """One entry, for ever. ``string`` is what was hashed; the columns repeat it for filters and screens."""

    __tablename__ = "logbook_entries"
    # Without a rowid, INSERT OR REPLACE has one key less by which to overwrite an entry.
    __table_args__ = (
        UniqueConstraint("fact"),
        Index("logbook_entries_written", "territory", "written_at", "number"),
        Index("logbook_entries_kind", "territory", "kind", "number"),
        _partial("logbook_entries_crisis", "crisis", "number"),
        _partial("logbook_entries_corrects", "corrects", "number"),
        _partial("logbook_entries_about", "about", "number"),
        {"sqlite_with_rowid": False},
    )

    territory: str = Field(primary_key=True)
    number: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    occurred_at: datetime = moment()
    written_at: datetime = moment()
    late: bool = False
    kind: str
    author: str
    role: str = ""
    crisis: str | None = None
    fact: str | None = None
    fact_type: str = ""
    cause: str | None = None
    corrects: int | None = None
    about: int | None = None
    erases: list[int] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    verified: bool | None = None
    text_id: str
    text_sha256: str
    string: str
    hash: str
    previous_hash: str


class HeadRow(SQLModel, table=True):
    """Last number and hash of a territory's chain."""

    __tablename__ = "logbook_heads"

    territory: str = Field(primary_key=True)
    number: int = 0
    hash: str = GENESIS


class EntryTextRow(SQLModel, table=True):
    """The words of an entry; ``folded`` is what a search compares with (no accents, lower case)."""

    __tablename__ = "logbook_texts"

    id: str = Field(primary_key=True)
    salt: str
    text: str
    folded: str


class KeptTextRow(SQLModel, table=True):
    """A source's text as an entry repeats it, by the reference the fact carried."""

    __tablename__ = "logbook_kept_texts"

    id: str = Field(primary_key=True)
    territory: str = Field(primary_key=True)
    number: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    salt: str
    text: str


class MissingTextRow(SQLModel, table=True):
    """A text its owner has not given yet; ``next_at`` is when to ask again."""

    __tablename__ = "logbook_missing_texts"

    id: str = Field(primary_key=True)
    territory: str = Field(primary_key=True)
    number: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    source: str
    sha256: str
    tries: int = 0
    next_at: datetime = moment(index=True)


class ErasedTextRow(SQLModel, table=True):
    """A reference erased by a person: should it come again, its words are not asked for."""

    __tablename__ = "logbook_erased_texts"

    id: str = Field(primary_key=True)
    territory: str = Field(primary_key=True)
    number: int


TABLES: tuple[type[SQLModel], ...] = (EntryRow, HeadRow, EntryTextRow, KeptTextRow, MissingTextRow, ErasedTextRow)

#: Statements that make a database refuse any change of an entry. A migration that creates the table runs them too.
ENTRY_GUARDS: dict[str, tuple[str, ...]] = {
    "sqlite": (
        "CREATE TRIGGER logbook_entries_no_update BEFORE UPDATE ON logbook_entries "
        "BEGIN SELECT RAISE(ABORT, 'une entrée du journal ne se modifie pas'); END",
        "CREATE TRIGGER logbook_entries_no_delete BEFORE DELETE ON logbook_entries "
        "BEGIN SELECT RAISE(ABORT, 'une entrée du journal ne se supprime pas'); END",
        # INSERT OR REPLACE deletes without firing the trigger above.
        "CREATE TRIGGER logbook_entries_no_replace BEFORE INSERT ON logbook_entries "
        "WHEN EXISTS (SELECT 1 FROM logbook_entries WHERE territory = NEW.territory AND number = NEW.number) "
        "OR EXISTS (SELECT 1 FROM logbook_entries WHERE fact = NEW.fact) "
        "BEGIN SELECT RAISE(ABORT, 'une entrée du journal ne se remplace pas'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION logbook_refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$guard$ BEGIN RAISE EXCEPTION 'une entrée du journal ne se modifie pas'; END $guard$",
        "CREATE TRIGGER logbook_entries_no_change BEFORE UPDATE OR DELETE ON logbook_entries "
        "FOR EACH ROW EXECUTE FUNCTION logbook_refuse_change()",
        "CREATE TRIGGER logbook_entries_no_truncate BEFORE TRUNCATE ON logbook_entries "
        "FOR EACH STATEMENT EXECUTE FUNCTION logbook_refuse_change()",
    ),
}


def _guard() -> None:
    table: Any = EntryRow.__table__  # type: ignore[attr-defined]
    for dialect, statements in ENTRY_GUARDS.items():
        for statement in statements:
            event.listen(table, "after_create", DDL(statement).execute_if(dialect=dialect))  # type: ignore[no-untyped-call]


_guard()
