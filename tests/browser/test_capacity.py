"""Places of a day: read in the table and on the map, taken by telephone, refused in words when none is left."""

from __future__ import annotations

import re

import pytest


@pytest.fixture
def page(page_as):
    return page_as("coord-a")


def free(page):
    """Free places of the territory, as its total row says."""
    return int(page.locator("#places-jour tfoot td").first.inner_text())


def test_a_place_is_taken_then_refused_when_none_is_left_then_given_back(desk, page, axe):
    page.goto(f"{desk.base}/capacite?jour=2026-07-02")
    before = free(page)
    axe(page)
    page.get_by_role("link", name=re.compile("^Prendre : 17 h 00")).click()
    left = int(page.locator("#titre-etat").inner_text().split()[0])
    axe(page)
    page.get_by_label("Combien").fill(str(left))
    page.get_by_text("SAS", exact=True).click()
    page.get_by_role("button", name="Prendre").click()
    told = page.get_by_text(re.compile(rf"^{left}\s+places? prises?. Composez le\s+06"))
    told.wait_for()
    assert re.search(r"Il en reste\s0", told.inner_text())
    assert free(page) == before - left
    row = page.locator("#plages-jour tbody tr").filter(has_text="17 h 00")
    assert re.search(rf"{left}\sSAS", row.inner_text())
    assert "complète" in row.inner_text()
    row.get_by_role("link", name=re.compile("17 h 00")).click()
    page.get_by_text("Cette plage est complète").wait_for()
    page.get_by_role("button", name=re.compile("^Rendre")).click()
    page.get_by_text("Réservation rendue").wait_for()
    assert free(page) == before


def test_more_places_than_remain_are_refused_in_words_and_nothing_typed_is_lost(desk, page, axe):
    page.goto(f"{desk.base}/capacite?jour=2026-07-02")
    page.get_by_role("link", name=re.compile("^Prendre : ")).first.click()
    page.get_by_label("Combien").fill("40")
    page.get_by_label("Heure, si c’est après coup").fill("8 h 50")
    page.get_by_role("button", name="Prendre").click()
    page.get_by_text("Il ne reste que").wait_for()
    assert page.get_by_label("Combien").input_value() == "40"
    assert page.get_by_label("Heure, si c’est après coup").input_value() == "8 h 50"
    axe(page)


def test_the_map_leads_to_the_table_with_the_keyboard_and_says_its_figures(desk, page):
    page.goto(f"{desk.base}/capacite?jour=2026-07-02&carte=tensions")
    page.locator("svg.carte a", has_text="Juvisy").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**#commune-91326")
    assert page.locator("tr:target th").inner_text() == "Juvisy-sur-Orge"
    names = page.locator("svg.carte a").evaluate_all("all => all.map(one => one.getAttribute('aria-label'))")
    assert len(names) == page.locator("#places-jour tbody tr").count()
    assert all("tension" in name for name in names)
    assert page.locator("svg [style]").count() == 0


def test_an_offer_a_demand_and_a_tension_received_by_telephone(desk, page, axe):
    page.goto(f"{desk.base}/capacite/offrir?jour=2026-07-03")
    axe(page)
    page.get_by_label("Qui offre").select_option(index=1)
    page.get_by_label("Places", exact=True).fill("4")
    page.get_by_text("si la tension monte").click()
    page.get_by_role("button", name="Offrir ces places").click()
    page.get_by_text("4 places offertes au nom de").wait_for()
    page.get_by_role("button", name=re.compile("^Ouvrir")).first.click()
    page.get_by_text("Plage ouverte").wait_for()
    page.goto(f"{desk.base}/capacite/demander?jour=2026-07-03")
    axe(page)
    page.get_by_label("Places, en tout").fill("12")
    page.get_by_role("button", name="Demander ces places").click()
    page.get_by_label("Qui", exact=True).select_option(index=1)
    page.get_by_text("oui", exact=True).click()
    page.get_by_role("button", name="Noter la réponse").click()
    page.get_by_role("heading", name="Oui").wait_for()
    axe(page)
    page.get_by_role("button", name="Clore la demande").click()
    page.get_by_text("Demande close").wait_for()
    page.goto(f"{desk.base}/saisir")
    page.locator("main .rang a").first.click()
    axe(page)
    page.get_by_text("Coup de chaleur").click()
    page.get_by_role("button", name="Signaler la tension").click()
    page.get_by_text("Tension signalée pour").wait_for()
    page.goto(f"{desk.base}/capacite?jour=2026-07-02")
    assert "Coup de chaleur" in page.locator("#tensions-jour").inner_text()


def test_the_samu_takes_places_without_a_name_and_the_ars_reads_totals(desk, page_of_role, axe):
    page = page_of_role("samu")
    page.goto(f"{desk.base}/capacite?jour=2026-07-02")
    axe(page)
    assert page.locator("#plages-jour").count() == 0
    assert "Dr " not in page.locator("main").inner_text()
    page.locator("#prenables form button").first.click()
    page.get_by_text(re.compile(r"^1\s+place prise. Composez le\s+06")).wait_for()
    page = page_of_role("ars")
    page.goto(f"{desk.base}/capacite?jour=2026-07-02")
    axe(page)
    assert page.locator("#prenables").count() == 0
    assert free(page) > 0
