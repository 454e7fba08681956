"""« Gravité et proportion des moyens » in words: one A4 page whatever there is to say."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from contracts.cell import GRAVITIES, PROPORTIONS, Gravity, Proportion
from services.platform import french
from services.platform.printing import print_pdf

Content = dict[str, Any]
TEMPLATE = Path(__file__).parent / "templates" / "means.typ"
PAGES = 1
TITLE = "Gravité et proportion des moyens"
#: Tries, the fullest first: size in points, rows of needs, rows of requests, letters of a free text.
TIGHTER = (
    (11.0, 14, 8, 600),
    (10.2, 18, 8, 400),
    (9.4, 22, 6, 300),
    (8.8, 26, 5, 200),
    (8.2, 26, 4, 140),
    (8.0, 18, 3, 100),
    (8.0, 10, 2, 60),
    (8.0, 4, 1, 40),
)


def render_means(content: Content) -> bytes:
    """The same content gives the same bytes; what does not fit is counted in one line, never dropped unsaid."""
    pdf = b""
    for size, needs, requests, letters in TIGHTER:
        pdf, count = print_pdf(TEMPLATE, page_data(content, size, needs, requests, letters), pages=True)
        if count <= PAGES:
            break
    return pdf


def page_data(content: Content, size: float, needs: int, requests: int, letters: int) -> Content:
    """What the template prints: words only."""
    at, crisis = datetime.fromisoformat(content["as_of"]), content["crisis"]
    plan = french.capital(crisis["playbook"].replace("-", " "))
    return {
        "size": size,
        "title": TITLE,
        "document": f"{TITLE}, {plan}, {content['place']}",
        "place": content["place"],
        "mode": "EXERCICE" if content["exercise"] else "RÉEL",
        "stamp": [at.year, at.month, at.day, at.hour, at.minute, at.second],
        "when": f"{french.capital(french.long_day(at.date()))}, {french.clock_time(at)}",
        "crisis": _crisis(crisis, plan),
        "judgement": _judgement(content, letters),
        "needs": _needs(content, needs, letters),
        "totals": [total_words(each) for each in content["sums"]],
        "places": _places(content, at),
        "requests": _requests(content, requests, letters),
        "cell": cell_lines(content, letters),
        "foot": foot(content),
    }


def _crisis(crisis: Content, plan: str) -> str:
    opened = french.when(datetime.fromisoformat(crisis["opened_at"]))
    if crisis["closed"]:
        return f"{plan} : crise close, ouverte {opened}."
    return f"{plan} : niveau {crisis['level']} CPTS, crise ouverte {opened}."


def _judgement(content: Content, letters: int) -> Content:
    judged = content["judgement"]
    if judged is None:
        return {"given": False, "gravity": "", "means": "", "reason": "", "by": ""}
    at = datetime.fromisoformat(judged["at"]).astimezone(datetime.fromisoformat(content["as_of"]).tzinfo)
    short = french.count(judged["needs_short"], "besoin à couvrir", "besoins à couvrir")
    return {
        "given": True,
        "gravity": GRAVITIES[Gravity(judged["gravity"])],
        "means": PROPORTIONS[Proportion(judged["proportion"])],
        "reason": french.clip(judged["reason"], letters),
        "by": f"{judged['author']}, {french.when(at)}, sur {short} alors.",
    }


def total_words(each: Content) -> str:
    """One sum of needs: « 12 places demandées, 14 disponibles : marge de 2 »."""
    rest = f"il manque {french.number(each['missing'])}" if each["missing"] else "rien ne manque"
    extra = f", marge de {french.number(each['margin'])}" if each["margin"] else ""
    found = f"{french.number(each['available'])} sur {french.number(each['asked'])}"
    return f"{french.capital(each['kind'].replace('_', ' '))} ({each['unit']}) : {found}, {rest}{extra}."


def _needs(content: Content, most: int, letters: int) -> Content:
    zone = datetime.fromisoformat(content["as_of"]).tzinfo
    # What is short is read first, the nearest deadline on top; what is closed comes last.
    ranked = sorted(
        content["needs"],
        key=lambda need: (need["status"] != "open", not need["missing"], need["wanted_by"] or "9", need["asked_at"]),
    )
    kept = ranked if len(ranked) <= most else ranked[: most - 1]
    rest = ranked[len(kept) :]
    short = sum(need["status"] == "open" and need["missing"] > 0 for need in rest)
    left = f"… et {french.count(len(rest), 'autre besoin', 'autres besoins')}, dont {short} à couvrir." if rest else ""
    return {"rows": [_need(need, zone, letters) for need in kept], "left_out": left}


def _need(need: Content, zone: Any, letters: int) -> list[str]:
    asked = french.when(datetime.fromisoformat(need["asked_at"]).astimezone(zone))
    due = datetime.fromisoformat(need["wanted_by"]).astimezone(zone) if need["wanted_by"] else None
    deadline = f"{french.when(due)}{' (dépassée)' if need['late'] else ''}" if due else "sans échéance"
    what = f"{french.clip(need['what'], min(letters, 120))} ({need['unit']})"
    state = {"met": ", couvert", "dropped": ", abandonné"}.get(need["status"], "")
    return [
        what, f"{french.clip(need['asker'], 40)}, {asked}{state}", french.number(need["asked"]),
        french.number(need["available"]), missing_words(need), french.wait(need["age_minutes"]), deadline,
    ]  # fmt: skip


def missing_words(need: Content) -> str:
    """What is missing, or the margin: a surplus is said, never a number below zero."""
    if need["missing"]:
        return french.number(need["missing"])
    return f"0 (marge {french.number(need['margin'])})" if need["margin"] else "0"


def _places(content: Content, at: datetime) -> Content:
    day = french.weekday_day(at.date())
    if content["places"] is None:
        return {"day": day, "lines": []}
    mine, *others = content["places"]
    return {"day": day, "lines": [place_words(mine, "cette crise"), *(place_words(each, "") for each in others)]}


def place_words(group: Content, name: str) -> list[str]:
    """A line of the places of the day: whose, opened, taken, free."""
    whose = name or (group["playbook"] or "").replace("-", " ") or "sans crise indiquée"
    activable = f", {french.count(group['activable'], 'activable')}" if group["activable"] else ""
    return [
        f"{french.capital(whose)}{activable}",
        *(french.number(group[name]) for name in ("places", "booked", "free")),
    ]


def _requests(content: Content, most: int, letters: int) -> Content:
    found = content["requests"]
    if found is None:
        return {"rows": [], "left_out": "", "none": "Les demandes aux partenaires n’ont pas pu être lues."}
    rows = [
        [f"{french.clip(item['partner'], 40)} : {french.clip(item['text'], min(letters, 90))}",
         french.wait(item["minutes"])]
        for item in found
    ]  # fmt: skip
    hidden = len(rows) - most
    left = f"… et {french.count(hidden, 'autre')}, plus récentes." if hidden > 0 else ""
    return {"rows": rows[:most], "left_out": left, "none": "Aucune demande n’attend de réponse."}


def cell_lines(content: Content, letters: int = 600) -> list[str]:
    """Who holds what; functions called where nobody is are said together."""
    cell = content["cell"]
    if cell is None:
        return ["Aucune cellule ne siège pour cette crise."]
    since = french.when(datetime.fromisoformat(cell["since"]))
    held = [f"{one['label']} : {one['who']}" for one in cell["functions"] if one["who"]]
    empty = [one["label"].lower() for one in cell["functions"] if not one["who"]]
    guests = [french.clip(name, 40) for name in cell["guests"]]
    return [
        f"La cellule siège depuis {since}.",
        f"{' ; '.join(french.clip(line, 90) for line in held)}." if held else "Personne n’est encore noté présent.",
        *([f"Appelées, sans personne : {french.join(empty)}."] if empty else []),
        *([french.clip(f"Aussi présents : {french.join(guests)}.", letters)] if guests else []),
    ]


def foot(content: Content) -> list[str]:
    """Where the journal stood, and who did not answer."""
    head = content["head"]
    stop = (
        f"Arrêté à l’entrée n°{french.NBSP}{head['number']} du journal de bord, empreinte {head['hash']}."
        if head
        else "Établi sans le journal de bord."
    )
    if not content["silent"]:
        return [stop]
    return [stop, f"Sans réponse de : {french.join(content['silent'])}. Ce qui en vient manque à cette page."]
