"""The words of the messages, in French: short, without any name, address or call-back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from contracts.alerts import AlertBody, AlertKind
from contracts.certificates import CertificateBody
from contracts.digests import DigestBody
from contracts.levels import LevelProposed
from contracts.slots import SlotMode
from contracts.solicitations import PlacesSolicited
from contracts.statements import CapacityStatementIssued
from services.messages.drafts import community, playbook_words, when
from services.platform import french
from services.platform.territory import Territory

SEGMENT = 160
#: Letters of an address that take two places in a segment.
TWO_PLACES = frozenset("^{}\\[~]|€")

ALERT_WORDS = {
    AlertKind.ORSAN: "ORSAN",
    AlertKind.ORSEC: "ORSEC",
    AlertKind.PLAN_BLANC: "plan blanc",
    AlertKind.ARS: "demande de l'ARS",
    AlertKind.SAMU: "demande du SAMU",
}
MODE_WORDS = {
    SlotMode.CONSULTATION: " en consultation",
    SlotMode.VISITE: " en visite",
    SlotMode.TELECONSULTATION: " en téléconsultation",
}
PLACE_WORDS = {"domicile": "domicile", "ehpad": "EHPAD", "autre": "autre lieu"}

#: In the place of the functions of somebody called to the cell, when they are not known.
EXPECTED = "Votre présence est attendue."

Words = dict[str, Any]


def segment_length(text: str) -> int:
    """Places the text takes in a segment."""
    return len(text) + sum(sign in TWO_PLACES for sign in text)


def one_segment(text: str, link: str = "") -> str:
    """The text and its link in one SMS segment, in GSM-7 letters; the text is cut, never the link."""
    tail = f" {link}" if link else ""
    body = " ".join(french.gsm7(text).split())
    room = SEGMENT - segment_length(tail)
    if len(body) > room:
        body = body[: room - 3].rstrip(" .,:;") + "..."
    return body + tail


def proposal(fact: LevelProposed, territory: Territory) -> Words:
    """A level is proposed and waits for a decision."""
    level = f"niveau {fact.level} {playbook_words(fact.playbook)}"
    because = fact.because.rstrip(" .")
    return {
        "subject": f"Tocsin : {level} proposé",
        "sms": f"Tocsin : {level} proposé. {because}. Répondre :",
        "text": f"{community(territory)} : passage du niveau {fact.from_level} au {level} proposé.\n\n"
        f"Pourquoi : {because}.\n\nRien ne change tant que personne n'a décidé.",
    }


def alert(fact: AlertBody, territory: Territory, *, red: bool) -> Words:
    """Red vigilance or an authority's request. The headline, when a system wrote it, is added by e-mail only."""
    what = _alert_words(fact, red=red)
    asked = f" Niveau {fact.requests_level} demandé." if fact.requests_level is not None else ""
    words: Words = {
        "subject": f"Tocsin : {what}",
        "sms": f"Tocsin : {what}.{asked} Répondre :",
        "text": f"{community(territory)} : {what}, depuis le {when(fact.starts_at, territory)}.{asked}\n\n"
        "Le niveau CPTS ne change que par votre décision.",
    }
    if fact.reported_by is None:  # the words of a call may hold a name: they stay on the desk
        words["headline"] = fact.headline.id
    return words


def _alert_words(fact: AlertBody, *, red: bool) -> str:
    if red:
        phenomenon = str(fact.phenomenon or "").replace("_", " ")
        return f"vigilance rouge {phenomenon}".strip()
    named = ALERT_WORDS.get(fact.kind, "alerte")
    return f"{named} {fact.volet}".strip() if fact.volet else named


def certificate(fact: CertificateBody, territory: Territory) -> Words:
    """For the person on duty: a certificate is asked for."""
    where = _where(fact, territory)
    state = _asked_state(fact)
    return {
        "subject": f"Tocsin : certificat de décès demandé à {where}",
        "sms": f"Certificat de décès demandé à {where}. {state} Suivre :",
        "text": f"Certificat de décès demandé à {where}, le {when(fact.requested_at, territory)}.\n\n{state}",
    }


def _asked_state(fact: CertificateBody) -> str:
    if fact.hole:
        return "Personne n'est recensé à cette heure."
    people = len(fact.asked)
    said = french.count(people, "professionnel sollicité", "professionnels sollicités")
    return f"{said}." if people else "Aucun professionnel sollicité."


def escalated(fact: CertificateBody, fallback: str, territory: Territory) -> Words:
    """For the person on duty: nobody took it."""
    where = _where(fact, territory)
    state = "personne n'est recensé" if fact.hole else "personne n'a accepté"
    return {
        "subject": f"Tocsin : certificat de décès à {where}, {state}",
        "sms": f"Certificat de décès à {where} : {state}. À vous d'agir :",
        "text": f"Certificat de décès demandé à {where} : {state}.\n\n{fallback}",
    }


def asked(fact: CertificateBody, territory: Territory) -> Words:
    """For a professional who is asked: the commune and the kind of place, nothing else."""
    where = _where(fact, territory)
    return {
        "subject": f"Certificat de décès demandé à {where}",
        "sms": f"Certificat de décès demandé à {where}. Répondre :",
        "text": f"Certificat de décès demandé à {where}.\n\nRépondez par le lien : la première personne "
        "qui accepte reçoit les précisions.",
    }


