"""Answers about plans: the versions kept, one in words, two side by side, an edited file checked. Nothing is stored."""

from __future__ import annotations

from contracts.base import Page, Role
from contracts.plans import (
    CheckPlan,
    ComparePlans,
    ListPlans,
    PlanChecked,
    PlanDifferences,
    PlanRead,
    PlanVersion,
    ReadPlan,
)
from services.engine import store
from services.engine.tables import PlanRow
from services.platform.errors import Invalid, NotFound
from services.platform.unit import View
from services.playbook.checking import Verdict, check_text, line_of, refused
from services.playbook.differences import compare
from services.playbook.model import Plan
from services.playbook.readable import read_plan, version_of

INSIDE = (Role.COORDINATOR, Role.REFERENT, Role.PROFESSIONAL, Role.READER)
READERS = (*INSIDE, Role.ARS, Role.SAMU)
_MOST_BYTES = 600_000


def listed(view: View, question: ListPlans) -> Page:
    """Versions by playbook, newest first; the cursor is ``playbook~version``."""
    view.require(*READERS)
    rows = store.plan_page(view.session, question.playbook, _cursor(question.cursor), question.limit + 1)
    page = rows[: question.limit]
    pinned = store.pinned_plans(view.session, view.message.territory)
    newest = store.newest_versions(view.session)
    items = tuple(_about(row, pinned, newest).model_dump(mode="json") for row in page)
    more = f"{page[-1].playbook}~{page[-1].version}" if len(rows) > question.limit else None
    return Page(items=items, next=more)


def _cursor(text: str | None) -> tuple[str, int] | None:
    if text is None:
        return None
    playbook, _, version = text.partition("~")
    if not (version.isascii() and version.isdigit() and len(version) < 10):
        raise Invalid("Ce curseur n'est pas lisible ; reprenez la liste du début.")
    return playbook, int(version)


def _about(row: PlanRow, pinned: set[str], newest: dict[str, int]) -> PlanVersion:
    return version_of(
        Plan.model_validate(row.content),
        first_loaded_at=row.loaded_at,
        in_use=row.sha256 in pinned,
        newest=newest.get(row.playbook) == row.version,
    )


def read(view: View, question: ReadPlan) -> PlanRead:
    """One version in words."""
    view.require(*READERS)
    versions = _versions(view, question.playbook)
    return _read(view, _pick(versions, question.sha256))


def differences(view: View, question: ComparePlans) -> PlanDifferences:
    """Two versions; without a choice, the newest and the one before it."""
    view.require(*READERS)
    versions = _versions(view, question.playbook)
    newer = _pick(versions, question.newer)
    if question.older is None:
        before = [row for row in versions if row.version < newer.version]
        if not before:
            raise NotFound(
                f"Le plan « {question.playbook} » n'a pas de version avant la version {newer.version} ; "
                "choisissez-en deux dans la liste."
            )
        older = before[0]
    else:
        older = _pick(versions, question.older)
    return compare(_read(view, older), _read(view, newer))


def check(view: View, question: CheckPlan) -> PlanChecked:
    """The verdict on an edited file, by the rules of the start."""
    view.require(*INSIDE)
    verdict = check_text(question.text)
    known = store.plan_versions(view.session, verdict.plan.playbook) if verdict.plan else []
    verdict = _same_version(verdict, known, question.text)
    plan = verdict.plan
    if plan is None:
        return PlanChecked(ok=False, problems=verdict.problems, left_out=verdict.left_out)
    content = read_plan(plan, version_of(plan), view.territory.thresholds)
    changed = compare(_read(view, known[0]), content) if known else None
    found = PlanChecked(ok=True, plan=content, notes=_notes(plan, known), differences=changed)
    return found if len(found.model_dump_json()) < _MOST_BYTES else _shortened(found)


def _shortened(found: PlanChecked) -> PlanChecked:
    """The verdict alone: a plan of thousands of steps would not fit in one message of the bus."""
    note = "Ce plan est valable, mais trop long pour être montré ici avec ses différences."
    return found.model_copy(update={"plan": None, "differences": None, "notes": (*found.notes, note)})


def _same_version(verdict: Verdict, known: list[PlanRow], text: str) -> Verdict:
    """Refused as at start: a version keeps its content for good."""
    plan = verdict.plan
    if plan is None or not any(row.version == plan.version and row.sha256 != plan.sha256 for row in known):
        return verdict
    return refused(
        f"la version {plan.version} de « {plan.playbook} » a déjà servi avec un autre contenu ; "
        f"écrivez « version: {known[0].version + 1} »",
        line_of(text, "version"),
        "version",
    )


def _notes(plan: Plan, known: list[PlanRow]) -> tuple[str, ...]:
    if not known:
        return (f"Le plan « {plan.playbook} » est nouveau sur ce poste.",)
    same = next((row for row in known if row.sha256 == plan.sha256), None)
    if same:
        return (f"Ce contenu est celui de la version {same.version}, déjà chargée.",)
    if plan.version < known[0].version:
        return (
            f"La version {known[0].version} est déjà chargée : une crise ouverte demain suivrait celle-là, "
            f"pas la version {plan.version}.",
        )
    return ()


def _versions(view: View, playbook: str) -> list[PlanRow]:
    found = store.plan_versions(view.session, playbook)
    if not found:
        raise NotFound(f"Aucun plan « {playbook} ». Vérifiez le nom dans la liste des plans.")
    return found


def _pick(versions: list[PlanRow], sha256: str | None) -> PlanRow:
    if sha256 is None:
        return versions[0]
    found = next((row for row in versions if row.sha256 == sha256), None)
    if found is None:
        raise NotFound("Cette version du plan n'est pas connue de ce poste ; choisissez-la dans la liste.")
    return found


def _read(view: View, row: PlanRow) -> PlanRead:
    return read_plan(Plan.model_validate(row.content), about(view, row), view.territory.thresholds)


def about(view: View, row: PlanRow) -> PlanVersion:
    """What names a version here and now."""
    pinned = store.pinned_plans(view.session, view.message.territory)
    return _about(row, pinned, store.newest_versions(view.session))
