"""Each plan on one or two pages, and in annex the lists to tick. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from contracts.plans import PlanLevel, PlanRead, PlanStep
from services.platform import french
from services.readiness.known import NOT_GIVEN, TYPOLOGIES, Known
from services.readiness.paper import Block, Section, grid, lines, words

PHASES = (("heure", "Première heure"), ("jour", "Premier jour"), ("suite", "Jours suivants"))
#: Rows of a plan that hold on two pages; the whole plan is read on the desk.
MOST_STEPS = 6
MOST_REASONS = 3
MOST_CLOSING = 3


def sections(known: Known) -> tuple[Section, ...]:
    """A list of the plans, then each of them on a page, more or less."""
    rows = [
        (plan.about.title, plan.about.typology, plan.about.orsan or "", f"{plan.about.version}",
         french.capital(plan.about.status_words))
        for plan in known.plans
    ]  # fmt: skip
    blocks: list[Block] = [
        words("Un plan se lit par niveau. Seules les actions fermes de la CPTS sont résumées ici ; les idées laissées "
              "aux structures et le détail se lisent sur le poste."),
        words(". ".join(f"{key} : {said}" for key, said in TYPOLOGIES.items()) + ".", "note"),
    ]  # fmt: skip
    if rows:
        blocks.append(grid(("Plan", "Typologie", "Volet ORSAN", "Version", "Statut"), rows, (2.6, 1, 1.3, 0.8, 2.2)))
    else:
        blocks.append(words(f"Plans : {NOT_GIVEN}."))
    return (Section(title="Plans par type de crise", blocks=tuple(blocks), new_page=True), *map(_plan, known.plans))


def _plan(plan: PlanRead) -> Section:
    about = plan.about
    kinds = french.join(f"{key} ({said})" for key, said in TYPOLOGIES.items() if key in about.typology)
    orsan = f", volet ORSAN {about.orsan}" if about.orsan else ""
    blocks: list[Block] = [
        words(f"Pour : {kinds or about.typology}{orsan}. Version {about.version}, {about.status_words}."),
    ]
    if plan.not_ours:
        blocks += [words("Ce que la CPTS ne fait pas", "lead"), lines(plan.not_ours)]
    blocks += [
        words("Niveaux, qui décide, ce qui les fait proposer", "lead"),
        grid(("Niveau", "Décidé par", "Proposé quand"), [_level(level) for level in plan.levels], (2, 1.4, 3.6)),
        words("Actions fermes", "lead"),
        grid(("Quand", "Action", "Qui"), _steps(plan), (1.1, 4.6, 1.6), empty=""),
    ]
    if plan.checklists:
        names = french.join(one.title for one in plan.checklists)
        blocks.append(words(f"Listes à cocher, en annexe : {names}.", "note"))
    said = [*plan.validation, *plan.revision]
    if plan.missing:
        said.append(f"Sans action pour : {french.join(plan.missing)}.")
    if said:
        blocks.append(words(" ".join(said), "note"))
    return Section(title=about.title, level=2, blocks=tuple(blocks))


def _level(level: PlanLevel) -> tuple[str, str, str]:
    told = [one.condition.rstrip(".") for one in level.proposed_by]
    more = len(told) - MOST_REASONS
    why = " ; ".join(told[:MOST_REASONS]) + (
        f" ; et {french.count(more, 'autre motif', 'autres motifs')}" if more > 0 else ""
    )
    return (f"{level.number}. {level.name}", french.join(level.decided_by, "ou"), why or "décision seule")


def _steps(plan: PlanRead) -> list[tuple[str, str, str]]:
    """Firm steps by moment; a plan that says no moment is told level by level."""
    firm = [step for level in plan.levels for step in level.firm]
    if any(step.phase for step in firm):
        moments: list[tuple[str, list[PlanStep]]] = [
            (label, [step for step in firm if step.phase == key]) for key, label in PHASES
        ]
        moments.append(("Sans moment dit", [step for step in firm if not step.phase]))
    else:
        moments = [(f"Niveau {level.number}", list(level.firm)) for level in plan.levels]
    rows = [row for label, steps in moments for row in _rows(label, _once(steps), MOST_STEPS)]
    return rows + _rows("Levée", _once(plan.closing), MOST_CLOSING)


def _once(steps: Iterable[PlanStep]) -> list[PlanStep]:
    """A step that several levels open is told once."""
    return list({step.title: step for step in steps}.values())


def _rows(label: str, steps: list[PlanStep], most: int) -> list[tuple[str, str, str]]:
    kept = steps[:most]
    rows = [(label if not rank else "", step.title, step.owner_words) for rank, step in enumerate(kept)]
    more = len(steps) - len(kept)
    if more > 0:
        rows.append(("", f"… et {french.count(more, 'autre action', 'autres actions')}, dans le plan complet", ""))
    return rows


def checklists(known: Known) -> tuple[Section, ...]:
    """The lists to tick, plan by plan, at the end."""
    parts: list[Section] = []
    for plan in known.plans:
        for one in plan.checklists:
            blocks: list[Block] = [words(f"Source : {one.source}", "note")] if one.source else []
            for title, items in one.parts:
                blocks += [words(title, "lead"), lines(items, boxes=True)]
            parts.append(Section(title=f"{plan.about.title} : {one.title}", level=2, blocks=tuple(blocks)))
    if not parts:
        return ()
    head = Section(title="Annexe : listes à cocher", new_page=True,
                   blocks=(words("À imprimer et à cocher. Chaque liste appartient à un plan."),))  # fmt: skip
    return (head, *parts)
