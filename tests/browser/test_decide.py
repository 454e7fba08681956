"""Deciding: with one hand on a phone, and from a screen that is no longer current."""

import pytest

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture(scope="module")
def morning(start_desk):
    """2 July, 9:05, level 3: a desk of its own, since its level is changed."""
    return start_desk()


def level(desk):
    return desk.call("GET", "/situation")["crises"][0]["level"]


def test_a_level_that_moved_is_refused_with_who_decided_and_nothing_typed_is_lost(morning, page_as, guard, axe):
    guard.expect("409")
    before = level(morning)
    mine, theirs = page_as("coord-a", on=morning), page_as("referent", on=morning)
    mine.goto(f"{morning.base}/niveau/canicule?niveau=0")
    mine.get_by_label("Motif").fill("Les urgences respirent")
    mine.get_by_label("Niveau 2").check()  # the preview follows, what is typed stays
    mine.get_by_role("button", name="Descendre au niveau 2").wait_for()
    assert mine.get_by_label("Motif").input_value() == "Les urgences respirent"
    axe(mine)
    theirs.goto(f"{morning.base}/niveau/canicule?niveau={before - 2}")
    theirs.get_by_label("Motif").fill("Deux nuits plus fraîches")
    theirs.get_by_role("button", name=f"Descendre au niveau {before - 2}").click()
    theirs.get_by_text(f"Niveau {before - 2} décidé").first.wait_for()
    mine.get_by_role("button", name="Descendre au niveau 2").click()
    told = mine.locator("#refus")
    told.wait_for()
    assert "Dr Claire Vasseur" in told.inner_text()
    assert "Rien n’a été fait deux fois" in told.inner_text()
    assert mine.get_by_label("Motif").input_value() == "Les urgences respirent"
    assert level(morning) == before - 2
    mine.get_by_role("button", name="Passer au niveau 2").click()  # read again, decided knowingly
    mine.get_by_text("Niveau 2 décidé").first.wait_for()
    assert level(morning) == 2


@pytest.fixture(scope="module")
def dawn(start_desk):
    """27 June, 7:02: the phone has just rung, level 1 is proposed."""
    return start_desk("--until", "2026-06-27T07:02")


def test_one_hand_accepts_and_a_double_tap_confirms_nothing(dawn, page_as, axe):
    page = page_as("coord-a", on=dawn, **PHONE)
    page.goto(f"{dawn.base}/astreinte")
    accept = page.locator("summary", has_text="Accepter le niveau 1")
    assert accept.bounding_box()["height"] >= 60
    accept.tap()
    accept.tap()
    assert dawn.call("GET", "/situation")["crises"] == []
    accept.tap()
    confirm = page.get_by_role("button", name="Confirmer le niveau 1")
    above, below = confirm.bounding_box(), accept.bounding_box()
    assert above["height"] >= 60
    assert above["y"] + above["height"] <= below["y"]
    axe(page)
    confirm.tap()
    page.get_by_text("Niveau 1 décidé").first.wait_for()
    assert level(dawn) == 1
    assert page.get_by_text("Accepter le niveau").count() == 0
    assert page.get_by_role("heading", name="Rien à décider").count() == 1
    page.get_by_role("button", name="Copier le message").wait_for()  # it comes when the desk has written it
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
