"""The agenda is the clock of the meeting: the moves from item to item say the time spent on each. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

Move = Sequence[int]


def since(start: datetime, moment: datetime) -> int:
    """Whole seconds from the start; never less than none, whatever a clock does."""
    return max(0, int((moment - start).total_seconds()))


def moved(moves: Sequence[Move], item: int, second: int) -> list[list[int]]:
    """The moves with one more; going where one already is changes nothing."""
    kept = [list(move) for move in moves]
    if kept and kept[-1][0] == item:
        return kept
    return [*kept, [item, max(second, kept[-1][1] if kept else 0)]]


def current(moves: Sequence[Move]) -> int:
    """The item being read: the last one moved to."""
    return moves[-1][0] if moves else 1


def spent(moves: Sequence[Move], second: int, items: int) -> list[int]:
    """Seconds spent on each item by ``second``, visits to the same one added up; their sum is ``second``."""
    found = [0] * items
    ends = [move[1] for move in moves[1:]] + [second]
    for (item, began), ended in zip(moves, ends, strict=True):
        found[item - 1] += max(0, ended - began)
    return found
