import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from contracts.base import Role, TextRef
from contracts.directory import PersonErased
from contracts.levels import CrisisClosed, CrisisOpened, LevelChanged
from contracts.slots import (
    AskCapacity,
    BookSlot,
    ListSlots,
    OfferSlot,
    OpenSlot,
    ReleaseSlot,
    SlotBooked,
    SlotOffered,
    SlotWithdrawn,
    WithdrawSlot,
)
from services.platform.errors import Conflict, Forbidden, Invalid, NotFound
from services.platform.testing import START, person, role_token
from services.slots import SERVICE

COORD = person("coord-a", Role.COORDINATOR, on_duty=("coordinatrice",))
OFF_DUTY = person("coord-b", Role.COORDINATOR)
MED1 = person("med-1", Role.PROFESSIONAL, structure="msp-paray")
SAMU = role_token(Role.SAMU)
ARS = role_token(Role.ARS)


def offer(**changes) -> OfferSlot:
    fields = {
        "professional": "med-1",
        "profession": "medecin",
        "commune": "91479",
        "starts_at": START + timedelta(hours=4),
        "ends_at": START + timedelta(hours=7),
        "places": 6,
        "phone": "+33639980101",
    }
    return OfferSlot(**(fields | changes))


async def test_many_bookings_in_one_batch_never_take_more_than_offered(desk_for):
    desk = await desk_for(SERVICE)
    slot = (await desk.do(offer(places=5), caller=MED1))["id"]
    replies = await desk.do_many([BookSlot(slot=slot) for _ in range(40)], caller=SAMU)
    replies += await desk.do_many([BookSlot(slot=slot, count=2) for _ in range(10)], caller=COORD)
    assert sum(reply.refusal is None for reply in replies) == 5
    assert all("complète" in reply.refusal.message for reply in replies if reply.refusal)
    facts = await desk.facts(SlotBooked)
    assert [fact.booked for fact in facts] == [1, 2, 3, 4, 5]
    assert [fact.version for fact in facts] == [2, 3, 4, 5, 6]
    assert len({fact.booking for fact in facts}) == 5


async def test_a_booking_larger_than_what_remains_says_how_many_do(desk_for):
    desk = await desk_for(SERVICE)
    slot = (await desk.do(offer(places=3), caller=MED1))["id"]
    booked = await desk.do(BookSlot(slot=slot, count=2), caller=SAMU)
    assert booked["remaining"] == 1
    assert booked["phone"] == "+33639980101"
    with pytest.raises(Conflict, match="que 1 place ;"):
        await desk.do(BookSlot(slot=slot, count=2), caller=SAMU)


async def test_release_gives_the_places_back_once(desk_for):
    desk = await desk_for(SERVICE)
    slot = (await desk.do(offer(places=2), caller=MED1))["id"]
    booking = (await desk.do(BookSlot(slot=slot, count=2), caller=SAMU))["id"]
    with pytest.raises(Forbidden, match="d'autre a pris"):
        await desk.do(ReleaseSlot(slot=slot, booking=booking), caller=MED1)
    replies = await desk.do_many([ReleaseSlot(slot=slot, booking=booking)] * 3, caller=SAMU)
    assert [reply.refusal is None for reply in replies] == [True, False, False]
    assert (await desk.do(BookSlot(slot=slot, count=2), caller=SAMU))["remaining"] == 0
    with pytest.raises(NotFound):
        await desk.do(ReleaseSlot(slot=slot, booking="ailleurs"), caller=SAMU)


async def test_withdrawing_keeps_what_is_booked(desk_for):
    desk = await desk_for(SERVICE)
    slot = (await desk.do(offer(places=6), caller=MED1))["id"]
    booking = (await desk.do(BookSlot(slot=slot, count=2), caller=SAMU))["id"]
    await desk.do(WithdrawSlot(slot=slot, reason="Garde d'enfant"), caller=MED1)
    (fact,) = await desk.facts(SlotWithdrawn)
    assert (fact.places, fact.booked, fact.state) == (2, 2, "retire")
    assert fact.words is not None
    assert "Garde" not in fact.model_dump_json()
    with pytest.raises(Conflict, match="retirée"):
        await desk.do(BookSlot(slot=slot), caller=SAMU)
    await desk.do(ReleaseSlot(slot=slot, booking=booking), caller=SAMU)
    (row,) = (await desk.ask(ListSlots(), caller=COORD))["items"]
    assert (row["places"], row["booked"], row["free"]) == (0, 0, 0)


