from datetime import timedelta

import pytest

from contracts.base import Role
from contracts.cell import (
    AskCell,
    AssignFunction,
    CellConvened,
    CellDismissed,
    CellMemberArrived,
    CellMemberRelieved,
    CellWidened,
    ConveneCell,
    DismissCell,
    FunctionAssigned,
    NeedClosed,
    NotePresence,
    RelieveMember,
    StateNeed,
)
from contracts.directory import DutyGiven, DutyTaken, PersonEnrolled, PersonErased
from contracts.levels import CrisisClosed, CrisisOpened, LevelChanged
from services.cell import SERVICE
from services.platform.errors import Conflict, Forbidden, Invalid, NotFound
from services.platform.testing import START, person, role_token

COORD = person("coord-a", Role.COORDINATOR, on_duty=("coordinatrice",))
OFF_DUTY = person("coord-b", Role.COORDINATOR)
SHA = "a" * 64
PEOPLE = ("coord-a", "coord-b", "referent", "president", "idel-1", "idel-2", "pharm-1")


async def open_crisis(desk, crisis, playbook="canicule", *, level=2):
    opened = CrisisOpened(
        crisis=crisis, playbook=playbook, plan_version=1, plan_sha256=SHA, typology="T2", opened_at=desk.clock.now()
    )
    reason = {"id": "r", "sha256": SHA}
    changed = LevelChanged(
        crisis=crisis, version=1, playbook=playbook, plan_sha256=SHA, from_level=0, level=level,
        decided_by="referent", reason=reason, changed_at=desk.clock.now(),
    )  # fmt: skip
    await desk.hear_many([opened, changed])


async def close_crisis(desk, crisis, playbook="canicule", **extra):
    now = desk.clock.now()
    await desk.hear(CrisisClosed(crisis=crisis, version=2, playbook=playbook, opened_at=now, closed_at=now), **extra)


@pytest.fixture
async def desk(desk_for):
    desk = await desk_for(SERVICE)
    await desk.hear_many([PersonEnrolled(person=name) for name in PEOPLE])
    await open_crisis(desk, "c1")
    return desk


async def chair(desk, name, **how):
    found = await desk.ask(AskCell(), **how)
    return next(one for one in found["functions"] if one["function"] == name)


async def test_the_roster_of_the_territory_file_is_there_from_the_first_start(desk):
    pilot = await chair(desk, "pilote")
    assert (pilot["label"], pilot["holder"], pilot["deputies"]) == ("Pilote", "referent", ["president"])
    assert all(one["role"].endswith(".") for one in (await desk.ask(AskCell()))["functions"])
    told = await desk.facts(FunctionAssigned)
    assert len(told) == 14  # the seven functions of the real desk, and of its exercise
    for starter in SERVICE.starters:  # a second start says nothing again
        await desk.transact(starter)
    assert len(await desk.facts(FunctionAssigned)) == len(told)


async def test_a_change_of_roster_is_said_once_and_survives_a_start(desk):
    change = AssignFunction(function="pilote", holder="president", deputies=("referent", "president"))
    await desk.do(change, caller=COORD)
    await desk.do(change, caller=COORD)
    for starter in SERVICE.starters:
        await desk.transact(starter)
    last = (await desk.facts(FunctionAssigned))[-1]
    assert (last.version, last.holder, last.deputies) == (2, "president", ("referent",))
    assert (await chair(desk, "pilote"))["holder"] == "president"


async def test_nobody_unknown_enters_the_roster(desk):
    with pytest.raises(NotFound, match="annuaire"):
        await desk.do(AssignFunction(function="pilote", holder="persone"), caller=COORD)
    with pytest.raises(Invalid):
        await desk.do(AssignFunction(function="astrologue", holder="president"), caller=COORD)


async def test_two_crises_are_served_by_one_session(desk):
    first = await desk.reply(ConveneCell(place="Salle du conseil"), caller=COORD)
    await open_crisis(desk, "c2", "afflux-de-victimes")
    second = await desk.reply(ConveneCell(), caller=COORD)
    assert (first.created, second.created) == (True, False)
    assert (first.result["status"], second.result["status"]) == ("new", "widened")
    assert first.result["id"] == second.result["id"]
    (convened,) = await desk.facts(CellConvened)
    (widened,) = await desk.facts(CellWidened)
    assert (widened.crises, widened.joined, widened.version) == (("c1", "c2"), ("c2",), 2)
    assert widened.playbooks == ("canicule", "afflux-de-victimes")
    assert convened.called == ("referent", "coord-a", "coord-b", "president", "idel-1", "pharm-1")
    state = await desk.ask(AskCell(), caller=COORD)
    assert (state["crises"], state["absent"], state["place"]) == (["c1", "c2"], 7, "Salle du conseil")


