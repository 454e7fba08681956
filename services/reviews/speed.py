"""Delays of a crisis: from the alert to the proposal, to the decision, to the first step, to the answers. Pure."""

from __future__ import annotations

from datetime import datetime

from contracts.reviews import ReviewIndicator
from services.platform import french
from services.reviews.case import Case, Thing
from services.reviews.measure import delays, measured, nothing, unknown
from services.reviews.words import length, minutes_between


def _proposals(case: Case) -> list[Thing]:
    return [thing for thing in case.all("proposal") if thing.data.get("proposed_at")]


def alert_to_proposal(case: Case) -> ReviewIndicator:
    """From the last piece it stands on to the proposal; one that only renews another is left out."""
    key, label = "alerte_proposition", "De l’alerte à la proposition"
    found = []
    for thing in _proposals(case):
        asked = datetime.fromisoformat(thing.data["proposed_at"])
        pieces = [datetime.fromisoformat(piece["at"]) for piece in thing.data.get("evidence", ())]
        before = [moment for moment in pieces if moment <= asked]
        if before and not thing.data.get("supersedes"):
            found.append(minutes_between(max(before), asked))
    if not found:
        return nothing(key, label, "Aucune proposition n’est née d’une alerte : le niveau a été décidé sans elle.")
    return delays(key, label, found, f"De la dernière information reçue à la proposition qu’elle fonde ; "
                                     f"{french.count(len(found), 'proposition')}.")  # fmt: skip


def proposal_to_decision(case: Case) -> ReviewIndicator:
    """From the first proposal of a higher level to what a person decided; renewals do not start it again.

    Going down waits for a meeting without harm, and would hide how long a rise waited.
    """
    key, label = "proposition_decision", "De la proposition à la décision"
    known = {thing.entity: thing for thing in _proposals(case)}
    rising = {name for name, thing in known.items() if thing.data["level"] > thing.data["from_level"]}
    decided = {thing.data["proposal"]: thing.moment("at") for thing in case.all("level") if thing.data.get("proposal")}
    refused = {thing.entity: thing.moment("ended_at") for thing in _refused(case)}
    found = [
        minutes_between(_first_asked(known, name), moment)
        for name, moment in {**decided, **refused}.items()
        if moment is not None and name in rising
    ]
    if not found:
        return nothing(key, label, "Aucune proposition de hausse n’a été acceptée ni refusée.")
    turns = french.count(len(found), "hausse proposée", "hausses proposées")
    return delays(key, label, found, f"De la première proposition d’un niveau plus haut à la décision d’une personne ; "
                                     f"{turns}. Les baisses, qui peuvent attendre, n’y sont pas.")  # fmt: skip


def _refused(case: Case) -> list[Thing]:
    return [thing for thing in case.all("proposal") if thing.data.get("ended") == "declined"]


def _first_asked(known: dict[str, Thing], name: str) -> datetime:
    """When this level was first proposed, renewals followed back."""
    thing = known[name]
    before = known.get(thing.data.get("supersedes") or "")
    seen = {name}
    while before is not None and before.data["level"] == thing.data["level"] and before.entity not in seen:
        seen.add(before.entity)
        thing, before = before, known.get(before.data.get("supersedes") or "")
    return datetime.fromisoformat(thing.data["proposed_at"])


def _ours(case: Case) -> list[Thing]:
    return [thing for thing in case.all("action") if thing.data.get("side") == "cpts"]


def _firsts(things: list[Thing], name: str, since: datetime) -> list[datetime]:
    """Moments since the decision: a step that served another crisis before does not answer this one."""
    return sorted(moment for thing in things if (moment := thing.moment(name)) is not None and moment >= since)


def decision_to_hands(case: Case) -> ReviewIndicator:
    """From the decision to the first step somebody took, whatever its modality."""
    key, label = "premiere_prise", "De la décision à la première étape prise en main"
    steps = _ours(case)
    if not steps:
        return nothing(key, label, "Le plan n’a ouvert aucune étape à la CPTS.")
    moments = _firsts(steps, "taken_at", case.span.opened_at) + _firsts(steps, "done_at", case.span.opened_at)
    if not moments:
        return unknown(key, label, "Personne n’a noté avoir pris une étape.")
    return delays(key, label, [minutes_between(case.span.opened_at, min(moments))],
                  "De l’ouverture de la crise à la première étape prise ou faite.")  # fmt: skip


