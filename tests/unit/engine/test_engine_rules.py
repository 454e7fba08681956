"""Shown and done are one set; nothing that another crisis holds is closed; hearing twice changes nothing."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.actions import ActionClosed, ActionLate, ActionOpened, ActionRepeated
from services.engine import decide
from services.engine.showing import shown
from services.engine.state import Run
from services.engine.unroll import Decision, Plans, change_of, unroll
from services.platform.territory import Commune, Territory
from services.playbook.loader import load_library, parse_plan
from services.playbook.rules import active, transition

CANICULE = load_library().plans["canicule"]
AFFLUX = parse_plan(
    """
playbook: afflux
version: 1
typology: T1
title: Afflux de victimes
not_ours: [Se rendre sur place sans demande du SAMU]
levels:
  1:
    name: Mobilisation
    decided_by: [referent]
    actions:
      - {id: AFF-1, modality: firm, title: Réunir, owner: referent, due: PT1H, shared_key: cellule-de-coordination}
      - {id: AFF-2, modality: firm, title: Prévenir les équipes, owner: referent, due: PT1H, stays: false}
  2:
    name: Renfort
    decided_by: [referent]
    actions:
      - id: AFF-3
        modality: firm
        title: Tenir le point
        owner: referent
        repeat: {daily_at: "09:00"}
        shared_key: point-quotidien
""",
    "afflux.yaml",
)
TERRITORY = Territory(
    territory="essai", name="Essai", departements=("91",), communes=(Commune(code="91479", name="Paray-Vieille-Poste"),)
)
START = datetime(2026, 6, 29, 6, 15, tzinfo=UTC)
PLANS = {"c1": CANICULE, "c2": AFFLUX, "c3": CANICULE}

MOVES = st.lists(
    st.tuples(st.sampled_from(sorted(PLANS)), st.integers(0, 3), st.sampled_from(["", "done", "skipped", "taken"])),
    min_size=1,
    max_size=12,
)


def play(moves):
    """Levels decided and steps settled one after the other; yields each step of the story."""
    runs, levels, ids = {}, {}, itertools.count()
    for number, (crisis, level, settle) in enumerate(moves):
        plan = PLANS[crisis]
        target = min(level, len(plan.levels))
        if crisis not in levels and target == 0:
            continue
        at = START + timedelta(hours=number)
        before = {key: run for key, run in runs.items() if run.in_force}
        decision = Decision(crisis, levels.get(crisis, 0), target, "coord-a", at)
        plans = Plans(plan, plan, PLANS.get)
        change = change_of(plans, decision, before.values(), TERRITORY)
        effects = unroll(plans, decision, change, before.values(), TERRITORY, lambda: f"r{next(ids)}")
        plan_shown = shown(
            transition(
                plan, crisis, target, [run.held() for run in before.values()], started_at=at, territory=TERRITORY
            ),
            before,
            crisis,
        )
        runs |= {run.run: run for run, _ in effects}
        levels[crisis] = target
        yield decision, before, effects, plan_shown, runs
        waiting = next((run for run in runs.values() if run.live and run.in_force), None)
        if settle and waiting:
            runs[waiting.run] = settled(waiting, settle, at)


def settled(run, how, at):
    if how == "taken":
        return decide.take(run, "coord-a", at, TERRITORY, named=True)[0]
    if how == "done":
        return decide.finish(run, "coord-a", at, TERRITORY, proof=None)[0]
    return decide.skip(run, "coord-a", at, TERRITORY, reason={"id": "r", "sha256": "0"})[0]


@settings(max_examples=60, deadline=None)
@given(MOVES)
def test_what_is_shown_is_what_is_done(moves):
    for _, _, effects, plan_shown, _ in play(moves):
        opened = [(run.action, run.due_at) for run, fact in effects if isinstance(fact, ActionOpened)]
        assert opened == [(step.action, step.due_at) for step in plan_shown["opens"] if not step.shared]
        closed = {run.run for run, fact in effects if isinstance(fact, ActionClosed)}
        assert closed == {step.run for step in plan_shown["closes"] if not step.shared}
        touched = {run.run for run, fact in effects if fact is not None}
        kept = {step.run for step in plan_shown["keeps"]}
        assert not touched & kept


@settings(max_examples=60, deadline=None)
@given(MOVES)
def test_nothing_that_another_crisis_holds_is_closed(moves):
    for decision, before, effects, _, _ in play(moves):
        for run, fact in effects:
            if isinstance(fact, ActionClosed):
                assert before[run.run].crises == (decision.crisis,)
        for run, fact in effects:
            if run.run in before and set(before[run.run].crises) - {decision.crisis} and fact is not None:
                assert set(run.crises) >= set(before[run.run].crises) - {decision.crisis}
                assert run.in_force


@settings(max_examples=60, deadline=None)
@given(MOVES)
def test_each_crisis_holds_exactly_the_steps_of_its_level(moves):
    for decision, _, _, _, runs in play(moves):
        held = [
            member.action
            for run in runs.values()
            if run.in_force
            for member in run.members
            if member.crisis == decision.crisis
        ]
        assert sorted(held) == sorted(active(PLANS[decision.crisis], decision.level))


@settings(max_examples=60, deadline=None)
@given(MOVES)
def test_hearing_twice_changes_nothing_more(moves):
    for decision, _, _, _, runs in play(moves):
        in_force = [run for run in runs.values() if run.in_force]
        plans = Plans(PLANS[decision.crisis], PLANS[decision.crisis], PLANS.get)
        again = change_of(plans, decision, in_force, TERRITORY)
        assert unroll(plans, decision, again, in_force, TERRITORY, lambda: "x") == []


def test_a_step_that_does_not_stay_ends_upwards_and_comes_back_down():
    assert set(active(AFFLUX, 1)) == {"AFF-1", "AFF-2"}
    assert set(active(AFFLUX, 2)) == {"AFF-1", "AFF-3"}


def firm(**fields) -> Run:
    return Run(
        run="r1", territory="essai", members=(), action="ESS-1", playbook="essai", level=1, plan_sha256="",
        title="Faire", side="cpts", modality="firm", owner="coordinatrice", opened_at=START, **fields,
    )  # fmt: skip


def test_a_deadline_is_told_once():
    run = firm(due_at=START, late_at=START + timedelta(hours=1))
    assert decide.wake(run, None, START, TERRITORY) == []
    ((late, fact),) = decide.wake(run, None, START + timedelta(hours=1), TERRITORY)
    assert isinstance(fact, ActionLate)
    assert late.wakes_at is None
    assert late.late(START + timedelta(days=1))


def test_a_daily_step_missed_for_days_is_told_late_once_then_starts_today():
    daily = CANICULE.step("ENG-04")
    run = firm(due_at=START, late_at=START, renews_at=START + timedelta(hours=16))
    back = datetime(2026, 7, 4, 12, 0, tzinfo=UTC)
    effects = decide.wake(run, daily, back, TERRITORY)
    assert [type(fact) for _, fact in effects] == [ActionLate, ActionRepeated, ActionLate]
    last = effects[-1][0]
    assert (last.occurrence, last.status) == (2, "open")
    assert last.due_at == datetime(2026, 7, 4, 7, 0, tzinfo=UTC)
    assert last.wakes_at == datetime(2026, 7, 4, 22, 0, tzinfo=UTC)
