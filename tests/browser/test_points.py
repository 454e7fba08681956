"""A whole meeting of a point de situation, held with the keyboard; the day before read; the outside version let go."""

import re

import pytest
from playwright.sync_api import expect

DAY = "2026-07-02"
#: A move between items is written nowhere: other screens read it again each five seconds.
FOLLOWED = 20_000
expect.set_options(timeout=15_000)


@pytest.fixture(scope="module")
def held(start_desk):
    """A desk of its own: its clock is moved."""
    return start_desk()


def walk_to(page, wanted, most=90):
    """Press Tab until the wanted element has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if wanted.evaluate("(one) => one === document.activeElement"):
            return
    raise AssertionError(f"{wanted} is not reached with Tab")


def press(page, name):
    """Reach a button or a link by Tab, press Enter."""
    walk_to(page, page.get_by_role("button", name=name).or_(page.get_by_role("link", name=name)).first)
    page.keyboard.press("Enter")


def title(page, words):
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(words))


def seconds(page):
    return int(page.locator("#decompte").get_attribute("data-ecoule"))


def open_meeting(page, desk):
    page.goto(f"{desk.base}/points/{DAY}")
    press(page, "Ouvrir la réunion")
    title(page, "Ouvrir la réunion")
    assert page.get_by_label("Conduite").input_value() == "Dr Claire Vasseur"
    press(page, "Ouvrir le point")
    title(page, "1. Ouverture")


def note_who_is_there(page):
    for name in ("Nadia Ferrand", "Dr Karim Benali", "Dr Claire Vasseur"):
        page.get_by_role("checkbox", name=name).focus()
        page.keyboard.press("Space")
    page.get_by_role("textbox", name="Autre nom").first.focus()
    page.keyboard.type("Hugo Lambert")
    press(page, "Noter les présences")
    expect(page.locator("#dit")).to_contain_text("Présents")


def test_a_meeting_is_held_with_the_keyboard_and_a_second_screen_follows(held, page_as, axe):
    page, screen = page_as("coord-a", on=held), page_as("coord-b", on=held)
    open_meeting(page, held)
    axe(page)
    screen.goto(f"{held.base}/points/{DAY}/reunion")
    note_who_is_there(page)
    expect(screen.locator("#temps")).to_contain_text("Hugo Lambert", timeout=FOLLOWED)
    press(page, "Passer au sujet 2, Situation")
    title(page, "2. Situation")
    expect(screen.get_by_role("heading", level=1)).to_have_text("2. Situation", timeout=FOLLOWED)
    page.get_by_label("Une ligne, telle que dite").focus()
    page.keyboard.type("repli par la régulation")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#ecrit")).to_contain_text("À vérifier")
    for number, words in ((3, "Chiffres"), (4, "Actions"), (5, "Décisions")):
        press(page, f"Passer au sujet {number}")
        title(page, f"{number}. {words}")
    axe(page)
    decide(page, screen)
    time_stays_right(held, page)
    close(held, page)
    axe(page)
    expect(screen.locator(".dit")).to_contain_text("Différé", timeout=FOLLOWED)


def decide(page, screen):
    """D1 as it is, D2 in other words, with who and when; what is typed survives a look at another item."""
    page.locator("#ecrire-D1 input[type=radio]").first.focus()
    page.keyboard.press("Space")
    page.locator("#mots-D1").focus()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#decision-D1")).to_contain_text("Adoptée")
    expect(screen.locator("#decision-D1")).to_contain_text("Adoptée", timeout=FOLLOWED)
    expect(page.locator("#decision-D1").get_by_role("link", name="Changer de niveau")).to_be_visible()
    page.locator("#ecrire-D2 input[value=modifiee]").focus()
    page.keyboard.press("Space")
    page.locator("#mots-D2").fill("Le 15 confirme le repli.")
    press(page, "Revenir au sujet 4")
    title(page, "4. Actions")
    press(page, "Passer au sujet 5")
    expect(page.locator("#mots-D2")).to_have_value("Le 15 confirme le repli.")
    expect(page.locator("#ecrire-D2 input[value=modifiee]")).to_be_checked()
    page.locator("#porteur-D2").fill("Dr Karim Benali")
    page.locator("#echeance-D2").fill("demain, 12 h")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#decision-D2")).to_contain_text("Modifiée")
    expect(page.locator("#decision-D2")).to_contain_text("Porteur : Dr Karim Benali. Échéance : demain, 12 h 00.")


def time_stays_right(held, page):
    before = seconds(page)
    page.reload()
    assert before <= seconds(page) < before + 30
    assert page.locator("#maintenant").is_visible()
    held.advance(15)
    page.reload()
    expect(page.get_by_role("timer")).to_contain_text("dépassé de")


def close(held, page):
    for number in (6, 7):
        press(page, f"Passer au sujet {number}")
        title(page, f"{number}. ")
    expect(page.locator("#clore")).to_contain_text("Différé si vous closez")
    press(page, "Clore le point n°")
    expect(page.locator("#reunion .dit")).to_contain_text("D1 adoptée, D2 modifiée")
    told = [entry["text"] for entry in held.call("GET", "/logbook?kind=decision&limit=10")["items"]]
    assert any("D2" in text and "Le 15 confirme le repli" in text for text in told), told


def test_a_meeting_left_open_is_closed_from_the_list(held, page_as, axe):
    key = held.call("POST", "/digests", body={})["id"]
    held.call("POST", f"/digests/{key}/meeting", body={"without_referent": True})
    page = page_as("coord-a", on=held)
    page.goto(f"{held.base}/points")
    expect(page.locator("#reunions")).to_contain_text("Réunion en cours")
    axe(page)
    page.get_by_role("button", name="Clore le point").click()
    title(page, "Réunion du point")
    page.goto(f"{held.base}/points")
    expect(page.locator("#reunions")).not_to_contain_text("Réunion en cours")


def test_the_outside_version_is_let_go_by_the_referent_and_read_by_the_ars(held, page_as, page_of_role, axe):
    other = page_as("coord-a", on=held)
    other.goto(f"{held.base}/points/{DAY}/externe")
    assert other.get_by_role("button", name="Valider et envoyer").count() == 0
    expect(other.locator("aside")).to_contain_text("Dr Claire Vasseur")
    axe(other)
    page = page_as("referent", on=held)
    page.goto(f"{held.base}/points/{DAY}/externe")
    page.get_by_role("button", name="Valider et envoyer").click()
    expect(page.locator("#etat-point")).to_contain_text("Validé à")
    ars = page_of_role("ars", on=held)
    ars.goto(f"{held.base}/points/{DAY}")
    expect(ars.locator("article")).to_contain_text("places libres")
    assert "Benali" not in ars.content()
    assert ars.request.get(f"{held.base}/points/{DAY}/document.pdf").body().startswith(b"%PDF")
    axe(ars)


def test_yesterday_is_one_click_from_the_situation_and_silent_structures_two(desk, page_as, axe):
    page = page_as("coord-a")
    page.get_by_role("link", name="n° 5, hier").click()
    title(page, r"Point de situation n°\s5")
    axe(page)
    page.goto(f"{desk.base}/situation")
    page.get_by_role("link", name="Voir lesquelles").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Chiffres de mercredi 1er juillet")
    expect(page.locator("#liste-manquent li")).to_have_count(3)
    expect(page.get_by_label("Texte pour les relancer")).to_have_value(re.compile("il nous manque vos chiffres"))
    axe(page)


def test_a_draft_is_edited_before_it_leaves(desk, page_as, axe):
    page = page_as("coord-a")
    page.goto(f"{desk.base}/points")
    page.get_by_text("Établir un point maintenant").click()
    page.get_by_role("button", name="Établir").click()
    title(page, "Point de situation n°")
    page.locator("#texte-essentiel summary").click()
    assert "places libres" in page.locator("#champ-essentiel").input_value()
    page.locator("#champ-essentiel").fill("Une ligne écrite par une personne.")
    page.locator("#texte-essentiel button").click()
    expect(page.locator("#essentiel")).to_contain_text("Une ligne écrite par une personne.")
    axe(page)
