"""What a service declares: its name, what it hears, does, answers, says and owns. No connection is opened here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session
from sqlmodel import SQLModel

from contracts.base import Command, Envelope, Fact, Question
from services.platform.unit import Unit, Worker

Handler = Callable[[Unit, Any], Any]
Preload = Callable[[Session, Sequence[tuple[Envelope, Any]]], None]
Prepare = Callable[[Worker, Sequence[tuple[Envelope, Any]]], Awaitable[Any]]


@dataclass(slots=True)
class Service:
    """Name, purpose, what it says and owns; decorators collect plain typed functions.

    ``commands``, ``facts`` and ``questions`` map a type name to (model, function).
    """

    name: str
    purpose: str
    says: tuple[type[Fact], ...] = ()
    owns: tuple[type[SQLModel], ...] = ()
    projections: tuple[type[SQLModel], ...] = ()
    hears_everything: bool = False
    commands: dict[str, tuple[type[Command], Handler]] = field(default_factory=dict)
    facts: dict[str, tuple[type[Fact], Handler]] = field(default_factory=dict)
    questions: dict[str, tuple[type[Question], Callable[..., Any]]] = field(default_factory=dict)
    tickers: list[Callable[[Unit], None]] = field(default_factory=list)
    runners: list[Callable[[Worker], Awaitable[None]]] = field(default_factory=list)
    starters: list[Callable[[Unit], None]] = field(default_factory=list)
    preload: Preload | None = None
    prepare: Prepare | None = None
    next_due: Callable[[Session], datetime | None] | None = None
    backlog: Callable[[Session], int] | None = None
    every_fact: Callable[[Unit, Envelope], None] | None = None

    def does(self, command: type[Command]) -> Callable[[Handler], Handler]:
        """Carry out a command: ``f(unit, command) -> Contract``. Raise ``Refused`` before changing anything."""

        def register(handler: Handler) -> Handler:
            self.commands[command.type_name()] = (command, handler)
            return handler

        return register

    def on(self, fact: type[Fact]) -> Callable[[Handler], Handler]:
        """React to a fact: ``f(unit, fact) -> None``. The same fact never comes twice."""

        def register(handler: Handler) -> Handler:
            self.facts[fact.type_name()] = (fact, handler)
            return handler

        return register

    def answers(self, question: type[Question]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Answer: ``f(view, question)``, or ``async f(worker, envelope, question)`` when it must ask others."""

        def register(handler: Callable[..., Any]) -> Callable[..., Any]:
            self.questions[f"{self.name}.{question.what}"] = (question, handler)
            return handler

        return register

    def ticks(self, handler: Callable[[Unit], None]) -> Callable[[Unit], None]:
        """Called every second by the holder of the lease: decide on ``unit.now`` what is due."""
        self.tickers.append(handler)
        return handler

    def runs(self, runner: Callable[[Worker], Awaitable[None]]) -> Callable[[Worker], Awaitable[None]]:
        """One pass of work outside the transaction (sending, fetching, rendering), called again and again."""
        self.runners.append(runner)
        return runner

    def starts(self, handler: Callable[[Unit], None]) -> Callable[[Unit], None]:
        """Called once when the lease is gained, before facts are pulled (first enrolment, plan storage)."""
        self.starters.append(handler)
        return handler
