"""Item 3, the figures: the table, and the lines that tell how to read it. Pure."""

from __future__ import annotations

from services.digests.brief import Brief
from services.digests.essentials import nothing_yet
from services.digests.figures import TENSIONS
from services.digests.lines import NOT_DUE, SPONTANEOUS, Line, figure_lines
from services.digests.lines import coverage_words as line_coverage
from services.digests.numbers import Figures, Indicator
from services.digests.point import Block
from services.platform import french

FIGURE_ROWS = 9
NOTHING = "pas reçu"


def figures_blocks(brief: Brief) -> tuple[Block, ...]:
    """The table, then tensions, certificates, today's places and the reading notes."""
    if brief.figures.empty:
        lines = (f"**Pour hier, pas encore de chiffres.** {nothing_yet(brief)}",)
        return (Block(kind="text", lines=lines), Block(kind="list", lines=(_today_alone(brief),)))
    rows = figure_rows(brief)
    table = Block(
        kind="table", caption="Chiffres d’hier, comparés à la veille",
        columns=("Indicateur", french.capital(french.short_day(brief.figures.day)),
                 french.capital(french.short_day(brief.figures.eve)), "À structures identiques", "Reçus sur attendus"),
        rows=tuple(rows[:FIGURE_ROWS]), widths=(31, 13, 13, 24, 19), left_out=max(0, len(rows) - FIGURE_ROWS),
    )  # fmt: skip
    notes = (_tensions(brief), _certificates(brief), _today(brief), *_reading(brief))
    said = Block(kind="list", lines=tuple(line for line in notes if line))
    nothing = Block(kind="text", lines=("**Aucun envoi, aucune place ni tension pour hier et la veille.**",))
    return (table if rows else nothing, said)


def figure_rows(brief: Brief) -> list[tuple[str, ...]]:
    """The lines of the figures as cells, those that only the screen has room for left out."""
    return [_row(line, brief.figures) for line in figure_lines(brief.figures) if line.in_table]


def _row(line: Line, figures: Figures) -> tuple[str, ...]:
    if line.item is not None:
        return _indicator_row(line.item)
    if line.key == "places_prises":
        day, eve = _share(line.day, figures.capacity.places), _share(line.eve, figures.capacity_before.places)
        return (line.label, day, eve, "—", line_coverage(line))
    day, eve = line.day_words or french.number(line.day or 0), line.eve_words or french.number(line.eve or 0)
    return (line.label, day, eve, "—", line_coverage(line))


def _share(part: int | None, whole: int) -> str:
    booked = part or 0
    return f"{french.number(booked)} ({french.percent(booked, whole)})" if whole else french.number(booked)


def _indicator_row(item: Indicator) -> tuple[str, ...]:
    return (
        item.label,
        _value(item.value, corrected=item.corrected),
        _value(item.before, corrected=item.corrected_before),
        _same(item),
        coverage_words(item),
    )


def _value(value: int | None, *, corrected: bool) -> str:
    if value is None:
        return NOTHING
    return f"{french.number(value)}, corrigé" if corrected else french.number(value)


def _same(item: Indicator) -> str:
    if item.same_now is None or item.same_before is None:
        return "—"
    rate = french.change(item.same_now, item.same_before)
    if item.same_structures:
        return f"les mêmes{f' ({rate})' if rate else ''}"
    tail = f" ({rate})" if rate else ""
    return f"{french.number(item.same_now)} contre {french.number(item.same_before)}{tail}"


def coverage_words(item: Indicator) -> str:
    """``9/11``, with the eve's when it differs; ``spontané`` when nobody was due."""
    if not item.due and not item.due_before:
        return SPONTANEOUS
    now = f"{item.reported}/{item.due}" if item.due else NOT_DUE
    before = f"{item.reported_before}/{item.due_before}" if item.due_before else NOT_DUE
    return now if now == before else f"{now} (veille {before})"


def _tensions(brief: Brief) -> str:
    now, before = brief.figures.tensions, brief.figures.tensions_before
    if not now:
        return "**Tensions :** aucune signalée hier." if before else ""
    parts = []
    for position, (kind, value) in enumerate(now.items()):
        one, many = TENSIONS.get(kind, TENSIONS["autre"])
        eve = f" ({before.get(kind, 0)}{' la veille' if position == 0 else ''})"
        parts.append(f"{value} {many if value > 1 else one}{eve}")
    gone = [kind for kind in before if kind not in now]
    parts += [f"0 {TENSIONS.get(kind, TENSIONS['autre'])[0]} ({before[kind]})" for kind in gone]
    return f"**Tensions :** {', '.join(parts)}. {brief.by_commune(brief.figures.tensions_by_commune)}."


