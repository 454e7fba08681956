import pytest

from contracts.activity import ReportVad
from contracts.base import Reply
from contracts.levels import DecideProposal
from contracts.logbook import CorrectEntry, WriteEntry
from contracts.slots import OfferSlot, OpenSlot
from services.gateway.app import OPERATIONS
from services.platform import errors

VAD = {"structure": "msp-paray", "day": "2026-06-28", "profession": "medecin", "kind": "urgente", "count": 4}


async def test_a_creation_is_201_and_carries_time_caller_and_territory(http, bus, clock):
    bus.replies[ReportVad] = Reply(result={"id": "r1"}, created=True)
    response = await http.post("/api/v1/vad", json=VAD)
    assert (response.status_code, response.json()) == (201, {"id": "r1"})
    (sent,) = bus.asked(ReportVad)
    assert (sent["caller"].id, sent["territory"], sent["time"]) == ("coord-a", "nord-essonne", clock.now())


async def test_a_correction_is_200(http, bus):
    bus.replies[ReportVad] = Reply(result={"id": "r1"})
    assert (await http.post("/api/v1/vad", json=VAD)).status_code == 200


async def test_the_path_fills_the_command(http, bus):
    bus.replies[DecideProposal] = {"id": "p1", "status": "accepted"}
    body = {"decision": "accept", "reason": "SAMU en tension"}
    assert (await http.post("/api/v1/proposals/p1/decision", json=body)).status_code == 200
    assert bus.asked(DecideProposal)[0]["message"] == DecideProposal(proposal="p1", **body)


async def test_no_body_is_an_empty_object(http, bus):
    bus.replies[OpenSlot] = {"id": "s1"}
    assert (await http.post("/api/v1/slots/s1/open")).status_code == 200


async def test_a_number_in_the_path(http, bus):
    bus.replies[CorrectEntry] = Reply(result={"id": "9", "number": 9, "hash": "x"}, created=True)
    assert (await http.post("/api/v1/logbook/3/correction", json={"text": "Lire 4."})).status_code == 201
    assert bus.asked(CorrectEntry)[0]["message"].number == 3
    assert (await http.post("/api/v1/logbook/trois/correction", json={"text": "Lire 4."})).status_code == 422


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"count": "4"}, "count"),
        ({"count": 4.5}, "count"),
        ({"count": -1}, "count"),
        ({"count": None}, "count"),
        ({"day": "hier"}, "day"),
        ({"profession": "dentiste"}, "profession"),
        ({"comte": 4}, "comte"),
        ({"structure": 12}, "structure"),
    ],
    ids=str,
)
async def test_a_faulty_field_is_named_with_its_remedy(http, bus, change, field):
    response = await http.post("/api/v1/vad", json={**VAD, **change})
    problem = response.json()
    assert response.status_code == 422
    assert problem["errors"][0]["field"] == field
    assert problem["errors"][0]["remedy"]
    assert field in problem["detail"]
    assert not bus.asked(ReportVad)


@pytest.mark.parametrize(
    "raw",
    [b"{", b"[]", b"null", b'"texte"', b"\xff\xfe", b'{"a":1}{', b"[" * 5000, b'{"structure":"\\ud800"}',
     b'{"structure":"\\u0000"}', b'{"count":NaN}', b"1" * 5000],
    ids=range(11),
)  # fmt: skip
async def test_what_is_not_an_object_of_ours_is_422(http, bus, raw):
    response = await http.post("/api/v1/vad", content=raw, headers={"content-type": "application/json"})
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"


async def test_an_unknown_value_of_an_open_enum_is_read_as_autre(http, bus):
    bus.replies[ReportVad] = {"id": "r1"}
    assert (await http.post("/api/v1/vad", json={**VAD, "kind": "programmee"})).status_code == 200
    assert bus.asked(ReportVad)[0]["message"].kind == "autre"


async def test_times_keep_their_offset_and_naive_ones_are_refused(http, bus):
    bus.replies[OfferSlot] = Reply(result={"id": "s"}, created=True)
    slot = {"professional": "med-1", "profession": "medecin", "commune": "91479", "places": 3}
    good = {**slot, "starts_at": "2026-06-30T09:00:00+02:00", "ends_at": "2026-06-30T12:00:00+02:00"}
    assert (await http.post("/api/v1/slots", json=good)).status_code == 201
    bad = await http.post("/api/v1/slots", json={**good, "ends_at": "2026-06-30T12:00:00"})
    assert bad.status_code == 422
    assert "décalage" in bad.json()["errors"][0]["message"]


