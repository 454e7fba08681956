"""The five lines that open the page, to be read aloud. Pure: a verb and a figure, no adjective."""

from __future__ import annotations

from collections.abc import Iterator

from services.digests import axes
from services.digests.agenda import late_actions, open_requests, sky
from services.digests.axes import crisis_words
from services.digests.brief import Brief
from services.digests.numbers import Indicator
from services.digests.point import safe
from services.platform import french

LINES = 5
SIGNALLED = {
    "deshydratation": "de déshydratation",
    "coup_de_chaleur": "de coup de chaleur",
    "acces_aux_soins": "d’accès difficile aux soins",
    "rupture_de_continuite": "de rupture de continuité",
    "surcharge": "de surcharge",
}
NUMBERS = ("zéro", "une", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze")


def words(value: int) -> str:
    """A small count of feminine things in letters; above twelve in figures."""
    return NUMBERS[value] if value < len(NUMBERS) else french.number(value)


def essentials(brief: Brief) -> tuple[str, ...]:
    """Five lines at most, to be read aloud; all of it stands below with its source."""
    lines: list[str] = []
    for make in (_state, _silent_source, _places, _tension, _waiting, _missing, _rise, _delay, _asked):
        lines.extend(make(brief))
    return tuple(lines[:LINES])


def _state(brief: Brief) -> Iterator[str]:
    found = brief.vigilance
    lead = f"**{sky(brief)}**" if found else "**Aucune vigilance en cours.**"
    parts = [lead]
    for crisis in brief.crises[:2]:
        since = brief.local(crisis.data.get("changed_at") or crisis.data["opened_at"])
        named = f", {safe(crisis_words(crisis))}," if len(brief.crises) > 1 else ""
        parts.append(f"Niveau {crisis.data.get('level', 1)} de la CPTS{named} depuis {french.when(since)}.")
    for act in axes.triggered(brief.world, "orsan")[-2:]:
        since = brief.local(act.data["starts_at"])
        parts.append(f"ORSAN {axes.named(act)} déclenché {french.when(since)}.".replace("  ", " "))
    yield " ".join(parts)


def _silent_source(brief: Brief) -> Iterator[str]:
    for row in brief.world.standing("source")[:1]:
        expected = brief.local(row.data["expected_at"])
        yield (f"**La carte attendue à {french.clock_time(expected)} n’est pas arrivée.** "
               "Les couleurs sont celles de la précédente.")  # fmt: skip


def _places(brief: Brief) -> Iterator[str]:
    today = brief.figures.capacity_today
    if brief.figures.empty:
        yield f"**Pas encore de chiffres.** {nothing_yet(brief)}"
    elif not today.places:
        yield "**Aucune place de crise n’est déclarée pour aujourd’hui.**"
    else:
        free = french.count(today.free, "place libre", "places libres")
        evening = f"dont {french.number(today.free_evening)} après 17 h" if today.free_evening else "aucune après 17 h"
        taken = french.count(today.booked, "prise") if today.booked else "aucune prise"
        yield f"**{free} aujourd’hui, {evening}.** {french.count(today.places, 'ouverte')}, {taken}."


def nothing_yet(brief: Brief) -> str:
    """Why there is nothing to count: before the crisis nobody was asked; after it, what is due is missing."""
    due = brief.figures.coverage.due
    if brief.figures.day < brief.opened_day or not due:
        return f"Premier relevé attendu : celui {french.of(french.weekday_day(brief.day))}."
    expected = french.count(due, "structure attendue", "structures attendues")
    return f"Aucun envoi pour hier, {expected} ; ce silence ne vaut pas zéro."


def _tension(brief: Brief) -> Iterator[str]:
    now, before = brief.figures.tensions, brief.figures.tensions_before
    if not now:
        return
    kind = max(now, key=lambda name: (now[name] - before.get(name, 0), now[name]))
    if kind == "deshydratation":
        where = dict(list(brief.figures.deshydratations_by_commune.items())[:2])
        tail = f" En tête : {brief.by_commune(where)}."
    else:
        tail = f" Toutes tensions : {brief.by_commune(brief.figures.tensions_by_commune, 3)}."
    past = before.get(kind, 0)
    verb = "passent" if now[kind] != past else "restent"
    span = f"de {past} à {now[kind]} en un jour" if now[kind] != past else f"à {now[kind]}"
    yield f"**Les signalements {SIGNALLED.get(kind, 'de tension')} {verb} {span}.**{tail}"


def _waiting(brief: Brief) -> Iterator[str]:
    waiting = brief.figures.waiting
    if not waiting:
        return
    first, total = waiting[0], len(waiting)
    where = french.join(dict.fromkeys(brief.commune(item.commune) for item in waiting[:3]))
    lead = "Un certificat de décès attend" if total == 1 else f"{total} certificats de décès attendent"
    hour = french.clock_time(brief.local(first.requested_at))
    state = "accepté, pas encore signé" if first.accepted else "personne ne l’a accepté"
    since = f"depuis {hour}" if total == 1 else f"le plus ancien depuis {hour}"
    yield f"**{lead} à {where}**, {since} ({french.wait(first.minutes)}) : {state}."


def _missing(brief: Brief) -> Iterator[str]:
    coverage = brief.figures.coverage
    if not coverage.due or brief.figures.empty:
        return
    missing = coverage.due - coverage.reported
    if not missing:
        expected = french.count(coverage.due, "structure attendue a", "structures attendues ont")
        yield f"**{expected} répondu pour hier : aucune ne manque.**"
    elif missing == coverage.due:
        yield (
            f"**Aucune structure attendue ({coverage.due}) n’a envoyé ses chiffres d’hier.** Ils ne valent pas zéro."
        )
    else:
        lead = f"{french.capital(words(missing))} {french.plural(missing, 'structure')} sur {coverage.due}"
        verb = "n’a rien envoyé" if missing == 1 else "n’ont rien envoyé"
        yield f"**{lead} {verb}.** {'Ses' if missing == 1 else 'Leurs'} chiffres manquent ; ils ne valent pas zéro."


def rise_of(item: Indicator) -> int:
    """Change on the same structures, in percent; 0 when it cannot be told."""
    if item.same_now is None or not item.same_before or item.same_before < 20:
        return 0
    return round(100 * (item.same_now - item.same_before) / item.same_before)


def _rise(brief: Brief) -> Iterator[str]:
    strongest = max(brief.figures.indicators, key=rise_of, default=None)
    if strongest is not None and rise_of(strongest) >= 20:
        now, before = strongest.same_now or 0, strongest.same_before or 0
        yield (f"**{strongest.label} : {french.change(now, before)} à structures identiques**, "
               f"{french.number(now)} contre {french.number(before)}.")  # fmt: skip


def _delay(brief: Brief) -> Iterator[str]:
    late = late_actions(brief)
    if late:
        lead = "Une action est" if len(late) == 1 else f"{french.capital(words(len(late)))} actions sont"
        oldest = "" if len(late) == 1 else "la plus ancienne, "
        title = safe(late[0].data["title"])
        yield f"**{lead} en retard** : {oldest}« {title[:1].lower()}{title[1:]} »."


def _asked(brief: Brief) -> Iterator[str]:
    for row in open_requests(brief)[:1]:
        age = french.wait(brief.minutes_since(row.data["asked_at"]))
        yield f"**Une demande est sans réponse** depuis {age} : {brief.partner(row.data['partner'])}."
