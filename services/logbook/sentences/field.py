"""Sentences of what the field offers and reports: slots, home visits, activity, tensions, requests to partners."""

from __future__ import annotations

from contracts.activity import (
    ActivityReported,
    PartnerAnswered,
    PartnerRequested,
    TensionKind,
    TensionReported,
    VadKind,
    VadReported,
)
from contracts.logbook import EntryKind
from contracts.slots import (
    SlotBody,
    SlotBooked,
    SlotMode,
    SlotMoved,
    SlotOffered,
    SlotOpened,
    SlotReleased,
    SlotState,
    SlotWithdrawn,
)
from services.logbook.sentences.words import PROFESSIONS, Words, day, joined, plural, tells

MODES = {
    SlotMode.CONSULTATION: "en consultation",
    SlotMode.VISITE: "en visite",
    SlotMode.TELECONSULTATION: "en téléconsultation",
}
STATES = {SlotState.ACTIVABLE: "activable", SlotState.OUVERT: "ouvert", SlotState.RETIRE: "retiré"}
TENSIONS = {
    TensionKind.DESHYDRATATION: "déshydratation",
    TensionKind.COUP_DE_CHALEUR: "coup de chaleur",
    TensionKind.ACCES_AUX_SOINS: "accès aux soins",
    TensionKind.RUPTURE_DE_CONTINUITE: "rupture de continuité des soins",
    TensionKind.SURCHARGE: "surcharge",
}
VISITS = {VadKind.URGENTE: " urgentes", VadKind.NON_URGENTE: " non urgentes"}


def _slot(slot: SlotBody, words: Words) -> str:
    who = f"{slot.professional} ({PROFESSIONS.get(slot.profession, slot.profession)}), {words.commune(slot.commune)}"
    return f"{who}, {words.span(slot.starts_at, slot.ends_at)}"


def _free(slot: SlotBody) -> str:
    return f"{plural(slot.booked, 'place')} prise{'s' if slot.booked >= 2 else ''} sur {slot.places}"


def _typed_by(entered_by: str | None) -> str:
    return f"Saisi par {entered_by}" if entered_by else ""


@tells(SlotOffered, EntryKind.CAPACITE)
def slot_offered(fact: SlotOffered, words: Words) -> str:
    """Capacity exists."""
    mode = MODES.get(fact.mode, "autre mode")
    what = f"{plural(fact.places, 'place')} {mode}, créneau {STATES.get(fact.state, fact.state)}"
    return joined(f"Capacité offerte par {_slot(fact, words)} : {what}", _typed_by(fact.entered_by))


@tells(SlotOpened, EntryKind.CAPACITE)
def slot_opened(fact: SlotOpened, words: Words) -> str:
    """An activable slot may be booked."""
    return joined(f"Créneau activé : {_slot(fact, words)}, {plural(fact.places, 'place')}")


@tells(SlotBooked, EntryKind.CAPACITE)
def slot_booked(fact: SlotBooked, words: Words) -> str:
    """Places taken."""
    taken = f"{plural(fact.count, 'place')} réservée{'s' if fact.count >= 2 else ''} à la demande de {fact.asked_by}"
    return joined(f"{taken} : {_slot(fact, words)} ; {_free(fact)}")


@tells(SlotReleased, EntryKind.CAPACITE)
def slot_released(fact: SlotReleased, words: Words) -> str:
    """A booking given back."""
    back = f"{plural(fact.count, 'place')} rendue{'s' if fact.count >= 2 else ''}"
    return joined(f"{back} : {_slot(fact, words)} ; {_free(fact)}")


@tells(SlotWithdrawn, EntryKind.CAPACITE)
def slot_withdrawn(fact: SlotWithdrawn, words: Words) -> str:
    """No further booking."""
    reason = " – ".join(filter(None, (fact.reason, words.text(fact.words))))
    return joined(f"Créneau retiré : {_slot(fact, words)} ; {_free(fact)}", f"Motif : {reason}" if reason else "")


@tells(SlotMoved, EntryKind.CAPACITE)
def slot_moved(fact: SlotMoved, words: Words) -> str:
    """Places that pass from one crisis to another."""
    moved = f"{plural(fact.count, 'place')} passée{'s' if fact.count >= 2 else ''} à une autre crise"
    reason = words.text(fact.words)
    return joined(f"{moved} : {_slot(fact, words)} ; {_free(fact)}", f"Motif : {reason}" if reason else "")


def _counted(count: int, previous: int | None) -> str:
    return str(count) if previous is None else f"{count} au lieu de {previous} (correction)"


@tells(VadReported, EntryKind.ACTIVITE)
def vad_reported(fact: VadReported, words: Words) -> str:
    """Home visits of a day."""
    who = f"{fact.structure} ({words.commune(fact.commune)}), {PROFESSIONS.get(fact.profession, fact.profession)}"
    what = f"Visites à domicile{VISITS.get(fact.kind, '')} du {day(fact.day)}, {who}"
    return joined(f"{what} : {_counted(fact.count, fact.previous)}", _typed_by(fact.entered_by))


@tells(ActivityReported, EntryKind.ACTIVITE)
def activity_reported(fact: ActivityReported, words: Words) -> str:
    """One indicator of a day."""
    name = fact.indicator.replace("_", " ")
    what = f"Activité du {day(fact.day)}, {fact.structure} ({words.commune(fact.commune)}), {name}"
    return joined(f"{what} : {_counted(fact.value, fact.previous)}", _typed_by(fact.entered_by))


@tells(TensionReported, EntryKind.TENSION)
def tension_reported(fact: TensionReported, words: Words) -> str:
    """What a practice sees."""
    name = TENSIONS.get(fact.kind, "autre")
    where = f"{fact.structure} ({words.commune(fact.commune)})"
    seen = f"Tension signalée par {where} : {name}, {fact.count} fois, constatée {words.at(fact.seen_at)}"
    return joined(seen, words.text(fact.note), _typed_by(fact.entered_by))


@tells(PartnerRequested, EntryKind.DEMANDE)
def partner_requested(fact: PartnerRequested, words: Words) -> str:
    """Something asked of a partner."""
    return joined(f"Demande à {fact.partner}, faite {words.at(fact.asked_at)} : {words.text(fact.text)}")


@tells(PartnerAnswered, EntryKind.DEMANDE)
def partner_answered(fact: PartnerAnswered, words: Words) -> str:
    """What came back."""
    turn = "Réponse de" if fact.closes else "Suite, sans réponse définitive, de la demande à"
    end = "Demande close" if fact.closes else "La demande reste ouverte"
    return joined(f"{turn} {fact.partner}, {words.at(fact.answered_at)} : {words.text(fact.answer)}", end)