async def test_two_people_who_call_at_the_same_second_call_one_cell(desk):
    replies = await desk.do_many([ConveneCell(), ConveneCell()], caller=COORD)
    assert sorted(reply.result["status"] for reply in replies) == ["known", "new"]
    second = next(reply for reply in replies if reply.result["status"] == "known")
    assert "déjà convoquée" in second.result["message"]
    assert "coord-a" in second.result["message"]
    assert len({reply.result["id"] for reply in replies}) == len(await desk.facts(CellConvened)) == 1


async def test_another_function_may_be_called_afterwards(desk):
    await desk.do(ConveneCell(functions=("pilote",)), caller=COORD)
    found = await desk.do(ConveneCell(functions=("logistique", "pilote")), caller=COORD)
    assert (found["status"], found["called"]) == ("widened", ["pharm-1"])
    assert (await desk.ask(AskCell()))["absent"] == 2
    assert not (await chair(desk, "liaison"))["called"]


async def test_who_is_on_duty_is_called_whoever_the_roster_names(desk):
    await desk.hear(DutyTaken(role="referent", person="president", version=1, starts_at=START))
    await desk.do(ConveneCell(functions=("pilote",)), caller=COORD)
    assert (await desk.facts(CellConvened))[0].called == ("president",)
    await desk.do(NotePresence(function="pilote"), caller=COORD)
    assert (await chair(desk, "pilote"))["present"] == "president"
    await desk.hear(DutyGiven(role="referent", person="president", version=1, until=desk.clock.now()))
    assert (await chair(desk, "pilote"))["expected"] == "referent"


async def test_presence_is_noted_once_for_a_person_or_an_outsider(desk):
    await desk.do(ConveneCell(), caller=COORD)
    for _ in range(2):
        await desk.do(NotePresence(function="pilote", person="referent"), caller=COORD)
    await desk.do(NotePresence(function="liaison", outsider="Mme Untel, mairie de Viry-Châtillon"), caller=COORD)
    await desk.do(NotePresence(function="autre", outsider="Capitaine Machin, SDIS"), caller=COORD)
    await desk.tick(minutes=1)
    await desk.do(NotePresence(function="autre", outsider="M. Chose, préfecture"), caller=COORD)
    assert len(await desk.facts(CellMemberArrived)) == 4
    state = await desk.ask(AskCell(), caller=COORD)
    assert state["absent"] == 5
    assert [guest["name"] for guest in state["guests"]] == ["Capitaine Machin, SDIS", "M. Chose, préfecture"]
    assert (await chair(desk, "liaison"))["present_name"] == "Mme Untel, mairie de Viry-Châtillon"
    assert "Untel" not in (await desk.facts(CellMemberArrived))[1].model_dump_json()
    with pytest.raises(Conflict, match="relève"):
        await desk.do(NotePresence(function="pilote", person="president"), caller=COORD)
    with pytest.raises(NotFound):
        await desk.do(NotePresence(function="logistique", person="personne-x"), caller=COORD)


async def test_a_relief_passes_the_function_on_with_its_word(desk):
    await desk.do(ConveneCell(), caller=COORD)
    await desk.do(NotePresence(function="main_courante", outsider="Une bénévole"), caller=COORD)
    await desk.tick(hours=6)
    handover = "Deux entrées restent à vérifier."
    await desk.do(RelieveMember(function="main_courante", to="idel-2", handover=handover), caller=COORD)
    await desk.tick(hours=6)
    await desk.do(RelieveMember(function="main_courante"), caller=COORD)
    first, second = await desk.facts(CellMemberRelieved)
    assert (first.person, first.to, second.person, second.to) == (None, "idel-2", "idel-2", None)
    assert first.left_by is not None
    assert first.handover is not None
    assert handover not in first.model_dump_json()
    assert not (await chair(desk, "main_courante"))["filled"]
    with pytest.raises(Conflict, match="notez une présence"):
        await desk.do(RelieveMember(function="main_courante", to="idel-1"), caller=COORD)


