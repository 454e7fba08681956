from datetime import timedelta

import pytest

from contracts.base import Role
from contracts.directory import PersonEnrolled, PersonErased
from contracts.levels import CrisisClosed, CrisisOpened
from contracts.slots import ListSlots
from contracts.solicitations import (
    AnswerSolicitation,
    CloseSolicitation,
    ListSolicitations,
    PlacesSolicited,
    SolicitationAnswered,
    SolicitationClosed,
    SolicitPlaces,
)
from services.platform.errors import Conflict, Forbidden, Invalid, NotFound
from services.platform.testing import START, person, role_token
from services.slots import SERVICE
from services.slots.solicitation_store import next_end

HOME = "nord-essonne"
COORD = person("coord-a", Role.COORDINATOR, on_duty=("coordinatrice",))
OFF_DUTY = person("coord-b", Role.COORDINATOR)
MED1 = person("med-1", Role.PROFESSIONAL, structure="msp-paray")
MED2 = person("med-2", Role.PROFESSIONAL, structure="msp-athis")
IDEL1 = person("idel-1", Role.PROFESSIONAL, structure="idel-athis")
SHARED = role_token(Role.PROFESSIONAL)


def solicit(**changes) -> SolicitPlaces:
    fields = {
        "groups": ("medecins",),
        "starts_at": START + timedelta(hours=8),
        "ends_at": START + timedelta(hours=12),
        "places": 6,
        "mode": "visite",
        "text": "Surveillance à domicile ce soir",
    }
    return SolicitPlaces(**(fields | changes))


@pytest.fixture
async def desk(desk_for, territories):
    desk = await desk_for(SERVICE)
    fields = set(PersonEnrolled.model_fields)
    for seed in territories[HOME].seed["people"]:
        await desk.hear(PersonEnrolled.model_validate({name: seed[name] for name in fields & set(seed)}))
    return desk


async def listed(desk, caller=COORD, **question):
    return (await desk.ask(ListSolicitations(**question), caller=caller))["items"]


async def test_from_the_request_to_the_answers(desk):
    made = await desk.do(solicit(people=("idel-1",)), caller=COORD)
    (fact,) = await desk.facts(PlacesSolicited)
    assert fact.addressees[0] == "idel-1"
    assert {"med-1", "med-2"} <= set(fact.addressees)
    assert "Surveillance" not in fact.model_dump_json()

    await desk.do(AnswerSolicitation(solicitation=made["id"], answer="plus_tard"), caller=MED1)
    (seen,) = await listed(desk, MED1, open_only=True)
    assert (seen["answer"], seen["status"], seen["text"]) == ("plus_tard", "open", "Surveillance à domicile ce soir")
    assert not {"counts", "answers", "groups", "asked_by"} & set(seen)

    await desk.do(AnswerSolicitation(solicitation=made["id"], answer="oui"), caller=MED1)
    await desk.do(AnswerSolicitation(solicitation=made["id"], answer="oui"), caller=MED1)
    typed = AnswerSolicitation(solicitation=made["id"], answer="non", professional="med-2")
    await desk.do(typed, caller=COORD)
    told = [(fact.person, fact.answer, fact.previous, fact.entered_by) for fact in await answered(desk)]
    assert told == [
        ("med-1", "plus_tard", None, None), ("med-1", "oui", "plus_tard", None), ("med-2", "non", None, "coord-a"),
    ]  # fmt: skip
    (item,) = await listed(desk)
    total = len(fact.addressees)
    assert item["counts"] == {"sollicites": total, "oui": 1, "non": 1, "plus_tard": 0, "sans_reponse": total - 2}
    by_person = {each["person"]: (each["answer"], each["entered_by"]) for each in item["answers"]}
    assert (by_person["med-1"], by_person["med-2"]) == (("oui", None), ("non", "coord-a"))
    assert by_person["idel-1"] == (None, None)


async def answered(desk):
    return await desk.facts(SolicitationAnswered)


@pytest.mark.parametrize(
    ("caller", "professional", "error", "words"),
    [
        (MED1, "med-2", Forbidden, "pour vous seulement"),
        (IDEL1, None, Forbidden, "ne s'adresse pas"),
        (COORD, "idel-1", Forbidden, "ne s'adresse pas"),
        (COORD, None, Invalid, "qui répond"),
        (OFF_DUTY, "med-1", Forbidden, "astreinte"),
        (SHARED, None, Forbidden, None),
        (role_token(Role.SAMU), "med-1", Forbidden, None),
    ],
    ids=["a colleague", "not asked", "typed for who was not asked", "nobody", "off duty", "a shared token", "samu"],
)
async def test_who_may_not_answer(desk, caller, professional, error, words):
    made = await desk.do(solicit(), caller=COORD)
    command = AnswerSolicitation(solicitation=made["id"], answer="oui", professional=professional)
    with pytest.raises(error, match=words):
        await desk.do(command, caller=caller)
    assert await answered(desk) == []