def decision_to_first_step(case: Case) -> ReviewIndicator:
    """From the decision to the first firm step done."""
    key, label = "premiere_etape", "De la décision à la première étape ferme faite"
    firm = [thing for thing in _ours(case) if thing.data.get("modality") == "firm"]
    if not firm:
        return nothing(key, label, "Le plan n’a ouvert aucune étape ferme.")
    done = _firsts(firm, "done_at", case.span.opened_at)
    if not done:
        return unknown(key, label, "Aucune étape ferme n’a été notée faite.")
    return delays(key, label, [minutes_between(case.span.opened_at, done[0])],
                  "De l’ouverture de la crise à la première étape ferme notée faite.")  # fmt: skip


def opening_to_first_place(case: Case) -> ReviewIndicator:
    """From the opening to the first place offered for its days."""
    key, label = "premiere_place", "De l’ouverture à la première place offerte"
    slots = case.all("slot")
    offered = [moment for thing in slots if (moment := thing.moment("offered_at")) is not None]
    if not offered:
        return nothing(key, label, "Aucune place de crise n’a été offerte pour ces jours.")
    note = "De l’ouverture de la crise à la première place déclarée pour l’un de ses jours."
    if min(offered) < case.span.opened_at:
        return measured(key, label, "déjà offerte avant l’ouverture", 0, note, unit="minutes", of=slots)
    return delays(key, label, [minutes_between(case.span.opened_at, min(offered))], note, of=slots)


def partners(case: Case) -> ReviewIndicator:
    """How long partners took to answer, and who never did."""
    key, label = "demandes", "Réponses des partenaires"
    requests = case.all("request")
    if not requests:
        return nothing(key, label, "Aucune demande n’a été adressée à un partenaire.")
    found = [
        minutes_between(asked, answered)
        for thing in requests
        if (asked := thing.moment("asked_at")) and (answered := thing.moment("answered_at"))
    ]
    silent = len(requests) - len(found)
    reminders = sum(thing.data.get("reminders", 0) for thing in requests)
    note = (
        f"{french.count(len(requests), 'demande')}, {french.count(reminders, 'relance')}, "
        f"{french.count(silent, 'sans réponse', 'sans réponse')}."
    )
    if not found:
        return measured(key, label, "aucune réponse reçue", 0, note, of=requests)
    return delays(key, label, found, note, of=requests)


def acknowledgements(case: Case) -> ReviewIndicator:
    """From the first message about something to the first person who said they read it."""
    key, label = "accuses", "Accusés de lecture"
    asked = [thing for thing in case.all("message") if thing.data.get("read") or thing.data.get("escalations")]
    if not asked:
        return unknown(key, label, "Aucun message n’a été accusé ni relancé.")
    found = [
        minutes_between(sent, read)
        for thing in asked
        if (sent := thing.moment("sent_at")) and (read := thing.moment("read_at"))
    ]
    never = sum(1 for thing in asked if not thing.data.get("read"))
    calls = sum(thing.data.get("escalations", 0) for thing in asked)
    note = (
        f"Du premier message parti au premier accusé, sujet par sujet ; {french.count(len(asked), 'sujet')}, "
        f"{french.count(calls, 'relance')} de l’astreinte, {french.count(never, 'jamais accusé', 'jamais accusés')}."
    )
    if not found and never == len(asked):
        return measured(key, label, f"aucun, pour {french.count(never, 'sujet')}", 0, note, of=asked)
    return delays(key, label, found, note, of=asked) if found else unknown(key, label, note)


def drafts(case: Case) -> ReviewIndicator:
    """Texts prepared for the groups, and how long before somebody posted them."""
    key, label = "textes", "Textes diffusés aux groupes"
    ready = [thing for thing in case.all("draft") if thing.data.get("prepared_at")]
    if not ready:
        return nothing(key, label, "Aucun texte n’a été préparé.")
    waits = [
        minutes_between(prepared, posted)
        for thing in ready
        if (prepared := thing.moment("prepared_at")) and (posted := thing.moment("posted_at"))
    ]
    value = f"{len(waits)} sur {len(ready)} diffusés" if waits else f"aucun sur {len(ready)} noté diffusé"
    longest = f" Le plus long à partir : {length(max(waits))}." if waits else ""
    note = f"Textes préparés par le poste et notés diffusés par une personne.{longest}"
    return measured(key, label, value, len(waits), note, of=ready)
