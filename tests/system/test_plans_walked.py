"""Each plan walked through by its coordinator on an invented bad day, whole, on a desk of its own."""

from __future__ import annotations

import pytest

from services.cli.drilling import played
from services.playbook.loader import load_library

pytestmark = pytest.mark.system
WALKED = {plan.scenario: name for name, plan in sorted(load_library().plans.items()) if plan.scenario}


@pytest.mark.parametrize("scenario", sorted(WALKED))
def test_the_bad_day_of_a_plan_goes_as_it_says(scenario):
    outcome = played(scenario)
    failed = [check.line() for check in outcome.checks if not check.passed]
    assert not failed, "\n" + "\n".join(failed)
    opened = [entry for entry in outcome.entries if entry["kind"] == "niveau" and "Crise ouverte" in entry["text"]]
    assert any(WALKED[scenario].split("-")[0][:4] in entry["text"].lower() or WALKED[scenario] for entry in opened)
    print(f"{scenario}: {outcome.seconds:.1f} s, {len(outcome.checks)} checks")  # told, never asserted
