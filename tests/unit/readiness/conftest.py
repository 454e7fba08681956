"""What a plan de crise is composed from in tests: the example territory, its people, as many plans as wanted."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from contracts.cell import CellFound, FunctionHeld
from contracts.directory import DutyHeld
from contracts.plans import PlanRead
from contracts.readiness import StockItem
from contracts.yearly import ExerciseEntry, ReadinessFound
from services.playbook.loader import PACKAGED, load_library
from services.playbook.readable import read_plan, version_of
from services.readiness.known import Known

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def heat() -> PlanRead:
    plan = load_library(PACKAGED).plans["canicule"]
    return read_plan(plan, version_of(plan))


@pytest.fixture
def known(territories, heat):
    """``known(plans=12, **changes)``: what is known of the example territory."""
    territory = territories["nord-essonne"]

    def make(plans: int = 1, **changes) -> Known:
        many = [
            heat.model_copy(
                update={
                    "about": heat.about.model_copy(update={"playbook": f"p{rank}", "title": f"Plan d’essai {rank}"})
                }
            )
            for rank in range(plans)
        ]
        stock = StockItem(id="s", item="Masques <b>FFP2</b>", quantity=3, minimum=9, flags=("sous_minimum",))
        exercise = ExerciseEntry(id="e", playbook="p0", planned_on=date(2026, 12, 10), pilot="referent")
        function = FunctionHeld(function="pilote", label="pilote", holder="referent", deputies=("president",))
        fields = {
            "territory": territory,
            "now": NOW,
            "ready": ReadinessFound(stock=(stock,), calendar=(exercise,)),
            "people": tuple(territory.seed["people"]),
            "written": {one["person"]: date(2026, 10, 1) for one in territory.seed["people"]},
            "duty": (DutyHeld(role="coordinatrice", person="coord-a", deputies=("coord-b",)),),
            "cell": CellFound(functions=(function,)),
            "plans": tuple(many),
            "reviews": (),
            "improvements": (),
        }
        return Known(**(fields | changes))

    return make
