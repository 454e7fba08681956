"""What is kept ready through the gateway: the page, its forms, the document in both forms, who may."""

from __future__ import annotations

import base64
from datetime import date

import pytest

from contracts.base import Principal, Role
from contracts.crisis_plan import AskCrisisPlan, AskGaps, DeliverCrisisPlan, ListDeliveries
from contracts.directory import ListPeople
from contracts.plans import ListPlans
from contracts.readiness import CheckRecord, KeepPremises, KeepStock, RemoveRecord
from contracts.yearly import AskReadiness, CancelExercise, HoldExercise, NoteDuty, PlanExercise
from services.gateway.console import preparation_words as texts
from services.gateway.console.seal import SESSION, Seal
from services.platform.errors import Invalid
from services.platform.settings import Settings

PAGE = "/poste/nord-essonne/preparation"
READY = {
    "governance": [], "trainings": [], "unplanned": [],
    "stock": [{"id": "s-1", "item": "Gants <b>", "quantity": 3, "unit": "boîtes", "place": "", "minimum": 9,
               "expires_on": None, "checked_on": None, "flags": ["sous_minimum", "a_verifier"]}],
    "premises": [{"id": "l-1", "name": "Gymnase", "commune": "91027", "serves": ["T1"], "capacity": 1,
                  "accessible": True, "contact": "coord-a", "agreed_on": None, "checked_on": "2026-04-22",
                  "flags": ["sans_accord"]}],
    "calendar": [{"id": "e-1", "playbook": "canicule", "planned_on": "2026-07-10", "scenario": "onze", "status": "tenu",
                  "held_on": "2026-07-09", "run": "run-1", "title": "Onze jours", "passed": 41, "failed": 2,
                  "pilot": None, "observers": "", "partners": "SAMU", "note": ""},
                 {"id": "e-2", "playbook": "canicule", "planned_on": "2026-09-10", "scenario": "", "status": "prevu",
                  "held_on": None, "run": "", "title": "", "passed": 0, "failed": 0, "pilot": None, "observers": "",
                  "partners": "", "note": ""}],
    "duties": [{"duty": "stock", "label": "Vérifier le stock", "year": 2026, "due_on": "2026-05-31", "done_on": None,
                "last_on": "2025-05-02", "status": "en_retard"}],
}  # fmt: skip

SENT = {"id": "d-1", "number": 1, "recipients": ["ars", "cpam"], "on": "2026-06-02", "by": "coord-a", "gaps": 3,
        "sha256": "a" * 64}  # fmt: skip


@pytest.fixture
def seal(tmp_path):
    """What the gateway of this test seals its cookies with."""
    return Seal.of(Settings(data_dir=tmp_path))


@pytest.fixture
def desk(bus, http, seal):
    """The console, signed in as the coordinator, with what the services answer."""
    bus.replies[AskReadiness] = READY
    bus.replies[AskGaps] = {"gaps": [{"key": "k", "what": "Aucun RETEX", "why": "Le plan", "who": "Référent"}]}
    bus.replies[ListDeliveries] = {"items": [SENT], "next": None}
    bus.replies[ListPlans] = {"items": [{"playbook": "canicule", "title": "Canicule", "newest": True}], "next": None}
    bus.replies[ListPeople] = {"items": [{"person": "coord-a", "name": "Nadia Ferrand"}], "next": None}
    for command in (KeepStock, KeepPremises, CheckRecord, RemoveRecord, PlanExercise, HoldExercise, CancelExercise,
                    NoteDuty, DeliverCrisisPlan):  # fmt: skip
        bus.replies[command] = {"id": "x"}
    http.cookies.set(SESSION, seal.session("coord"))
    http.headers["sec-fetch-site"] = "same-origin"
    return http


async def test_the_page_shows_the_year_what_is_missing_and_the_scores(desk):
    answer = await desk.get(PAGE)
    assert answer.status_code == 200
    for said in ("Vérifier le stock", "en retard", "Aucun RETEX", "Gants &lt;b&gt;", "sous le minimum", "Gymnase",
                 "41 vérifications tenues sur 43",
                 "plan-de-crise.pdf", "plan-de-crise.docx", "Nadia Ferrand"):  # fmt: skip
        assert said in answer.text, said
    assert "exercices/e-2" in answer.text
    assert "exercices/e-1" not in answer.text, "what was held cannot be held again"


async def test_a_part_that_does_not_answer_is_told(desk, bus):
    del bus.replies[AskReadiness]
    del bus.replies[AskGaps]
    answer = await desk.get(PAGE)
    assert answer.status_code == 200
    assert answer.text.count("Cette partie ne répond pas") == 2


