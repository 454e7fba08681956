import base64
import csv
import io
from datetime import timedelta

import pytest
from openpyxl import load_workbook

from contracts.actions import AskPlan, ListActions
from contracts.activity import ListRequests
from contracts.alerts import ListAlerts
from contracts.certificates import ListCertificates
from contracts.digests import AskDigest, AskFigures
from contracts.directory import WhoIsOnDuty
from contracts.levels import AskSituation
from contracts.logbook import AskExport, AskJournal
from contracts.messages import AcknowledgeMessage, AskLink
from contracts.slots import AskCapacity
from services.platform.errors import Failed, Forbidden, NotFound, Unavailable

EMPTY = {"items": [], "next": None}


async def test_a_list_is_passed_on_with_its_cursor(http, bus):
    bus.replies[ListActions] = {"items": [{"id": "r1"}], "next": "c2"}
    response = await http.get("/api/v1/actions", params={"cursor": "c1", "limit": "2", "status": "open"})
    assert response.json() == {"items": [{"id": "r1"}], "next": "c2"}
    assert bus.asked(ListActions)[0]["message"] == ListActions(cursor="c1", limit=2, status="open")


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 200),
        ("?limit=500", 200),
        ("?limit=501", 422),
        ("?limit=0", 422),
        ("?limit=dix", 422),
        ("?limit=", 200),
        ("?cursor=", 200),
        ("?in_force=false", 200),
        ("?in_force=peut-etre", 422),
        ("?statut=open", 422),
        ("?cursor=%00", 422),
    ],
)
async def test_parameters_of_a_list(http, bus, query, status):
    bus.replies[ListAlerts] = EMPTY
    assert (await http.get(f"/api/v1/alerts{query}")).status_code == status


async def test_a_mistyped_filter_is_told_with_the_known_ones(http):
    response = await http.get("/api/v1/alerts?statut=open")
    assert "in_force" in response.json()["detail"]


async def test_a_period_reads_from_and_to_even_with_a_lost_plus(http, bus):
    response = await http.get("/api/v1/logbook?from=2026-06-29T06:00:00+02:00&to=2026-06-30T06:00:00%2B02:00")
    assert response.status_code == 200
    question = bus.sent[-1]["message"]
    assert question.last - question.first == timedelta(days=1)


async def test_plan_needs_its_playbook_and_level(http, bus):
    bus.replies[AskPlan] = {"playbook": "canicule"}
    assert (await http.get("/api/v1/plan?playbook=canicule&level=2")).status_code == 200
    assert (await http.get("/api/v1/plan?level=2")).status_code == 422


SITUATION = {
    AskSituation: {
        "axes": [{"axis": "orsan"}],
        "crises": [{"id": "c"}],
        "proposals": [{"id": "p"}],
        "unassigned": [{"level": 2}],
    },
    ListActions: lambda question: (
        {"items": [{"status": "open", "late": True}, {"status": "done", "late": True}], "next": "2"}
        if question.cursor is None
        else {"items": [{"status": "taken", "late": False}], "next": None}
    ),
    ListAlerts: {"items": [{}], "next": None},
    ListCertificates: {"items": [{}, {}], "next": None},
    ListRequests: EMPTY,
    AskCapacity: {"items": [{"free": 3}, {"free": 4}], "next": None},
    WhoIsOnDuty: {"items": [{"role": "coordinatrice", "person": "coord-a"}], "next": None},
}


async def test_the_situation_gathers_every_part(http, bus, clock):
    bus.replies.update(SITUATION)
    found = (await http.get("/api/v1/situation")).json()
    assert found["counts"] == {
        "alerts_in_force": 1,
        "actions_open": 2,
        "actions_late": 1,
        "certificates_open": 2,
        "slots_free_today": 7,
        "requests_waiting": 0,
    }
    assert (found["missing"], found["at"], found["exercise"]) == ({}, clock.now().isoformat(), False)
    assert found["duty"][0]["person"] == "coord-a"
    assert found["unassigned"] == [{"level": 2}]
    assert bus.asked(AskCapacity)[0]["message"].first == "2026-06-29"


async def test_a_missing_part_is_said_and_never_zero(http, bus):
    bus.replies.update(SITUATION | {ListCertificates: Forbidden(), AskCapacity: Unavailable(), ListRequests: Failed()})
    found = (await http.get("/api/v1/situation")).json()
    assert found["missing"] == {"certificates": "réservé", "requests": "indisponible", "slots": "indisponible"}
    assert found["counts"]["certificates_open"] is None
    assert found["counts"]["slots_free_today"] is None
    assert found["counts"]["alerts_in_force"] == 1