async def test_activable_slots_are_booked_only_once_opened(desk_for):
    desk = await desk_for(SERVICE)
    slot = (await desk.do(offer(state="activable"), caller=MED1))["id"]
    with pytest.raises(Conflict, match="pas encore ouverte"):
        await desk.do(BookSlot(slot=slot), caller=SAMU)
    assert (await desk.ask(ListSlots(), caller=SAMU))["items"] == []
    await desk.do(OpenSlot(slot=slot), caller=COORD)
    assert (await desk.do(BookSlot(slot=slot), caller=SAMU))["remaining"] == 5


async def test_typed_for_another_says_by_whom_and_the_phone_stays_home(desk_for):
    desk = await desk_for(SERVICE)
    await desk.do(offer(), caller=COORD)
    await desk.do(offer(), caller=MED1)
    typed, own = await desk.facts(SlotOffered)
    assert (typed.entered_by, own.entered_by) == ("coord-a", None)
    assert not any("639980101" in fact.model_dump_json() for fact in await desk.said())
    assert "639980101" not in str(await desk.ask(ListSlots(), caller=COORD))


@pytest.mark.parametrize(
    ("caller", "message"),
    [
        (person("med-2", Role.PROFESSIONAL), "propres plages"),
        (OFF_DUTY, "astreinte"),
        (SAMU, "propres plages"),
    ],
    ids=["a colleague", "off duty", "samu"],
)
async def test_who_may_not_offer_for_med_1(desk_for, caller, message):
    desk = await desk_for(SERVICE)
    with pytest.raises(Forbidden, match=message):
        await desk.do(offer(), caller=caller)


async def test_each_reader_sees_what_they_may(desk_for):
    desk = await desk_for(SERVICE)
    for _ in range(2):
        await desk.do(offer(), caller=MED1)
    (total,) = (await desk.ask(ListSlots(), caller=ARS))["items"]
    assert total == {
        "day": "2026-06-29", "commune": "91479", "profession": "medecin", "places": 12, "booked": 0, "free": 12,
    }  # fmt: skip
    rows = (await desk.ask(ListSlots(), caller=SAMU))["items"]
    assert set(rows[0]) == {"id", "commune", "profession", "starts_at", "ends_at", "mode", "free"}
    (seen, _) = (await desk.ask(ListSlots(), caller=COORD))["items"]
    assert set(seen) == {
        "id", "professional", "profession", "commune", "starts_at", "ends_at", "places", "booked", "free", "mode",
        "state", "crisis", "entered_by", "withdrawable", "bookings", "moved_from", "from_crisis",
    }  # fmt: skip
    (row,) = (await desk.ask(AskCapacity(first="2026-06-29", last="2026-06-30"), caller=ARS))["items"]
    assert row == total


