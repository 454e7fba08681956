from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.slots import BookSlot, OfferSlot, SlotBody
from services.platform.errors import Conflict, Invalid
from services.platform.territory import load_territory
from services.slots import decide

NOW = datetime(2026, 6, 30, 9, 0, tzinfo=UTC)
TERRITORY = load_territory(Path(__file__).parents[3] / "playbooks" / "territories" / "nord-essonne.yaml")
OFFER = {
    "professional": "med-1",
    "profession": "medecin",
    "commune": "91479",
    "starts_at": NOW,
    "ends_at": NOW + timedelta(hours=3),
    "places": 4,
}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"professional": "Dr Hélène Garnot"}, "référence"),
        ({"commune": "75056"}, "code INSEE"),
        ({"state": "retire"}, "activable"),
        ({"state": "inconnu"}, "activable"),
    ],
    ids=["a name", "elsewhere", "withdrawn at once", "unknown state"],
)
def test_offers_refused(changes, words):
    with pytest.raises(Invalid, match=words):
        decide.offer(OfferSlot(**(OFFER | changes)), "s1", TERRITORY, None, None)


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "words"),
    [
        (NOW, NOW, "précède"),
        (NOW, NOW + timedelta(hours=25), "24 heures"),
        (NOW - timedelta(hours=3), NOW, "terminée"),
        (datetime(9999, 12, 31, 22, tzinfo=UTC), datetime(9999, 12, 31, 23, tzinfo=UTC), "plus d'un an"),
    ],
    ids=["no duration", "too long", "over", "a typing error"],
)
def test_hours_refused(starts_at, ends_at, words):
    command = OfferSlot(**(OFFER | {"starts_at": starts_at, "ends_at": ends_at}))
    with pytest.raises((Invalid, Conflict), match=words):
        decide.check_times(command, NOW)


@pytest.mark.parametrize(
    ("given_words", "expected"),
    [(None, "samu"), ("SAMU 91", "samu"), ("Régulation", "regulation"), ("cpts-voisine", "cpts-voisine")],
)
def test_who_asks_is_one_known_word(given_words, expected):
    assert decide.asker(given_words, "samu", TERRITORY.partners) == expected


def test_a_patient_is_never_who_asks():
    with pytest.raises(Invalid, match="jamais un nom"):
        decide.asker("Mme Durand", "samu", TERRITORY.partners)


@given(st.integers(1, 20), st.lists(st.tuples(st.booleans(), st.integers(1, 6)), max_size=40), st.integers(0, 40))
def test_never_more_booked_than_offered(places, moves, withdraw_at):
    slot: SlotBody = decide.offer(OfferSlot(**(OFFER | {"places": places})), "s1", TERRITORY, None, None)
    taken: list[int] = []
    for step, (book, count) in enumerate(moves):
        try:
            if step == withdraw_at:
                slot = decide.withdraw(slot)
            elif book:
                slot = decide.book(slot, BookSlot(slot="s1", count=count), "b", "samu", NOW)
                taken.append(count)
            elif taken:
                slot = decide.release(slot, "b", taken.pop(), released=False)
        except Conflict:
            pass
        assert 0 <= slot.booked <= slot.places <= places
        assert slot.booked == sum(taken)
        assert decide.free(slot) >= 0