async def test_the_export_streams_every_slice(http, bus):
    bus.replies[AskExport] = lambda question: (
        {"items": [{"number": 1}, {"number": 2}], "next": "2"}
        if question.after == 0
        else {"items": [{"number": 3, "text": "é"}], "next": None}
    )
    response = await http.get("/api/v1/logbook/export")
    assert response.headers["content-type"] == "application/x-ndjson"
    assert response.content == b'{"number":1}\n{"number":2}\n{"number":3,"text":"\xc3\xa9"}\n'


async def test_an_export_refused_is_a_problem_and_not_an_empty_file(http, bus):
    bus.replies[AskExport] = Forbidden()
    assert (await http.get("/api/v1/logbook/export")).status_code == 403


async def test_the_journal_for_people_is_a_file(http, bus):
    body = base64.b64encode(b"%PDF-").decode()
    bus.replies[AskJournal] = {"media_type": "application/pdf", "filename": "journal.pdf", "body": body}
    response = await http.get("/api/v1/logbook/export?form=pdf")
    assert response.content == b"%PDF-"
    assert response.headers["content-disposition"] == 'attachment; filename="journal.pdf"'
    assert (await http.get("/api/v1/logbook/export?form=docx")).status_code == 422


@pytest.mark.parametrize(
    ("path", "status"),
    [("d1.html", 200), ("d1.html?version=externe", 200), ("d1.docx", 404), ("d1.pdf?version=autre", 422)],
)
async def test_a_digest_in_each_form(http, bus, path, status):
    body = base64.b64encode(b"<p>").decode()
    bus.replies[AskDigest] = {"media_type": "text/html; charset=utf-8", "filename": 'p"1.html', "body": body}
    response = await http.get(f"/api/v1/digests/{path}")
    assert response.status_code == status
    if status == 200:
        assert response.headers["content-security-policy"].startswith("default-src 'none'")
        assert response.headers["content-disposition"] == 'inline; filename="p-1.html"'
        assert bus.asked(AskDigest)[0]["message"].version == ("externe" if "externe" in path else "interne")


FIGURES = {
    "rows": [
        {
            "indicator": "vad_medecin",
            "label": "VAD",
            "day": "2026-06-28",
            "commune": "91479",
            "value": 4,
            "reported": 8,
            "due": 14,
        },
        {"indicator": "vad_infirmier", "label": "=VAD", "value": None, "reported": 0, "due": 3},
        {"indicator": "certificats", "label": "Certificats", "value": 0},
    ],
    "up_to": 42,
}
PERIOD = "from=2026-06-28&to=2026-06-30&by=day,commune"


async def test_figures_as_json(http, bus):
    bus.replies[AskFigures] = FIGURES
    found = (await http.get(f"/api/v1/figures?{PERIOD}")).json()
    assert (found["items"], found["next"], found["up_to"]) == (FIGURES["rows"], None, 42)
    assert bus.asked(AskFigures)[0]["message"].by == ("day", "commune")


async def test_figures_as_csv(http, bus):
    bus.replies[AskFigures] = FIGURES
    response = await http.get(f"/api/v1/figures?{PERIOD}&form=csv")
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))
    assert rows[1] == ["vad_medecin", "VAD", "2026-06-28", "91479", "", "4", "8", "14", "8 sur 14"]
    assert rows[2][1] == "'=VAD"
    assert rows[2][5:] == ["non renseigné", "0", "3", "0 sur 3"]
    assert rows[3][5:] == ["0", "", "", "complet"]
    assert 'filename="chiffres-nord-essonne-2026-06-28-2026-06-30.csv"' in response.headers["content-disposition"]


async def test_figures_as_xlsx(http, bus):
    bus.replies[AskFigures] = FIGURES
    response = await http.get(f"/api/v1/figures?{PERIOD}&form=xlsx")
    sheet = load_workbook(io.BytesIO(response.content))["Chiffres"]
    rows = list(sheet.iter_rows(values_only=True))
    assert "n° 42" in rows[0][0]
    assert rows[2][5:] == (4, 8, 14, "8 sur 14")
    assert rows[3][5] == "non renseigné"
    assert len(rows) == 5


@pytest.mark.parametrize("query", ["", "from=2026-06-28", f"{PERIOD}&form=ods", "from=28/06&to=30/06", f"{PERIOD},age"])
async def test_figures_refused(http, query):
    assert (await http.get(f"/api/v1/figures?{query}")).status_code == 422