def _certificates(brief: Brief) -> str:
    item = brief.figures.certificates
    waiting = len(brief.figures.waiting)
    tail = f" {french.count(waiting, 'demande attend', 'demandes attendent')} à cette heure." if waiting else ""
    if not item.signed:
        return f"**Certificats :**{tail}" if tail else ""
    nurses = (
        f", dont {item.nurses} par {french.plural(item.nurses, 'une infirmière', 'des infirmières')}"
        if item.nurses
        else ""
    )
    delay = f"délai médian {french.wait(item.median or 0)}, le plus long {french.wait(item.longest or 0)}"
    night = ", de nuit" if item.longest_at_night else ""
    where = french.at(brief.commune(item.longest_commune))
    return f"**Certificats d’hier :** {french.count(item.signed, 'fait')}{nurses} ; {delay}{night}, {where}.{tail}"


def _today(brief: Brief) -> str:
    today = brief.figures.capacity_today
    hour = french.clock_time(brief.local(brief.as_of))
    if not today.places:
        return f"**Aujourd’hui à {hour} :** aucune place déclarée."
    taken = french.count(today.booked, "prise") if today.booked else "aucune prise"
    free = french.count(today.free, "libre")
    line = f"**Aujourd’hui à {hour} :** {french.count(today.places, 'place')}, {taken}, {free}"
    line += f", {today.free_evening} après 17 h." if today.free_evening else ", aucune après 17 h."
    if today.by_commune:
        line += f" {brief.by_commune(today.by_commune)}."
    none = [commune.name for commune in brief.territory.communes if commune.code not in today.by_commune]
    if none and len(none) < len(brief.territory.communes):
        line += f" Aucune libre à {french.join(none[:9])}."
    if today.activable:
        line += f" {french.count(today.activable, 'place activable', 'places activables')} en réserve."
    return line


def _today_alone(brief: Brief) -> str:
    """The only thing to know before the first figures: who will answer for today."""
    enrolled = french.count(brief.figures.coverage.enrolled, "structure inscrite", "structures inscrites")
    due = brief.figures.due_today
    asked = french.count(due, "doit répondre", "doivent répondre") if due else "aucune ne doit répondre"
    return f"**À savoir pour lire :** {enrolled} ; {asked} pour aujourd’hui."


def _reading(brief: Brief) -> list[str]:
    cover, awaited = brief.figures.coverage, brief.figures.awaited
    if not cover.enrolled:
        return ["**À savoir pour lire :** aucune structure n’est encore inscrite."]
    parts = [french.count(cover.enrolled, "structure inscrite", "structures inscrites")]
    if cover.due:
        parts.append(f"{cover.due} devaient répondre hier, {cover.reported} l’ont fait" if cover.due > 1
                     else f"1 devait répondre hier, {'elle l’a fait' if cover.reported else 'rien reçu'}")  # fmt: skip
    else:
        parts.append("aucune n’avait à répondre hier")
    if cover.other_pace:
        parts.append(f"{cover.other_pace} répondent à un autre rythme")
    if cover.closed:
        parts.append(french.count(cover.closed, "est fermée", "sont fermées"))
    lines = [f"**À savoir pour lire :** {' ; '.join(parts)}. Visite urgente : demandée et faite le jour même. "
             "Aucun de ces chiffres ne mesure la mortalité."]  # fmt: skip
    if awaited and not brief.figures.empty:
        named = [f"{item.label.lower()} (0/{item.due})" for item in awaited[:4]]
        lines.append(f"**Attendus et non reçus :** {', '.join(named)}. Ces chiffres manquent ; ils ne valent pas zéro.")
    fixes = [item for item in brief.figures.corrections if item.day in {brief.figures.day, brief.figures.eve}]
    for item in fixes[:2]:
        hour = french.when(brief.local(item.at))
        what = f"{item.label.lower()} du {french.short_day(item.day)}, {item.now} au lieu de {item.was}"
        lines.append(f"**Corrigé :** {what} ({hour}) ; les deux envois sont au journal.")
    return lines