async def test_what_is_typed_afterwards_keeps_its_true_hour(desk):
    began = desk.clock.now() - timedelta(hours=1)
    await desk.do(ConveneCell(starts_at=began), caller=COORD)
    await desk.do(NotePresence(function="pilote", at=began), caller=COORD)
    with pytest.raises(Invalid, match="précède"):
        await desk.do(RelieveMember(function="pilote", to="president", at=began - timedelta(minutes=1)), caller=COORD)
    with pytest.raises(Invalid, match="précède"):
        await desk.do(NotePresence(function="liaison", at=began - timedelta(minutes=1)), caller=COORD)
    at = began + timedelta(minutes=20)
    await desk.do(RelieveMember(function="pilote", to="president", at=at), caller=COORD)
    envelope = (await desk.said())[-1]
    assert (envelope.time, envelope.recorded) == (at, desk.clock.now())
    assert (await chair(desk, "pilote"))["since"] == at.isoformat().replace("+00:00", "Z")


async def test_a_crisis_that_closes_leaves_the_cell_to_the_other(desk):
    await open_crisis(desk, "c2", "afflux-de-victimes")
    await desk.do(ConveneCell(), caller=COORD)
    await desk.do(NotePresence(function="pilote"), caller=COORD)
    await desk.do(
        StateNeed(crisis="c2", kind="consultations", what="Blessés légers", unit="places", asked=12, asked_by="samu"),
        caller=COORD,
    )
    await close_crisis(desk, "c2", "afflux-de-victimes")
    (widened,) = await desk.facts(CellWidened)
    assert (widened.crises, widened.left) == (("c1",), "c2")
    (closed,) = await desk.facts(NeedClosed)
    assert (closed.status, closed.asked, closed.available) == ("dropped", 12, 0)
    assert (await chair(desk, "pilote"))["filled"]
    assert await desk.facts(CellDismissed) == []
    await close_crisis(desk, "c1")
    (dismissed,) = await desk.facts(CellDismissed)
    assert (dismissed.crisis_over, dismissed.crises) == (True, ("c1",))
    state = await desk.ask(AskCell(), caller=COORD)
    assert (state["session"], state["crises"], state["absent"]) == (None, [], 0)
    assert state["last_dismissed_at"] is not None


async def test_a_fact_told_again_changes_nothing(desk):
    await desk.do(ConveneCell(), caller=COORD)
    await close_crisis(desk, "c1", id="f1")
    await desk.hear(CrisisOpened(crisis="c1", playbook="canicule", plan_version=1, plan_sha256=SHA, typology="T2",
                                 opened_at=START))  # fmt: skip
    await close_crisis(desk, "c1", id="f1")
    await close_crisis(desk, "c1", id="f2")
    assert len(await desk.facts(CellDismissed)) == 1
    with pytest.raises(Conflict, match="Aucune crise"):
        await desk.do(ConveneCell(), caller=COORD)


async def test_a_person_ends_the_session_and_another_may_begin(desk):
    first = await desk.do(ConveneCell(), caller=COORD)
    await desk.do(DismissCell(reason="Retour au calme."), caller=COORD)
    with pytest.raises(Conflict, match="Aucune cellule"):
        await desk.do(DismissCell(), caller=COORD)
    with pytest.raises(Conflict, match="Aucune cellule"):
        await desk.do(NotePresence(function="pilote"), caller=COORD)
    second = await desk.do(ConveneCell(), caller=COORD)
    assert second["status"] == "new"
    assert second["id"] != first["id"]


async def test_who_leaves_the_directory_leaves_the_roster_to_the_deputy(desk):
    await desk.hear(PersonErased(person="referent"))
    pilot, link = await chair(desk, "pilote"), await chair(desk, "liaison")
    assert (pilot["holder"], pilot["deputies"]) == ("president", [])
    assert (link["holder"], link["deputies"]) == ("president", [])
    with pytest.raises(NotFound):
        await desk.do(AssignFunction(function="pilote", holder="referent"), caller=COORD)


async def test_only_who_is_on_duty_writes(desk):
    for caller in (OFF_DUTY, role_token(Role.READER), role_token(Role.SAMU), person("med-1", Role.PROFESSIONAL)):
        with pytest.raises(Forbidden):
            await desk.do(ConveneCell(), caller=caller)


async def test_outside_the_cpts_one_sees_that_the_cell_sits_and_never_who(desk):
    await desk.do(ConveneCell(place="12 rue du Secret"), caller=COORD)
    await desk.do(NotePresence(function="pilote"), caller=COORD)
    for role in (Role.ARS, Role.SAMU):
        state = await desk.ask(AskCell(), caller=role_token(role))
        assert state["session"] is not None
        assert state["absent"] == 6
        assert all(word not in str(state) for word in ("referent", "coord-a", "president", "Secret"))
    assert (await chair(desk, "pilote", caller=person("med-1", Role.PROFESSIONAL)))["present"] == "referent"
