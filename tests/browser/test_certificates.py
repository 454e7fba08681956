"""A request for a certificate taken at the phone, until it is signed; a request to a partner until its answer."""

import re

import pytest
from playwright.sync_api import expect

NUMBER = "01 60 00 00 15"


@pytest.fixture(scope="module")
def own(start_desk):
    """A desk of its own: its clock is moved."""
    return start_desk()


def walk_to(page, wanted, most=70):
    """Press Tab until the wanted element has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if wanted.evaluate("(one) => one === document.activeElement"):
            return
    raise AssertionError(f"{wanted} is not reached with Tab")


def answer(page, question, choice):
    page.get_by_role("group", name=question).get_by_role("radio", name=choice, exact=True).check()


def said(page, words):
    expect(page.locator("#dit")).to_contain_text(words)


def type_request(page):
    """Everything but who called the treating doctor, then that too: what was typed stays."""
    page.get_by_label("Commune").select_option(label="Athis-Mons")
    answer(page, "Lieu", "Domicile")
    answer(page, "Qui demande", "Famille")
    answer(page, "Personne majeure", "Oui")
    answer(page, "Voie publique", "Oui")
    answer(page, "Violence manifeste", "Non")
    page.get_by_label("Numéro, scellé").fill(NUMBER)
    page.get_by_role("button", name="Demander le certificat").click()
    expect(page.locator("#refus")).to_contain_text("dites si le médecin traitant a été appelé.")
    assert page.get_by_label("Numéro, scellé").input_value() == NUMBER
    answer(page, "À lui d’abord", "Non")
    page.get_by_role("button", name="Demander le certificat").click()


def test_a_request_typed_at_the_phone_accepted_unsealed_and_signed(own, page_as, guard, axe):
    guard.expect("422")
    page = page_as("coord-a", on=own)
    page.goto(f"{own.base}/certificats")
    expect(page.locator("#attendent")).to_contain_text(re.compile(r"Demandé à.6.h.50, attend depuis 2.h.1\d.min"))
    axe(page)
    page.get_by_role("link", name="Noter une demande").click()
    type_request(page)
    said(page, "Appelez d’abord le médecin traitant")
    said(page, re.compile(r"Il faut un médecin.*voie publique"))
    said(page, re.compile(r"3.professionnels sont sollicités"))
    axe(page)
    page.get_by_role("link", name="Suivre cette demande").click()
    expect(page.locator("#entrees-certificat")).to_contain_text("demandé par la famille")
    axe(page)
    page.get_by_label("Qui répond").select_option(label="Dr Odile Brossard, médecin")
    page.get_by_role("button", name="Ne peut pas").click()
    said(page, "ne peut pas")
    expect(page.locator("#sollicite-med-3")).to_contain_text("ne peut pas")
    choose_with_keys(page)
    said(page, "Accord noté")
    expect(page.locator("#etat-certificat")).to_contain_text(re.compile(r"Hélène Garnot a accepté.*attendu à.10.h.30"))
    read_what_is_sealed(page)
    page.get_by_role("button", name="Demandeur rappelé").click()
    said(page, "Demandeur rappelé")
    own.advance(100)
    page.reload()
    expect(page.locator("#etat-certificat .drapeau")).to_contain_text(re.compile(r"attendu à.10.h.30"))
    page.get_by_label("Signé à").fill("10 h 40")
    page.get_by_label("Médecin traitant prévenu").check()
    page.get_by_role("button", name="C’est fait").click()
    said(page, "C’est fait")
    expect(page.locator("#etat-certificat")).to_contain_text(re.compile(r"Certificat fait à.10.h.40.*prévenu"))
    page.goto(f"{own.base}/certificats")
    expect(page.locator("#closes li").first).to_contain_text("Athis-Mons")


def choose_with_keys(page):
    """An answer noted without a mouse."""
    walk_to(page, page.get_by_label("Qui répond"))
    page.keyboard.type("Dr Hélène")
    walk_to(page, page.get_by_label("Arrivée vers"))
    page.keyboard.type("10 h 30")
    walk_to(page, page.get_by_role("button", name="Accepte"))
    page.keyboard.press("Enter")


def read_what_is_sealed(page):
    """Shown by the answer and by nothing else; the reading is in the journal."""
    assert NUMBER not in page.content().replace("\u00a0", " ")
    page.get_by_role("button", name="Lire ce qui est scellé").click()
    expect(page.locator(".descelle")).to_contain_text(NUMBER.replace(" ", "\u00a0"))
    expect(page.locator("#entrees-certificat")).to_contain_text("lues par Nadia Ferrand")
    page.reload()
    expect(page.get_by_role("button", name="Lire ce qui est scellé")).to_be_visible()
    assert page.locator(".descelle").count() == 0


def test_who_can_certify_is_named_inside_and_counted_outside(own, page_as, page_of_role, axe):
    inside = page_as("coord-a", on=own)
    inside.goto(f"{own.base}/certificats/recensement")
    row = inside.locator("#commune-91689")
    expect(row).to_contain_text("Dr Mireille Astruc")
    expect(row.locator(".drapeau").first).to_have_text("personne")
    axe(inside)
    outside = page_of_role("ars", on=own)
    outside.goto(f"{own.base}/certificats/recensement")
    expect(outside.locator("#commune-91689")).to_contain_text(re.compile(r"3.médecins"))
    assert "Astruc" not in outside.content()
    axe(outside)


def test_a_request_to_a_partner_reminded_then_answered(own, page_as, axe):
    page = page_as("coord-a", on=own)
    page.goto(f"{own.base}/situation")
    page.get_by_role("link", name="Noter une demande ou une réponse").click()
    page.get_by_label("À qui").select_option(label="un autre")
    page.get_by_label("Si c’est un autre, lequel").fill("Croix-Rouge")
    page.get_by_label("Ce que vous demandez").fill("Deux bénévoles pour la salle fraîche")
    page.get_by_role("button", name="Noter la demande").click()
    said(page, "Demande notée")
    row = page.locator("#sans-reponse li", has_text="Croix-Rouge")
    for what, words in (("une relance", "Réponse promise à midi"), ("la réponse", "Deux bénévoles à 14 h")):
        row.get_by_text("Noter une réponse ou une relance").click()
        row.get_by_label("Ce qui a été dit").fill(words)
        row.get_by_role("radio", name=re.compile(what)).check()
        axe(page)
        row.get_by_role("button", name="Noter", exact=True).click()
        said(page, "Noté" if what == "une relance" else "Réponse notée")
    assert row.count() == 0
    page.locator("#pli-closes summary").click()
    expect(page.locator("#repondues")).to_contain_text("Deux bénévoles à")