@pytest.mark.parametrize(
    "caller", [MED1, OFF_DUTY, role_token(Role.ARS), role_token(Role.SAMU)], ids=["pro", "off duty", "ars", "samu"]
)
async def test_only_the_desk_on_duty_asks_and_closes(desk, caller):
    made = await desk.do(solicit(), caller=COORD)
    with pytest.raises(Forbidden):
        await desk.do(solicit(), caller=caller)
    with pytest.raises(Forbidden):
        await desk.do(CloseSolicitation(solicitation=made["id"]), caller=caller)


async def test_each_reader_sees_what_they_may(desk):
    await desk.do(solicit(), caller=COORD)
    assert len(await listed(desk, OFF_DUTY)) == 1, "off duty reads"
    assert len(await listed(desk, MED2)) == 1
    assert await listed(desk, IDEL1) == []
    for caller in (role_token(Role.ARS), role_token(Role.SAMU), role_token(Role.READER), SHARED):
        with pytest.raises(Forbidden):
            await listed(desk, caller)


async def test_it_closes_by_itself_when_its_period_is_over(desk):
    made = await desk.do(solicit(), caller=COORD)
    await desk.do(AnswerSolicitation(solicitation=made["id"], answer="oui"), caller=MED1)
    assert await desk.read(next_end) == START + timedelta(hours=12)
    desk.clock.set(START + timedelta(hours=12, minutes=5))
    assert await listed(desk, open_only=True) == [], "before the tick too"
    with pytest.raises(Conflict, match="close"):
        await desk.do(AnswerSolicitation(solicitation=made["id"], answer="non"), caller=MED1)
    await desk.tick()
    await desk.tick(minutes=1)
    (fact,) = await desk.facts(SolicitationClosed)
    assert (fact.ending, fact.yes, fact.version) == ("periode", 1, 3)
    assert (await desk.said())[-1].time == START + timedelta(hours=12)
    assert await desk.read(next_end) is None
    (item,) = await listed(desk)
    assert (item["status"], item["ending"]) == ("closed", "periode")


async def test_closed_by_hand_once(desk):
    made = await desk.do(solicit(), caller=COORD)
    await desk.do(CloseSolicitation(solicitation=made["id"]), caller=COORD)
    with pytest.raises(Conflict, match="déjà close"):
        await desk.do(CloseSolicitation(solicitation=made["id"]), caller=COORD)
    with pytest.raises(Conflict, match="merci"):
        await desk.do(AnswerSolicitation(solicitation=made["id"], answer="oui"), caller=MED1)
    with pytest.raises(NotFound):
        await desk.do(CloseSolicitation(solicitation="ailleurs"), caller=COORD)
    await desk.tick(days=1)
    assert len(await desk.facts(SolicitationClosed)) == 1


async def test_the_end_of_the_crisis_ends_it(desk):
    opened = {"crisis": "c1", "playbook": "canicule", "opened_at": START}
    await desk.hear(CrisisOpened(plan_version=1, plan_sha256="0", typology="T2", **opened))
    await desk.do(solicit(), caller=COORD)
    assert (await desk.facts(PlacesSolicited))[0].crisis == "c1"
    await desk.hear(CrisisClosed(version=3, closed_at=START, **opened))
    (fact,) = await desk.facts(SolicitationClosed)
    assert fact.ending == "crise"


async def test_who_is_asked_is_as_the_directory_last_said(desk):
    await desk.hear(PersonEnrolled(person="med-1", version=5, roles=(Role.PROFESSIONAL,), groups=("kines",)))
    await desk.hear(PersonEnrolled(person="med-1", version=2, roles=(Role.PROFESSIONAL,), groups=("medecins",)))
    await desk.hear(PersonErased(person="med-2"))
    await desk.do(solicit(), caller=COORD)
    (fact,) = await desk.facts(PlacesSolicited)
    assert not {"med-1", "med-2"} & set(fact.addressees)
    with pytest.raises(Invalid, match="med-2"):
        await desk.do(solicit(people=("med-2",)), caller=COORD)


async def test_pages_follow_each_other_and_the_exercise_never_crosses(desk):
    ids = [(await desk.do(solicit(places=number), caller=COORD))["id"] for number in (1, 2, 3)]
    seen, cursor = [], None
    while True:
        page = await desk.ask(ListSolicitations(limit=2, cursor=cursor), caller=COORD)
        seen += [item["id"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert sorted(seen) == sorted(ids)
    exercise = f"{HOME}~exercice"
    assert (await desk.ask(ListSolicitations(), territory=exercise))["items"] == []
    with pytest.raises(NotFound):
        await desk.do(AnswerSolicitation(solicitation=ids[0], answer="oui", professional="med-1"), territory=exercise)
    assert (await desk.ask(ListSlots(), caller=COORD))["items"] == []
