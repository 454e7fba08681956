"""Random plans, random histories over two or three crises: what is shown is what is done, and nobody loses a step.

A seed draws plans and events alike: the number that hypothesis gives plays a failure again.
"""

from __future__ import annotations

import random
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.actions import ActionClosed, ActionOpened, ActionRevised, ActionShared
from services.engine.unroll import Plans, change_of, unroll
from tests.unit.engine.generated import TERRITORY, history, wanted

SEEDS = st.integers(0, 2**48)


def facts(turn, kind):
    return [(run, fact) for run, fact in turn.effects if isinstance(fact, kind)]


def what_is_shown_is_done(world, turn):
    own = turn.decision.crisis
    opened = {(run.action, run.due_at) for run, _ in facts(turn, ActionOpened)}
    assert opened == {(step.action, step.due_at) for step in turn.shown["opens"] if not step.shared}
    as_step = {run.run: {m.crisis: m.action for m in run.members} for run in turn.before.values()}
    now_as = [{m.crisis: m.action for m in run.members} | {"": run.run} for run, _ in facts(turn, ActionShared)]
    joined = {one[own] for one in now_as if own in one and as_step[one[""]].get(own) != one[own]}
    assert joined == {step.action for step in turn.shown["opens"] if step.shared}
    left = {run.run for run, _ in facts(turn, ActionShared) if own not in run.crises}
    closed = {run.run for run, _ in facts(turn, ActionClosed)}
    assert closed | left == {step.run for step in turn.shown["closes"]}
    revised = {run.run: (fact.changes, run.title, run.due_at) for run, fact in facts(turn, ActionRevised)}
    said = {one.run: (tuple(c.field for c in one.changes), one.title, one.due_at) for one in turn.changed}
    assert revised == said
    told = {run.run for run, fact in turn.effects if fact is not None}
    assert not told & {step.run for step in turn.shown["keeps"]}


def each_crisis_holds_exactly_what_its_plan_wants(world, turn):
    for crisis, plan in world.follows.items():
        held = [m.action for run in world.in_force.values() for m in run.members if m.crisis == crisis]
        expected = wanted(plan, world.levels[crisis])
        if world.levels[crisis] == 0:  # a step of the closing list leaves the board once it is settled
            assert set(held) <= set(expected)
            assert max(Counter(held).values(), default=1) == 1
        else:
            assert sorted(held) == sorted(expected)


def nothing_that_another_holds_is_closed(world, turn):
    own = turn.decision.crisis
    for run, _ in facts(turn, ActionClosed):
        assert turn.before[run.run].crises == (own,)
    for key, before in turn.before.items():
        others = [crisis for crisis in before.crises if crisis != own]
        if others:
            assert world.runs[key].in_force or not any(world.levels[crisis] for crisis in others)
            assert [crisis for crisis in world.runs[key].crises if crisis != own] == others


def a_shared_run_carries_the_crises_that_want_it(world, turn):
    for run in world.in_force.values():
        for member in run.members:
            step = wanted(world.follows[member.crisis], world.levels[member.crisis])[member.action]
            assert len(run.members) == 1 or run.held().over or step.shared_key == run.shared_key
        assert len(set(run.crises)) == len(run.crises)


def a_run_says_what_the_plan_of_its_first_crisis_says(world, turn):
    for run in world.in_force.values():
        first = run.members[0]
        plan = world.follows[first.crisis]
        step = wanted(plan, world.levels[first.crisis])[first.action]
        assert (run.action, run.level, run.playbook) == (first.action, first.level, first.playbook)
        if not run.held().over:
            said = (run.title, run.owner, run.modality, run.side, run.details["help"], run.details["phase"])
            assert said == (step.title, step.owner, step.modality, step.side, step.help, step.phase)
            assert run.repeats == (step.repeat is not None)
            assert not run.live or (run.due_at is not None) == (step.due is not None or step.repeat is not None)
            assert run.plan_sha256 == plan.sha256


def nobody_is_owed_a_deadline_in_the_past(world, turn):
    for run, fact in turn.effects:
        before = turn.before.get(run.run)
        if isinstance(fact, ActionOpened | ActionRevised) and run.due_at is not None:
            assert run.due_at >= turn.decision.at or (before is not None and before.due_at == run.due_at)


def what_is_done_stays_done(world, turn):
    own, newer = turn.decision.crisis, turn.plans.newer
    still = wanted(newer, turn.decision.level)
    for key, before in turn.before.items():
        if before.live:
            continue
        after = world.runs[key]
        assert (after.status, after.settled_by, after.settled_at) == (
            before.status, before.settled_by, before.settled_at,
        )  # fmt: skip
        mine = next((member for member in before.members if member.crisis == own), None)
        if mine and mine.action in still and before.held().over and still[mine.action].repeat is None:
            assert own in after.crises
            assert after.title == before.title


def hearing_it_twice_changes_nothing(world, turn):
    plans = Plans(turn.plans.newer, turn.plans.newer, world.follows.get)
    runs = list(world.in_force.values())
    assert unroll(plans, turn.decision, change_of(plans, turn.decision, runs, TERRITORY), runs, TERRITORY, str) == []


CHECKS = (
    what_is_shown_is_done, each_crisis_holds_exactly_what_its_plan_wants, nothing_that_another_holds_is_closed,
    a_shared_run_carries_the_crises_that_want_it, a_run_says_what_the_plan_of_its_first_crisis_says,
    nobody_is_owed_a_deadline_in_the_past, what_is_done_stays_done, hearing_it_twice_changes_nothing,
)  # fmt: skip


@settings(max_examples=1000, deadline=None)
@given(SEEDS)
def test_whatever_the_plans_and_the_history_every_promise_holds(seed):
    for world, turn in history(random.Random(seed), 6):  # plans, not secrets
        for check in CHECKS:
            check(world, turn)
