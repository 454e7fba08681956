"""Every query on the tables of the engine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from datetime import UTC, datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from contracts.actions import AdoptIdea, ListActions
from contracts.levels import CrisisClosed, CrisisOpened, LevelChanged, PlanAdopted
from services.engine.state import Run
from services.engine.tables import AdoptionRow, CrisisRow, PlanRow, RunRow
from services.playbook.held import Member
from services.playbook.model import Plan

_NEVER = datetime(9999, 1, 1, tzinfo=UTC)
_RANK = {"firm": 0, "possible": 1, "optional": 2}
_SAME = tuple(field.name for field in fields(Run) if field.name != "members")


def state_of(row: RunRow) -> Run:
    """The run as decisions see it."""
    members = tuple(Member(**member) for member in row.members)
    return Run(members=members, **{name: getattr(row, name) for name in _SAME})


def save(session: Session, run: Run) -> None:
    """Write a run as decided, with what the board and the clock look it up by."""
    row = session.get(RunRow, run.run)
    values = {name: getattr(run, name) for name in _SAME}
    values["members"] = [asdict(member) for member in run.members]
    values["crises"] = _words(run.crises)
    values["wakes_at"] = run.wakes_at
    values["place"] = _place(run)
    if row is None:
        session.add(RunRow(**values))
        return
    for name, value in values.items():
        setattr(row, name, value)


def _words(crises: Iterable[str]) -> str:
    return f" {' '.join(crises)} "


def _place(run: Run) -> str:
    """Sort key of the board, also its cursor; every part but the last has a fixed width."""
    due_at = (run.due_at or _NEVER).astimezone(UTC).isoformat(timespec="seconds")
    return f"{_RANK[run.modality]}-{0 if run.in_force else 1}-{due_at}-{run.rank:04}-{run.run}"


def plan_row(session: Session, sha256: str) -> PlanRow | None:
    """A content of a plan."""
    return session.get(PlanRow, sha256)


def stored_plan(session: Session, sha256: str) -> Plan | None:
    """A plan by its content."""
    row = plan_row(session, sha256)
    return Plan.model_validate(row.content) if row else None


def plan_followed(session: Session, crisis: str) -> Plan | None:
    """The content that a crisis follows."""
    row = session.get(CrisisRow, crisis)
    return stored_plan(session, row.plan_sha256) if row else None


def plan_of_version(session: Session, playbook: str, version: int) -> PlanRow | None:
    """The content stored for a version of a plan."""
    wanted = select(PlanRow).where(col(PlanRow.playbook) == playbook, col(PlanRow.version) == version)
    return session.execute(wanted).scalars().first()


def newest_plan(session: Session, playbook: str) -> Plan | None:
    """The plan that a crisis opened now would follow."""
    wanted = select(PlanRow).where(col(PlanRow.playbook) == playbook).order_by(col(PlanRow.version).desc()).limit(1)
    row = session.execute(wanted).scalars().first()
    return Plan.model_validate(row.content) if row else None


def plan_versions(session: Session, playbook: str) -> list[PlanRow]:
    """Every content of a plan, newest version first."""
    wanted = select(PlanRow).where(col(PlanRow.playbook) == playbook).order_by(col(PlanRow.version).desc())
    return list(session.execute(wanted).scalars())


def plan_page(session: Session, playbook: str | None, after: tuple[str, int] | None, limit: int) -> Sequence[PlanRow]:
    """Versions by playbook, newest first, after this playbook and version."""
    name, version = col(PlanRow.playbook), col(PlanRow.version)
    wanted = select(PlanRow).order_by(name, version.desc()).limit(limit)
    if playbook is not None:
        wanted = wanted.where(name == playbook)
    if after is not None:
        wanted = wanted.where(or_(name > after[0], and_(name == after[0], version < after[1])))
    return session.execute(wanted).scalars().all()


def newest_versions(session: Session) -> dict[str, int]:
    """The newest version of each plan."""
    wanted = select(col(PlanRow.playbook), func.max(col(PlanRow.version))).group_by(col(PlanRow.playbook))
    return {playbook: version for playbook, version in session.execute(wanted)}  # noqa: C416  # dict() takes no rows


def pinned_plans(session: Session, territory: str) -> set[str]:
    """Contents that a crisis open in this territory follows."""
    wanted = select(col(CrisisRow.plan_sha256)).where(
        col(CrisisRow.territory) == territory, col(CrisisRow.closed_at).is_(None)
    )
    return set(session.execute(wanted).scalars())


def keep_plan(session: Session, plan: Plan, now: datetime) -> None:
    """Store a content once."""
    if session.get(PlanRow, plan.sha256) is None:
        session.add(
            PlanRow(
                sha256=plan.sha256,
                playbook=plan.playbook,
                version=plan.version,
                content=plan.content(),
                loaded_at=now,
            )
        )
        session.flush()


CrisisFact = CrisisOpened | LevelChanged | PlanAdopted | CrisisClosed


def crisis_heard(session: Session, territory: str, fact: CrisisFact) -> CrisisRow:
    """The crisis that a fact speaks of, entered with the first one heard, whichever it is."""
    row = session.get(CrisisRow, fact.crisis)
    if row is None:
        row = CrisisRow(
            crisis=fact.crisis,
            territory=territory,
            playbook=fact.playbook,
            plan_sha256="" if isinstance(fact, CrisisClosed) else fact.plan_sha256,
            opened_at=_first_heard(fact),
        )
        session.add(row)
        session.flush()
    return row


def _first_heard(fact: CrisisFact) -> datetime:
    if isinstance(fact, LevelChanged):
        return fact.changed_at
    return fact.adopted_at if isinstance(fact, PlanAdopted) else fact.opened_at


def crisis_in(session: Session, territory: str, crisis: str) -> CrisisRow | None:
    """A crisis of this territory, and of no other."""
    row = session.get(CrisisRow, crisis)
    return row if row and row.territory == territory else None


def open_crisis(session: Session, territory: str, playbook: str) -> CrisisRow | None:
    """The crisis under way with this playbook."""
    wanted = select(CrisisRow).where(
        col(CrisisRow.territory) == territory,
        col(CrisisRow.playbook) == playbook,
        col(CrisisRow.closed_at).is_(None),
    )
    return session.execute(wanted).scalars().first()


def runs_in_force(session: Session, territory: str) -> Sequence[RunRow]:
    """Every run that a level still wants, whatever its crisis, in the order of the board."""
    wanted = select(RunRow).where(col(RunRow.territory) == territory, col(RunRow.in_force).is_(True))
    return session.execute(wanted.order_by(col(RunRow.place))).scalars().all()


def runs_to_wake(session: Session, now: datetime) -> Sequence[RunRow]:
    """Runs whose deadline or next turn has come, in all territories, soonest first."""
    wanted = select(RunRow).where(col(RunRow.wakes_at) <= now)
    return session.execute(wanted.order_by(col(RunRow.wakes_at), col(RunRow.place))).scalars().all()


def next_wake(session: Session) -> datetime | None:
    """The earliest moment at which a tick has something to do."""
    return session.execute(select(func.min(col(RunRow.wakes_at)))).scalar()


def run_in(session: Session, territory: str, run: str) -> RunRow | None:
    """A run of this territory, and of no other."""
    row = session.get(RunRow, run)
    return row if row and row.territory == territory else None


def board(session: Session, territory: str, question: ListActions) -> Sequence[RunRow]:
    """A slice of the board, one row longer than asked so that the end is known."""
    wanted = select(RunRow).where(col(RunRow.territory) == territory)
    for name in ("status", "side", "owner"):
        if (value := getattr(question, name)) is not None:
            wanted = wanted.where(getattr(RunRow, name) == value)
    if question.crisis:
        wanted = wanted.where(col(RunRow.crises).contains(_words([question.crisis]), autoescape=True))
    if question.cursor:
        # A place holds a "+", which a client that pastes the cursor in an address as it is turns into a space.
        wanted = wanted.where(col(RunRow.place) > question.cursor.replace(" ", "+"))
    return session.execute(wanted.order_by(col(RunRow.place)).limit(question.limit + 1)).scalars().all()


def save_adoption(session: Session, run: Run, command: AdoptIdea, note: str | None, by: str, now: datetime) -> None:
    """A structure's last answer to an idea."""
    row = session.get(AdoptionRow, (run.run, command.structure))
    if row is None:
        row = AdoptionRow(run=run.run, structure=command.structure, territory=run.territory, choice="", by=by, at=now)
        session.add(row)
    row.choice, row.note_id, row.by, row.at = command.choice, note, by, now
    session.flush()


def adoptions(session: Session, runs: Iterable[str]) -> Sequence[AdoptionRow]:
    """What structures answered to these ideas."""
    wanted = select(AdoptionRow).where(col(AdoptionRow.run).in_(list(runs)))
    return session.execute(wanted.order_by(col(AdoptionRow.structure))).scalars().all()
