"""Places one crisis gives up for another: what is booked stands, the sums hold, each crisis sees it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from contracts.base import Role
from contracts.levels import CrisisClosed, CrisisOpened
from contracts.slots import (
    AskCapacity,
    BookSlot,
    ListSlots,
    MoveSlot,
    OfferSlot,
    SlotMoved,
    SlotOffered,
    SlotWithdrawn,
)
from services.platform.errors import Conflict, Forbidden
from services.platform.testing import START, person, role_token
from services.slots import SERVICE

COORD = person("coord-a", Role.COORDINATOR, on_duty=("coordinatrice",))
SAMU = role_token(Role.SAMU)
MED1 = person("med-1", Role.PROFESSIONAL, structure="msp-paray")
DAY = START.date().isoformat()


def opened(crisis, playbook):
    return CrisisOpened(
        crisis=crisis, playbook=playbook, plan_version=1, plan_sha256="x", typology="T2", opened_at=START
    )


@pytest.fixture
async def two_crises(desk_for):
    """Six places given to the heat wave, two of them taken; a second crisis opens."""
    desk = await desk_for(SERVICE)
    await desk.hear(opened("chaleur", "canicule"))
    hours = {"starts_at": START + timedelta(hours=4), "ends_at": START + timedelta(hours=7)}
    offer = OfferSlot(
        professional="med-1", profession="medecin", commune="91479", places=6, phone="+33639980101", **hours
    )
    slot = (await desk.do(offer, caller=MED1))["id"]
    await desk.do(BookSlot(slot=slot, count=2), caller=SAMU)
    await desk.hear(opened("afflux", "afflux-de-victimes"))
    return desk, slot


async def by_crisis(desk):
    page = await desk.ask(AskCapacity(first=DAY, last=DAY, by_crisis=True), caller=COORD)
    return {row.get("crisis", ""): (row["places"], row["booked"], row["free"]) for row in page["items"]}


async def test_what_is_free_passes_and_what_is_booked_stands(two_crises):
    desk, slot = two_crises
    made = (await desk.do(MoveSlot(slot=slot, crisis="afflux", reason="Douze consultations demandées."), caller=COORD))[
        "id"
    ]
    assert await by_crisis(desk) == {"chaleur": (2, 2, 0), "afflux": (4, 0, 4)}
    whole = (await desk.ask(AskCapacity(first=DAY, last=DAY), caller=COORD))["items"]
    assert [(row["places"], row["booked"], row["free"]) for row in whole] == [(6, 2, 4)]
    (gone,), (_, offered) = await desk.facts(SlotMoved), await desk.facts(SlotOffered)
    assert (gone.count, gone.to_crisis, gone.to_slot, str(gone.state)) == (4, "afflux", made, "retire")
    assert (offered.moved_from, offered.from_crisis, offered.crisis) == (slot, "chaleur", "afflux")
    assert (await desk.do(BookSlot(slot=made), caller=SAMU))["phone"] == "+33639980101"


async def test_a_part_may_pass_and_the_rest_stays_open(two_crises):
    desk, slot = two_crises
    await desk.do(MoveSlot(slot=slot, crisis="afflux", places=3), caller=COORD)
    assert await by_crisis(desk) == {"chaleur": (3, 2, 1), "afflux": (3, 0, 3)}
    assert (await desk.do(BookSlot(slot=slot), caller=SAMU))["remaining"] == 0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"places": 5}, "que 4 places"),
        ({"crisis": "chaleur"}, "déjà pour cette crise"),
        ({"crisis": "ailleurs"}, "pas ouverte"),
    ],
)
async def test_a_move_that_makes_no_sense_is_refused(two_crises, changes, words):
    desk, slot = two_crises
    with pytest.raises(Conflict, match=words):
        await desk.do(MoveSlot(**({"slot": slot, "crisis": "afflux"} | changes)), caller=COORD)
    assert await by_crisis(desk) == {"chaleur": (6, 2, 4)}


async def test_sharing_between_crises_is_for_who_is_on_duty(two_crises):
    desk, slot = two_crises
    for caller in (MED1, SAMU, person("coord-b", Role.COORDINATOR)):
        with pytest.raises(Forbidden):
            await desk.do(MoveSlot(slot=slot, crisis="afflux"), caller=caller)


async def test_closing_one_crisis_leaves_the_places_of_the_other(two_crises):
    desk, slot = two_crises
    made = (await desk.do(MoveSlot(slot=slot, crisis="afflux"), caller=COORD))["id"]
    closed = CrisisClosed(
        crisis="chaleur", version=2, playbook="canicule", opened_at=START, closed_at=START + timedelta(hours=1)
    )
    await desk.hear(closed)
    assert not await desk.facts(SlotWithdrawn), "what was left of the slot is booked and stands"
    (open_one,) = [row for row in (await desk.ask(ListSlots(), caller=COORD))["items"] if row["free"]]
    assert open_one["id"] == made
