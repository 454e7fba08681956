"""What is put to the meeting: the actions behind, the decisions to take.

Pure. A verb and a figure, no adjective; a decision comes with its reason, what it changes and who decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from services.digests.axes import crisis_words, level_of
from services.digests.brief import Brief
from services.digests.decide import point_hour
from services.digests.known import Known
from services.digests.point import Decision, person, safe
from services.platform import french

DECISIONS = 4


def is_late(brief: Brief, row: Known) -> bool:
    """Only a firm action of the CPTS can be late."""
    due = row.data.get("due_at")
    firm = row.data["modality"] == "firm" and row.data["side"] == "cpts"
    return row.open and firm and bool(due) and brief.local(str(due)) < brief.as_of and not is_this_meeting(brief, row)


def is_this_meeting(brief: Brief, row: Known) -> bool:
    """Whether the step is to hold the very meeting this point feeds: it is not late while it is being held."""
    due = row.data.get("due_at") if row.data.get("repeats") else None
    return bool(due) and brief.local(str(due)) == point_hour(brief.territory, brief.day)


def late_actions(brief: Brief) -> list[Known]:
    """Firm actions past their deadline, the oldest deadline first."""
    found = [row for row in brief.world.standing("action") if is_late(brief, row)]
    return sorted(found, key=lambda row: (row.data["due_at"], row.data["action"]))


def open_requests(brief: Brief) -> list[Known]:
    """Requests to partners without an answer, the oldest first."""
    return sorted(brief.world.standing("request"), key=lambda row: row.data.get("asked_at", ""))


def decisions(brief: Brief) -> tuple[Decision, ...]:
    """At most four questions, pending proposals first."""
    found: list[Decision] = []
    for make in (_proposals, _level, _certificates, _evening, _late, _silence):
        for short, proposal, why, decides in make(brief):
            if len(found) < DECISIONS:
                found.append(
                    Decision(code=f"D{len(found) + 1}", short=short, proposal=proposal, why=why, decides=decides)
                )
    return tuple(found)


Question = tuple[str, str, str, str]


def _proposals(brief: Brief) -> Iterator[Question]:
    for row in sorted(brief.world.standing("proposal"), key=lambda row: -row.data["level"]):
        data = row.data
        playbook = french.plan_words(data["playbook"])
        change = (f"**Clore la crise {playbook}**" if data["level"] == 0
                  else f"**Passer du niveau {data['from_level']} au niveau {data['level']}**, {playbook}.")  # fmt: skip
        proofs = french.count(len(data.get("evidence") or ()), "élément à l’appui", "éléments à l’appui")
        why = f"{safe(data['because']).rstrip('.')}. {french.capital(proofs)} ; sans décision, le niveau ne bouge pas."
        decides = brief.holder(*(data.get("decided_by") or ("coordinatrice", "referent")))
        yield "le niveau", change, why, person(decides)


def _level(brief: Brief) -> Iterator[Question]:
    waiting = {row.data["playbook"] for row in brief.world.standing("proposal")}
    several = len(brief.crises) > 1
    for crisis in brief.crises:
        if level_of(crisis) < 2 or crisis.data["playbook"] in waiting:
            continue
        tomorrow = brief.day + timedelta(days=1)
        named = f", {safe(crisis_words(crisis))}" if several else ""
        yield (
            f"le niveau{named}",
            f"**Rester au niveau {level_of(crisis)}**{named} ; nouvel examen {french.weekday_day(tomorrow)} à "
            f"{french.clock_time(brief.territory.hours.point)}.",
            f"{'' if several else sky(brief) + ' '}Aucune proposition n’est en attente. N’ouvre ni ne ferme d’action.",
            person(brief.holder("referent", "coordinatrice")),
        )


def sky(brief: Brief) -> str:
    """Colours of today and tomorrow in a sentence."""
    found = brief.vigilance
    if found is None:
        return "Aucune vigilance en cours."
    return f"{french.capital(found.today)} aujourd’hui, {found.tomorrow} demain."


def _certificates(brief: Brief) -> Iterator[Question]:
    stuck = [item for item in brief.figures.waiting if not item.accepted]
    if not stuck:
        return
    where = french.join(dict.fromkeys(brief.commune(item.commune) for item in stuck[:3]))
    oldest = stuck[0]
    yield (
        "les certificats",
        f"**Certificat sans preneur à {where} :** demander le repli par la régulation.",
        f"Demandé à {french.clock_time(brief.local(oldest.requested_at))}, {french.wait(oldest.minutes)} d’attente. "
        "Sans repli, le dire au demandeur plutôt que le laisser attendre.",
        person(brief.holder("coordinatrice")),
    )


def _evening(brief: Brief) -> Iterator[Question]:
    capacity = brief.figures.capacity_today
    if brief.level < 2 or not capacity.places or capacity.free_evening > max(5, capacity.free // 5):
        return
    left = (
        french.count(capacity.free_evening, "place libre", "places libres")
        if capacity.free_evening
        else "aucune place libre"
    )
    yield (
        "les soirées",
        "**Ouvrir des places après 17 h**, aujourd’hui et demain.",
        f"{french.capital(left)} après 17 h sur {french.number(capacity.free)} dans la journée. "
        "Sans volontaire, annoncer au SAS ce qui existe plutôt que promettre davantage.",
        person(brief.holder("referent", "coordinatrice")),
    )


def _late(brief: Brief) -> Iterator[Question]:
    late = late_actions(brief)
    if not late:
        return
    first = late[0].data
    others = f", et {french.count(len(late) - 1, 'autre')}" if len(late) > 1 else ""
    yield (
        "les retards",
        f"**{french.capital(safe(first['title']))}{others} :** tenir, confier ou laisser.",
        f"Échéance passée depuis {french.wait(brief.minutes_since(first['due_at']))}. "
        "Une action laissée l’est avec son motif.",
        person(brief.holder(first["owner"], "coordinatrice")),
    )


def _silence(brief: Brief) -> Iterator[Question]:
    old = [row for row in open_requests(brief) if brief.minutes_since(row.data["asked_at"]) > 12 * 60]
    if not old:
        return
    data = old[0].data
    yield (
        "la relance",
        f"**Relancer « {brief.partner(data['partner'])} »**, ou s’organiser sans.",
        f"Sans réponse depuis {french.wait(brief.minutes_since(data['asked_at']))}.",
        person(brief.holder("referent", "coordinatrice")),
    )
