"""What a professional may do with slots from their own page, and what they may not."""

from datetime import timedelta

import pytest

from contracts.base import Role
from contracts.slots import BookSlot, ListSlots, OfferSlot, OpenSlot, SlotOffered, WithdrawSlot
from services.platform.errors import Forbidden
from services.platform.testing import START, person, role_token
from services.slots import SERVICE

COORD = person("coord-a", Role.COORDINATOR, on_duty=("coordinatrice",))
MED1 = person("med-1", Role.PROFESSIONAL, structure="msp-paray")
MED2 = person("med-2", Role.PROFESSIONAL, structure="msp-athis")
SAMU = role_token(Role.SAMU)


def offer(professional: str, **changes) -> OfferSlot:
    fields = {
        "professional": professional,
        "profession": "medecin",
        "commune": "91479",
        "starts_at": START + timedelta(hours=4),
        "ends_at": START + timedelta(hours=7),
        "places": 6,
    }
    return OfferSlot(**(fields | changes))


async def test_they_offer_open_and_withdraw_their_own(desk_for):
    desk = await desk_for(SERVICE)
    slot = (await desk.do(offer("med-1", state="activable"), caller=MED1))["id"]
    (fact,) = await desk.facts(SlotOffered)
    assert (fact.professional, fact.entered_by) == ("med-1", None)
    for act in (OpenSlot(slot=slot), WithdrawSlot(slot=slot), offer("med-1")):
        with pytest.raises(Forbidden, match="propres plages"):
            await desk.do(act, caller=MED2)
    await desk.do(OpenSlot(slot=slot), caller=MED1)
    await desk.do(BookSlot(slot=slot, count=2), caller=SAMU)
    (row,) = (await desk.ask(ListSlots(), caller=MED1))["items"]
    assert (row["places"], row["booked"], row["free"], row["state"]) == (6, 2, 4, "ouvert")
    await desk.do(WithdrawSlot(slot=slot), caller=MED1)
    (row,) = (await desk.ask(ListSlots(), caller=MED1))["items"]
    assert (row["places"], row["booked"], row["state"]) == (2, 2, "retire")


async def test_they_list_their_own_and_of_others_only_what_can_be_booked(desk_for):
    desk = await desk_for(SERVICE)
    own = (await desk.do(offer("med-1"), caller=MED1))["id"]
    other = (await desk.do(offer("med-2"), caller=MED2))["id"]
    await desk.do(offer("med-2", state="activable"), caller=MED2)
    assert [row["id"] for row in (await desk.ask(ListSlots(), caller=MED1))["items"]] == [own]
    assert len((await desk.ask(ListSlots(), caller=COORD))["items"]) == 3
    bookable = (await desk.ask(ListSlots(bookable=True), caller=MED1))["items"]
    assert {row["id"] for row in bookable} == {own, other}
    assert not any("professional" in row for row in bookable)
    (total,) = (await desk.ask(ListSlots(bookable=True), caller=role_token(Role.ARS)))["items"]
    assert total["places"] == 12


async def test_someone_of_another_territory_reads_and_offers_nothing(desk_for):
    desk = await desk_for(SERVICE)
    stranger = person("med-1", Role.PROFESSIONAL, structure="msp-paray", territory="ailleurs")
    with pytest.raises(Forbidden, match="territoire"):
        await desk.do(offer("med-1"), caller=stranger)
    with pytest.raises(Forbidden, match="territoire"):
        await desk.ask(ListSlots(), caller=stranger)
