"""The crisis cell on a phone: convened, a presence in one tap, a relief, an exchange; needs, a judgement, its page."""

import io
import re

import pypdf
import pytest
from playwright.sync_api import expect

PHONE = {"viewport": {"width": 320, "height": 640}}


@pytest.fixture(scope="module")
def own(start_desk):
    """A desk of its own: what is written stays."""
    return start_desk()


def said(page, words):
    expect(page.locator("#dit")).to_contain_text(words)


def narrow(page):
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_cell_is_convened_held_and_relieved_on_a_phone_without_a_script(own, page_as, guard, axe):
    guard.expect("422", "409")
    page = page_as("coord-a", on=own, **PHONE, java_script_enabled=False)
    page.goto(f"{own.base}/situation")
    expect(page.locator("#ligne-cellule")).to_contain_text("aucune ne siège")
    page.goto(f"{own.base}/cellule")
    narrow(page)
    page.get_by_label("Lieu, ou lien").fill("Salle du conseil")
    page.get_by_role("checkbox", name="Logistique").uncheck()
    page.get_by_role("button", name="Convoquer la cellule").click()
    said(page, "convoquée")
    expect(page.locator("#qui")).to_contain_text(re.compile(r"6.fonctions sans personne"))
    page.get_by_role("button", name=re.compile("^Présent : .*Pilote")).click()
    said(page, "Présence notée")
    expect(page.locator("#fonction-pilote .drapeau")).to_have_count(0)
    page.locator("#autre-liaison summary").click()
    page.locator("#nom-p-liaison").fill("Mme Untel, mairie de Viry-Châtillon")
    page.locator("#autre-liaison").get_by_role("button", name="Noter la présence").click()
    expect(page.locator("#fonction-liaison")).to_contain_text("Mme Untel, mairie de Viry-Châtillon")
    page.locator("#releve-liaison summary").click()
    page.locator("#qui-r-liaison").select_option(label="Dr Karim Benali")
    page.locator("#consigne-liaison").fill("Rappeler le SAMU à midi.")
    page.locator("#releve-liaison").get_by_role("button", name="Noter la relève").click()
    said(page, "Relève écrite")
    expect(page.locator("#fonction-liaison")).to_contain_text("Dr Karim Benali")
    narrow(page)
    page.goto(f"{own.base}/situation")
    expect(page.locator("#ligne-cellule")).to_contain_text(re.compile(r"siège depuis.*Sans personne.:.coordination"))
    page.goto(f"{own.base}/journal?genre=releve")
    expect(page.locator("main")).to_contain_text("Rappeler le SAMU à midi.")


def test_an_exchange_is_noted_from_the_board_and_the_page_has_no_fault(own, page_as, axe):
    page = page_as("coord-a", on=own, **PHONE)
    page.goto(f"{own.base}/cellule")
    expect(page.locator("#partenaire-samu")).to_contain_text("jamais contacté")
    page.locator("#partenaire-samu").get_by_role("link", name="Noter un échange").click()
    expect(page.get_by_label("Avec qui")).to_have_value("samu")
    page.get_by_label("Ce qui a été dit").fill("Douze blessés légers à voir dans la journée.")
    page.get_by_role("button", name="Noter l’échange").click()
    said(page, "Échange noté")
    expect(page.locator("#partenaire-samu")).to_contain_text(re.compile(r"reçu il y a 0.min"))
    expect(page.locator("#partenaire-samu")).to_contain_text("Douze blessés légers")
    axe(page)
    narrow(page)


def test_a_need_short_then_covered_a_judgement_and_the_page_of_means(own, page_as, guard, axe):
    guard.expect("409", "422")
    page = page_as("coord-a", on=own)
    page.goto(f"{own.base}/cellule")
    form = page.locator("#forme-besoin")
    form.get_by_label("Précisément").fill("Blessés légers")
    form.get_by_label("Combien").fill("douze")
    form.get_by_label("Qui demande").select_option("samu")
    form.get_by_role("button", name="Énoncer le besoin").click()
    expect(page.locator("#refus")).to_contain_text("nombre entier")
    expect(form.get_by_label("Précisément")).to_have_value("Blessés légers")
    form.get_by_label("Combien").fill("12")
    form.get_by_role("button", name="Énoncer le besoin").click()
    need = page.locator("#besoins li").first
    expect(need).to_contain_text("manque 12")
    need.locator("summary").click()
    need.get_by_label("Disponible").fill("14")
    need.get_by_role("button", name="Mettre à jour").click()
    expect(need).to_contain_text("marge de 2")
    judging = page.locator("#forme-jugement")
    judging.get_by_role("radio", name="forte").check()
    judging.get_by_role("radio", name="justes").check()
    judging.get_by_label("Pourquoi").fill("Deux médecins de plus à midi.")
    judging.get_by_role("button", name="Écrire le jugement").click()
    expect(page.locator("#moyens")).to_contain_text("Gravité forte, moyens justes")
    axe(page)
    page.locator("#moyens").get_by_role("link", name="Voir la page").click()
    expect(page.locator("#table-besoins")).to_contain_text("0 (marge 2)")
    axe(page)
    link = page.get_by_role("link", name="Imprimer, une page A4").get_attribute("href")
    reader = pypdf.PdfReader(io.BytesIO(page.request.get(f"{own.url}{link}").body()))
    assert len(reader.pages) == 1
    assert "Gravité forte, moyens justes" in reader.pages[0].extract_text()
    page.set_viewport_size({"width": 320, "height": 640})
    narrow(page)


def test_the_step_of_the_plan_leads_to_the_cell(own, page_as):
    page = page_as("coord-a", on=own)
    board = own.call("GET", "/actions?limit=500")["items"]
    step = next(one for one in board if one["shared_key"] == "cellule-de-coordination")
    page.goto(f"{own.base}/actions/{step['id']}")
    page.get_by_role("link", name="La page de la cellule").click()
    expect(page.get_by_role("heading", name="Cellule de crise", exact=True)).to_be_visible()


def test_those_outside_see_that_it_sits_and_nothing_else(own, page_of_role):
    page = page_of_role("samu", on=own)
    expect(page.locator("#ligne-cellule")).to_contain_text("siège depuis")
    assert page.goto(f"{own.base}/cellule").status == 403
