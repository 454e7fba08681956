"""What facts change in the rows: alerts in force, axes, day colours, reports. A fact that is late changes nothing."""

from __future__ import annotations

from datetime import date, datetime

from contracts.activity import ActivityReported, TensionReported
from contracts.alerts import AlertBody, AlertKind
from contracts.axes import AxisState
from contracts.directory import DutyTaken
from contracts.slots import SlotBody, SlotState
from services.levels import store, tables
from services.levels.acts import act_state, authority_of, base_label, label_of, only_told, stands
from services.levels.axes import (
    PHENOMENA,
    alert_fact,
    day_colour,
    days_told,
    is_over,
    periods_of,
    strength_of,
    to_json,
    vigilance_state,
)
from services.levels.desk import Desk
from services.levels.plans import kinds_read
from services.levels.triggers import AXES
from services.platform.unit import Unit


def hear_alert(desk: Desk, unit: Unit, fact: AlertBody) -> bool:
    """Take an alert in; false when it is older than what is known, a test, or nothing a plan reads."""
    row = store.known_row(desk.session, tables.AlertRow, desk.name, fact.alert)
    if fact.status == "test" or (row is not None and row.version >= fact.version) or not _read(desk, fact):
        return False
    if row is None:
        row = tables.AlertRow(
            territory=desk.name, alert=fact.alert, version=0, kind="", in_force=True, fact="", at=unit.message.time
        )
        store.add_row(desk.session, row, desk.name, fact.alert)
    reduced = alert_fact(fact, unit.message.id, unit.message.time, desk.territory)
    row.version, row.kind, row.in_force = fact.version, reduced.kind, not is_over(fact)
    row.strength = strength_of(fact)
    row.fact, row.at, row.body = reduced.fact, reduced.at, to_json(reduced)
    desk.alerts[fact.alert] = row
    _take_axis(desk, fact, unit.message.time)
    if fact.kind is AlertKind.VIGILANCE:
        _take_days(desk, fact, unit.message.time)
    return True


def _read(desk: Desk, fact: AlertBody) -> bool:
    kind = str(fact.kind)
    moves_axis = fact.kind is AlertKind.VIGILANCE or kind in AXES
    return moves_axis or fact.requests_level is not None or bool({kind, "toute_source"} & kinds_read(desk.library))


def _take_axis(desk: Desk, fact: AlertBody, told_at: datetime) -> None:
    if fact.kind is AlertKind.VIGILANCE and fact.phenomenon is not None:
        state: AxisState | None = vigilance_state(fact, desk.territory, desk.now)
    else:
        state = _act(desk, fact, told_at) if str(fact.kind) in AXES else None
    if state is None or (is_over(fact) and _another_stands(desk, fact)):
        return
    key = (state.axis, state.label)
    row = desk.axes.get(key)
    if row is None:
        row = tables.AxisRow(territory=desk.name, axis=key[0], label=key[1], told_at=told_at)
        desk.session.add(row)
        desk.axes[key] = row
    row.told_at, row.state = told_at, state.model_dump(mode="json")
    vigilance = state.axis not in AXES and not is_over(fact)
    periods = periods_of(fact) if vigilance else ()
    row.periods = [[one.rank, one.starts_at.isoformat(), one.ends_at.isoformat()] for one in periods]


def _act(desk: Desk, fact: AlertBody, told_at: datetime) -> AxisState | None:
    """The axis after an act; nothing when a request comes about what stands already."""
    known = [row.state for (axis, _), row in desk.axes.items() if axis == str(fact.kind)]
    subject = PHENOMENA.get(fact.phenomenon) if fact.phenomenon else None
    label = label_of(fact, known, desk.territory, subject)
    before = next((state for state in known if state["label"] == label), None)
    if before is not None and stands(before) and only_told(fact) and before["alert"] != fact.alert:
        return None
    return act_state(fact, label, before, desk.territory, told_at)


def _another_stands(desk: Desk, fact: AlertBody) -> bool:
    """Whether another alert says the same: the same vigilance, or an act of the same authority on the same subject."""
    mine = (str(fact.kind), str(fact.phenomenon) if fact.phenomenon else None, fact.volet)
    act = str(fact.kind) in AXES
    if act and not base_label(fact, desk.territory, mine[1])[1]:
        return False
    who = authority_of(fact, desk.territory)
    return any(
        row.in_force
        and row.alert != fact.alert
        and (row.kind, row.body["phenomenon"], row.body["volet"]) == mine
        and (not act or (not row.body["asked"] and row.body.get("authority") == who))
        for row in desk.alerts.values()
    )


