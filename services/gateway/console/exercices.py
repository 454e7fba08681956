"""Drills led from the real desk: scenarios, the one that plays, its pace and its end, those played and their scores."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from starlette.responses import RedirectResponse, Response

from contracts.exercises import (
    AskExercise,
    EnterExercise,
    ListExercises,
    ListScenarios,
    PaceExercise,
    StartExercise,
    StopExercise,
)
from services.gateway.console import words
from services.gateway.console.pages import Act, Done, Form, Page, build, send
from services.gateway.console.visit import Visit
from services.gateway.edge import json_response
from services.platform import french
from services.platform.errors import Invalid, Refused, Unavailable

#: What a form says, the speed it asks for, and how it is said; no speed is as fast as the machine goes.
SPEEDS: dict[str, tuple[float | None, str]] = {
    "1": (1, "1 fois"),
    "10": (10, "10 fois"),
    "60": (60, "60 fois"),
    "600": (600, "600 fois"),
    "plein": (None, "à plein"),
}
STATUSES = {
    "en_cours": "en cours", "en_pause": "en pause", "termine": "joué jusqu’au bout", "arrete": "arrêté",
    "echec": "échec",
}  # fmt: skip
PLAYING = ("en_cours", "en_pause")
#: The desk of a drill takes seconds to answer when the machine is busy.
PATIENCE = 20.0
PAST = 50


async def view(visit: Visit) -> dict[str, Any]:
    """What can be played, what plays, what was played."""
    found = await visit.together(
        scenarios=visit.items("scénarios", ListScenarios()), runs=visit.part("exercices", ListExercises(limit=PAST))
    )
    runs = (found["runs"] or {}).get("items", [])
    return {
        "scenarios": [one | {"lasts": lasts(one["days"])} for one in found["scenarios"] or []],
        "current": [told(run, visit) for run in runs if run["status"] in PLAYING],
        "past": [told(run, visit) for run in runs if run["status"] not in PLAYING],
        "names": await visit.names(run["by"] for run in runs), "speeds": SPEEDS, "said": STATUSES,
        "more": (found["runs"] or {}).get("next"),
    }  # fmt: skip


async def view_one(visit: Visit) -> dict[str, Any]:
    """One drill: where it stands, then its score."""
    run = told(await visit.ask(AskExercise(run=str(visit.path["run"]))), visit)
    return {
        "run": run, "names": await visit.names([run["by"]]), "speeds": SPEEDS, "said": STATUSES,
        "sheet": sheet(run["score"]), "title": f"Exercice « {run['title']} »",
    }  # fmt: skip


def told(run: dict[str, Any], visit: Visit) -> dict[str, Any]:
    """A drill with what the page says of it: whether it plays, its played hour, its speed, how far it is."""
    played = words.local(run["played_at"], visit) if run["played_at"] else None
    return run | {
        "playing": run["status"] in PLAYING,
        "played": f"{french.weekday_day(played.date())}, {french.clock_time(played)}" if played else "",
        "speed_key": speed_key(run["speed"]),
        "at_speed": speed_words(run["speed"]),
        "checks": checks(run["passed"], run["failed"]),
    }


def lasts(days: int) -> str:
    """``onze jours`` is written by the scenario; the length is counted: ``11 jours``."""
    return french.count(days, "jour") if days else ""


def speed_key(speed: float | None) -> str:
    """The choice of the form that a speed is; empty for one asked elsewhere."""
    return next((key for key, (known, _) in SPEEDS.items() if known == speed), "")


def speed_words(speed: float | None) -> str:
    """``60 fois`` the hour of the clock, or as fast as the machine goes."""
    return "à plein" if speed is None else f"{speed:g}{french.NBSP}fois"


def checks(passed: int, failed: int) -> str:
    """``12 vérifications tenues, 1 non tenue``."""
    if not passed and not failed:
        return "aucune vérification encore"
    held = french.count(passed, "vérification tenue", "vérifications tenues")
    return held + (f", {french.count(failed, 'non tenue', 'non tenues')}" if failed else "")


def sheet(lines: Sequence[str]) -> list[tuple[str, str]]:
    """The lines of a score: ``jour``, ``tenue``, ``non tenue`` or ``suite``, and what it says.

    Its first two lines, verdict and fingerprint, stand elsewhere on the page.
    """
    found = []
    for line in lines:
        said = " ".join(line.split())
        if not said or said.startswith(("EXERCICE ·", "Empreinte ")):
            continue
        first, _, rest = said.partition(" ")
        word = {"oui": "tenue", "NON": "non tenue"}.get(first, "suite" if line.startswith(" ") else "jour")
        found.append((word, said if word in ("suite", "jour") else rest))
    return found


async def start(visit: Visit, form: Form) -> Done:
    """Play a scenario."""
    speed = _speed(form)
    command = build(StartExercise, scenario=form.get("scenario"), start=_day(form.get("jour", "")))
    reply = await send(visit, command.model_copy(update={"speed": speed}), form)
    return Done(f"/exercices/{(reply.result or {})['id']}", "Exercice lancé. Rien ne part vers de vrais destinataires.")


async def pace(visit: Visit, form: Form) -> Done:
    """Another speed, a pause or its end: one form, three buttons."""
    run = str(visit.path["run"])
    act = form.get("geste", "vitesse")
    now = await visit.ask(AskExercise(run=run))
    held = {"pause": True, "reprendre": False}.get(act, now["status"] == "en_pause")
    speed = _speed(form) if act == "vitesse" else now["speed"]
    await send(visit, PaceExercise(run=run, speed=speed, paused=held), form, step=act)
    said = {"pause": "L'exercice attend.", "reprendre": "L'exercice reprend."}
    return Done(f"/exercices/{run}", said.get(act, f"Vitesse : {speed_words(speed)}."))


async def stop(visit: Visit, form: Form) -> Done:
    """End the playing; asked of an ended one, close its desk."""
    run = str(visit.path["run"])
    await send(visit, build(StopExercise, run=run), form)
    said = "Poste de l'exercice fermé." if form.get("geste") == "fermer" else "Exercice arrêté. Le score arrive."
    return Done(f"/exercices/{run}", said)


async def enter(visit: Visit, form: Form) -> Done | Response:
    """Into the desk of the drill, as who asks: its own page of entry has the button.

    The form leaves the page, so a refusal is told on the page it left, not at an address that only takes forms.
    """
    run = str(visit.path["run"])
    try:
        found = await visit.ask(EnterExercise(run=run), patience=PATIENCE)
    except Refused as error:
        return Done(f"/exercices/{run}", error.message)
    path = str(found["path"])
    if urlsplit(path).netloc or not path.startswith("/"):
        raise Unavailable("Le poste de l'exercice ne dit pas où entrer ; réessayez.")
    return RedirectResponse(path, 303, headers={"cache-control": "no-store"})


async def hour(visit: Visit) -> Response:
    """The hour and the day on this desk's clock, as the bar says them."""
    at = visit.now
    said = {"at": at.isoformat(), "hour": french.clock_time(at), "day": french.long_day(at.date())}
    return json_response(said)


def _speed(form: Form) -> float | None:
    if form.get("vitesse") not in SPEEDS:
        raise Invalid("À compléter : choisissez une vitesse.")
    return SPEEDS[form["vitesse"]][0]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid("À compléter : écrivez le premier jour, ou laissez celui du scénario.") from None


PAGE = Page("/exercices", "exercices.html", "Exercices", view, nav="exercices")
ONE = Page("/exercices/{run}", "exercice.html", "Exercice", view_one, nav="exercices")
PAGES = (PAGE, ONE)
#: Asked by each screen of a drill, whose hour runs faster than its browser's.
FILES = (("/heure", hour),)
ACTS = (
    Act("/exercices", start, PAGE),
    Act("/exercices/{run}/allure", pace, ONE),
    Act("/exercices/{run}/arreter", stop, ONE),
    Act("/exercices/{run}/entrer", enter, ONE),
)
