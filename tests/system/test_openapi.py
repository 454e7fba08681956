"""Requests drawn from the OpenAPI document, sent to a whole desk: documented answers in their form, never a 500.

The drawing of wrong requests against a stubbed bus is in ``tests/unit/gateway``; here the services answer.
"""

from __future__ import annotations

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode, checks

from tests.system.desk_process import DeskProcess

pytestmark = pytest.mark.system

EXAMPLES = 5
#: The stream of events never ends.
EXCLUDED = ("/api/v1/stream",)
#: What is well formed may still be refused by the state of the desk, and one desk is shared by all draws.
NOT_OURS = ("ignored_auth", "positive_data_acceptance", "use_after_free", "ensure_resource_availability",
            "negative_data_rejection")  # fmt: skip


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with DeskProcess(tmp_path_factory.mktemp("openapi"), TOCSIN_LOG_LEVEL="ERROR") as running:
        yield running


@pytest.mark.timeout(150)
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_every_answer_is_documented_and_none_is_a_500(desk, mode):
    schema = schemathesis.openapi.from_dict(_document(desk))
    headers = {"authorization": f"Bearer {desk.token('--role', 'coordinator')}"}
    chosen = [check for check in checks.CHECKS.get_all() if check.__name__ not in NOT_OURS]
    operations = [result.ok() for result in schema.get_all_operations()]
    statuses: dict[int, int] = {}
    failures = []
    for operation in operations:
        if operation.path in EXCLUDED or (mode is GenerationMode.NEGATIVE and not (operation.query or operation.body)):
            continue
        try:
            _draw(operation, mode, chosen, statuses, base_url=f"http://127.0.0.1:{desk.port}", headers=headers)
        except BaseExceptionGroup as group:
            failures += [f"{operation.label}: {error}" for error in group.exceptions]
    print(statuses)
    assert len(operations) > 40
    assert not failures, "\n\n".join(failures)
    assert not [status for status in statuses if status >= 500 and status != 503]


def _document(desk):
    """The document without what would stop most draws at the door: a bearer and the territory are always right."""
    found = httpx.get(f"http://127.0.0.1:{desk.port}/openapi.json").json()
    for operation in (one for methods in found["paths"].values() for one in methods.values()):
        operation.pop("security", None)
        operation["parameters"] = [one for one in operation.get("parameters", []) if one.get("name") != "territory"]
    return found


def _draw(operation, mode, chosen, statuses, **where):
    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    def run(case):
        answer = case.call(**where)
        statuses[answer.status_code] = statuses.get(answer.status_code, 0) + 1
        case.validate_response(answer, checks=chosen)

    run()