def _take_days(desk: Desk, fact: AlertBody, told_at: datetime) -> None:
    issued = fact.issued_at or told_at
    phenomenon = str(fact.phenomenon)
    told = {} if is_over(fact) else days_told(periods_of(fact), issued, desk.territory)
    if not _another_stands(desk, fact):
        # A day announced before and not any more is green, unless another area still has it.
        told |= {day: 0 for name, day in desk.days if name == phenomenon and day not in told}
    issued_day = issued.astimezone(desk.territory.zone).date()
    for day, rank in told.items():
        _take_day(desk, phenomenon, day, (rank, issued, issued_day))


def _take_day(desk: Desk, phenomenon: str, day: date, told: tuple[int, datetime, date]) -> None:
    rank, issued, issued_day = told
    row = desk.days.get((phenomenon, day)) or desk.session.get(tables.DayRow, (desk.name, phenomenon, day))
    if row is None:
        row = tables.DayRow(territory=desk.name, phenomenon=phenomenon, day=day, rank=rank, issued_at=issued)
        desk.session.add(row)
    elif row.issued_at <= issued:
        seen = (row.rank, row.issued_at.astimezone(desk.territory.zone).date())
        row.rank = day_colour(seen, rank, issued_day, day)
        row.issued_at = issued
    desk.days[(phenomenon, day)] = row


def hear_report(desk: Desk, unit: Unit, fact: ActivityReported) -> bool:
    """Take an indicator in; false when it is too old to matter or already replaced."""
    if fact.day < desk.first_report_day:
        return False
    key = (fact.day, fact.indicator, fact.structure)
    row = desk.reports.get(key)
    if row is not None and row.version >= fact.version:
        return False
    if row is None:
        row = tables.ReportRow(
            territory=desk.name, day=fact.day, indicator=fact.indicator, structure=fact.structure,
            version=0, value=0, fact="", at=unit.message.time,
        )  # fmt: skip
        desk.session.add(row)
        desk.reports[key] = row
    row.version, row.value, row.fact, row.at = fact.version, fact.value, unit.message.id, unit.message.time
    return True


def hear_tension(desk: Desk, unit: Unit, fact: TensionReported) -> bool:
    """Take a tension in; false when it is not of today or already known."""
    day = fact.seen_at.astimezone(desk.territory.zone).date()
    if day != desk.today or fact.tension in desk.tensions:
        return False
    row = tables.TensionRow(
        territory=desk.name, tension=fact.tension, day=day, kind=str(fact.kind), count=fact.count,
        fact=unit.message.id, at=unit.message.time,
    )  # fmt: skip
    desk.session.add(row)
    desk.tensions[fact.tension] = row
    return True


def hear_slot(desk: Desk, unit: Unit, fact: SlotBody) -> bool:
    """Take a slot's places in; false when it is older than what is known or of another day."""
    row = store.known_row(desk.session, tables.SlotRow, desk.name, fact.slot)
    if row is not None and row.version >= fact.version:
        return False
    day = fact.starts_at.astimezone(desk.territory.zone).date()
    if row is None:
        row = tables.SlotRow(
            territory=desk.name, slot=fact.slot, version=0, day=day, places=0, booked=0, counts=False,
            fact="", at=unit.message.time,
        )  # fmt: skip
        store.add_row(desk.session, row, desk.name, fact.slot)
    row.version, row.day, row.places, row.booked = fact.version, day, fact.places, fact.booked
    row.crisis = fact.crisis
    row.counts = fact.state in (SlotState.OUVERT, SlotState.RETIRE)
    row.fact, row.at = unit.message.id, unit.message.time
    if day == desk.today:
        desk.slots[fact.slot] = row
    return day == desk.today


def hear_duty(desk: Desk, fact: DutyTaken) -> None:
    """Remember who may decide for a role."""
    row = desk.row(
        tables.DutyRow, (desk.name, fact.role), lambda: tables.DutyRow(territory=desk.name, role=fact.role, version=0)
    )
    if row.version < fact.version:
        row.version, row.people = fact.version, [fact.person, *fact.deputies]