async def test_pages_follow_each_other(desk_for):
    desk = await desk_for(SERVICE)
    for hour in range(5):
        await desk.do(offer(starts_at=START + timedelta(hours=2 + hour // 2)), caller=MED1)
    seen, cursor = [], None
    while True:
        page = await desk.ask(ListSlots(limit=2, cursor=cursor), caller=COORD)
        seen += [row["id"] for row in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 5
    with pytest.raises(Invalid, match="curseur"):
        await desk.ask(ListSlots(cursor="?"), caller=COORD)


def opened(crisis: str) -> CrisisOpened:
    return CrisisOpened(
        crisis=crisis, playbook="canicule", plan_version=1, plan_sha256="0", typology="T2", opened_at=START
    )


def changed(crisis: str, version: int, before: int, after: int, at: datetime) -> LevelChanged:
    return LevelChanged(
        crisis=crisis,
        version=version,
        playbook="canicule",
        plan_sha256="0",
        from_level=before,
        level=after,
        decided_by="referent",
        reason=TextRef(id="t", sha256="0"),
        changed_at=at,
    )


async def test_a_lower_level_suggests_and_the_end_withdraws(desk_for):
    desk = await desk_for(SERVICE)
    await desk.hear(opened("c1"))
    tomorrow = {"starts_at": START + timedelta(days=1), "ends_at": START + timedelta(days=1, hours=3)}
    unused = (await desk.do(offer(**tomorrow), caller=MED1))["id"]
    used = (await desk.do(offer(**tomorrow), caller=MED1))["id"]
    await desk.do(BookSlot(slot=used), caller=SAMU)
    assert {fact.crisis for fact in await desk.facts(SlotOffered)} == {"c1"}
    await desk.tick(hours=1)
    await desk.hear(changed("c1", 2, 2, 1, desk.clock.now()))
    flags = {row["id"]: row["withdrawable"] for row in (await desk.ask(ListSlots(), caller=COORD))["items"]}
    assert flags == {unused: True, used: False}
    await desk.hear(changed("c1", 1, 1, 2, desk.clock.now()))  # told late: changes nothing
    flags = {row["id"]: row["withdrawable"] for row in (await desk.ask(ListSlots(), caller=COORD))["items"]}
    assert flags[unused]

    closed = CrisisClosed(crisis="c1", version=3, playbook="canicule", opened_at=START, closed_at=desk.clock.now())
    await desk.hear(closed)
    await desk.hear(closed)
    withdrawn = await desk.facts(SlotWithdrawn)
    assert {(fact.slot, fact.booked, fact.reason) for fact in withdrawn} == {
        (unused, 0, "fin de crise"), (used, 1, "fin de crise"),
    }  # fmt: skip
    with pytest.raises(Conflict, match="close"):
        await desk.do(offer(crisis="c1", **tomorrow), caller=MED1)


async def test_between_two_crises_nobody_guesses(desk_for):
    desk = await desk_for(SERVICE)
    await desk.hear(opened("c1"))
    await desk.hear(opened("c2"))
    await desk.do(offer(), caller=MED1)
    await desk.do(offer(crisis="c2"), caller=MED1)
    assert [fact.crisis for fact in await desk.facts(SlotOffered)] == [None, "c2"]


async def test_typed_afterwards_keeps_its_true_time(desk_for):
    desk = await desk_for(SERVICE)
    slot = (await desk.do(offer(), caller=MED1))["id"]
    await desk.tick(hours=2)
    true_time = START + timedelta(minutes=40)
    await desk.do(BookSlot(slot=slot, booked_at=true_time, asked_by="SAMU 91"), caller=COORD)
    last = (await desk.said())[-1]
    assert (last.time, last.recorded, last.data["asked_by"]) == (true_time, desk.clock.now(), "samu")
    with pytest.raises(Invalid, match="à venir"):
        await desk.do(BookSlot(slot=slot, booked_at=datetime(2027, 1, 1, tzinfo=UTC)), caller=COORD)


async def test_an_erased_person_leaves_no_line_behind(desk_for):
    desk = await desk_for(SERVICE)
    slot = (await desk.do(offer(), caller=MED1))["id"]
    await desk.hear(PersonErased(person="med-1"))
    assert (await desk.do(BookSlot(slot=slot), caller=SAMU))["phone"] is None


async def test_the_exercise_never_crosses(desk_for):
    desk = await desk_for(SERVICE)
    exercise = "nord-essonne~exercice"
    slot = (await desk.do(offer(), territory=exercise))["id"]
    with pytest.raises(NotFound):
        await desk.do(BookSlot(slot=slot), caller=SAMU)
    assert (await desk.ask(ListSlots(), caller=COORD))["items"] == []


async def test_two_instances_share_the_same_places(desk_for):
    first, second = await desk_for(SERVICE), await desk_for(SERVICE)
    slot = (await first.do(offer(places=7), caller=MED1))["id"]
    together = [desk.do_many([BookSlot(slot=slot)] * 10, caller=SAMU) for desk in (first, second) * 3]
    replies = [reply for batch in await asyncio.gather(*together) for reply in batch]
    assert sum(reply.refusal is None for reply in replies) == 7
    assert [fact.booked for fact in await second.facts(SlotBooked)] == [1, 2, 3, 4, 5, 6, 7]
