"""The seven items of the meeting and their minutes: 1, 2, 3, 3, 3, 2, 1. Pure."""

from __future__ import annotations

from datetime import timedelta

from services.digests import axes
from services.digests.agenda import open_requests
from services.digests.board import OWNERS, actions_blocks
from services.digests.brief import Brief
from services.digests.by_crisis import crises_blocks
from services.digests.figure_table import figures_blocks
from services.digests.known import Known
from services.digests.meeting_decide import about_level
from services.digests.meeting_past import decided_blocks, noted_lines
from services.digests.point import Block, Decision, Section, person, quoted, safe
from services.platform import french

CALL_LINES = 4
REQUEST_LINES = 3
DRAFT_LINES = 2


def text(*lines: str, caption: str = "", private: bool = False) -> Block:
    """Paragraphs."""
    return Block(kind="text", lines=tuple(line for line in lines if line), caption=caption, private=private)


def bullets(*lines: str, left_out: int = 0, private: bool = False) -> Block:
    """A list."""
    return Block(kind="list", lines=tuple(line for line in lines if line), left_out=left_out, private=private)


def seven(brief: Brief, decisions: tuple[Decision, ...]) -> tuple[Section, ...]:
    """The meeting, in fifteen minutes."""
    return (
        Section(key="ouverture", title="Ouverture", minutes=1, blocks=_opening(brief)),
        Section(key="situation", title="Situation", minutes=2, blocks=_situation(brief, decisions)),
        Section(key="chiffres", title="Chiffres", minutes=3, blocks=figures_blocks(brief)),
        Section(
            key="actions", title="Actions d’hier", minutes=3, blocks=(*actions_blocks(brief), *decided_blocks(brief))
        ),
        Section(key="decisions", title="Décisions à prendre", minutes=3, blocks=_decisions(brief, decisions)),
        Section(key="communication", title="Communication", minutes=2, blocks=_communication(brief)),
        Section(key="relecture", title="Relecture", minutes=1, blocks=_closing(brief, decisions)),
    )


def _opening(brief: Brief) -> tuple[Block, ...]:
    lead, keeper = brief.holder("referent"), brief.holder("coordinatrice")
    deputies = next((held.deputies for held in brief.duty if held.role == "referent"), ())
    line = (
        f"Conduite : {person(lead)}, référent crise sanitaire" if lead else "**Conduite : personne n’est d’astreinte**"
    )
    if deputies:
        line += f" (suppléance : {person(deputies[0])})"
    journal = f"Journal de bord : {person(keeper)}." if keeper else "Journal de bord : à confier."
    absent = ""
    if brief.silent:
        absent = (
            f"**À vérifier de vive voix :** {french.join(brief.silent)} n’ont pas répondu à la préparation du point."
        )
    return (text(f"{line}. {journal}", absent),)


def _situation(brief: Brief, decisions: tuple[Decision, ...]) -> tuple[Block, ...]:
    level = next((item.code for item in decisions if about_level({"short": item.short})), "")
    rows, left_out = axes.rows(
        brief.world, brief.vigilances, brief.territory, to_decide=f"à décider ({level})" if level else "inchangé"
    )
    table = Block(
        kind="table", caption="Les trois axes", columns=("Axe", "Aujourd’hui", "Demain", "Depuis", "Source"),
        rows=tuple(rows[:axes.ROWS]), widths=(27, 17, 16, 24, 16),
        left_out=left_out + max(0, len(rows) - axes.ROWS),
    )  # fmt: skip
    table_by_crisis = crises_blocks(brief)
    calls = _calls(brief)
    said = bullets(*calls[:CALL_LINES], left_out=max(0, len(calls) - CALL_LINES), private=True)
    return (table, *table_by_crisis, said) if calls else (table, *table_by_crisis)


def _calls(brief: Brief) -> list[str]:
    """What was told by phone or written in the journal since the day before, the newest first."""
    since = brief.as_of - timedelta(hours=24)
    found = [(row.at, _call(brief, row)) for row in brief.world.all("alert")
             if row.data.get("reported_by") and row.at >= since]  # fmt: skip
    found += [(row.at, _entry(brief, row)) for row in brief.world.all("entry")
              if row.data["kind"] == "information" and row.at >= since]  # fmt: skip
    found += noted_lines(brief, since)
    return [line for _, line in sorted(found, key=lambda item: item[0], reverse=True)]


def _call(brief: Brief, row: Known) -> str:
    told = row.data["reported_by"]
    who = safe(told.get("function") or row.data["kind"].upper())
    state = "Vérifié" if told.get("verified") else "À vérifier"
    hour = french.clock_time(brief.local(told["at"]))
    return f"**{french.capital(who)} :** {quoted(row.data['headline'])}. *{state}, appel de {hour}.*"


def _entry(brief: Brief, row: Known) -> str:
    verified = row.data.get("verified")
    state = "Noté" if verified is None else "Vérifié" if verified else "À vérifier"
    at = french.when(brief.local(row.data["occurred_at"]))
    return f"**Journal :** {quoted(row.data['text'])}. *{state}, {at}, entrée {row.data['number']}.*"


