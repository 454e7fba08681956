"""The page of a statement of capacity: its content in words, one A4 page whatever there is to say."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from services.digests.render_pdf import TEMPLATES
from services.digests.statement import BANDS, Content
from services.digests.statement_notes import notes
from services.platform import french
from services.platform.printing import print_pdf

PAGES = 1
NONE = "–"
#: Tries, the fullest first: size in points, rows of communes, rows of requests.
TIGHTER = (
    (11.0, 14, 6),
    (10.2, 14, 6),
    (9.8, 18, 6),
    (9.2, 22, 5),
    (8.6, 26, 4),
    (8.2, 30, 3),
    (8.0, 24, 2),
    (8.0, 16, 2),
)


def render_statement(content: Content) -> bytes:
    """The same content gives the same bytes; communes that do not fit are added up in one row."""
    pdf = b""
    # Every commune in small letters before fewer communes in large ones.
    for size, communes, requests in sorted(TIGHTER, key=lambda each: each[1] < len(content["communes"])):
        pdf, count = print_pdf(TEMPLATES / "statement.typ", _data(content, size, communes, requests), pages=True)
        if count <= PAGES:
            break
    return pdf


def _data(content: Content, size: float, communes: int, requests: int) -> dict[str, Any]:
    at = datetime.fromisoformat(content["as_of"])
    today, tomorrow = content["days"]
    title = f"État des capacités n°{french.NBSP}{content['number']}"
    return {
        "size": size,
        "title": title,
        "document": f"{title}, {content['place']}",
        "place": content["place"],
        "exercise": content["exercise"],
        "mode": "EXERCICE" if content["exercise"] else "RÉEL",
        "stamp": [at.year, at.month, at.day, at.hour, at.minute, at.second],
        "when": f"{french.capital(french.long_day(at.date()))}, {french.clock_time(at)}",
        "issued_by": content["issued_by"],
        "situation": _situation(content),
        "key": _key(content),
        "days": [french.capital(french.short_day(date.fromisoformat(day["day"]))) for day in (today, tomorrow)],
        "communes": _communes(content, communes),
        "total": ["Territoire", *_cells(today), *_cells(tomorrow), _count(_all_tensions(content)), "", "", ""],
        "notes": notes(content),
        "requests": _requests(content, requests),
        "foot": _foot(content),
        "head": content["head"],
    }


def _situation(content: Content) -> list[str]:
    told = [_crisis(crisis) for crisis in content["crises"]] or ["Aucune crise ouverte."]
    return ["Exercice : ce document ne décrit aucune situation réelle.", *told] if content["exercise"] else told


def _crisis(crisis: Content) -> str:
    since = french.when(datetime.fromisoformat(crisis["since"]))
    rank = f"{french.nth(crisis['rank'])} jour de crise"
    return f"{french.capital(crisis['playbook'])}, {rank} : niveau {crisis['level']} CPTS depuis {since}."


def _key(content: Content) -> list[list[str]]:
    """Four figures read first: value, what it is, a precision."""
    today, tomorrow = content["days"]
    tense = _all_tensions(content)
    return [
        [french.number(today["free"]), _free(today["free"], "aujourd’hui"),
         _out_of(today)],
        [french.number(tomorrow["free"]), _free(tomorrow["free"], "demain"),
         _out_of(tomorrow)],
        [french.number(tense), french.plural(tense, "tension signalée", "tensions signalées"), "hier et aujourd’hui"],
        [french.number(len(content["requests"])),
         french.plural(len(content["requests"]), "demande sans réponse", "demandes sans réponse"), _oldest(content)],
    ]  # fmt: skip


def _out_of(day: Content) -> str:
    if not day["places"]:
        return "aucune place déclarée"
    return f"sur {french.number(day['places'])}, dont {french.number(day['evening'])} après 17{french.NBSP}h"


def _free(value: int, when: str) -> str:
    return f"{french.plural(value, 'place libre', 'places libres')} {when}"


def _oldest(content: Content) -> str:
    asked = content["requests"]
    return f"depuis {french.wait(asked[0]['minutes'])} au plus" if asked else "aux partenaires"


def _all_tensions(content: Content) -> int:
    return sum(item["count"] for item in content["tensions"])


def _count(value: int) -> str:
    return french.number(value) if value else NONE


def _cells(found: Content) -> list[str]:
    if not found["places"]:
        return [NONE, NONE, NONE]
    return [french.number(found[name]) for name in ("places", "booked", "free")]


def _communes(content: Content, most: int) -> list[list[str]]:
    rows = content["communes"]
    if len(rows) <= most:
        return [_commune(row) for row in rows]
    # Where there is something to see comes first; the rest is added up, so that the columns still add up.
    ranked = sorted(rows, key=lambda row: (-sum(day["places"] for day in row["days"]), -row["tensions"], row["name"]))
    kept, rest = ranked[: most - 1], ranked[most - 1 :]
    names = ("places", "booked", "free")
    days = [{name: sum(row["days"][turn][name] for row in rest) for name in names} for turn in (0, 1)]
    covered = [sum(row["certifiers"][band] == "couvert" for row in rest) for band in BANDS]
    last = [
        f"{len(rest)} autres communes", *_cells(days[0]), *_cells(days[1]),
        _count(sum(row["tensions"] for row in rest)), *(f"{value} sur {len(rest)}" for value in covered),
    ]  # fmt: skip
    return [*(_commune(row) for row in sorted(kept, key=lambda row: row["name"])), last]


def _commune(row: Content) -> list[str]:
    today, tomorrow = row["days"]
    return [row["name"], *_cells(today), *_cells(tomorrow), _count(row["tensions"]),
            *(row["certifiers"][band] for band in BANDS)]  # fmt: skip


def _zone(content: Content) -> Any:
    return datetime.fromisoformat(content["as_of"]).tzinfo


def _requests(content: Content, most: int) -> Content:
    zone = _zone(content)
    rows = [
        [
            item["partner"],
            french.when(datetime.fromisoformat(item["asked_at"]).astimezone(zone)),
            french.wait(item["minutes"]),
        ]
        for item in content["requests"]
    ]
    hidden = len(rows) - most
    return {
        "rows": rows[:most],
        "left_out": f"… et {french.count(hidden, 'autre')}, plus récentes" if hidden > 0 else "",
    }


def _foot(content: Content) -> str:
    by = f"Émis par {content['issued_by']}. " if content["issued_by"] else ""
    silent = f" {french.capital(french.join(content['silent']))} n’a pas répondu." if content["silent"] else ""
    stop = (
        f"Arrêté à l’entrée n°{french.NBSP}{content['up_to']} du journal de bord"
        if content["up_to"]
        else "Établi sans le journal de bord"
    )
    return f"{by}{stop}, où l’émission de cette page et son empreinte SHA-256 sont inscrites.{silent}"
