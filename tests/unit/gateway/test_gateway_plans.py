"""Plans through the gateway: a file is checked as JSON or as it is, and the engine alone judges it."""

import pytest

from contracts.plans import CheckPlan, ComparePlans, ListPlans, ReadPlan

VERSION = {"playbook": "canicule", "version": 1, "sha256": "0", "title": "Canicule", "typology": "T2"}


async def test_a_plan_and_its_differences_are_asked_by_name(http, bus):
    bus.replies[ListPlans] = {"items": [VERSION], "next": None}
    bus.replies[ReadPlan] = {"about": VERSION}
    bus.replies[ComparePlans] = {"playbook": "canicule", "older": VERSION, "newer": VERSION}
    assert (await http.get("/api/v1/plans")).json()["items"] == [VERSION]
    await http.get("/api/v1/plans/canicule", params={"sha256": "ab"})
    await http.get("/api/v1/plans/canicule/differences", params={"older": "ab"})
    assert bus.asked(ReadPlan)[0]["message"] == ReadPlan(playbook="canicule", sha256="ab")
    assert bus.asked(ComparePlans)[0]["message"] == ComparePlans(playbook="canicule", older="ab")


@pytest.mark.parametrize(
    ("kind", "body", "text"),
    [
        ("application/json", b'{"text": "a: 1\\n\\u0007"}', "a: 1\n\x07"),
        ("application/yaml", "a: été\n".encode(), "a: été\n"),
        ("text/yaml; charset=utf-8", b"\xef\xbb\xbfa: 1", "a: 1"),
        ("application/yaml", "a: été".encode("latin-1"), "a: \ufffdt\ufffd"),
    ],
)
async def test_the_text_reaches_the_engine_as_it_is(http, bus, kind, body, text):
    bus.replies[CheckPlan] = {"ok": False}
    answer = await http.post("/api/v1/plans/check", content=body, headers={"content-type": kind})
    assert answer.status_code == 200
    assert bus.asked(CheckPlan)[0]["message"].text == text


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("application/json", b"[]", 422),
        ("application/json", b'{"texte": "a"}', 422),
        ("application/pdf", b"%PDF", 415),
        ("application/yaml", b"#" * 600_000, 413),
    ],
)
async def test_what_is_no_text_is_refused(http, kind, body, status):
    answer = await http.post("/api/v1/plans/check", content=body, headers={"content-type": kind})
    assert answer.status_code == status
