from datetime import datetime, timedelta

from contracts.base import Role
from contracts.slots import BookSlot, ListSlots, OfferSlot, ReleaseSlot
from services.platform.testing import START, person, role_token
from services.slots import SERVICE

COORD = person("coord-a", Role.COORDINATOR, on_duty=("coordinatrice",))
MED1 = person("med-1", Role.PROFESSIONAL, structure="msp-paray")
SAMU = role_token(Role.SAMU)
OFFER = OfferSlot(
    professional="med-1", profession="medecin", commune="91479", places=6, phone="+33639980101",
    starts_at=START + timedelta(hours=4), ends_at=START + timedelta(hours=7),
)  # fmt: skip


async def test_the_desk_reads_bookings_still_held_a_professional_and_those_outside_do_not(desk_for):
    desk = await desk_for(SERVICE)
    slot = (await desk.do(OFFER, caller=MED1))["id"]
    first = await desk.do(BookSlot(slot=slot, count=2, asked_by="officine"), caller=COORD)
    kept = await desk.do(BookSlot(slot=slot), caller=SAMU)
    await desk.do(ReleaseSlot(slot=slot, booking=first["id"]), caller=COORD)
    (item,) = (await desk.ask(ListSlots(), caller=COORD))["items"]
    (held,) = item["bookings"]
    assert (held["id"], held["count"], held["asked_by"]) == (kept["id"], 1, "samu")
    assert datetime.fromisoformat(held["booked_at"]) == START
    for caller in (MED1, SAMU):
        (seen,) = (await desk.ask(ListSlots(), caller=caller))["items"]
        assert "bookings" not in seen