@pytest.mark.parametrize(
    ("path", "form", "sent"),
    [
        ("stock", {"article": "Gants", "quantite": "12", "minimum": "5", "peremption": "2027-01-02"},
         KeepStock(item="Gants", quantity=12, minimum=5, expires_on=date(2027, 1, 2))),
        ("locaux", {"nom": "Salle", "commune": "91027", "types[]": ["T1", "T3"], "accessible": "oui"},
         KeepPremises(name="Salle", commune="91027", serves=("T1", "T3"), accessible=True)),
        ("exercices", {"plan": "canicule", "jour": "2026-10-10", "pilote": "referent"},
         PlanExercise(playbook="canicule", planned_on=date(2026, 10, 10), pilot="referent")),
        ("verifier", {"ligne": "s-1", "quantite": "7"}, CheckRecord(record="s-1", quantity=7)),
        ("retirer", {"ligne": "s-1", "motif": "Donné"}, RemoveRecord(record="s-1", reason="Donné")),
        ("exercices/e-2", {"geste": "tenu", "tenu": "2026-06-20"},
         HoldExercise(exercise="e-2", held_on=date(2026, 6, 20))),
        ("exercices/e-2", {"geste": "annuler", "note": "Reporté"}, CancelExercise(exercise="e-2", reason="Reporté")),
        ("obligations", {"obligation": "annuaire", "jour": "2026-06-01"},
         NoteDuty(duty="annuaire", on=date(2026, 6, 1))),
        ("transmissions", {"destinataires[]": ["ars", "cpam"]}, DeliverCrisisPlan(recipients=("ars", "cpam"))),
    ],
)  # fmt: skip
async def test_a_form_becomes_its_command(desk, bus, path, form, sent):
    answer = await desk.post(f"{PAGE}/{path}", data=form)
    assert answer.status_code == 303, answer.text
    assert bus.asked(type(sent))[0]["message"] == sent


@pytest.mark.parametrize(
    ("path", "form", "said"),
    [
        ("stock", {"article": "Gants", "quantite": "douze"}, "nombre entier"),
        ("retirer", {"motif": "x"}, "choisissez la ligne"),
        ("transmissions", {"jour": ""}, "à qui le plan a été transmis"),
        ("inconnu", {"x": "y"}, "n’existe pas"),
        ("stock", {"article": "Gants", "quantite": "1", "peremption": "demain"}, "écrivez une date"),
    ],
)
async def test_what_is_incomplete_is_said_on_the_page(desk, bus, path, form, said):
    answer = await desk.post(f"{PAGE}/{path}", data=form)
    assert answer.status_code == 422
    assert said in answer.text
    assert not bus.asked(KeepStock)


@pytest.mark.parametrize("form", ["pdf", "docx"])
@pytest.mark.parametrize("place", ["", "transmissions/d-1"])
async def test_the_document_is_given_in_both_forms(desk, bus, form, place):
    body = base64.b64encode(b"octets").decode()
    bus.replies[AskCrisisPlan] = {"media_type": "application/pdf", "filename": f"plan.{form}", "body": body}
    address = f"{PAGE}/{place}.{form}" if place else f"{PAGE}/plan-de-crise.{form}"
    answer = await desk.get(address)
    assert (answer.status_code, answer.content) == (200, b"octets")
    asked = bus.asked(AskCrisisPlan)[0]["message"]
    assert (asked.form, asked.delivery) == (form, "d-1" if place else None)
    assert answer.headers["content-disposition"].startswith("attachment" if form == "docx" else "inline")


async def test_the_document_over_http(http, bus):
    body = base64.b64encode(b"octets").decode()
    bus.replies[AskCrisisPlan] = {"media_type": "application/pdf", "filename": "plan.pdf", "body": body}
    assert (await http.get("/api/v1/crisis-plan.pdf")).content == b"octets"
    assert (await http.get("/api/v1/crisis-plan/deliveries/d-1.docx")).content == b"octets"
    assert [one["message"].delivery for one in bus.asked(AskCrisisPlan)] == [None, "d-1"]
    assert (await http.get("/api/v1/crisis-plan.odt")).status_code == 404


async def test_the_page_is_closed_to_those_outside(desk, bus, seal):
    bus.tokens["ars"] = Principal(id="role:ars", roles=(Role.ARS,), territories=("nord-essonne",))
    desk.cookies.delete(SESSION)
    desk.cookies.set(SESSION, seal.session("ars"))
    assert (await desk.get(PAGE)).status_code == 403
    assert (await desk.get(f"{PAGE}/plan-de-crise.pdf")).status_code == 403


async def test_a_reader_sees_and_has_no_form(desk, bus, seal):
    bus.tokens["reader"] = Principal(id="role:reader", roles=(Role.READER,), territories=("nord-essonne",))
    desk.cookies.delete(SESSION)
    desk.cookies.set(SESSION, seal.session("reader"))
    answer = await desk.get(PAGE)
    assert "Gymnase" in answer.text
    assert "preparation/stock" not in answer.text


def test_days_and_numbers_typed():
    assert texts.day({"jour": ""}, "jour") is None
    assert texts.whole({"n": "1 200"}, "n") == 1200
    with pytest.raises(Invalid):
        texts.whole({"n": "-3"}, "n")
    assert texts.short("2026-05-12") == "12/05/2026"
