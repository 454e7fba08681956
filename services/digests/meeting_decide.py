"""What may be done in a meeting, how decisions are numbered, what is left when it closes. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from contracts.meetings import Attendee, RecordDecision, Someone
from services.digests.point import TOKEN, plain
from services.platform import french
from services.platform.errors import Conflict, Invalid, NotFound
from services.platform.territory import Territory

#: How the point names a question about a level (``Decision.short``); with several crises, which one follows.
LEVEL = "le niveau"
OUTCOMES = {"adoptee": "adoptée", "modifiee": "modifiée", "reportee": "reportée", "ecartee": "écartée"}
Question = Mapping[str, Any]


def about_level(question: Question) -> bool:
    """Whether a question is about a level."""
    return str(question["short"]).startswith(LEVEL)


def check_meetable(status: str, *, by_hand: bool) -> None:
    """A point is read once it no longer changes: of the hour, or asked by hand for now."""
    if status in {"publié", "validé"} or (status == "refait" and by_hand):
        return
    if status == "refait":
        raise Conflict("Un point refait sur un moment passé ne se tient pas ; ouvrez celui publié ce jour-là.")
    raise Conflict(
        "Ce point est encore un brouillon, ses chiffres peuvent changer : ouvrez la réunion quand il est publié, "
        "ou établissez un point maintenant."
    )


def already_open(number: int, local: datetime, *, closed: bool) -> Conflict:
    """A second opening."""
    held = "a déjà été tenu, ouvert" if closed else "est déjà ouvert depuis"
    link = " à " if closed else " "
    return Conflict(f"Le point n° {number} {held}{link}{french.clock_time(local)} ; affichez-le, il suit son cours.")


def check_running(number: int, closed: datetime | None) -> None:
    """Refuse to write in a meeting that is over; ``closed`` is local."""
    if closed is not None:
        raise Conflict(
            f"Le point n° {number} est clos depuis {french.clock_time(closed)} : il ne change plus. "
            "Écrivez au journal de bord ; il corrige aussi une entrée."
        )


def not_open() -> Conflict:
    """Nothing is written before the meeting opens."""
    return Conflict("La réunion de ce point n'est pas ouverte ; ouvrez-la d'abord.")


def check_lead(led_by: Someone | None, *, without_referent: bool) -> None:
    """Somebody leads, unless it is said that the référent is missing."""
    if led_by is None and not without_referent:
        raise Invalid("Dites qui conduit la réunion, ou indiquez que le point est tenu sans le référent.")


def check_someone(someone: Someone) -> None:
    """A reference or words: one of the two."""
    if bool(someone.person) == bool(someone.words.strip()):
        raise Invalid("Désignez chaque personne par sa référence dans l'annuaire ou par son nom, pas les deux.")


def check_attendance(present: Sequence[Attendee], absent: Sequence[Attendee]) -> None:
    """Somebody is there; nobody stands twice."""
    everyone = [*present, *absent]
    for someone in everyone:
        check_someone(someone)
    if not present:
        raise Invalid("Notez au moins une personne présente.")
    keys = [someone.person or " ".join(someone.words.split()).casefold() for someone in everyone]
    twice = next((key for key in keys if keys.count(key) > 1), "")
    if twice:
        raise Invalid(f"« {twice} » figure deux fois ; une personne est présente ou absente, une seule fois.")


def check_decision(command: RecordDecision) -> None:
    """Words to read aloud, at most one deadline."""
    if not command.words.strip():
        raise Invalid("Écrivez ce qui est décidé, mot pour mot.")
    if command.due_at is not None and command.due_words.strip():
        raise Invalid("Donnez l'échéance par une date ou par des mots, pas les deux.")


def question_of(code: str | None, questions: Iterable[Question]) -> Question | None:
    """The decision to take that bears this number."""
    return next((item for item in questions if item["code"] == code), None)


def next_code(questions: Iterable[Question], recorded: Iterable[str]) -> str:
    """The number of a new decision: after those of the point and those written."""
    used = [*(str(item["code"]) for item in questions), *recorded]
    return f"D{1 + max((int(code[1:]) for code in used), default=0)}"


def title_of(command: RecordDecision, question: Question | None, before: str) -> str:
    """What the decision is called: as typed, as it was, or as the point put it."""
    title = command.title.strip() or before or (proposal(question) if question else "")
    if not title:
        raise Invalid("Donnez un intitulé à cette nouvelle décision.")
    return title


def proposal(question: Question) -> str:
    """The proposal without its marks; a person inside it is not repeated."""
    return plain(TOKEN.sub("…", str(question["proposal"])))


def check_known(code: str | None, question: Question | None, recorded: Iterable[str]) -> None:
    """A number is one of the point's, or was given during the meeting."""
    if code is not None and question is None and code not in set(recorded):
        raise NotFound(f"La décision {code} n'est pas à l'ordre du jour ; sans numéro, elle prend le suivant.")


def check_rewrite(code: str, written: datetime | None, *, corrects: bool) -> None:
    """Two who write the same decision: the second is told; ``written`` is local."""
    if written is not None and not corrects:
        raise Conflict(
            f"{code} est déjà écrite, à {french.clock_time(written)} ; relisez-la. Pour la changer, corrigez-la."
        )
    if written is None and corrects:
        raise Conflict(f"{code} n'est pas encore écrite : il n'y a rien à corriger.")


def check_level(question: Question | None, outcome: str, *, without_referent: bool) -> None:
    """Without the référent the level is not decided, only put off."""
    if question and about_level(question) and without_referent and outcome != "reportee":
        raise Conflict(
            f"Ce point est tenu sans le référent : le niveau ne s'y décide pas. Reportez {question['code']}, "
            "ou laissez-la : elle sera notée différée."
        )


def deferred(questions: Iterable[Question], recorded: Mapping[str, str]) -> tuple[str, ...]:
    """Numbers of what nobody decided, in order."""
    return tuple(str(item["code"]) for item in questions if item["code"] not in recorded)


def summary(territory: Territory, closed: Mapping[str, Any], opened: Mapping[str, Any]) -> str:
    """``Point n° 6 clos à 9 h 16. D1 adoptée, D3 reportée. Différé : D4. Présents : 8 sur 9. Durée : 14 min 20.``"""
    local = datetime.fromisoformat(closed["closed_at"]).astimezone(territory.zone)
    settled = ", ".join(f"{item['code']} {OUTCOMES.get(item['outcome'], item['outcome'])}"
                        for item in closed["decided"])  # fmt: skip
    put_off = french.join(closed["deferred"])
    parts = [
        f"Point n° {closed['number']} clos à {french.clock_time(local)}",
        "Tenu sans le référent" if opened.get("without_referent") else "",
        settled or "Aucune décision écrite",
        f"Différé : {put_off}" if put_off else "",
        f"Présents : {closed['present']} sur {closed['expected']}" if closed["expected"] else "Présences non notées",
        f"Durée : {french.lasting(int(closed['seconds']))}",
    ]
    return french.insecable(". ".join(part for part in parts if part) + ".")
