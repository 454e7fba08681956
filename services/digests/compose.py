"""From what is known to the point: title, five lines, seven items, annexes, SMS. Pure: same brief, same point."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from services.digests import axes
from services.digests.agenda import decisions
from services.digests.board import ACTION_COLUMNS, ACTION_ROWS, action_row, board
from services.digests.brief import Brief
from services.digests.essentials import essentials
from services.digests.figure_table import FIGURE_ROWS, figure_rows
from services.digests.figures import TENSIONS, dump
from services.digests.point import Block, Point, Section, Sms, safe, structure
from services.digests.sections import seven
from services.platform import french

ANNEX_ROWS = 300
ACTION_WIDTHS = (11, 40, 16, 15, 18)


def compose(brief: Brief) -> Point:
    """The internal version, words still as tokens."""
    asked = decisions(brief)
    local = brief.local(brief.as_of)
    held = tuple(item.person for item in brief.duty if item.person)
    return Point(
        number=brief.number,
        day=brief.day,
        as_of=brief.as_of,
        territory=brief.territory.territory,
        place=brief.territory.name,
        exercise=brief.territory.exercise,
        title=f"Point de situation n° {brief.number} · {_subject(brief)}",
        heading=f"{brief.territory.name} · {french.long_day(brief.day)}, {french.clock_time(local)} · "
        f"{'EXERCICE' if brief.territory.exercise else 'RÉEL'}",
        note=_note(brief),
        up_to=brief.up_to,
        head=brief.head,
        essentiel=essentials(brief),
        to_decide=_to_decide(asked),
        decisions=asked,
        sections=seven(brief, asked),
        annexes=_annexes(brief),
        foot=_foot(brief),
        sms=_sms(brief),
        figures=dump(brief.figures),
        shown_to_outside=held,
    )


def _subject(brief: Brief) -> str:
    names = [axes.crisis_words(crisis) for crisis in brief.crises]
    if len(names) > 1:
        levels = [f"{name} (niveau {axes.level_of(one)})" for name, one in zip(names, brief.crises, strict=True)]
        return french.join(levels).upper()
    day = axes.hot_day(brief.vigilance, brief.day)
    tail = f", jour {day}" if day else f", niveau {brief.level}"
    return (french.join(names) or "situation").upper() + (tail.upper() if names else "")


def _note(brief: Brief) -> str:
    yesterday, eve = french.weekday_day(brief.figures.day), french.weekday_day(brief.figures.eve)
    hour = french.when(brief.local(brief.as_of))
    return (f"Chiffres {french.of(yesterday)}, comparés à {eve}, tels que connus {hour}. **Version interne**, pour la "
            "cellule de coordination. La version destinée à l’ARS, au SAMU et aux mairies part après la réunion, une "
            "fois validée par la personne référente.")  # fmt: skip


def _to_decide(asked: Iterable[Any]) -> str:
    listed = [f"{item.short} ({item.code})" for item in asked]
    return (
        f"**À décider ce matin :** {', '.join(listed)}."
        if listed
        else "**À décider ce matin :** rien n’attend de décision."
    )


def _foot(brief: Brief) -> str:
    if not brief.head:
        return "Journal de bord : témoin non disponible à la préparation. Aucune donnée de patient."
    head = " ".join(brief.head[start : start + 4] for start in range(0, 16, 4))
    entries = french.count(brief.up_to, "entrée")
    return f"Journal de bord : {entries} ; témoin {brief.up_to} · {head}. Aucune donnée de patient."


def _annexes(brief: Brief) -> tuple[Section, ...]:
    found = (_annex_figures(brief), _annex_actions(brief), _annex_missing(brief))
    return tuple(section for section in found if section.blocks)


def table(
    caption: str, columns: tuple[str, ...], rows: Sequence[tuple[str, ...]], widths: tuple[int, ...] = ()
) -> Block:
    """An annex table, cut at some hundred rows."""
    return Block(kind="table", caption=caption, columns=columns, rows=tuple(rows[:ANNEX_ROWS]),
                 widths=widths, left_out=max(0, len(rows) - ANNEX_ROWS))  # fmt: skip


def _annex_figures(brief: Brief) -> Section:
    figures, blocks = brief.figures, []
    every = figure_rows(brief)
    if len(every) > FIGURE_ROWS:
        blocks.append(table("Tous les chiffres", ("Indicateur", "Hier", "La veille", "À structures identiques",
                                                  "Reçus sur attendus"), every))  # fmt: skip
    if figures.tensions:
        rows = [(TENSIONS.get(kind, TENSIONS["autre"])[1], str(value), str(figures.tensions_before.get(kind, 0)))
                for kind, value in figures.tensions.items()]  # fmt: skip
        blocks.append(table("Tensions par nature", ("Nature", "Hier", "La veille"), rows))
        places = [(brief.commune(code), str(value)) for code, value in figures.tensions_by_commune.items()]
        blocks.append(table("Tensions par commune", ("Commune", "Hier"), places))
    certificates = [_certificate_row(brief, row.data) for row in brief.world.all("certificate")
                    if row.open or row.day in {figures.day, figures.today}]  # fmt: skip
    if certificates:
        blocks.append(table("Certificats de décès", ("Commune", "Demandé", "État", "Délai"), certificates))
    return Section(key="annexe-a", title="Annexe A. Détail des chiffres", blocks=tuple(blocks))


def _certificate_row(brief: Brief, data: Mapping[str, Any]) -> tuple[str, ...]:
    asked = brief.local(data["requested_at"])
    if data.get("signed_at"):
        return (brief.commune(data["commune"]), french.when(asked), "fait", french.wait(int(data["minutes"])))
    if data.get("ending"):
        return (brief.commune(data["commune"]), french.when(asked), str(data["ending"]).replace("_", " "), "—")
    state = "accepté" if data.get("accepted_by") else "en attente"
    hole = ", personne de recensé à cette heure" if data.get("hole") else ""
    return (brief.commune(data["commune"]), french.when(asked), state + hole, french.wait(brief.minutes_since(asked)))


def _annex_actions(brief: Brief) -> Section:
    rows = [action_row(brief, state, row) for state, row in board(brief).all]
    blocks = [table("Actions de la CPTS", ACTION_COLUMNS, rows, ACTION_WIDTHS)] if len(rows) > ACTION_ROWS else []
    untaken = [row for row in brief.world.standing("action") if row.data["status"] == "open"]
    possible = sum(1 for row in untaken if row.data["modality"] == "possible")
    ideas = sum(1 for row in brief.world.standing("action") if row.data["side"] == "structures")
    kinds = [french.count(possible, "action possible", "actions possibles")] if possible else []
    kinds += [french.count(ideas, "idée proposée aux structures", "idées proposées aux structures")] if ideas else []
    if kinds:
        line = f"Ouvertes aussi : {french.join(kinds)} ; jamais en retard."
        blocks.append(Block(kind="text", lines=(line,)))
    return Section(key="annexe-actions", title="Annexe B. Toutes les actions", blocks=tuple(blocks))


def _annex_missing(brief: Brief) -> Section:
    cover, blocks = brief.figures.coverage, []
    if cover.missing and not brief.figures.empty:
        rows = [(structure(ref),) for ref in cover.missing]
        blocks.append(table("Attendues hier, sans réponse", ("Structure",), rows))
    fixes = [(structure(item.structure), f"{item.label}, {french.short_day(item.day)}", str(item.was), str(item.now),
              french.when(brief.local(item.at))) for item in brief.figures.corrections]  # fmt: skip
    if fixes:
        blocks.append(table("Envois corrigés", ("Structure", "Chiffre", "Avant", "Corrigé", "Reçu"), fixes))
    return Section(key="annexe-c", title="Annexe C. Structures (interne)", blocks=tuple(blocks), private=True)


def _sms(brief: Brief) -> Sms:
    local, figures, found = brief.local(brief.as_of), brief.figures, brief.vigilance
    place = brief.territory.name.removesuffix(" (exercice)").replace("Nord-", "N-").replace("Sud-", "S-")
    hour = f"{local.hour}h{local.minute:02d}" if local.minute else f"{local.hour}h"
    weekday = french.SHORT_WEEKDAYS[brief.day.weekday()].rstrip(".")
    lead = (
        f"{'EXERCICE ' if brief.territory.exercise else ''}{place} {weekday} {brief.day.day}/{brief.day.month} {hour} :"
    )
    pieces = [
        f"{found.today.upper()}, demain {found.tomorrow}." if found else "Pas de vigilance.",
        _levels(brief),
    ]
    if figures.empty:
        pieces.append("Pas encore de chiffres.")
    elif figures.capacity_today.places:
        today = figures.capacity_today
        pieces.append(f"{today.free} places libres, {today.free_evening} après 17h.")
    else:
        pieces.append("Aucune place déclarée.")
    if figures.waiting:
        where = f" à {brief.commune(figures.waiting[0].commune)}" if len(figures.waiting) == 1 else ""
        pieces.append(f"{len(figures.waiting)} {french.plural(len(figures.waiting), 'certificat')} en attente{where}.")
    if figures.coverage.due and not figures.empty:
        pieces.append(f"{figures.coverage.reported}/{figures.coverage.due} structures.")
    point = brief.territory.hours.point
    return Sms(
        lead=lead, pieces=tuple(pieces), last=f"Point {point.hour}h{point.minute or '':0>2}.".replace("h00.", "h.")
    )


def _levels(brief: Brief) -> str:
    """``Niveau 2.``; with several crises, the level of each: ``Canicule 2, afflux de victimes 1.``"""
    if len(brief.crises) < 2:
        return f"Niveau {brief.level}."
    each = [f"{axes.crisis_words(crisis)} {axes.level_of(crisis)}" for crisis in brief.crises]
    return f"{french.capital(', '.join(each))}."


#: From this likeness on, an edited line is the same one said otherwise.
LIKE = 0.5


def apply_edits(content: dict[str, Any], edits: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The point with a person's words in place of the machine's; tables keep their figures."""
    edited = dict(content)
    for edit in edits:
        item = edit["item"]
        lines = [safe(line.strip()) for line in str(edit["text"]).splitlines() if line.strip()]
        if item == "essentiel":
            edited["essentiel"] = lines[:5]
        elif item == "a_decider":
            edited["to_decide"] = " ".join(lines)
        else:
            edited["sections"] = [_edited(section, item, lines) for section in edited["sections"]]
    return edited


def _edited(section: dict[str, Any], item: str, lines: list[str]) -> dict[str, Any]:
    if section["key"] != item:
        return section
    kept = [block for block in section["blocks"] if block["kind"] == "table"]
    inside = [line for line in lines if _stays_inside(line, section["blocks"])]
    said = [(tuple(line for line in lines if line not in inside), False), (tuple(inside), True)]
    texts = [Block(kind="text", lines=some, private=private).model_dump(mode="json") for some, private in said if some]
    return {**section, "blocks": [*texts, *kept]}


def _stays_inside(line: str, blocks: Iterable[Mapping[str, Any]]) -> bool:
    """Whether an edited line comes from one that is not for those outside: it is nearer to it than to any other."""
    nearest = {False: 0.0, True: 0.0}
    for block in blocks:
        for before in block["lines"]:
            likeness = SequenceMatcher(None, before, line, autojunk=False).ratio()
            nearest[block["private"]] = max(nearest[block["private"]], likeness)
    return nearest[True] >= LIKE and nearest[True] >= nearest[False]
