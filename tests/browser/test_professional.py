"""The page of a professional on a phone of 320 px: without a script, over a network that goes, behind a link."""

from __future__ import annotations

import re

import httpx
import pytest
from playwright.sync_api import expect

PHONE = {"viewport": {"width": 320, "height": 640}}
FIRST_VIEW = 60_000
CALLBACK = "01 64 00 00 12"


@pytest.fixture
def certificate(desk):
    """A certificate asked for at Paray, with a number to call back."""
    body = {
        "commune": "91479", "place": "domicile", "requester": "samu", "adult": True, "violence_or_doubt": False,
        "public_place": False, "treating_doctor_called": True, "callback": CALLBACK,
    }  # fmt: skip
    return desk.call("POST", "/certificates", body=body)["id"]


def test_without_a_script_places_in_three_taps_figures_and_a_certificate(desk, new_page, axe, certificate):
    page = new_page(java_script_enabled=False, **PHONE)
    answer = page.goto(desk.page("med-1"))
    assert answer.status == 200
    assert len(answer.body()) < FIRST_VIEW
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "noindex" in answer.headers["x-robots-tag"]
    assert page.context.cookies() == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320

    page.get_by_role("radio", name="Demain").check()
    page.get_by_role("radio", name="8", exact=True).check()
    page.get_by_role("button", name="Offrir ces places").click()
    expect(page.locator("#dit")).to_contain_text(re.compile(r"8\splaces offertes, demain, 17"))
    expect(page.locator("#mes-places")).to_contain_text("8 libres sur 8")

    page.locator("#visites > summary").click()
    page.get_by_label("Consultations non programmées").fill("14")
    page.get_by_label("Visites urgentes").fill("0")
    page.get_by_role("button", name="Envoyer").click()
    expect(page.locator("#dit")).to_contain_text("hier")
    page.locator("#visites > summary").click()
    expect(page.get_by_label("Visites urgentes")).to_have_value("0")

    asked = page.locator("section", has=page.get_by_role("heading", name=re.compile("Certificat de décès à Paray")))
    assert CALLBACK not in page.content()
    asked.first.get_by_role("button", name="J’accepte").click()
    page.get_by_role("button", name="Lire l’adresse").click()
    expect(page.locator(".adresse")).to_contain_text(re.compile(r"01.64.00.00.12"))
    page.get_by_label("Médecin traitant prévenu").check()
    page.get_by_role("button", name="C’est fait").click()
    expect(page.locator("#dit")).to_contain_text("C’est fait")
    signed = next(one for one in desk.call("GET", "/certificates")["items"] if one["id"] == certificate)
    assert (signed["status"], signed["treating_doctor_informed"]) == ("signed", True)


def test_a_draft_outlives_a_lost_network_and_is_sent_when_pressed(desk, new_page, axe, guard):
    guard.expect("Failed to load resource", "ERR_INTERNET_DISCONNECTED")
    path = desk.page("med-2")
    page = new_page(**PHONE)
    answers = []
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108  # Playwright marks what it is given
    page.goto(path)
    assert any("brouillon.js" in answer.url for answer in answers)
    assert sum(len(answer.body()) for answer in answers) < FIRST_VIEW
    axe(page)
    page.locator("#visites > summary").click()
    page.get_by_label("Visites urgentes").fill("23")
    page.context.set_offline(True)
    page.get_by_role("button", name="Envoyer").click()
    expect(page.get_by_text("Gardé sur ce téléphone, pas encore envoyé.")).to_be_visible()
    page.context.set_offline(False)
    page.goto(path)
    expect(page.get_by_label("Visites urgentes")).to_have_value("23")
    expect(page.get_by_text("Gardé sur ce téléphone, pas encore envoyé.")).to_be_visible()
    page.get_by_role("button", name="Envoyer").click()
    expect(page.locator("#dit")).to_contain_text("envoyé")
    page.reload()
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.includes('visites')).length") == 0
    sent = page.locator("#visites")
    sent.locator("summary").click()
    expect(sent).to_contain_text("envoyé : 23")


def test_a_tension_is_told_in_two_taps(desk, new_page, axe):
    page = new_page(**PHONE)
    page.goto(desk.page("med-2"))
    page.locator("#tension > summary").click()
    page.get_by_role("link", name="Déshydratation").click()
    axe(page)
    page.get_by_role("button", name="Signaler").click()
    expect(page.locator("#dit")).to_contain_text("Signalé : déshydratation, 1 fois.")


def test_a_link_opens_its_page_and_nothing_else_and_a_revoked_one_is_told(desk, new_page, axe, page_as):
    path = desk.page("med-3")
    code = path.removeprefix("/p/")
    page = new_page(**PHONE)
    assert page.goto(path).status == 200
    assert page.goto(f"/p/{desk.token('professional')}").status == 404
    assert page.goto(f"{desk.base}/situation").status == 401

    console = page_as("coord-a")
    console.goto(f"{desk.base}/annuaire/personnes/med-3")
    axe(console)
    console.get_by_role("button", name=re.compile("^Annuler")).first.click()
    expect(console.locator("#dit")).to_contain_text("Accès annulé")
    answer = page.goto(path)
    assert answer.status == 410
    expect(page.get_by_role("heading", level=1)).to_have_text("Lien annulé")
    assert "06 " not in page.inner_text("main")
    axe(page)
    form = httpx.post(
        f"{desk.url}/p/{code}/offrir", data={"quand": "demain"}, headers={"origin": "https://autre.example"}
    )
    assert form.status_code == 403


def test_in_an_exercise_each_act_says_so(desk, new_page, axe):
    page = new_page(desk, **PHONE)
    page.goto(desk.page("med-1 exercice"))
    assert page.title().startswith("EXERCICE")
    expect(page.get_by_role("button", name="Offrir ces places (exercice)")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Offrir ces places (exercice)").click()
    expect(page.locator("#dit")).to_contain_text("places offertes")
