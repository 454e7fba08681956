"""Load, decide, save: what the engine hears, does, ticks and answers."""

from __future__ import annotations

from contracts.actions import (
    ActionClosed,
    ActionDone,
    ActionLate,
    ActionOpened,
    ActionRepeated,
    ActionRevised,
    ActionsCounted,
    ActionShared,
    ActionSkipped,
    ActionTaken,
    AdoptIdea,
    AskPlan,
    CountActions,
    FinishAction,
    IdeaAdopted,
    ListActions,
    PlanFound,
    SkipAction,
    TakeAction,
)
from contracts.adoptions import AskAdoption, PlanApplied
from contracts.base import Done, Page, Role
from contracts.levels import CrisisClosed, CrisisOpened, LevelChanged, PlanAdopted
from contracts.plans import CheckPlan, ComparePlans, ListPlans, ReadPlan
from services.engine import adopting, answers, decide, hearing, plans, store
from services.engine.hearing import save
from services.engine.state import Run
from services.engine.tables import TABLES
from services.platform.errors import BadSettings, Forbidden, NotFound
from services.platform.service import Service
from services.platform.unit import Unit, View
from services.playbook.loader import load_library

SERVICE = Service(
    name="engine",
    purpose="Unrolls the plan: opens, keeps and closes the steps of each level, and minds their deadlines",
    says=(
        ActionOpened,
        ActionTaken,
        ActionDone,
        ActionSkipped,
        ActionClosed,
        ActionLate,
        ActionRepeated,
        ActionShared,
        ActionRevised,
        IdeaAdopted,
        PlanApplied,
    ),
    owns=TABLES,
)
SERVICE.next_due = store.next_wake
SERVICE.on(CrisisOpened)(hearing.open_crisis)
SERVICE.on(LevelChanged)(hearing.change_level)
SERVICE.on(PlanAdopted)(hearing.adopt_plan)
SERVICE.on(CrisisClosed)(hearing.close_crisis)
SERVICE.answers(AskAdoption)(adopting.adoption)
SERVICE.answers(ListPlans)(plans.listed)
SERVICE.answers(ReadPlan)(plans.read)
SERVICE.answers(ComparePlans)(plans.differences)
SERVICE.answers(CheckPlan)(plans.check)
_DECIDES = (Role.COORDINATOR, Role.REFERENT)
_ON_DUTY = ("coordinatrice", "referent")


@SERVICE.starts
def store_plans(unit: Unit) -> None:
    """Keep each content of the library; one version with two contents is refused."""
    for plan in load_library(unit.settings.playbooks_dir).contents.values():
        known = store.plan_of_version(unit.session, plan.playbook, plan.version)
        if known and known.sha256 != plan.sha256:
            raise BadSettings(
                f"Plan « {plan.playbook} » : la version {plan.version} a déjà servi avec un autre contenu ; "
                "augmentez « version » dans le fichier."
            )
        store.keep_plan(unit.session, plan, unit.now)


@SERVICE.ticks
def mind_deadlines(unit: Unit) -> None:
    """Say what has become late and start the next turn of what is repeated."""
    for row in store.runs_to_wake(unit.session, unit.now):
        run = store.state_of(row)
        plan = store.stored_plan(unit.session, run.plan_sha256) if run.renews_at else None
        template = plan.step(run.opened_as) if plan else None
        for after, fact in decide.wake(run, template, unit.now, unit.territory_named(run.territory)):
            late = isinstance(fact, ActionLate)
            save(unit, after, fact, at=after.late_at if late else None)


@SERVICE.does(TakeAction)
def take_action(unit: Unit, command: TakeAction) -> Done:
    """Take in hand, for oneself or for a named person."""
    unit.require(*_DECIDES, on_duty=_ON_DUTY)
    run = _run(unit, command.run)
    person = command.person or unit.caller.id
    save(unit, *decide.take(run, person, unit.now, unit.territory, named=command.person is not None))
    return Done(id=run.run)


@SERVICE.does(FinishAction)
def finish_action(unit: Unit, command: FinishAction) -> Done:
    """Say that a step is done, with a word of proof."""
    unit.require(*_DECIDES, on_duty=_ON_DUTY)
    run = _run(unit, command.run)
    decide.still_waits(run, unit.territory)
    proof = unit.keep(command.proof)
    save(unit, *decide.finish(run, unit.caller.id, unit.now, unit.territory, proof=proof))
    return Done(id=run.run)


@SERVICE.does(SkipAction)
def skip_action(unit: Unit, command: SkipAction) -> Done:
    """Leave a step aside, with the reason."""
    unit.require(*_DECIDES, on_duty=_ON_DUTY)
    run = _run(unit, command.run)
    decide.still_waits(run, unit.territory)
    reason = unit.keep_required(command.reason)
    save(unit, *decide.skip(run, unit.caller.id, unit.now, unit.territory, reason=reason))
    return Done(id=run.run)


@SERVICE.does(AdoptIdea)
def adopt_idea(unit: Unit, command: AdoptIdea) -> Done:
    """Note what a structure does with an idea; its last answer stands, the facts keep the others."""
    unit.require(*_DECIDES, Role.PROFESSIONAL)
    if unit.caller.has(*_DECIDES):
        unit.require(*_DECIDES, on_duty=_ON_DUTY)
    elif unit.caller.structure != command.structure:
        raise Forbidden("Vous répondez pour votre structure seulement.")
    run = _run(unit, command.run)
    decide.adoptable(run, unit.territory)
    note = unit.keep(command.note)
    store.save_adoption(unit.session, run, command, note.id if note else None, unit.caller.id, unit.now)
    unit.say(IdeaAdopted(run=run.run, action=run.action, structure=command.structure, choice=command.choice, note=note))
    return Done(id=run.run)


def _run(unit: Unit, run: str) -> Run:
    row = store.run_in(unit.session, unit.message.territory, run)
    if row is None:
        raise NotFound("Cette action n'existe pas dans ce territoire. Rechargez la liste des actions.")
    return store.state_of(row)


@SERVICE.answers(ListActions)
def list_actions(view: View, question: ListActions) -> Page:
    """The board."""
    view.require()
    return answers.board(view, question)


@SERVICE.answers(CountActions)
def count_actions(view: View, question: CountActions) -> ActionsCounted:
    """How many steps wait, are in hand, are late."""
    view.require()
    return answers.counted(view)


@SERVICE.answers(AskPlan)
def ask_plan(view: View, question: AskPlan) -> PlanFound:
    """What a change of level would do, done by the same rules, without effect."""
    view.require()
    return answers.plan(view, question)
