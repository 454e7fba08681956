"""What the alerts service does with each message: load, decide, save."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from contracts.alerts import (
    AlertExpired,
    AlertLifted,
    AlertRaised,
    AlertReceipt,
    AlertUpdated,
    LiftAlert,
    ListAlerts,
    ListQuarantine,
    ReportAlert,
    SourceHeard,
    SourceSilent,
)
from contracts.base import Done, Envelope, Role
from services.alerts import decide, editions, fetcher, listing, store
from services.alerts.intake import document_id, save, take
from services.alerts.reading import receive
from services.alerts.records import alert_of
from services.alerts.tables import TABLES
from services.platform.errors import Forbidden, NotFound
from services.platform.service import Service
from services.platform.unit import Unit

REPORTERS = (Role.ARS, Role.SAMU, Role.METEO, Role.COORDINATOR, Role.REFERENT)

SERVICE = Service(
    name="alerts",
    purpose="Takes in alerts from outside, unites them, follows each to its end",
    says=(AlertRaised, AlertUpdated, AlertLifted, AlertExpired, SourceSilent, SourceHeard),
    owns=TABLES,
)
SERVICE.next_due = store.next_due
SERVICE.runs(fetcher.watch_vigilance)
SERVICE.answers(ListAlerts)(listing.list_alerts)
SERVICE.answers(ListQuarantine)(listing.list_quarantine)


def _preload(session: Session, messages: Sequence[tuple[Envelope, Any]]) -> None:
    """Read all that a batch of documents needs in a few IN queries; each document is parsed here, once."""
    held = store.shelf(session)
    reports = [(envelope, model) for envelope, model in messages if isinstance(model, ReportAlert)]
    for envelope, model in reports:
        held.received[envelope.id] = receive(model)
    store.load_receipts(
        session, [document_id(envelope.territory, held.received[envelope.id]) for envelope, _ in reports]
    )
    readings = [held.received[envelope.id].reading for envelope, _ in reports]
    store.load_keys(session, (key for reading in readings if reading for key in reading.keys))


SERVICE.preload = _preload


@SERVICE.does(ReportAlert)
def report_alert(unit: Unit, command: ReportAlert) -> AlertReceipt:
    """Take a document in: any of those who may report, on duty or not."""
    unit.require(*REPORTERS)
    received = store.shelf(unit.session).received.get(unit.message.id) or receive(command)
    receipt = take(unit, received)
    if received.reading and received.reading.format == "card":
        fetcher.hear(unit, received.reading.issued_at)
    return receipt


@SERVICE.does(LiftAlert)
def lift_alert(unit: Unit, command: LiftAlert) -> Done:
    """A person on duty lifts any alert; a system lifts its own."""
    unit.require(*REPORTERS, on_duty=("coordinatrice", "referent"))
    row = store.alert(unit.session, unit.message.territory, command.alert)
    if row is None:
        raise NotFound("Cette alerte n'existe pas dans ce territoire ; rechargez la liste.")
    if not unit.caller.has(Role.COORDINATOR, Role.REFERENT, Role.PLATFORM) and row.caller != unit.caller.id:
        raise Forbidden("Un système ne lève que ses propres alertes ; demandez à la personne d'astreinte.")
    words = store.load_words(unit.session, [row])[row.id]
    lifted = decide.lift(alert_of(row, words), unit.now)
    store.load_slots(unit.session, [row.slot])
    store.slot_row(unit.session, row.slot, row.territory).issued_at = unit.now
    save(unit, row.territory, lifted, reason=unit.keep_required(command.reason))
    return Done(id=row.id)


@SERVICE.ticks
def pass_time(unit: Unit) -> None:
    """Alerts whose end, or whose worst colour, is over."""
    rows = store.due_alerts(unit.session, unit.now)
    if not rows:
        return
    store.load_slots(unit.session, [row.slot for row in rows])
    words = store.load_words(unit.session, rows)
    for row in rows:
        alert = alert_of(row, words[row.id])
        for change in decide.pass_time(alert, unit.now):
            if change.alert:
                save(unit, row.territory, change.alert)
        row.due_at = alert_of(row, words[row.id]).due_at(unit.now)


@SERVICE.ticks
def notice_silence(unit: Unit) -> None:
    """A source whose edition is missing past its grace is said silent, once."""
    if not fetcher.watched(unit.settings):
        return
    source = store.source(unit.session, editions.VIGILANCE_SOURCE)
    if source is None or source.silent_since is not None:
        return
    home = fetcher.home(unit.territories)
    expected_at = editions.missing_at(
        unit.now, home.zone, source.issued_at, source.started_at, home.thresholds.source_grace_minutes
    )
    if expected_at is not None:
        fetcher.fall_silent(unit, source, expected_at)
