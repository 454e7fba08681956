"""The score of a drill as a page to read: day by day, one line a step, what was missed in full."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from services.drill.checks import Check
from services.drill.player import Outcome
from services.platform import french


def verdict(outcome: Outcome) -> str:
    """One sentence: what held, what the journal holds, how long it took."""
    held = sum(check.passed for check in outcome.checks)
    seconds = f"{outcome.seconds:.1f}".replace(".", ",")
    return (
        f"{outcome.scenario.title} : {french.count(held, 'vérification tenue', 'vérifications tenues')} "
        f"sur {french.number(len(outcome.checks))}, {french.count(len(outcome.entries), 'entrée')} au journal de bord, "
        f"{french.count(outcome.jumps, 'saut')} d'horloge, {seconds}{french.NBSP}s."
    )


def sheet(outcome: Outcome) -> str:
    """The whole score sheet."""
    lines = [f"EXERCICE · {verdict(outcome)}", f"Empreinte {outcome.fingerprint}"]
    for day, checks in groupby(outcome.checks, key=lambda check: check.at.date()):
        lines += ["", french.capital(french.long_day(day))]
        lines += _steps(checks)
    return "\n".join(lines) + "\n"


def _steps(checks: Iterable[Check]) -> list[str]:
    lines = []
    for (at, step), group in groupby(checks, key=lambda check: (check.at, check.step)):
        found = list(group)
        missed = [check for check in found if not check.passed]
        held = f"{len(found) - len(missed)}/{len(found)}"
        lines.append(f"  {'NON' if missed else 'oui'}  {french.clock_time(at):>7}  {step} ({held})")
        lines += [f"        {check.finding()}" for check in missed]
    return lines
