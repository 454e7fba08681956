"""How a crisis was led: levels, steps, messages, points, meetings, the cell, what was typed late. Pure."""

from __future__ import annotations

from datetime import datetime

from contracts.reviews import LateAction, ReviewIndicator
from services.platform import french
from services.reviews.case import Case, Thing
from services.reviews.measure import SHARED, measured, nothing, unknown
from services.reviews.words import FUNCTIONS, GRAVITIES, PROPORTIONS, length, minutes_between


def levels(case: Case) -> ReviewIndicator:
    """How many moves, how high, how long."""
    changes = case.all("level")
    highest = max((int(thing.data["level"]) for thing in changes), default=0)
    lasted = length(minutes_between(case.span.opened_at, case.closed_at))
    value = f"{french.count(len(changes), 'changement')}, niveau {highest} au plus haut"
    return measured("niveaux", "Niveaux", value, len(changes), f"La crise a duré {lasted}.")


def _firm(case: Case) -> list[Thing]:
    return [
        thing
        for thing in case.all("action")
        if thing.data.get("side") == "cpts" and thing.data.get("modality") == "firm"
    ]


def steps_done(case: Case) -> ReviewIndicator:
    """Firm steps done out of those opened."""
    key, label = "etapes_faites", "Étapes fermes faites"
    firm = _firm(case)
    if not firm:
        return nothing(key, label, "Le plan n’a ouvert aucune étape ferme.")
    done = sum(1 for thing in firm if thing.data.get("done_at"))
    others = {status: sum(1 for thing in firm if not thing.data.get("done_at") and thing.data["status"] == status)
              for status in ("skipped", "closed", "open", "taken")}  # fmt: skip
    waiting = others["open"] + others["taken"]
    note = (
        f"Sans être faites : {french.count(others['skipped'], 'écartée')} avec un motif, "
        f"{french.count(others['closed'], 'close')} par un changement de niveau, "
        f"{french.count(waiting, 'encore ouverte')}. Une étape de chaque jour compte une fois."
    )
    return measured(key, label, f"{done} sur {len(firm)}", done, note, of=firm)


def late_actions(case: Case) -> tuple[LateAction, ...]:
    """Each turn of a firm step past its deadline, the longest first; of a shared one, until this crisis closed."""
    found = [
        _late(case, thing, turn)
        for thing in case.all("action")
        for turn in thing.data.get("late", ())
        if not thing.shared or datetime.fromisoformat(turn["due_at"]) <= case.closed_at
    ]
    return tuple(sorted(found, key=lambda late: (-(late.minutes or 10**9), late.due_at, late.action)))


def _late(case: Case, thing: Thing, turn: dict[str, str]) -> LateAction:
    due = datetime.fromisoformat(turn["due_at"])
    ended = datetime.fromisoformat(turn["ended_at"]) if turn["ended_at"] else None
    return LateAction(
        action=thing.data["action"], title=thing.data["title"], owner=thing.data["owner"], due_at=due, ended_at=ended,
        minutes=minutes_between(due, ended) if ended else None, done=turn["ended"] == "done", shared=thing.shared,
    )  # fmt: skip


def steps_late(case: Case) -> ReviewIndicator:
    """How many passed their deadline, and the longest."""
    key, label = "etapes_en_retard", "Étapes en retard"
    if not _firm(case):
        return nothing(key, label, "Seule une étape ferme peut être en retard, et le plan n’en a ouvert aucune.")
    late = late_actions(case)
    if not late:
        return measured(key, label, "aucune", 0, "Aucune étape ferme n’a dépassé son échéance.")
    longest = max((one.minutes for one in late if one.minutes is not None), default=None)
    never = sum(1 for one in late if one.minutes is None)
    note = f"Le plus long dépassement : {length(longest)}." if longest is not None else ""
    note += f" {french.count(never, 'jamais terminée', 'jamais terminées')}." if never else ""
    return measured(key, label, french.count(len(late), "dépassement"), len(late), note.strip(), of=_firm(case))


def messages(case: Case) -> ReviewIndicator:
    """What left, what did not, what nobody knows."""
    key, label = "messages", "Messages envoyés"
    found = case.all("message")
    sent, failed, uncertain, read = (
        sum(int(thing.data.get(name, 0)) for thing in found) for name in ("sent", "failed", "uncertain", "read")
    )
    if not (sent or failed or uncertain):
        return nothing(key, label, "Aucun message n’est parti du poste.")
    value = ", ".join((french.count(sent, "parti"), french.count(failed, "en échec", "en échec"),
                         french.count(uncertain, "incertain")))  # fmt: skip
    note = f"{french.count(read, 'accusé')} de lecture. « Parti » veut dire pris par le premier serveur, pas lu."
    return measured(key, label, value, sent, note, of=found)


