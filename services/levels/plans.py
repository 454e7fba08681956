"""The plans this service reads: the folder's, and each content ever loaded, for the crises pinned to it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.levels.tables import PlanRow
from services.platform.errors import BadSettings, NotFound
from services.playbook.conditions import AlertTold, IndicatorRises, SlotsTaken, TensionsReported
from services.playbook.loader import Library, load_library
from services.playbook.model import Plan, Trigger


@lru_cache(maxsize=8)
def library_at(folder: Path | None) -> Library:
    """The plans of a folder, read once; a changed file is read at the next start."""
    return load_library(folder)


def plan_named(library: Library, playbook: str) -> Plan:
    """The current content of a plan. Raises ``NotFound`` with the names there are."""
    plan = library.plans.get(playbook)
    if plan is None:
        raise NotFound(f"Le plan « {playbook} » n'existe pas ; plans connus : {', '.join(sorted(library.plans))}.")
    return plan


def content(session: Session, library: Library, sha256: str) -> Plan | None:
    """A content this desk knows: in the folder now, or loaded once."""
    if plan := library.by_sha(sha256):
        return plan
    row = session.get(PlanRow, sha256)
    return Plan.model_validate(row.content) if row else None


def pinned(session: Session, library: Library, sha256: str, playbook: str) -> Plan:
    """The content a crisis follows, even when the file has changed since."""
    return content(session, library, sha256) or plan_named(library, playbook)


def store_plans(session: Session, library: Library) -> None:
    """Keep each content by its SHA-256. Raises ``BadSettings`` when a version changed its content."""
    known = {(row.playbook, row.version): row.sha256 for row in session.execute(select(PlanRow)).scalars()}
    for sha256, plan in library.contents.items():
        before = known.get((plan.playbook, plan.version))
        if before is None:
            held = plan.model_dump(mode="json")
            session.add(PlanRow(sha256=sha256, playbook=plan.playbook, version=plan.version, content=held))
        elif before != sha256:
            raise BadSettings(
                f"Le plan « {plan.playbook} » version {plan.version} a changé de contenu ; augmentez « version »."
            )
    session.flush()


def triggers_of(library: Library) -> list[Trigger]:
    """Every trigger of every plan."""
    return [trigger for plan in library.plans.values() for level in plan.levels.values() for trigger in level.propose]


def indicators_read(library: Library) -> frozenset[str]:
    """Indicators that some plan watches."""
    whens = [trigger.when for trigger in triggers_of(library)]
    return frozenset(when.indicator for when in whens if isinstance(when, IndicatorRises))


def kinds_read(library: Library) -> frozenset[str]:
    """Kinds of alerts that count by their mere existence for some plan; ``toute_source`` for any of them."""
    whens = [trigger.when for trigger in triggers_of(library)]
    return frozenset(when.alert for when in whens if isinstance(when, AlertTold))


def watches(library: Library, kind: type[SlotsTaken] | type[TensionsReported]) -> bool:
    """Whether some plan reads places taken, or tensions."""
    return any(isinstance(trigger.when, kind) for trigger in triggers_of(library))