async def test_other_media_types_are_415(http):
    response = await http.post("/api/v1/vad", data={"count": "4"})
    assert response.status_code == 415


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.Invalid("x"), 422),
        (errors.Forbidden("x"), 403),
        (errors.NotFound("x"), 404),
        (errors.Conflict("Déjà décidé par coord-b à 10:06.", by="coord-b"), 409),
        (errors.Mismatch("x"), 422),
        (errors.Expired("x"), 408),
        (errors.TooLarge("x"), 413),
        (errors.Unavailable("x"), 503),
        (errors.Failed("x"), 500),
        (ValueError("a secret in a trace"), 500),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_each_refusal_has_its_status(http, bus, error, status):
    bus.replies[ReportVad] = error
    response = await http.post("/api/v1/vad", json=VAD)
    problem = response.json()
    assert (response.status_code, problem["status"]) == (status, status)
    assert response.headers["content-type"] == "application/problem+json"
    assert problem["instance"] == "/api/v1/vad"
    assert "secret" not in response.text
    assert "Traceback" not in response.text
    assert ("retry-after" in response.headers) == (status == 503)
    if status == 409:
        assert problem["detail"].startswith("Déjà décidé")
        assert problem["details"] == {"by": "coord-b"}


class TestIdempotency:
    async def ids(self, http, bus, *calls):
        bus.replies[ReportVad] = {"id": "r"}
        for path, key, body, token in calls:
            headers = {"idempotency-key": key, "authorization": f"Bearer {token}"} if key else {}
            assert (await http.post(path, json=body, headers=headers)).status_code == 200
        return [(sent["id"], sent["key"]) for sent in bus.asked(ReportVad)]

    async def test_same_key_same_body_same_id(self, http, bus):
        call = ("/api/v1/vad", "k1", VAD, "coord")
        first, second = await self.ids(http, bus, call, call)
        assert first == second

    async def test_another_body_keeps_the_id_and_changes_the_digest(self, http, bus):
        first, second = await self.ids(
            http, bus, ("/api/v1/vad", "k1", VAD, "coord"), ("/api/v1/vad", "k1", {**VAD, "count": 9}, "coord")
        )
        assert first[0] == second[0]
        assert first[1] != second[1]

    async def test_key_caller_and_territory_make_the_id(self, http, bus):
        path = "/api/v1/vad"
        found = await self.ids(
            http,
            bus,
            (path, "k1", VAD, "coord"),
            (path, "k2", VAD, "coord"),
            (path + "?territory=nord-essonne", "k1", VAD, "both"),
            (path + "?territory=essonne-sud", "k1", VAD, "both"),
            (path + "?territory=nord-essonne~exercice", "k1", VAD, "twin"),
        )
        assert len({item[0] for item in found}) == 5

    async def test_without_a_key_each_request_is_its_own(self, http, bus):
        first, second = await self.ids(http, bus, ("/api/v1/vad", "", VAD, ""), ("/api/v1/vad", "", VAD, ""))
        assert first[0] != second[0]
        assert first[1] is None

    async def test_a_key_too_long_is_refused(self, http):
        response = await http.post("/api/v1/vad", json=VAD, headers={"idempotency-key": "k" * 256})
        assert response.status_code == 422


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "HEAD"])
async def test_a_method_not_foreseen_is_a_405_problem_with_allow(http, method):
    response = await http.request(method, "/api/v1/situation")
    assert response.status_code == 405
    assert "GET" in response.headers["allow"]


async def test_an_unknown_address_is_a_404_problem(http):
    response = await http.get("/api/v1/rien")
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"


async def test_no_operation_answers_without_a_bearer(http):
    del http.headers["authorization"]
    for operation in OPERATIONS:
        if not operation.secured:
            continue
        path = operation.path.replace("{form}", "json").replace("{", "").replace("}", "")
        response = await http.request(operation.method, path)
        assert response.status_code == 401, operation.path


@pytest.mark.parametrize(
    ("path", "methods"), [("/api/v1/alerts", "GET, POST"), ("/api/v1/logbook/3/correction", "POST")]
)
async def test_allow_names_every_method_of_the_address(http, path, methods):
    response = await http.put(path)
    assert (response.status_code, response.headers["allow"]) == (405, methods)


async def test_an_unknown_parameter_of_a_command_is_refused(http, bus):
    response = await http.post("/api/v1/vad?teritory=nord-essonne~exercice", json=VAD)
    assert response.status_code == 422
    assert "teritory" in response.json()["detail"]
    assert not bus.asked(ReportVad)


async def test_an_empty_territory_is_not_taken_for_the_usual_one(http, bus):
    assert (await http.post("/api/v1/vad?territory=", json=VAD)).status_code == 422
    assert not bus.asked(ReportVad)


@pytest.mark.parametrize(
    ("text", "status"), [("deux\r\n\tlignes 🔥", 201), ("\x00", 422), ("a\x1bb", 422), ("a\x80", 422), ("a\x7f", 422)]
)
async def test_control_characters_are_refused(http, bus, text, status):
    bus.replies[WriteEntry] = Reply(result={"id": "1", "number": 1, "hash": "0"}, created=True)
    assert (await http.post("/api/v1/logbook", json={"text": text})).status_code == status


async def test_control_characters_are_found_in_lists_and_blocks(http):
    body = {"person": "a", "name": "b", "groups": ["ok", "a\x00"]}
    assert (await http.post("/api/v1/people", json=body)).status_code == 422
