"""Sentences of the alerts."""

from __future__ import annotations

from contracts.alerts import (
    AlertBody,
    AlertExpired,
    AlertKind,
    AlertLifted,
    AlertRaised,
    AlertUpdated,
    Colour,
    Phenomenon,
    ReportedBy,
    SourceHeard,
    SourceSilent,
)
from contracts.logbook import EntryKind
from contracts.orsan import MEASURES
from services.logbook.sentences.words import Words, joined, listing, tells
from services.platform.authorities import authority, manner

SOURCES = {
    "meteo-france": "Météo-France", "meteofrance": "Météo-France", "meteo": "Météo-France",
    "ars": "ARS", "samu": "SAMU",
}  # fmt: skip
PHENOMENA = {
    Phenomenon.VENT_VIOLENT: "vent violent",
    Phenomenon.PLUIE_INONDATION: "pluie-inondation",
    Phenomenon.ORAGES: "orages",
    Phenomenon.CRUES: "crues",
    Phenomenon.NEIGE_VERGLAS: "neige-verglas",
    Phenomenon.CANICULE: "canicule",
    Phenomenon.GRAND_FROID: "grand froid",
    Phenomenon.AVALANCHES: "avalanches",
    Phenomenon.VAGUES_SUBMERSION: "vagues-submersion",
    Phenomenon.POLLUTION: "pollution",
    Phenomenon.EPIDEMIE_SAISONNIERE: "épidémie saisonnière",
    Phenomenon.AGENT_EMERGENT: "agent infectieux émergent",
    Phenomenon.AFFLUX_DE_BLESSES: "afflux de blessés",
    Phenomenon.BLESSES_PSYCHIQUES: "blessés psychiques",
    Phenomenon.RISQUE_NRC: "risque nucléaire, radiologique ou chimique",
    Phenomenon.PENURIE: "pénurie",
    Phenomenon.PANNE: "panne",
    Phenomenon.CYBERATTAQUE: "cyberattaque",
}
KINDS = {
    AlertKind.ORSAN: "ORSAN",
    AlertKind.ORSEC: "ORSEC",
    AlertKind.PLAN_BLANC: "Plan blanc",
    AlertKind.ARS: "Message de l'ARS",
    AlertKind.SAMU: "Message du SAMU",
}
STATUSES = {"exercise": "[exercice] ", "test": "[essai] "}


def source_name(source: str) -> str:
    """A source as people call it."""
    return SOURCES.get(source.casefold(), source)


ACTS = {AlertKind.ORSAN: "l'ORSAN", AlertKind.ORSEC: "l'ORSEC", AlertKind.PLAN_BLANC: "le plan blanc"}
TOLD = {"asks": "demande", "tells": "annonce"}


def act(alert: AlertBody, words: Words, verb: str) -> str:
    """« L'ARS Île-de-France déclenche l'ORSAN EPI-CLIM – Essonne », for an act that its source tells itself."""
    told = alert.reported_by
    speaker = told.function if told is not None and told.function else alert.source
    names = words.territory.departement_names if words.territory else {}
    said = TOLD.get(manner(str(alert.kind), speaker), verb)
    measure = MEASURES.get(alert.volet or "")
    what = f"{ACTS[alert.kind]}, mesure {measure}" if measure else f"{ACTS[alert.kind]} {_about(alert)}".rstrip()
    who = authority(speaker, names)
    return f"{STATUSES.get(alert.status, '')}{who[:1].upper()}{who[1:]} {said} {what}{_where(alert, words)}"


def _about(alert: AlertBody) -> str:
    named = PHENOMENA.get(alert.phenomenon, "") if alert.phenomenon else ""
    return alert.volet or (f"({named})" if named else "")


def _where(alert: AlertBody, words: Words) -> str:
    where = listing([place for area in alert.areas if (place := _place(area.departement, area.commune, words))])
    return f" – {where}" if where else ""


def nature(alert: AlertBody, words: Words) -> str:
    """« Vigilance orange canicule – Essonne (Météo-France) »."""
    if alert.kind is AlertKind.VIGILANCE:
        colour = "" if alert.colour in (None, Colour.AUTRE) else f" {alert.colour}"
        what = f"Vigilance{colour} {PHENOMENA.get(alert.phenomenon, '') if alert.phenomenon else ''}".rstrip()
    else:
        what = " ".join(filter(None, (KINDS.get(alert.kind, "Alerte"), alert.volet)))
    return f"{STATUSES.get(alert.status, '')}{what}{_where(alert, words)} ({source_name(alert.source)})"


def _place(departement: str | None, commune: str | None, words: Words) -> str:
    if commune:
        return words.commune(commune)
    return words.departement(departement) if departement else ""


def _reported(by: ReportedBy | None, words: Words) -> str:
    if by is None:
        return ""
    who = ", ".join(filter(None, (words.text(by.name), by.function))) or "personne non nommée"
    return f"Rapporté par {who}, {words.at(by.at)} ({'vérifié' if by.verified else 'à vérifier'})"


def _told(alert: AlertBody, words: Words, turn: str = "", verb: str = "") -> str:
    level = alert.requests_level
    lead = act(alert, words, verb) if verb and alert.kind in ACTS else f"{nature(alert, words)}{turn}"
    return joined(
        f"{lead} : {words.text(alert.headline)}",
        words.text(alert.description),
        f"Niveau demandé : {level}" if level is not None else "",
        f"Demande : {words.text(alert.requests)}" if alert.requests else "",
        _reported(alert.reported_by, words),
    )


@tells(AlertRaised, EntryKind.ALERTE)
def alert_raised(fact: AlertRaised, words: Words) -> str:
    """A new alert, with its headline."""
    return _told(fact, words, verb="déclenche")


@tells(AlertUpdated, EntryKind.ALERTE)
def alert_updated(fact: AlertUpdated, words: Words) -> str:
    """A newer document."""
    return _told(fact, words, ", mise à jour", verb="adapte")


@tells(AlertLifted, EntryKind.ALERTE)
def alert_lifted(fact: AlertLifted, words: Words) -> str:
    """The end, as said by its source or a person."""
    reason = words.text(fact.reason)
    return joined(
        _told(fact, words, ", levée", verb="" if fact.reason else "lève"), f"Motif : {reason}" if reason else ""
    )


@tells(AlertExpired, EntryKind.ALERTE)
def alert_expired(fact: AlertExpired, words: Words) -> str:
    """An end nobody confirmed."""
    return _told(fact, words, ", expirée sans confirmation")


@tells(SourceSilent, EntryKind.INFORMATION)
def source_silent(fact: SourceSilent, words: Words) -> str:
    """A missing edition."""
    last = f"Dernière réception {words.at(fact.last_heard_at)}" if fact.last_heard_at else "Jamais reçue jusqu'ici"
    return joined(
        f"{source_name(fact.source)} muette : rien reçu de ce qui était attendu {words.at(fact.expected_at)}", last
    )


@tells(SourceHeard, EntryKind.INFORMATION)
def source_heard(fact: SourceHeard, words: Words) -> str:
    """The source is back."""
    return f"{source_name(fact.source)} de nouveau entendue {words.at(fact.heard_at)}."