def _decisions(brief: Brief, decisions: tuple[Decision, ...]) -> tuple[Block, ...]:
    blocks: list[Block] = []
    if decisions:
        blocks.append(Block(
            kind="table", caption="Décisions à prendre",
            columns=("N°", "Proposition", "Pourquoi, et ce que cela change", "Décide"),
            rows=tuple((item.code, item.proposal, item.why, item.decides) for item in decisions),
            widths=(5, 34, 43, 18),
        ))  # fmt: skip
    else:
        blocks.append(text("Aucune proposition n’attend de décision."))
    asked = open_requests(brief)
    lines = [_request(brief, row) for row in asked[:REQUEST_LINES]]
    if lines:
        blocks.append(bullets(*lines, left_out=max(0, len(asked) - REQUEST_LINES)))
    return tuple(blocks)


def _request(brief: Brief, row: Known) -> str:
    data = row.data
    asked = brief.local(data["asked_at"])
    said = quoted(data["text"])
    answered = data.get("answered_at")
    reminder = f" Relance ou réponse partielle {french.when(brief.local(answered))}." if answered else ""
    age = f"{french.when(asked)}, il y a {french.wait(brief.minutes_since(asked))}"
    return f"**Demande restée sans réponse :** « {said} » ; {brief.partner(data['partner'])}, {age}.{reminder}"


def to_validate(brief: Brief) -> list[Known]:
    """The newest text of each open crisis while it waits and its level still stands, the newest first.

    A text of a level left behind, or of a crisis that is over, is no longer to be sent.
    """
    newest: dict[str, Known] = {}
    for row in brief.world.all("draft"):  # oldest first: the last one prepared wins
        if "about" in row.data and row.data.get("prepared_at", "") >= _prepared(newest.get(row.data["about"])):
            newest[row.data["about"]] = row
    levels = {crisis.entity: axes.level_of(crisis) for crisis in brief.crises}
    found = [row for crisis, row in newest.items() if row.open and crisis in levels
             and row.data.get("level") in {None, levels[crisis]}]  # fmt: skip
    return sorted(found, key=_prepared, reverse=True)


def _prepared(row: Known | None) -> str:
    return str(row.data.get("prepared_at", "")) if row else ""


def _communication(brief: Brief) -> tuple[Block, ...]:
    sent = [row for row in brief.world.all("message") if row.at > brief.as_of - timedelta(hours=24)]
    acks = [row for row in brief.world.all("ack") if row.at > brief.as_of - timedelta(hours=24)]
    by = {state: sum(1 for row in sent if row.data["status"] == state) for state in ("sent", "failed", "uncertain")}
    lines = []
    if sent:
        parts = [french.count(by["sent"], "parti"), french.count(len(acks), "accusé de lecture", "accusés de lecture")]
        parts += [f"**{french.count(by['failed'], 'échec')}**"] if by["failed"] else []
        parts += [f"**{french.count(by['uncertain'], 'incertain')}**"] if by["uncertain"] else []
        lines.append(f"**Messages depuis hier :** {', '.join(parts)}.")
    else:
        lines.append("**Messages depuis hier :** aucun.")
    drafts = to_validate(brief)
    for row in drafts[:DRAFT_LINES]:
        groups = french.join(brief.territory.groups.get(group, group).lower() for group in row.data.get("groups") or ())
        lines.append(f"**Message à valider**{f', pour {groups}' if groups else ''} : « {quoted(row.data['body'])} »")
    if len(drafts) > DRAFT_LINES:
        left = french.count(len(drafts) - DRAFT_LINES, "autre message", "autres messages")
        lines.append(f"… et {left} dans la liste des textes à copier.")
    lines.append(
        "**Après la réunion :** point validé à l’ARS, au SAMU et aux mairies, une fois relu par la personne référente."
    )
    return (bullets(*lines),)


def _closing(brief: Brief, decisions: tuple[Decision, ...]) -> tuple[Block, ...]:
    tomorrow = brief.day + timedelta(days=1)
    codes = {0: "", 1: "Relire D1"}.get(len(decisions), f"Relire D1 à D{len(decisions)}")
    review = f"{codes} : décision, porteur, échéance. " if codes else ""
    hour = french.clock_time(brief.territory.hours.point)
    upcoming = f"{review}**Prochain point : {french.weekday_day(tomorrow)}, {hour}**, si la crise est encore ouverte."
    held = [f"{person(item.person)} ({OWNERS.get(item.role, item.role)})" for item in brief.duty if item.person]
    line = f"Astreinte d’ici là : {french.join(held)}." if held else "**Astreinte : personne n’est inscrit.**"
    phones = [f"⟦p:{item.person}#tel⟧" for item in brief.duty if item.person and item.phone]
    reach = (text(f"Joindre l’astreinte : {' ; '.join(dict.fromkeys(phones))}.", private=True),) if phones else ()
    return (text(upcoming), text(line), *reach)
