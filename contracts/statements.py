"""The statement of capacity (état des capacités): one official page for the ARS and the SAMU, numbered, archived."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

from pydantic import AwareDatetime

from contracts.base import Command, Fact, ListQuestion, Question


class CapacityStatementIssued(Fact):
    """A page was issued and no longer changes: ``number`` counts from 1 in each territory.

    ``up_to`` and ``head`` are the logbook's last entry and its hash when it was made; ``sha256`` is that of the
    PDF kept by the digests. ``send``: it leaves for the ARS and the SAMU.
    """

    entity: ClassVar[str] = "statement"
    happened: ClassVar[str] = "issued"

    statement: str
    number: int
    day: date
    as_of: AwareDatetime
    up_to: int
    head: str
    sha256: str
    send: bool = False
    by: str = ""


class IssueCapacityStatement(Command):
    """Issue the statement of capacity of this moment; ``send`` also sends it to the ARS and the SAMU."""

    service: ClassVar[str] = "digests"
    verb: ClassVar[str] = "issue-statement"

    send: bool = False


class ListStatements(ListQuestion):
    """Statements issued, newest first; those outside see the ones sent to them."""

    service: ClassVar[str] = "digests"
    what: ClassVar[str] = "statements"


class AskStatement(Question):
    """One statement by id or number, answered by ``Document``: the PDF as issued, or what it says as JSON."""

    service: ClassVar[str] = "digests"
    what: ClassVar[str] = "statement"

    statement: str
    form: Literal["pdf", "json"] = "pdf"