def points(case: Case) -> ReviewIndicator:
    """Points published out of those its mornings called for."""
    key, label = "points", "Points de situation publiés"
    published = [thing for thing in case.all("point") if thing.data.get("published_at")]
    zone, hour = case.territory.zone, case.territory.hours.point
    due = [day for day in case.every_day() if case.span.opened_at < datetime.combine(day, hour, zone) <= case.closed_at]
    if not due and not published:
        return nothing(key, label, "La crise n’a passé aucune heure de point.")
    late = sum(1 for thing in published if thing.data.get("late"))
    value = f"{len(published)} sur {len(due)} attendus"
    note = (
        f"{french.count(late, 'en retard', 'en retard')}. Un point est attendu à {french.clock_time(hour)} chaque jour."
    )
    return measured(key, label, value, len(published), note, of=published)


def meetings(case: Case) -> ReviewIndicator:
    """Fifteen minutes, held."""
    key, label = "reunions", "Réunions du point"
    held = [thing for thing in case.all("meeting") if thing.data.get("closed_at")]
    if not held:
        return unknown(key, label, "Aucune réunion n’a été ouverte et close dans le poste.")
    longest = max(int(thing.data["seconds"]) for thing in held)
    decided = sum(int(thing.data.get("decided", 0)) for thing in held)
    note = f"{french.count(decided, 'décision')} ; la plus longue a duré {length(longest / 60)}."
    return measured(key, label, french.count(len(held), "tenue"), len(held), note, of=held)


def cell(case: Case) -> ReviewIndicator:
    """Sessions of the cell, and functions called that nobody ever held."""
    key, label = "cellule", "Cellule de crise"
    sessions = case.all("cell")
    if not sessions:
        return unknown(key, label, "La cellule n’a pas été convoquée dans le poste.")
    empty = sorted({
        FUNCTIONS.get(function, function)
        for thing in sessions
        for function in thing.data.get("called", ())
        if function not in thing.data.get("filled", ())
    })  # fmt: skip
    value = french.count(len(sessions), "réunion")
    note = f"Fonctions appelées que personne n’a tenues : {french.join(empty)}." if empty else (
        "Chaque fonction appelée a été tenue.")  # fmt: skip
    return measured(key, label, value, len(sessions), note, of=sessions)


def judgements(case: Case) -> ReviewIndicator:
    """The hardest judgement a person wrote down."""
    key, label = "gravite", "Gravité jugée"
    found = case.all("judgement")
    if not found:
        return unknown(key, label, "Personne n’a noté de jugement de gravité.")
    ranks = list(GRAVITIES)
    worst = max(found, key=lambda thing: (_rank(ranks, thing.data["gravity"]), thing.at))
    value = f"{GRAVITIES.get(worst.data['gravity'], 'autre')} au plus fort"
    means = PROPORTIONS.get(worst.data["proportion"], "moyens non qualifiés")
    note = f"{french.count(len(found), 'jugement')} ; au plus fort : {means}."
    return measured(key, label, value, len(found), note)


def _rank(ranks: list[str], name: str) -> int:
    return ranks.index(name) if name in ranks else -1


def declined(case: Case) -> ReviewIndicator:
    """Proposals a person said no to."""
    key, label = "refusees", "Propositions refusées"
    proposals = [thing for thing in case.all("proposal") if thing.data.get("proposed_at")]
    if not proposals:
        return nothing(key, label, "Aucun niveau n’a été proposé.")
    refused = [thing for thing in proposals if thing.data.get("ended") == "declined"]
    renewed = sum(1 for thing in proposals if thing.data.get("supersedes"))
    value = f"{len(refused)} sur {len(proposals)}" if refused else "aucune"
    note = f"{french.count(len(proposals), 'proposition')}, dont {renewed} qui en renouvellent une autre."
    return measured(key, label, value, len(refused), note)


def silences(case: Case) -> ReviewIndicator:
    """Sources that did not speak when they should have."""
    key, label = "sources", "Silences des sources"
    held = [
        (datetime.fromisoformat(since), datetime.fromisoformat(until) if until else None)
        for thing in case.all("source")
        for since, until in thing.data.get("silences", ())
    ]
    inside = [(since, until) for since, until in held
              if since <= case.closed_at and (until is None or until >= case.span.opened_at)]  # fmt: skip
    if not inside:
        return measured(key, label, "aucun", 0, "Aucune édition attendue n’a manqué.")
    longest = max(minutes_between(since, min(until or case.closed_at, case.closed_at)) for since, until in inside)
    return measured(key, label, french.count(len(inside), "silence"), len(inside), f"Le plus long : {length(longest)}.")


def typed_late(case: Case) -> ReviewIndicator:
    """What people wrote well after it happened."""
    key, label = "saisies_tardives", "Saisies tardives"
    held = [count for count in case.days.values() if count.data.get("typed_late")]
    total = sum(int(count.data["typed_late"]) for count in held)
    shared = f" {SHARED}" if any(count.shared for count in held) else ""
    note = f"Écrites par une personne plus de deux minutes après les faits.{shared}"
    return measured(key, label, french.count(total, "saisie") if total else "aucune", total, note)
