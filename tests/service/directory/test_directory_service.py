import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from contracts.base import Principal, Role
from contracts.directory import (
    ChangeDuty,
    DutyGiven,
    DutyTaken,
    EnrollPerson,
    ErasePerson,
    HowToReach,
    IssueToken,
    ListPeople,
    ListStructures,
    PersonEnrolled,
    PersonErased,
    RevokeToken,
    StructureEnrolled,
    WhoAre,
    WhoCalls,
    WhoIsOnDuty,
)
from services.directory import SERVICE
from services.directory.decide import GRACE
from services.directory.seed import enrol_territory
from services.platform.errors import Conflict, Forbidden, Invalid, NotFound
from services.platform.testing import START, person, role_token

EXERCISE = "nord-essonne~exercice"
COORD_A = person("coord-a", Role.COORDINATOR, on_duty=("coordinatrice",))


async def who_calls(desk, token):
    answer = await desk.ask(WhoCalls(token_sha256=hashlib.sha256(token.encode()).hexdigest()))
    return Principal.model_validate(answer["principal"]) if answer["principal"] else None


async def holder(desk, role="coordinatrice", **how):
    page = await desk.ask(WhoIsOnDuty(**how))
    return next(item for item in page["items"] if item["role"] == role)


async def test_seeds_are_enrolled_once_real_and_exercise_apart(desk_for):
    desk = await desk_for(SERVICE)
    said = await desk.said()
    for territory in ("nord-essonne", EXERCISE):
        types = [fact.type for fact in said if fact.territory == territory]
        assert types.count(StructureEnrolled.type_name()) == 22
        assert types.count(PersonEnrolled.type_name()) == 14
        assert types.count(DutyTaken.type_name()) == 2
    for starter in SERVICE.starters:
        await desk.transact(starter)
    assert len(await desk.said()) == len(said)


async def test_facts_carry_no_name_and_no_contact(desk_for):
    desk = await desk_for(SERVICE)
    told = " ".join(fact.model_dump_json() for fact in await desk.said())
    assert "Ferrand" not in told
    assert "example.org" not in told
    assert "+3363998" not in told


async def test_exercise_contacts_reach_nobody(desk_for):
    desk = await desk_for(SERVICE)
    answer = await desk.ask(HowToReach(targets=("coord-a",)), territory=EXERCISE)
    assert answer["contacts"]["coord-a"][0]["channels"] == ["sms:+33639980000", "mailto:coord-a@exercice.invalid"]


async def test_an_entry_changed_in_the_file_is_written_again(desk_for, territories):
    desk = await desk_for(SERVICE)
    home = territories["nord-essonne"]
    people = [dict(entry) for entry in home.seed["people"]]
    people[0]["function"] = "Directrice"
    changed = home.model_copy(update={"seed": {**home.seed, "people": people}})
    await desk.transact(lambda unit: enrol_territory(unit, changed))
    versions = [fact.version for fact in await desk.facts(PersonEnrolled) if fact.person == "coord-a"]
    assert sorted(versions) == [1, 1, 2]
    names = await desk.ask(WhoAre(people=("coord-a", "inconnue")))
    assert names["people"] == [{"person": "coord-a", "name": "Nadia Ferrand", "function": "Directrice"}]


async def test_a_person_token_carries_roles_structure_and_duty_of_the_moment(desk_for):
    desk = await desk_for(SERVICE)
    reply = await desk.reply(IssueToken(person="coord-a"), caller=COORD_A)
    assert reply.created
    token = reply.result["token"]
    assert await who_calls(desk, token) == COORD_A
    await desk.do(ChangeDuty(role="coordinatrice", person="coord-b"), caller=COORD_A)
    assert (await who_calls(desk, token)).on_duty == ()
    assert (await who_calls(desk, "autre")) is None


async def test_a_token_is_for_one_territory_and_stops_when_revoked_or_over(desk_for):
    desk = await desk_for(SERVICE)
    made = await desk.do(IssueToken(role=Role.SAMU, expires_at=START + timedelta(hours=2)), territory=EXERCISE)
    found = await who_calls(desk, made["token"])
    assert (found.id, found.territories) == ("role:samu", (EXERCISE,))
    with pytest.raises(NotFound):
        await desk.do(RevokeToken(token=made["id"]))
    await desk.tick(hours=2)
    assert await who_calls(desk, made["token"]) is None
    other = await desk.do(IssueToken(role=Role.ARS))
    await desk.do(RevokeToken(token=other["id"]))
    assert await who_calls(desk, other["token"]) is None


@pytest.mark.parametrize(
    "caller",
    [role_token(Role.SAMU), person("med-1", Role.PROFESSIONAL), person("coord-b", Role.COORDINATOR)],
    ids=["samu", "a professional", "a coordinator off duty"],
)
async def test_who_may_not_issue_tokens_nor_enrol(desk_for, caller):
    desk = await desk_for(SERVICE)
    for command in (IssueToken(role=Role.READER), EnrollPerson(person="x", name="X"), ErasePerson(person="med-1")):
        with pytest.raises(Forbidden):
            await desk.do(command, caller=caller)


