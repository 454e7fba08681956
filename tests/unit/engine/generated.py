"""Plans and histories drawn at random, for the rules of the engine: two or three crises that share steps."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from services.engine import decide
from services.engine.showing import said_otherwise, shown
from services.engine.unroll import Decision, Plans, change_of, unroll
from services.platform.territory import Commune, Territory
from services.playbook.model import ActionTemplate, Level, Plan

TERRITORY = Territory(
    territory="essai", name="Essai", departements=("91",), communes=(Commune(code="91479", name="Paray-Vieille-Poste"),)
)
START = datetime(2026, 6, 29, 6, 15, tzinfo=UTC)
KEYS = ("cellule", "point", "renfort")
PLACES = ("engagements", 1, 1, 2, 2, 3, "closing")
DUES = (None, "PT1H", "PT4H", "18:00", "P1D")


def a_step(rnd, action):
    modality = rnd.choice(("firm", "firm", "possible", "optional"))
    side = "structures" if modality == "optional" and rnd.random() < 0.5 else "cpts"
    repeats = modality == "firm" and rnd.random() < 0.3
    return {
        "id": action,
        "modality": modality,
        "side": side,
        "title": f"Faire {action} {rnd.randrange(3)}",
        "help": rnd.choice(("", "Comme ceci", "Comme cela")),
        "owner": rnd.choice(("coordinatrice", "referent")),
        "stays": rnd.random() < 0.8,
        "shared_key": rnd.choice((None, *KEYS)),
        "phase": rnd.choice((None, "heure", "jour")),
        "due": None if repeats or modality != "firm" else rnd.choice(DUES),
        "repeat": {"daily_at": rnd.choice(("09:00", "18:00"))} if repeats else None,
    }


def a_draft(rnd, prefix):
    return {
        f"{prefix}-{number}": (rnd.choice(PLACES), a_step(rnd, f"{prefix}-{number}"))
        for number in range(rnd.randint(3, 6))
    }


def another(rnd, draft):
    """The same plan a version later: steps kept, said otherwise, moved, dropped, added."""
    prefix = next(iter(draft)).partition("-")[0]
    found = {}
    for action, (place, step) in draft.items():
        chance = rnd.random()
        if chance < 0.35:
            found[action] = (place, step)
        elif chance < 0.6:
            fresh = a_step(rnd, action)
            name = rnd.choice(("title", "help", "owner", "shared_key", "stays", "phase"))
            found[action] = (place, step | {name: fresh[name]})
        elif chance < 0.75:
            found[action] = (rnd.choice(PLACES), step)
        elif chance < 0.9:
            found[action] = (place, a_step(rnd, action))
    for number in range(7, 7 + rnd.randint(0, 2)):
        found[f"{prefix}-{number}"] = (rnd.choice(PLACES), a_step(rnd, f"{prefix}-{number}"))
    return found or draft


def a_plan(draft, playbook, version, heights):
    """The plan of a draft; a key stands once in a plan, a level has at least one step."""
    held, used = {place: [] for place in ("engagements", "closing", 1, 2, 3)}, set()
    for place, step in draft.values():
        key = step["shared_key"] if step["shared_key"] not in used else None
        used.add(key)
        where = min(place, heights) if isinstance(place, int) else place
        held[where].append(ActionTemplate(**step | {"shared_key": key}))
    for number in range(1, heights + 1):
        held[number].append(ActionTemplate(id=f"N-{number}", modality="possible", title="Tenir", owner="referent"))
    return Plan(
        playbook=playbook, version=version, typology="T2", title="Un plan", not_ours=("Se rendre sur place",),
        levels={
            number: Level(name=f"Niveau {number}", decided_by=("referent",), actions=tuple(held[number]))
            for number in range(1, heights + 1)
        },
        engagements=tuple(held["engagements"]), closing=tuple(held["closing"]),
    )  # fmt: skip


def wanted(plan, level):
    """The steps of a level, written apart from the rules that are tried."""
    if level == 0:
        return {step.id: step for step in plan.closing}
    found = {step.id: step for step in plan.engagements}
    for number in range(1, level + 1):
        found |= {step.id: step for step in plan.levels[number].actions if number == level or step.stays}
    return found


@dataclass
class Turn:
    """One decision: what stood before, what was shown, what was done."""

    decision: Decision
    plans: Plans
    before: dict
    shown: dict
    changed: tuple
    effects: list
    adopted: bool


@dataclass
class World:
    """Crises that follow plans, and the runs of all of them."""

    versions: dict
    follows: dict = field(default_factory=dict)
    levels: dict = field(default_factory=dict)
    runs: dict = field(default_factory=dict)
    now: datetime = START
    ids: itertools.count = field(default_factory=itertools.count)

    @property
    def in_force(self):
        return {key: run for key, run in self.runs.items() if run.in_force}

    def decided(self, crisis, level, newer):
        older = self.follows.get(crisis, newer)
        before, adopted = self.in_force, older is not newer
        decision = Decision(
            crisis, self.levels.get(crisis, 0), level, "coord-a", self.now, adopted=newer.version if adopted else None
        )
        plans = Plans(newer, older, self.follows.get)
        asked = change_of(plans, decision, before.values(), TERRITORY)
        told, otherwise = shown(asked, before, crisis), said_otherwise(asked, before, crisis)
        change = change_of(plans, decision, before.values(), TERRITORY)
        effects = unroll(plans, decision, change, before.values(), TERRITORY, lambda: f"r{next(self.ids)}")
        self.runs |= {run.run: run for run, _ in effects}
        self.follows[crisis], self.levels[crisis] = newer, level
        return Turn(decision, plans, before, told, otherwise, effects, adopted)

    def settle(self, rnd):
        waiting = [run for run in self.in_force.values() if run.live]
        if not waiting:
            return
        run, how = rnd.choice(waiting), rnd.choice(("taken", "done", "done", "skipped"))
        if how == "taken":
            after = decide.take(run, "coord-a", self.now, TERRITORY, named=True)[0]
        elif how == "done":
            after = decide.finish(run, "coord-a", self.now, TERRITORY, proof=None)[0]
        else:
            after = decide.skip(run, "coord-a", self.now, TERRITORY, reason={"id": "r", "sha256": "0"})[0]
        self.runs[run.run] = after

    def wait(self, hours):
        self.now += timedelta(hours=hours)
        for run in [one for one in self.in_force.values() if one.wakes_at and one.wakes_at <= self.now]:
            plan = next(p for held in self.versions.values() for p in held if p.sha256 == run.plan_sha256)
            for after, _ in decide.wake(run, plan.step(run.opened_as), self.now, TERRITORY):
                self.runs[run.run] = after


def a_world(rnd):
    """Two or three crises, each with a plan and the next versions of it."""
    versions = {}
    for number in range(rnd.randint(2, 3)):
        draft = a_draft(rnd, f"P{number}")
        drafts = [draft, another(rnd, draft)]
        versions[f"c{number}"] = [
            a_plan(one, f"plan-{number}", version, rnd.randint(1, 3)) for version, one in enumerate(drafts, 1)
        ]
    return World(versions)


def history(rnd, length):
    """A world and its story: levels up and down, crises closed, steps settled, hours gone, versions taken."""
    world = a_world(rnd)
    for _ in range(length):
        crisis = rnd.choice(list(world.versions))
        level, plan = world.levels.get(crisis), world.follows.get(crisis, world.versions[crisis][0])
        if level == 0:
            continue
        others = [one for one in world.versions[crisis] if level in one.levels and one is not plan]
        if level is not None and others and rnd.random() < 0.45:
            yield world, world.decided(crisis, level, others[0])
        else:
            targets = [one for one in (0, *plan.levels, *plan.levels) if one != level and (one or level)]
            if targets:
                yield world, world.decided(crisis, rnd.choice(targets), plan)
        world.settle(rnd)
        world.wait(rnd.choice((0, 1, 3, 20)))
