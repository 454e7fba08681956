"""Two services small enough to read at a glance, for the tests of the ground: one counts, one repeats."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from contracts.base import Command, Created, Fact
from services.platform.errors import Conflict
from services.platform.service import Service
from services.platform.tables import BigKey
from services.platform.unit import Unit


class CountRow(SQLModel, table=True):
    __tablename__ = "counting_counts"

    name: str = Field(primary_key=True)
    value: int = 0


class EchoRow(SQLModel, table=True):
    """What was heard, in the order it was heard."""

    __tablename__ = "echoing_echoes"

    place: int | None = Field(default=None, sa_column=Column(BigKey, primary_key=True, autoincrement=True))
    name: str
    value: int


class Counted(Fact):
    entity: ClassVar[str] = "count"
    happened: ClassVar[str] = "counted"

    name: str
    value: int
    padding: str = ""


class Echoed(Fact):
    entity: ClassVar[str] = "echo"
    happened: ClassVar[str] = "echoed"

    name: str
    value: int


class Count(Command):
    service: ClassVar[str] = "counting"
    verb: ClassVar[str] = "count"

    name: str
    limit: int = 1000
    padding: int = 0


def make_service() -> Service:
    service = Service(name="counting", purpose="count", says=(Counted,), owns=(CountRow,))

    @service.does(Count)
    def count(unit: Unit, command: Count) -> Created:
        row = unit.session.get(CountRow, command.name)
        if row is not None and row.value >= command.limit:
            raise Conflict("Complet.")
        if row is None:
            row = CountRow(name=command.name)
            unit.session.add(row)
        row.value += 1
        unit.session.flush()
        if command.name == "boom":
            raise RuntimeError("boom")
        unit.say(Counted(name=command.name, value=row.value, padding="x" * command.padding))
        return Created(id=str(row.value))

    @service.on(Counted)
    def heard(unit: Unit, fact: Counted) -> None:
        if fact.name == "poison":
            raise RuntimeError("poison")
        unit.session.merge(CountRow(name="heard-" + fact.name, value=fact.value))

    return service


def make_echo(*, hears_counts: bool = True) -> Service:
    """Repeats each count; without ``hears_counts`` it is the same service in an older version."""
    service = Service(name="echoing", purpose="echo", says=(Echoed,), owns=(EchoRow,))

    if hears_counts:

        @service.on(Counted)
        def repeat(unit: Unit, fact: Counted) -> None:
            if fact.name == "stubborn" and not unit.replayed:
                raise RuntimeError("stubborn")
            unit.session.add(EchoRow(name=fact.name, value=fact.value))
            unit.session.flush()
            unit.say(Echoed(name=fact.name, value=fact.value))

    @service.on(Echoed)
    def heard(unit: Unit, fact: Echoed) -> None:
        unit.session.add(EchoRow(name="own-" + fact.name, value=fact.value))

    return service
