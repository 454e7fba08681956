"""What a point de situation and its meeting say on a screen: marks, states, deadlines, people. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from markupsafe import Markup

from services.gateway.console import words
from services.platform import french
from services.platform.territory import Territory

Found = Mapping[str, Any]
BOLD, ITALIC = Markup("<strong>{}</strong>"), Markup("<em>{}</em>")
MARK = re.compile(r"\*\*(.+?)\*\*|\*(.+?)\*", re.DOTALL)
HOUR = re.compile(r"^(\d{1,2})\s*(?:h|:)\s*(\d{2})?$")
OUTCOMES = {"adoptee": "Adoptée", "modifiee": "Modifiée", "reportee": "Reportée", "ecartee": "Écartée"}
LINES = {
    "ouverture": "Réunion ouverte", "presences": "Présents", "decision": "Décision", "information": "Information",
    "a_verifier": "À vérifier", "cloture": "Réunion close",
}  # fmt: skip
SENDING = {"en_attente": "en attente", "en_cours": "en cours d’envoi", "parti": "parti", "echec": "échec",
           "incertain": "incertain", "lu": "lu"}  # fmt: skip
UNSURE = ("echec", "incertain")
#: Who reads the version for the outside, in the order of the territory's settings.
OUTSIDE = {"ars": "ARS", "samu": "SAMU", "mairies": "Mairies"}


def marked(text: str) -> Markup:
    """Bold and italic as elements, everything else escaped."""
    found, at = Markup(""), 0
    for mark in MARK.finditer(text):
        found += Markup.escape(text[at : mark.start()])
        found += (BOLD if mark[1] else ITALIC).format(mark[1] or mark[2])
        at = mark.end()
    return found + Markup.escape(text[at:])


def plain(text: str) -> str:
    """The same words without marks."""
    return MARK.sub(lambda mark: mark[1] or mark[2], text)


def sms_of(text_form: str) -> str:
    """The one-segment message, as the text form of a point ends with it."""
    return text_form.rstrip().rpartition("\nSMS\n")[2].strip()


def left_out(count: int) -> str:
    """What stands for lines a page does not hold."""
    return f"… et {count}{french.NBSP}{french.plural(count, 'autre')} en annexe"


def state(card: Found, viewpoint: Any, names: Mapping[str, str]) -> str:
    """Where a point stands, in words: ``parti à la cellule à 9 h 00``."""
    hours = viewpoint.territory.hours
    match card["status"]:
        case "brouillon":
            return f"brouillon, part à {french.clock_time(hours.point)}"
        case "publié":
            return f"parti à la cellule à {words.hour(card['published_at'], viewpoint)}"
        case "validé":
            by = names.get(card["validated_by"] or "")
            return f"validé à {words.hour(card['validated_at'], viewpoint)}" + (f" par {by}" if by else "")
        case _:
            return f"fait à la demande, chiffres de {words.near(card['as_of'], viewpoint)}"


def by_day(cards: Iterable[Found]) -> list[tuple[str, list[Found]]]:
    """Points under their day, the newest day first; in a day, the one of the hour before those asked for."""
    found: dict[str, list[Found]] = {}
    for card in cards:
        found.setdefault(card["day"], []).append(card)
    return [(day, sorted(found[day], key=lambda card: card["status"] == "refait")) for day in sorted(found)[::-1]]


def expected(now: datetime, territory: Territory, cards: Iterable[Found], *, crisis: bool) -> str:
    """What comes next: the draft and the point of today while they wait, else those of tomorrow."""
    if not crisis:
        return "Aucune crise n’est ouverte : aucun point n’est attendu."
    draft, point = territory.hours.draft, territory.hours.point
    hours = f"brouillon à {french.clock_time(draft)}, départ à {french.clock_time(point)}"
    today = {card["status"] for card in cards if card["day"] == now.date().isoformat()}
    if today & {"publié", "validé"} or (now.time() >= point and not today):
        return f"Prochain point demain : {hours}."
    if "brouillon" in today:
        return f"Le brouillon est prêt : il part à {french.clock_time(point)}, relu ou non."
    return f"Attendu aujourd’hui : {hours}."


@dataclass(frozen=True, slots=True)
class Editable:
    """A text of the draft a person may replace; ``tables`` stay whatever is typed."""

    item: str
    title: str
    text: str
    tables: bool = False
    private: bool = False


def editable(found: Found) -> list[Editable]:
    """The texts of a draft, one line each, as they stand."""
    first = [
        Editable("essentiel", "L’essentiel, cinq lignes au plus", "\n".join(map(plain, found["essentiel"]))),
        Editable("a_decider", "À décider", plain(found["to_decide"])),
    ]
    return first + [_section(section) for section in found["sections"]]


def _section(section: Found) -> Editable:
    said = [block for block in section["blocks"] if block["kind"] != "table"]
    lines = [plain(line) for block in said for line in block["lines"]]
    tables = len(said) < len(section["blocks"])
    private = any(block["private"] for block in said)
    return Editable(section["key"], section["title"], "\n".join(lines), tables, private)


def around(cards: Sequence[Found], key: str) -> dict[str, Found | None]:
    """The points before and after one, among those of their hour."""
    kept = [card for card in cards if card["status"] != "refait" or card["id"] == key]
    at = next((rank for rank, card in enumerate(kept) if card["id"] == key), None)
    if at is None:
        return {"before": None, "after": None}
    return {"before": kept[at + 1] if at + 1 < len(kept) else None, "after": kept[at - 1] if at else None}


def recipients(territory: Territory, kinds: Iterable[str] = tuple(OUTSIDE)) -> list[tuple[str, tuple[str, ...]]]:
    """Who is written to outside, with the addresses set; an exercise has none."""
    return [(OUTSIDE[kind], getattr(territory.recipients, kind)) for kind in kinds]


def sent_to(messages: Iterable[Found], about: str, version: str) -> list[Found]:
    """Messages of one version of a point, the unsure first."""
    found = [one for one in messages if one["about"] == about and str(one["category"]).endswith(version)]
    return sorted(found, key=lambda one: one["state"] not in UNSURE)


def addressee(to: str, territory: Territory, names: Mapping[str, str]) -> str:
    """To whom a message went: a name, or the address of the settings behind ``ars#1``."""
    kind, _, rank = to.partition("#")
    held = getattr(territory.recipients, kind, ()) if rank.isdigit() else ()
    return held[int(rank) - 1] if 0 < int(rank or 0) <= len(held) else names.get(to, OUTSIDE.get(to, to))


