"""Questions to levels: proposals with the words behind them, and where the territory stands."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from contracts.axes import AxisState
from contracts.base import Envelope, Page, Role, Text
from contracts.levels import AskSituation, ListProposals, SituationFound
from services.levels import store, tables
from services.levels.acts import shown
from services.levels.axes import COLOUR_OF_RANK, days_touched, unassigned_request
from services.levels.desk import Desk, crisis_state
from services.levels.plans import library_at
from services.levels.triggers import Period
from services.platform.errors import Unavailable
from services.platform.territory import Territory
from services.platform.unit import View, Worker

DECIDERS = (Role.COORDINATOR, Role.REFERENT)


async def list_proposals(worker: Worker, envelope: Envelope, question: ListProposals) -> Page:
    """Proposals newest first, with the words of their evidence."""

    def read(view: View) -> list[tables.ProposalRow]:
        return store.proposals_page(
            view.session, envelope.territory, question.status, question.cursor, question.limit + 1
        )

    rows = await worker.read(lambda session: read(_allowed(worker, envelope, session)))
    shown = rows[: question.limit]
    items = await _with_words(worker, envelope.territory, shown)
    return Page(items=tuple(items), next=shown[-1].id if len(rows) > question.limit else None)


async def ask_situation(worker: Worker, envelope: Envelope, question: AskSituation) -> SituationFound:
    """The three axes, the crises open or closed in the last days, and what waits for a decision."""

    def read(view: View) -> tuple[SituationFound, list[tables.ProposalRow]]:
        return _situation(view), store.pending_proposals(view.session, view.message.territory)

    found, waiting = await worker.read(lambda session: read(_allowed(worker, envelope, session)))
    items = await _with_words(worker, envelope.territory, waiting)
    return found.model_copy(update={"proposals": tuple(items)})


def _allowed(worker: Worker, envelope: Envelope, session: Any) -> View:
    view = View(session, envelope, worker.clock.now(), worker.settings, worker.territories)
    view.require()
    return view


def _situation(view: View) -> SituationFound:
    territory = view.territory
    desk = Desk(view.session, library_at(view.settings.playbooks_dir), territory, view.now)
    late = view.now - timedelta(days=territory.thresholds.late_reports_days)
    crises = store.open_crises(view.session, territory.territory)
    crises += store.recently_closed(view.session, territory.territory, late)
    library = library_at(view.settings.playbooks_dir)
    return SituationFound(
        territory=territory.territory,
        exercise=territory.exercise,
        at=view.now,
        axes=_axes(view),
        crises=tuple(crisis_state(row, library) for row in crises),
        unassigned=tuple(unassigned_request(alert) for alert in desk.unassigned()),
    )


def _axes(view: View) -> tuple[AxisState, ...]:
    territory = view.territory
    today = view.now.astimezone(territory.zone).date()
    states = [_axis(row, territory, view.now) for row in store.axes(view.session, territory.territory)]
    return tuple(state for state in states if shown(state, today, territory))


def _axis(row: tables.AxisRow, territory: Territory, now: datetime) -> AxisState:
    """An axis read now: since it was told, tomorrow may have become today."""
    state = AxisState.model_validate(row.state)
    if row.axis != "vigilance":
        return state
    periods = tuple(
        Period(rank, datetime.fromisoformat(start), datetime.fromisoformat(end)) for rank, start, end in row.periods
    )
    days = days_touched(periods, territory)
    today = now.astimezone(territory.zone).date()
    colours = [str(COLOUR_OF_RANK[days.get(day, 0)]) for day in (today, today + timedelta(days=1))]
    return state.model_copy(update={"today": colours[0], "tomorrow": colours[1]})


async def _with_words(worker: Worker, territory: str, rows: list[tables.ProposalRow]) -> list[dict[str, Any]]:
    refs = [one["text"]["id"] for row in rows for one in row.evidence if one.get("text")]
    texts: dict[str, Text] = {}
    if refs:
        try:
            texts = await worker.ask_texts("alerts", tuple(dict.fromkeys(refs)), territory=territory)
        except Unavailable:
            texts = {}  # the labels say why; the words come back with the service that keeps them
    return [_item(row, texts) for row in rows]


def _item(row: tables.ProposalRow, texts: dict[str, Text]) -> dict[str, Any]:
    evidence = [
        {
            "label": one["label"],
            "kind": one["kind"],
            "at": one["at"],
            "text": texts[one["text"]["id"]].text if one.get("text") and one["text"]["id"] in texts else "",
            "alert": one.get("alert"),
            "fact": one["fact"],
            "weight": one["weight"],
        }
        for one in row.evidence
    ]
    return {
        "id": row.id,
        "playbook": row.playbook,
        "level": row.level,
        "from_level": row.from_level,
        "because": row.because,
        "evidence": evidence,
        "status": row.status,
        "proposed_at": row.proposed_at.isoformat(),
        "decided_by": row.settled_by,
        "at": row.settled_at.isoformat() if row.settled_at else None,
        "outcome": row.outcome,
        "supersedes": row.supersedes,
        "who_decides": list(row.decided_by_roles),
    }
