"""Sentences of what is kept ready: records, the exercises of the calendar, yearly duties, the plan sent."""

from __future__ import annotations

from contracts.crisis_plan import CrisisPlanDelivered
from contracts.logbook import EntryKind
from contracts.readiness import (
    GovernanceNoted,
    PremisesKept,
    RecordChecked,
    RecordRemoved,
    Shelf,
    StockFlagged,
    StockKept,
    TrainingNoted,
)
from contracts.yearly import (
    CalendarBody,
    Duty,
    DutyDone,
    DutyMissed,
    ExerciseCancelled,
    ExerciseHeld,
    ExerciseMissed,
    ExercisePlanned,
)
from services.logbook.sentences.words import Words, day, joined, listing, plural, tells

SHELVES = {
    Shelf.GOUVERNANCE: "Gouvernance", Shelf.STOCK: "Stock", Shelf.LOCAUX: "Local mobilisable",
    Shelf.FORMATION: "Formation",
}  # fmt: skip
DUTIES = {
    Duty.ANNUAIRE: "test de l'annuaire", Duty.STOCK: "vérification du stock", Duty.LOCAUX: "vérification des locaux",
    Duty.EXERCICE: "exercice annuel", Duty.REVUE_ARS: "revue du plan avec l'ARS",
    Duty.TRANSMISSION: "transmission du plan à l'ARS et à la CPAM",
}  # fmt: skip
RECIPIENTS = {"ars": "à l'ARS", "cpam": "à la CPAM"}


def _turn(version: int) -> str:
    return "notée" if version == 1 else "modifiée"


@tells(GovernanceNoted, EntryKind.INFORMATION)
def governance_noted(fact: GovernanceNoted, words: Words) -> str:
    """A function, a delegation, an agreement."""
    who = f", tenue par {fact.person}" if fact.person else ""
    until = f", jusqu'au {day(fact.valid_until)}" if fact.valid_until else ""
    return joined(f"Gouvernance {_turn(fact.version)} : {fact.function}{who}{until}", words.text(fact.note))


@tells(StockKept, EntryKind.INFORMATION)
def stock_kept(fact: StockKept, words: Words) -> str:
    """A line of stock."""
    until = f", péremption le {day(fact.expires_on)}" if fact.expires_on else ""
    said = f"Ligne de stock {_turn(fact.version)} : {fact.item}, {fact.quantity} {fact.unit} (minimum {fact.minimum})"
    return joined(f"{said}{until}", words.text(fact.note))


@tells(StockFlagged, EntryKind.INFORMATION)
def stock_flagged(fact: StockFlagged, words: Words) -> str:
    """What cannot be counted on."""
    if fact.reason == "perime":
        since = f" depuis le {day(fact.expires_on)}" if fact.expires_on else ""
        return f"Stock périmé{since} : {fact.item}."
    return f"Stock sous le minimum : {fact.item}, {fact.quantity} {fact.unit} pour {fact.minimum} au moins."


@tells(PremisesKept, EntryKind.INFORMATION)
def premises_kept(fact: PremisesKept, words: Words) -> str:
    """A place that can be used."""
    room = f", {plural(fact.capacity, 'place')}" if fact.capacity else ""
    turn = "noté" if fact.version == 1 else "modifié"
    said = f"Local mobilisable {turn} : {fact.name}, {words.commune(fact.commune)}{room}, pour {listing(fact.serves)}"
    return joined(said, words.text(fact.note))


@tells(TrainingNoted, EntryKind.INFORMATION)
def training_noted(fact: TrainingNoted, words: Words) -> str:
    """A training that was held."""
    said = f"Formation {_turn(fact.version)} : {fact.title}, le {day(fact.held_on)}"
    return joined(f"{said}, {fact.audience}, {plural(fact.attended, 'participant')}", words.text(fact.note))


@tells(RecordChecked, EntryKind.INFORMATION)
def record_checked(fact: RecordChecked, words: Words) -> str:
    """Somebody went and looked."""
    found = f", {fact.quantity} en place" if fact.quantity is not None else ""
    return f"{SHELVES.get(fact.shelf, 'Préparation')} : {fact.label} vérifié le {day(fact.on)} par {fact.by}{found}."


@tells(RecordRemoved, EntryKind.INFORMATION)
def record_removed(fact: RecordRemoved, words: Words) -> str:
    """No longer kept."""
    said = f"{SHELVES.get(fact.shelf, 'Préparation')} : {fact.label} retiré par {fact.by}"
    return joined(said, words.text(fact.reason))


def _exercise(fact: CalendarBody) -> str:
    return f"Exercice du plan « {fact.playbook} »"


@tells(ExercisePlanned, EntryKind.INFORMATION)
def exercise_planned(fact: ExercisePlanned, words: Words) -> str:
    """It has a day."""
    scenario = f", scénario « {fact.scenario} »" if fact.scenario else ""
    pilot = f", piloté par {fact.pilot}" if fact.pilot else ""
    return f"{_exercise(fact)} prévu le {day(fact.planned_on)}{scenario}{pilot}."


@tells(ExerciseHeld, EntryKind.INFORMATION)
def exercise_held(fact: ExerciseHeld, words: Words) -> str:
    """It was held, with its score when the desk played it."""
    total = fact.passed + fact.failed
    held = f", {plural(fact.passed, 'vérification')} sur {total} tenue{'s' if fact.passed >= 2 else ''}"
    said = f"{_exercise(fact)} prévu le {day(fact.planned_on)}, tenu le {day(fact.held_on)}{held if total else ''}"
    return joined(said, words.text(fact.note))


@tells(ExerciseMissed, EntryKind.INFORMATION)
def exercise_missed(fact: ExerciseMissed, words: Words) -> str:
    """Its day passed."""
    return f"{_exercise(fact)} prévu le {day(fact.planned_on)} : en retard, personne ne l'a noté tenu."


@tells(ExerciseCancelled, EntryKind.INFORMATION)
def exercise_cancelled(fact: ExerciseCancelled, words: Words) -> str:
    """It will not be held."""
    return joined(f"{_exercise(fact)} prévu le {day(fact.planned_on)} : annulé par {fact.by}", words.text(fact.reason))


@tells(DutyDone, EntryKind.INFORMATION)
def duty_done(fact: DutyDone, words: Words) -> str:
    """A yearly duty, noted by a person."""
    return joined(f"Obligation annuelle tenue le {day(fact.on)} : {DUTIES.get(fact.duty, fact.duty)}",
                  words.text(fact.note))  # fmt: skip


@tells(DutyMissed, EntryKind.INFORMATION)
def duty_missed(fact: DutyMissed, words: Words) -> str:
    """Its last day passed."""
    return (
        f"Obligation annuelle {fact.year} en retard depuis le {day(fact.due_on)} : {DUTIES.get(fact.duty, fact.duty)}."
    )


@tells(CrisisPlanDelivered, EntryKind.INFORMATION)
def crisis_plan_delivered(fact: CrisisPlanDelivered, words: Words) -> str:
    """What proves later that it is this document is the SHA-256 of its content."""
    to = listing([RECIPIENTS.get(who, who) for who in fact.recipients])
    gaps = f", {plural(fact.gaps, 'manque')} dit{'s' if fact.gaps >= 2 else ''}" if fact.gaps else ""
    return (
        f"Plan de crise n° {fact.number} transmis {to} le {day(fact.on)} par {fact.by}{gaps} "
        f"(SHA-256 du contenu {fact.sha256})."
    )