def chase(day: date, territory: Territory) -> str:
    """The text that asks for figures not yet sent; it names no structure, so that a group may read it."""
    head = "EXERCICE EXERCICE EXERCICE\n" if territory.exercise else ""
    return french.insecable(
        f"{head}Bonjour, il nous manque vos chiffres de {french.weekday_day(day)}. Une minute suffit, par votre lien "
        "personnel. Aucune visite ? Écrivez 0 : une case vide veut dire « je ne sais pas ». "
        f"Merci. La coordination, {territory.name.removesuffix(' (exercice)')}."
    )


def pace(seconds: int) -> str:
    """Time spent, to the second: ``1 min 05``."""
    minutes, rest = divmod(max(0, seconds), 60)
    return f"{minutes}{french.NBSP}min{french.NBSP}{rest:02d}"


def someone(typed: str, known: Mapping[str, str]) -> dict[str, str] | None:
    """A person typed in a field: the reference of the one who bears that name, else the words themselves."""
    clean = " ".join(typed.split())
    if not clean:
        return None
    folded = {name.casefold(): ref for name, ref in known.items()}
    ref = folded.get(clean.casefold())
    return {"person": ref} if ref else {"words": clean}


def due(typed: str, now: datetime) -> datetime | None:
    """A deadline typed as an hour, today unless it says otherwise: ``9 h 30``, ``demain, 12 h``. ``now`` is local.

    Nothing when it is not an hour: the words are then kept as they are.
    """
    clean = " ".join(typed.replace("’", "'").replace("\u00a0", " ").lower().split())
    days = 0
    for word, ahead in (("aujourd'hui", 0), ("demain", 1)):
        if clean.startswith(word):
            clean, days = clean.removeprefix(word).lstrip(" ,").removeprefix("à ").strip(), ahead
    found = HOUR.fullmatch(clean)
    if found is None or int(found[1]) > 23 or int(found[2] or 0) > 59:
        return None
    moment = now.replace(hour=int(found[1]), minute=int(found[2] or 0), second=0, microsecond=0)
    return moment + timedelta(days=days)


def due_words(decision: Found, viewpoint: Any) -> str:
    """By when, as said: ``aujourd’hui, 9 h 30``."""
    if not decision["due_at"]:
        return str(decision["due_words"])
    near = words.near(decision["due_at"], viewpoint)
    return near if "," in near else f"aujourd’hui, {near}"
