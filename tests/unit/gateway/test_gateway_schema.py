"""Any request drawn from the OpenAPI document, valid or not, gets a documented answer and never a 500."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode, checks

from contracts.base import Reply
from contracts.cell import AskMeansPage
from contracts.crisis_plan import AskCrisisPlan
from contracts.digests import AskKit
from contracts.directory import WhoCalls
from contracts.exercises import AskExercise
from contracts.figures import AskBoardFigures
from contracts.logbook import AskJournal, ReadEntry
from contracts.meetings import AskMeeting
from contracts.plans import ReadPlan
from contracts.reviews import AskReviewDocument
from contracts.statements import AskStatement
from services.gateway.app import OPERATIONS

PLAN = {
    "playbook": "canicule", "version": 1, "sha256": "0", "title": "Canicule", "typology": "T2",
}  # fmt: skip
#: One answer that fits every question and every command.
ANSWER = {
    "id": "x", "slot": "s", "remaining": 1, "number": 1, "hash": "0" * 64, "token": "t", "nurse_route": True,
    "status": "new", "items": [], "next": None, "media_type": "text/plain", "filename": "f", "body": "", "rows": [],
    "playbook": "canicule", "version": 1, "plan_sha256": "0", "from_level": 0, "level": 1, "day": "2026-06-29",
    "due": 1, "reported": 1, "missing": 0,
    "about": PLAN, "older": PLAN, "newer": PLAN, "ok": True, "entry": {}, "since": "2026-06-29T06:00:00Z",
    "code": "D1", "expires_at": "2026-06-29T06:00:00Z", "title": "t", "now": "2026-06-29T06:00:00Z", "path": "/",
    "person": "p", "scenario": "s", "speed": None, "paused": False, "open": True, "by": "p",
    "started_at": "2026-06-29T06:00:00Z", "base_path": "/", "state": "a_venir", "digest": "d", "crisis": "c",
    "message": "m", "crises": [], "facts": {},
    "item": {
        "id": "r", "crisis": "c", "playbook": "canicule", "opened_at": "2026-06-29T06:00:00Z",
        "closed_at": "2026-06-30T06:00:00Z", "due_on": "2026-07-07", "status": "a_tenir",
    },
}  # fmt: skip
#: Where a name means something else.
OTHERWISE = {
    ReadEntry: {"about": []},
    AskBoardFigures: {
        "figures_of": "2026-06-28", "eve": "2026-06-27", "as_of": "2026-06-29T06:00:00Z",
        "free": {"as_of": "2026-06-29T06:00:00Z", "places": 0, "booked": 0, "free": 0, "free_evening": 0},
    },
    ReadPlan: {"missing": []},
    AskMeeting: {"state": "a_venir", "digest": "d", "items": []},
    AskExercise: {"status": "en_cours", "base_path": "/exercice/x"},
}  # fmt: skip
#: The stream never ends; what the owner of the data refuses is its own affair.
EXCLUDED = ("/api/v1/stream",)
#: Bytes are forwarded as they are: their owner reads them.
READ_BY_OWNER = ("/api/v1/alerts", "/api/v1/vigilance", "/api/v1/plans/check")
NOT_OURS = ("ignored_auth", "positive_data_acceptance", "use_after_free", "ensure_resource_availability")


#: Questions answered by a document.
PRINTED = (AskJournal, AskKit, AskStatement, AskMeansPage, AskReviewDocument, AskCrisisPlan)


@pytest.fixture
def generous(bus):
    """A bus that says yes to everything."""
    strict = bus._reply

    def reply(message):
        if isinstance(message, WhoCalls):
            return strict(message)
        if type(message) in OTHERWISE:
            return Reply(result=ANSWER | OTHERWISE[type(message)])
        printed = isinstance(message, PRINTED)
        return Reply(result=ANSWER | {"media_type": "application/pdf"} if printed else ANSWER)

    bus._reply = reply
    return bus


def _operations(app):
    for methods in app.openapi()["paths"].values():
        for operation in methods.values():
            operation.pop("security", None)  # a bearer is always given: its absence has a test of its own
    schema = schemathesis.openapi.from_asgi("/openapi.json", app)
    return [found for found in (result.ok() for result in schema.get_all_operations()) if found.path not in EXCLUDED]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.timeout(240)
def test_drawn_requests(app, generous, mode):
    drawn = _operations(app)
    for operation in drawn:
        if mode is GenerationMode.NEGATIVE and not _can_be_wrong(operation):
            continue
        chosen = [check for check in checks.CHECKS.get_all() if check.__name__ not in NOT_OURS]
        if operation.path in READ_BY_OWNER:
            chosen = [check for check in chosen if check.__name__ != "negative_data_rejection"]

        _draw(operation, mode, chosen)
    shown = [operation for operation in OPERATIONS if operation.shown]
    assert len(drawn) == len(shown) - len(EXCLUDED)


def _draw(operation, mode, chosen):
    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=4, deadline=None, database=None, derandomize=True, phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    def run(case):
        case.call_and_validate(headers={"authorization": "Bearer coord"}, checks=chosen)

    run()


def _can_be_wrong(operation):
    return bool(operation.query) or bool(operation.body)
