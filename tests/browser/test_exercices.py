"""A drill led from the desk: started, entered, held, stopped, its score read. The only one here that starts a child."""

import re

from playwright.sync_api import expect


def test_a_drill_is_started_entered_held_and_stopped(page_as, desk, axe):
    page = page_as("coord-a")
    page.get_by_role("link", name="Exercices", exact=True).click()
    assert page.get_by_text("Rien ne part vers de vrais destinataires.").is_visible()
    axe(page)
    page.get_by_label(re.compile("Onze jours de juin")).check()
    page.get_by_text("10 fois").click()
    page.get_by_role("button", name="Lancer l’exercice").click()
    page.wait_for_url(re.compile(r"/exercices/[0-9a-f]{32}$"))
    led = page.url
    expect(page.locator("[data-joue]")).to_contain_text("étape", timeout=60_000)
    axe(page)

    page.get_by_role("button", name="Entrer dans l’exercice").click()
    page.get_by_role("button", name="Ouvrir le poste de crise").click()
    page.wait_for_url("**/exercice/*/poste/nord-essonne~exercice/situation")
    assert "EXERCICE" in page.title()
    expect(page.locator("#etat")).to_have_text("En direct")
    hour = page.locator("#horloge").inner_text()
    expect(page.locator("#horloge")).not_to_have_text(hour)
    page.get_by_role("link", name="Pause, vitesse, arrêter l’exercice").click()
    page.wait_for_url(led)

    page.get_by_role("button", name="Mettre en pause").click()
    expect(page.locator("[data-joue]")).to_contain_text("En pause")
    page.get_by_role("button", name="Arrêter l’exercice").click()
    expect(page.get_by_role("heading", name="Score", exact=True)).to_be_visible(timeout=30_000)
    axe(page)
    page.get_by_role("button", name="Fermer le poste de l’exercice").click()
    expect(page.get_by_text("Poste de l’exercice fermé.")).to_be_visible()
    page.get_by_role("link", name="Tous les exercices").click()
    expect(page.locator("#joues")).to_contain_text("Arrêté")