async def test_the_relay_of_a_long_weekend(desk_for):
    desk = await desk_for(SERVICE)
    back = START + timedelta(days=5)
    before = len(await desk.facts(DutyTaken))
    await desk.do(
        ChangeDuty(role="coordinatrice", person="coord-b", deputies=("coord-a",), ends_at=back), caller=COORD_A
    )
    assert [fact.person for fact in (await desk.facts(DutyTaken))[before:]] == ["coord-b"]
    given = (await desk.facts(DutyGiven))[0]
    assert (given.person, given.to) == ("coord-a", "coord-b")
    assert (await desk.facts(DutyTaken))[-1].taken_from == "coord-a"
    held = await holder(desk)
    assert (held["person"], held["name"], held["phone"]) == ("coord-b", "Julie Maillard", "+33639980092")
    assert (await holder(desk, at=START - timedelta(hours=1)))["person"] is None
    off_duty = person("coord-a", Role.COORDINATOR)
    with pytest.raises(Forbidden):
        await desk.do(ChangeDuty(role="referent", person="president"), caller=off_duty)
    await desk.do(ChangeDuty(role="coordinatrice", person="coord-a", deputies=("coord-b",)), caller=off_duty)
    assert (await holder(desk))["person"] == "coord-a"
    await desk.tick(at=back)
    assert len(await desk.facts(DutyGiven)) == 2


async def test_a_duty_that_runs_out_is_said_and_its_deputies_remain(desk_for):
    desk = await desk_for(SERVICE)
    end = START + timedelta(hours=12)
    await desk.do(ChangeDuty(role="coordinatrice", person="coord-b", deputies=("coord-a",), ends_at=end))
    assert await desk.read(SERVICE.next_due) == end + GRACE
    await desk.tick(hours=12)
    assert len(await desk.facts(DutyGiven)) == 1
    await desk.tick(minutes=15)
    given = (await desk.facts(DutyGiven))[-1]
    assert (given.person, given.to, given.until) == ("coord-b", None, end)
    assert await desk.read(SERVICE.next_due) is None
    assert (await holder(desk))["person"] is None
    reach = await desk.ask(HowToReach(targets=("role:coordinatrice",)))
    assert [contact["person"] for contact in reach["contacts"]["role:coordinatrice"]] == ["coord-a"]
    await desk.tick(minutes=1)
    assert len(await desk.facts(DutyGiven)) == 2


async def test_a_duty_taken_just_after_its_end_passes_from_hand_to_hand(desk_for):
    desk = await desk_for(SERVICE)
    end = START + timedelta(hours=12)
    await desk.do(ChangeDuty(role="coordinatrice", person="coord-b", ends_at=end))
    await desk.tick(hours=12, minutes=5)
    await desk.do(ChangeDuty(role="coordinatrice", person="coord-a"), caller=person("coord-a", Role.COORDINATOR))
    assert (await desk.facts(DutyTaken))[-1].taken_from == "coord-b"
    await desk.tick(minutes=10)
    given = (await desk.facts(DutyGiven))[-1]
    assert (given.person, given.to, given.until) == ("coord-b", "coord-a", end)


async def test_a_duty_taken_for_later_starts_then(desk_for):
    desk = await desk_for(SERVICE)
    start = datetime(2026, 7, 1, 18, 0, tzinfo=UTC)
    await desk.do(ChangeDuty(role="referent", person="president", starts_at=start), caller=COORD_A)
    assert (await holder(desk, "referent"))["person"] == "referent"
    await desk.tick(at=start)
    assert (await holder(desk, "referent"))["person"] == "president"


async def test_targets_are_people_groups_and_duty_roles(desk_for):
    desk = await desk_for(SERVICE)
    found = (await desk.ask(HowToReach(targets=("med-2", "idel", "role:coordinatrice", "inconnu"))))["contacts"]
    assert {target: [one["person"] for one in people] for target, people in found.items()} == {
        "med-2": ["med-2"],
        "idel": ["idel-1", "idel-2", "idel-3"],
        "role:coordinatrice": ["coord-a", "coord-b"],
        "inconnu": [],
    }
    with pytest.raises(Forbidden):
        await desk.ask(HowToReach(targets=("med-2",)), caller=person("med-1", Role.PROFESSIONAL))


async def test_erasing_a_person(desk_for):
    desk = await desk_for(SERVICE)
    token = (await desk.do(IssueToken(person="idel-3")))["token"]
    await desk.do(ErasePerson(person="idel-3"), caller=COORD_A)
    assert [fact.person for fact in await desk.facts(PersonErased)] == ["idel-3"]
    assert await who_calls(desk, token) is None
    names = await desk.ask(WhoAre(people=("idel-3",)))
    assert names["people"] == [{"person": "idel-3", "name": "", "function": ""}]
    for starter in SERVICE.starters:
        await desk.transact(starter)
    assert "idel-3" not in [item["person"] for item in (await desk.ask(ListPeople()))["items"]]
    with pytest.raises(Conflict):
        await desk.do(EnrollPerson(person="idel-3", name="Autre"))
    with pytest.raises(Conflict, match="astreinte"):
        await desk.do(ErasePerson(person="referent"))


async def test_enrolling_by_hand(desk_for):
    desk = await desk_for(SERVICE)
    reply = await desk.reply(EnrollPerson(person="med-7", name="Dr Anne Roche", structure="msp-paray"), caller=COORD_A)
    assert reply.created
    assert not (await desk.reply(EnrollPerson(person="med-7", name="Dr Anne Roche"), caller=COORD_A)).created
    for wrong in (
        EnrollPerson(person="x", name="X", structure="inconnue"),
        EnrollPerson(person="x", name="X", communes=("75056",)),
        EnrollPerson(person="x", name="X", roles=(Role.PLATFORM,)),
    ):
        with pytest.raises(Invalid):
            await desk.do(wrong, caller=COORD_A)


async def test_lists_are_paged_and_structures_are_open_to_all(desk_for):
    desk = await desk_for(SERVICE)
    first = await desk.ask(ListStructures(limit=20), caller=role_token(Role.ARS))
    rest = await desk.ask(ListStructures(limit=20, cursor=first["next"]), caller=role_token(Role.ARS))
    assert (len(first["items"]), len(rest["items"]), rest["next"]) == (20, 2, None)
    with pytest.raises(Forbidden):
        await desk.ask(ListPeople(), caller=role_token(Role.ARS))