LINK = {"message": "m1", "territory": "nord-essonne", "purpose": "Vigilance <rouge>", "acknowledged": False}


class TestLink:
    async def test_opening_it_acknowledges_nothing(self, http, bus):
        del http.headers["authorization"]
        bus.replies[AskLink] = LINK
        response = await http.get("/a/abcdefgh12")
        assert response.status_code == 200
        assert "Vigilance &lt;rouge&gt;" in response.text
        assert '<form method="post">' in response.text
        assert response.headers["referrer-policy"] == "no-referrer"
        assert not bus.asked(AcknowledgeMessage)

    async def test_the_button_acknowledges_in_the_territory_of_the_message(self, http, bus):
        del http.headers["authorization"]
        bus.replies[AskLink] = LINK | {"territory": "nord-essonne~exercice"}
        bus.replies[AcknowledgeMessage] = {"id": "m1", "about": "x", "purpose": "y", "by": "coord-a"}
        response = await http.post("/a/abcdefgh12")
        assert response.status_code == 200
        assert "C'est noté" in response.text
        assert bus.asked(AcknowledgeMessage)[0]["territory"] == "nord-essonne~exercice"

    @pytest.mark.parametrize(
        ("code", "reply", "status"),
        [
            ("abcdefgh12", {"message": ""}, 404),
            ("abc", {"message": ""}, 404),
            ("abcdefgh12", NotFound(), 404),
            ("abcdefgh12", Unavailable(), 503),
        ],
    )
    async def test_a_link_that_does_not_stand_is_a_page(self, http, bus, code, reply, status):
        bus.replies[AskLink] = reply
        for method in ("GET", "POST"):
            response = await http.request(method, f"/a/{code}")
            assert response.status_code == status
            assert response.headers["content-type"].startswith("text/html")


class TestOperation:
    @pytest.mark.parametrize("root", ["", "/api/v1"])
    @pytest.mark.parametrize(
        "path", ["/health/live", "/health/ready", "/metrics", "/docs", "/asyncapi", "/openapi.json"]
    )
    async def test_open_to_all(self, http, root, path):
        del http.headers["authorization"]
        assert (await http.get(root + path)).status_code == 200

    @pytest.mark.parametrize(
        ("state", "status"),
        [("prêt", 200), ("en attente (une autre instance tient le service)", 200), ("démarrage", 503), ("coupé", 503)],
    )
    async def test_ready(self, http, states, state, status):
        states["alerts"] = state
        response = await http.get("/health/ready")
        assert (response.status_code, response.json()["services"]["alerts"]) == (status, state)

    async def test_docs_need_no_internet(self, http):
        text = (await http.get("/docs")).text
        assert "http://" not in text
        assert "https://" not in text
        assert "/api/v1/certificates/{id}/accept" in text

    async def test_technical(self, http, bus):
        bus.replies[ListAlerts] = EMPTY
        response = await http.get("/api/v1/technical")
        assert response.status_code == 200
        assert response.json()["parked"]["alerts"] == "indisponible"

    async def test_settling_names_a_service(self, http):
        response = await http.post("/api/v1/technical/rien/m1/settle", json={"replay": True})
        assert response.status_code == 404


async def test_the_openapi_document_resolves_and_names_every_operation(app):
    document = app.openapi()
    text = str(document)
    names = {part.split("'")[0] for part in text.split("#/components/schemas/")[1:]}
    assert names <= set(document["components"]["schemas"])
    ids = [operation["operationId"] for methods in document["paths"].values() for operation in methods.values()]
    assert len(ids) == len(set(ids))
    assert "#/$defs" not in text


@pytest.mark.parametrize("query", ["after=-1", "form=pdf&after=3", "from=2026-06-29T06:00:00Z", "form=csv&after=0"])
async def test_a_bound_that_would_be_ignored_is_refused(http, query):
    response = await http.get(f"/api/v1/logbook/export?{query}")
    assert response.status_code == 422


@pytest.mark.parametrize("path", ["coverage?day=0", "logbook?to=0.5", "reports?from=1e9"])
async def test_a_number_is_not_a_date(http, path):
    response = await http.get(f"/api/v1/{path}")
    assert response.status_code == 422


async def test_a_refused_period_is_told_with_the_names_of_the_address(http):
    problem = (await http.get("/api/v1/figures?from=hier")).json()
    assert [fault["field"] for fault in problem["errors"]] == ["from", "to"]
    assert problem["detail"].startswith("« from » :")
