"""A document is taken in: refused, quarantined, or applied to each territory it touches, then kept with its receipt."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace

from contracts.alerts import AlertExpired, AlertKind, AlertLifted, AlertRaised, AlertReceipt, AlertUpdated, Area
from contracts.base import TextRef, exercise_of, is_exercise
from services.alerts import decide, store
from services.alerts.reading import NotCarried, Oversize, Received
from services.alerts.records import alert_of, fact_of, fill
from services.alerts.report import Reading, Report, SchemaError
from services.alerts.state import Alert, Change, Slot
from services.alerts.tables import AlertRow, DocumentRow, QuarantineRow
from services.platform.appending import append
from services.platform.errors import Invalid, TooLarge
from services.platform.territory import Territory
from services.platform.unit import Unit


def document_id(territory: str, received: Received) -> str:
    """The id of a document: the same content sent twice to one territory is one document."""
    return hashlib.sha256(f"{territory}|{received.media_type}|{received.fingerprint}".encode()).hexdigest()[:32]


def take(unit: Unit, received: Received) -> AlertReceipt:
    """Take a document in and give its receipt.

    A sender can mend well-formed JSON with wrong fields, so it is refused (``Invalid``, fields named). What
    cannot be understood or placed comes from a machine that will not try again: it is quarantined, with its
    bytes and a reason, and shown to a person. A document already here changes nothing.
    """
    _refuse(received)
    key = document_id(unit.message.territory, received)
    store.load_receipts(unit.session, [key])
    earlier = store.shelf(unit.session).receipts[key]
    if earlier is not None:
        return _again(AlertReceipt.model_validate(earlier))
    receipt = _judge(unit, received, key)
    _keep(unit, received, key, receipt)
    return receipt


def _refuse(received: Received) -> None:
    error = received.error
    if isinstance(error, Oversize):
        raise TooLarge(f"Alerte refusée : {error}.")
    if isinstance(error, SchemaError):
        faults = [{"field": name, "message": remedy} for name, remedy in error.fields]
        raise Invalid(f"Alerte refusée, corrigez puis renvoyez : {error}.", errors=faults)
    if isinstance(error, NotCarried):
        raise Invalid(f"Alerte refusée : {error}.")


def _again(receipt: AlertReceipt) -> AlertReceipt:
    if receipt.status in {"quarantined", "test"}:
        return receipt
    return receipt.model_copy(update={"status": "known", "reason": "document déjà reçu"})


def _judge(unit: Unit, received: Received, key: str) -> AlertReceipt:
    if received.reading is None:
        return AlertReceipt(id=key, status="quarantined", reason=str(received.error))
    reading = received.reading
    decide.refuse_foreign_kinds(reading, unit.caller)
    notes = list(reading.notes)
    if reading.status == "test":
        return AlertReceipt(id=key, status="test", reason="message d'essai : reçu, rien n'est proposé ni annoncé")
    doubt = decide.out_of_time(reading, unit.now)
    if doubt and reading.format == "json":
        raise Invalid(f"Alerte refusée : {doubt}.", errors=[{"field": "starts_at", "message": doubt}])
    if doubt:
        return AlertReceipt(id=key, status="quarantined", reason=doubt)
    if not reading.reports:
        return AlertReceipt(id=key, status="known", reason=_sentence(notes))
    changes = [
        change
        for territory in scope(unit, reading)
        for report in reading.reports
        for change in _apply(unit, reading, report, territory)
    ]
    if not changes:
        notes.insert(0, "ne touche aucun territoire tenu par ce poste, ou annule une alerte inconnue")
        return AlertReceipt(id=key, status="quarantined", reason=_sentence(notes))
    return _receipt(key, changes, notes)


def _receipt(key: str, changes: list[Change], notes: list[str]) -> AlertReceipt:
    alerts = tuple(dict.fromkeys(change.alert.id for change in changes if change.alert))
    reasons = [change.reason for change in changes if change.reason]
    status = decide.verdict_of(changes)
    first = next((change.alert.id for change in changes if change.alert and change.verdict == status), None)
    return AlertReceipt(
        id=key if status == "quarantined" else first or (alerts[0] if alerts else key),
        status=status,
        alerts=alerts,
        reason=_sentence([*reasons, *notes]),
    )


def _sentence(notes: list[str]) -> str | None:
    return " ; ".join(dict.fromkeys(notes))[:1000] or None


def _keep(unit: Unit, received: Received, key: str, receipt: AlertReceipt) -> None:
    kept = receipt.model_dump(mode="json")
    where = unit.message.territory
    append(
        unit.session,
        DocumentRow,
        id=key,
        territory=where,
        sha256=hashlib.sha256(received.raw).hexdigest(),
        media_type=received.media_type[:200],
        body=received.raw,
        received_at=unit.now,
        caller=unit.caller.id,
        receipt=kept,
    )
    if receipt.status == "quarantined":
        unit.session.add(QuarantineRow(id=key, territory=where, reason=receipt.reason or "", received_at=unit.now))
    store.shelf(unit.session).receipts[key] = kept


def scope(unit: Unit, reading: Reading) -> list[Territory]:
    """The territories a document may reach.

    What is sent to an exercise territory stays there. A person speaks for their own territory; a system for
    all of those of this desk. A document marked as an exercise goes to the exercise twins.
    """
    here = unit.message.territory
    if is_exercise(here):
        return [unit.territory]
    alone = unit.caller.kind == "person"
    names = [here] if alone else [name for name in unit.territories if not is_exercise(name)]
    if reading.status == "exercise":
        names = [exercise_of(name) for name in names]
    return [unit.territories[name] for name in names if name in unit.territories]


def _apply(unit: Unit, reading: Reading, report: Report, territory: Territory) -> Iterator[Change]:
    areas = _areas(unit, report, territory)
    if report.areas and not areas:
        return
    names = slot_names(report, territory)
    store.load_slots(unit.session, names)
    held = store.shelf(unit.session).slots
    slots = list(dict.fromkeys(slot for name in names if (row := held.get(name)) for slot in row.slots))
    if not slots and not areas:
        return
    placed = replace(report, areas=areas)
    for name in slots or [names[-1]]:
        changes = decide.apply(placed, _slot(unit, name), unit.now, unit.new_id, reading.status)
        _remember(unit, territory, placed, name, changes)
        for change in changes:
            if change.alert and change.verdict in {"new", "updated", "lifted"}:
                save(unit, territory.territory, change.alert)
            yield change


def _areas(unit: Unit, report: Report, territory: Territory) -> tuple[Area, ...]:
    """What a report touches; a typed call that names no place is about the territory it was typed in."""
    home = unit.message.territory in {territory.territory, territory.territory.partition("~")[0]}
    if not report.areas and report.reporter is not None and home:
        return tuple(Area(departement=departement) for departement in territory.departements)
    return decide.touches(report, territory)


def slot_names(report: Report, territory: Territory) -> list[str]:
    """Names under which earlier documents of the same alert may stand here; its own comes last."""
    own = store.slot_id(territory.territory, report.key)
    if report.kind is AlertKind.VIGILANCE and report.areas:
        return [own]
    return [*(store.slot_id(territory.territory, name) for name in report.refers), own]


def _slot(unit: Unit, name: str) -> Slot:
    held = store.shelf(unit.session)
    row = held.slots.get(name)
    rows = held.alerts.get(name, ())
    return Slot(name, row.issued_at if row else None, tuple(alert_of(row, held.words[row.id]) for row in rows))


def _remember(unit: Unit, territory: Territory, report: Report, name: str, changes: tuple[Change, ...]) -> None:
    """What later documents are compared with. A document dated ahead of our clock does not shut out the next ones."""
    slot = store.slot_row(unit.session, name, territory.territory)
    issued_at = min(report.issued_at or unit.now, unit.now)
    if changes[0].verdict == "quarantined":
        return
    slot.issued_at = max(slot.issued_at, issued_at) if slot.issued_at else issued_at
    for alias in (*report.aliases, report.key):
        row = store.slot_row(unit.session, store.slot_id(territory.territory, alias), territory.territory)
        if name not in row.slots:
            row.slots = [*row.slots, name]


def save(unit: Unit, territory: str, alert: Alert, *, reason: TextRef | None = None) -> None:
    """Write an alert as it now stands, and tell it."""
    held = store.shelf(unit.session)
    row = next((row for row in held.alerts.get(alert.slot, ()) if row.id == alert.id), None)
    raised = row is None
    if row is None:
        row = AlertRow(
            id=alert.id,
            territory=territory,
            slot=alert.slot,
            kind=alert.kind,
            source=alert.source,
            raised_at=unit.now,
            caller=unit.caller.id,
            texts={},
        )
    refs = store.keep_words(unit.session, row, alert.words)
    fill(row, alert, unit.now)
    if raised:
        store.add_alert(unit.session, row)
    if alert.standing != "in_force":
        store.settle(unit.session, row)
    _tell(unit, territory, alert, refs, raised=raised, reason=reason)


def _tell(
    unit: Unit, territory: str, alert: Alert, refs: dict[str, TextRef], *, raised: bool, reason: TextRef | None
) -> None:
    if alert.standing == "lifted":
        unit.say(fact_of(AlertLifted, alert, refs, reason=reason), territory=territory)
    elif alert.standing == "expired":
        unit.say(fact_of(AlertExpired, alert, refs), territory=territory)
    elif raised:
        told_at = min(alert.reporter.at, unit.now) if alert.reporter else None
        unit.say(fact_of(AlertRaised, alert, refs), at=told_at, territory=territory)
    else:
        unit.say(fact_of(AlertUpdated, alert, refs), territory=territory)