def solicited(fact: PlacesSolicited, territory: Territory) -> Words:
    """For a professional who is asked for places; what the coordinator wrote is added by e-mail only."""
    places = french.count(fact.places, "place", "places") + MODE_WORDS.get(fact.mode, "")
    period = _period(fact.starts_at, fact.ends_at, territory)
    communes = french.join(territory.commune_name(code) for code in fact.communes)
    words: Words = {
        "subject": f"{community(territory)} : {places} à pourvoir",
        "sms": f"Tocsin : {places}, {period}. Répondre :",
        "text": f"{community(territory)} cherche {places}, {period}{f' ({communes})' if communes else ''}.\n\n"
        "Répondez oui, non ou plus tard sur votre page : une réponse peut être changée.",
    }
    if fact.text is not None:
        words["solicited"] = fact.text.id
    return words


def _period(start: datetime, end: datetime, territory: Territory) -> str:
    """« samedi 27 juin de 14 h 00 à 18 h 00 », in local time, naming the last day when it differs."""
    first, last = start.astimezone(territory.zone), end.astimezone(territory.zone)
    if first.date() == last.date():
        return f"{french.weekday_day(first.date())} de {french.clock_time(first)} à {french.clock_time(last)}"
    return f"du {when(start, territory)} au {when(end, territory)}"


def convened(playbooks: Sequence[str], starts_at: datetime | None, now: datetime, territory: Territory) -> Words:
    """For somebody the cell calls; without a start, it sits already. What it is for comes last: the SMS may be cut."""
    served = french.join(dict.fromkeys(map(playbook_words, playbooks)))
    about = french.capital(served) or "Crise en cours"
    called = f"convoquée {_hour(starts_at, now, territory)}" if starts_at else "réunie"
    return {
        "subject": f"Tocsin : cellule de crise {called}",
        "sms": f"Cellule de crise {called}. {EXPECTED} {about}.",
        "text": f"{community(territory)} : la cellule de crise est {called}. {EXPECTED}\n\n{about}.",
        "after": "Vous ne pouvez pas venir ? Dites-le vite à la personne d'astreinte : elle appelle un suppléant.",
    }


def with_seat(told: Words, chairs: Sequence[tuple[str, str]], place: str) -> Words:
    """The same call with the functions held, each with what it is for; ``place`` is for the e-mail alone."""
    sms, text = str(told["sms"]), str(told["text"])
    if chairs:
        held = french.join(label.lower() for label, _ in chairs)
        name = "Fonction" if len(chairs) == 1 else "Fonctions"
        sms = sms.replace(EXPECTED, f"{name} : {held}.")
        text += "".join(f"\n\nVotre fonction : {label}. {role}" for label, role in chairs)
    if place:
        text += f"\n\nLieu ou lien : {place}"
    return {**told, "sms": sms, "text": f"{text}\n\nLa page de la cellule, si vous avez accès à la console :"}


def _hour(moment: datetime, now: datetime, territory: Territory) -> str:
    """« à 10 h 30 » today, « samedi 27 juin à 8 h 15 » another day."""
    local = moment.astimezone(territory.zone)
    if local.date() == now.astimezone(territory.zone).date():
        return f"à {french.clock_time(local)}"
    return when(moment, territory)


def _where(fact: CertificateBody, territory: Territory) -> str:
    return f"{territory.commune_name(fact.commune)}, {PLACE_WORDS[fact.place]}"


def digest(fact: DigestBody, version: str, territory: Territory) -> Words:
    """The point de situation; page, PDF and SMS segment are asked of the digests at sending time."""
    day = french.weekday_day(fact.day)
    return {
        "subject": f"Point de situation n° {fact.number}, {day} – {community(territory)}",
        "sms": f"Point de situation n° {fact.number} prêt.",
        "text": f"Point de situation n° {fact.number}, {day}. Le document est joint.",
        "digest": fact.digest,
        "version": version,
    }


def statement(fact: CapacityStatementIssued, territory: Territory) -> Words:
    """The statement of capacity; its PDF is asked of the digests at sending time."""
    name = f"État des capacités n° {fact.number}"
    at = when(fact.as_of, territory)
    return {
        "subject": f"{name}, {at} – {community(territory)}",
        "text": f"{name} de la {community(territory)}, {at}.\n\nLe document est joint, en une page. "
        f"Son émission et son empreinte sont inscrites au journal de bord.\nSHA-256 : {fact.sha256}",
        "statement": fact.statement,
    }


def with_link(text: str, link: str) -> str:
    """An e-mail's text with what to do to answer."""
    if not link:
        return text
    return (
        f"{text}\n\nDire que vous l'avez lu et ouvrir la page :\n{link}\n\n"
        "Sans réponse, la personne suivante est appelée."
    )


def asked_link(text: str, link: str, page: str = "") -> str:
    """Same, for a professional: nobody else is called because of their silence. ``page`` is where they answer."""
    if not page:
        return f"{text}\n\n{link}" if link else text
    read = f"\n\nDire seulement que vous l'avez lu :\n{link}" if link else ""
    return f"{text}\n\nVotre page personnelle, pour répondre :\n{page}{read}"
