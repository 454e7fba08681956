"""Calls to the person on duty, mostly in the exercise territory, where nothing leaves: the path of a drill."""

from datetime import UTC, datetime

import pytest

from contracts.alerts import AlertKind, AlertLifted, AlertUpdated, Colour
from contracts.base import Envelope, Role, TextRef
from contracts.certificates import DeathCertificateAccepted, DeathCertificateEscalated
from contracts.directory import DutyGiven, HowToReach
from contracts.levels import ProposalDeclined, ProposalWithdrawn
from contracts.messages import (
    AcknowledgeMessage,
    DutyEscalated,
    ListMessages,
    MessageAcknowledged,
    MessageFailed,
    MessageSent,
)
from services.messages import SERVICE
from services.platform.batch import FactItem
from services.platform.errors import Forbidden, NotFound
from services.platform.testing import person, role_token

EXERCISE = "nord-essonne~exercice"
TEXT = TextRef(id="t2", sha256="0" * 64)


def utc(hour, minute=0, day=27):
    return datetime(2026, 6, day, hour - 2, minute, tzinfo=UTC)


async def sent_to(desk):
    return [(fact.to, fact.channel) for fact in await desk.facts(MessageSent)]


async def items(desk, territory=EXERCISE):
    return (await desk.ask(ListMessages(), territory=territory))["items"]


async def test_seven_then_second_channel_then_deputy(desk, facts):
    await desk.hear(facts.proposed(), territory=EXERCISE)
    await desk.tick(at=utc(6, 59))
    assert await sent_to(desk) == []
    await desk.tick(at=utc(7))
    assert await sent_to(desk) == [("coord-a", "exercice")]
    await desk.tick(at=utc(7, 19))
    assert len(await sent_to(desk)) == 1
    await desk.tick(at=utc(7, 20))
    await desk.tick(at=utc(7, 34))
    assert await sent_to(desk) == [("coord-a", "exercice")] * 2
    await desk.tick(at=utc(7, 35))
    assert (await sent_to(desk))[2] == ("coord-b", "exercice")
    escalated = [(fact.to, fact.step, fact.role) for fact in await desk.facts(DutyEscalated)]
    assert escalated == [("coord-a", 1, "coordinatrice"), ("coord-b", 2, "coordinatrice")]
    await desk.tick(at=utc(7, 50))
    assert "n'ont répondu" in (await desk.facts(MessageFailed))[0].reason
    await desk.tick(at=utc(9))
    assert len(await sent_to(desk)) == 3


async def test_the_drill_clock_knows_the_next_step(desk, facts):
    await desk.hear(facts.proposed(), territory=EXERCISE)
    assert await desk.read(SERVICE.next_due) == utc(7)
    await desk.tick(at=utc(7))
    assert await desk.read(SERVICE.next_due) == utc(7, 20)
    assert await desk.read(SERVICE.backlog) == 0


async def test_an_exercise_never_asks_for_an_address(desk, facts):
    def refuse(_):
        raise AssertionError("an address was asked for")

    desk.answers[HowToReach] = refuse
    await desk.hear(facts.raised(), territory=EXERCISE)
    await desk.hear(facts.needed(), territory=EXERCISE)
    await desk.run_once()
    rows = await items(desk)
    assert {row["state"] for row in rows} == {"parti"}
    assert {row["channel"] for row in rows} == {"exercice"}
    assert all(row["purpose"].startswith("EXERCICE") for row in rows)
    assert [row["to"] for row in rows] == ["med-2", "idel-1", "coord-a", "coord-a"]


WAKING = [
    ("raised", {}, True),
    ("raised", {"kind": AlertKind.ARS, "requests_level": 2}, True),
    ("raised", {"kind": AlertKind.ORSAN, "volet": "EPI-CLIM"}, True),
    ("raised", {"colour": Colour.ORANGE}, False),
    ("needed", {"asked": ()}, True),
    ("proposed", {}, False),
]


@pytest.mark.parametrize(("made", "fields", "wakes"), WAKING, ids=[f"{name} {fields}" for name, fields, _ in WAKING])
async def test_what_wakes_at_six(desk, facts, made, fields, wakes):
    await desk.hear(getattr(facts, made)(**fields), territory=EXERCISE)
    assert bool(await sent_to(desk)) is wakes


@pytest.mark.parametrize("how", ["decided", "withdrawn", "declined"])
async def test_what_is_decided_calls_nobody_any_more(desk, facts, how):
    await desk.hear(facts.proposed(), territory=EXERCISE)
    await desk.tick(at=utc(7))
    common = {"proposal": "p1", "playbook": "canicule", "level": 1}
    end = {
        "decided": facts.changed(),
        "withdrawn": ProposalWithdrawn(reason="retombé", **common),
        "declined": ProposalDeclined(decided_by="coord-a", reason=TEXT, **common),
    }[how]
    await desk.hear(end, territory=EXERCISE)
    await desk.tick(at=utc(9))
    assert len(await sent_to(desk)) == 1
    assert await desk.read(SERVICE.next_due) is None


async def test_deciding_also_settles_the_alert_behind_the_proposal(desk, facts):
    evidence = {"fact": "f", "kind": "vigilance", "label": "rouge", "alert": "a1", "at": utc(6)}
    await desk.hear(facts.raised(), territory=EXERCISE)
    await desk.hear(facts.proposed(level=3, evidence=(evidence,)), territory=EXERCISE)
    await desk.hear(facts.changed(level=3, from_level=2), territory=EXERCISE)
    await desk.tick(at=utc(9))
    assert len(await sent_to(desk)) == 1


async def test_newer_evidence_calls_nobody_twice(desk, facts):
    await desk.hear(facts.proposed(), territory=EXERCISE)
    await desk.tick(at=utc(7))
    withdrawn = ProposalWithdrawn(proposal="p1", playbook="canicule", level=1, reason="remplacée")
    await desk.hear(withdrawn, territory=EXERCISE)
    await desk.hear(facts.proposed("p2", supersedes="p1"), territory=EXERCISE)
    assert len(await sent_to(desk)) == 1
    await desk.tick(at=utc(7, 20))
    assert (await desk.facts(DutyEscalated))[0].about == "p2"
    await desk.hear(facts.changed(proposal="p2"), territory=EXERCISE)
    await desk.tick(at=utc(8))
    assert len(await sent_to(desk)) == 2


async def test_evidence_refined_within_the_second_still_leaves_once(desk, facts):
    await desk.tick(at=utc(10))
    withdrawn = ProposalWithdrawn(proposal="p1", playbook="canicule", level=1, reason="remplacée")
    await desk.hear_many([facts.proposed(), withdrawn, facts.proposed("p2", supersedes="p1", because="Mieux établi")])
    row = (await items(desk, "nord-essonne"))[0]
    assert (row["state"], row["error"]) == ("en_attente", None)
    assert len(await items(desk, "nord-essonne")) == 1
    await desk.hear(facts.changed(proposal="p2"))
    assert (await items(desk, "nord-essonne"))[0]["error"] == "Devenu inutile avant l'envoi : décidé"


async def test_a_proposal_back_after_a_refusal_calls_again(desk, facts):
    await desk.tick(at=utc(10))
    await desk.hear(facts.proposed(), territory=EXERCISE)
    declined = ProposalDeclined(proposal="p1", playbook="canicule", level=1, decided_by="coord-a", reason=TEXT)
    await desk.hear(declined, territory=EXERCISE)
    await desk.hear(facts.proposed("p2", supersedes="p1"), territory=EXERCISE)
    assert len(await sent_to(desk)) == 2


async def test_deputies_remain_when_the_time_of_the_holder_has_run_out(desk, facts):
    ended = facts.duty("coord-b", "coord-a", version=2).model_copy(update={"ends_at": utc(5)})
    await desk.hear(DutyGiven(role="coordinatrice", person="coord-a", to="coord-b", version=2), territory=EXERCISE)
    await desk.hear(ended, territory=EXERCISE)
    await desk.hear(facts.raised(), territory=EXERCISE)
    assert await sent_to(desk) == [("coord-a", "exercice")]


async def test_a_higher_level_calls_again(desk, facts):
    await desk.tick(at=utc(10))
    await desk.hear(facts.proposed(), territory=EXERCISE)
    await desk.hear(facts.proposed("p2", level=2, supersedes="p1"), territory=EXERCISE)
    assert len(await sent_to(desk)) == 2


async def test_a_level_of_the_referent_calls_both(desk, facts):
    await desk.tick(at=utc(10))
    await desk.hear(facts.proposed(decided_by=("referent",)), territory=EXERCISE)
    assert await sent_to(desk) == [("coord-a", "exercice"), ("referent", "exercice")]


async def test_red_calls_once_and_again_only_after_it_had_fallen(desk, facts):
    await desk.hear(facts.raised(colour=Colour.ORANGE), territory=EXERCISE)
    await desk.hear(facts.raised(AlertUpdated, version=2), territory=EXERCISE)
    await desk.hear(facts.raised(AlertUpdated, version=3), territory=EXERCISE)
    assert len(await sent_to(desk)) == 1
    await desk.hear(facts.raised(AlertUpdated, version=4, colour=Colour.ORANGE), territory=EXERCISE)
    await desk.hear(facts.raised(AlertUpdated, version=5), territory=EXERCISE)
    assert len(await sent_to(desk)) == 2
    await desk.hear(facts.raised(AlertLifted, version=6), territory=EXERCISE)
    assert await desk.read(SERVICE.next_due) is None


async def test_a_certificate_taken_stops_the_call(desk, facts):
    await desk.hear(facts.needed(), territory=EXERCISE)
    await desk.hear(facts.needed(DeathCertificateAccepted, version=2, accepted_by="idel-1"), territory=EXERCISE)
    await desk.tick(at=utc(9))
    assert [to for to, _ in await sent_to(desk)] == ["coord-a", "idel-1", "med-2"]


async def test_nobody_took_it_calls_again_and_asks_only_who_was_not(desk, facts):
    await desk.hear(facts.needed(), territory=EXERCISE)
    escalated = facts.needed(
        DeathCertificateEscalated, version=2, asked=("idel-1", "med-2", "med-3"), fallback="Repli par le 15.",
        to="coordinatrice",
    )  # fmt: skip
    await desk.hear(escalated, territory=EXERCISE)
    assert [to for to, _ in await sent_to(desk)] == ["coord-a", "idel-1", "med-2", "med-3", "coord-a"]


async def test_a_hole_is_told_once_at_entry(desk, facts):
    await desk.hear(facts.needed(asked=(), hole=True), territory=EXERCISE)
    hole = facts.needed(DeathCertificateEscalated, version=2, asked=(), hole=True, fallback="Repli.", to="coord-a")
    await desk.hear(hole, territory=EXERCISE)
    assert len(await sent_to(desk)) == 1


@pytest.mark.parametrize("made", ["needed", "raised"])
async def test_who_typed_it_on_duty_is_not_escalated(desk, facts, made):
    fields = {"asked": ()} if made == "needed" else {"kind": AlertKind.SAMU, "requests": TEXT}
    await desk.hear(getattr(facts, made)(**fields), territory=EXERCISE, author="coord-a")
    await desk.tick(at=utc(9))
    assert len(await sent_to(desk)) == 1


async def test_nobody_on_duty_is_said_then_the_next_holder_is_called(desk_for, facts):
    desk = await desk_for(SERVICE, start=utc(6))
    await desk.hear(facts.raised(), territory=EXERCISE)
    failed = (await desk.facts(MessageFailed))[0]
    assert failed.to == "role:coordinatrice"
    assert "Personne ne tient l'astreinte" in failed.reason
    assert (await items(desk))[0]["state"] == "echec"
    await desk.hear(facts.duty("coord-b"), territory=EXERCISE)
    await desk.tick(minutes=1)
    assert await sent_to(desk) == [("coord-b", "exercice")]


async def test_without_a_coordinator_the_referent_is_called(desk_for, facts):
    desk = await desk_for(SERVICE, start=utc(6))
    await desk.hear(facts.duty("referent", role="referent"), territory=EXERCISE)
    await desk.hear(facts.raised(), territory=EXERCISE)
    assert await sent_to(desk) == [("referent", "exercice")]


async def test_the_new_holder_is_called_after_a_handover(desk, facts):
    await desk.hear(facts.raised(), territory=EXERCISE)
    given = DutyGiven(role="coordinatrice", person="coord-a", to="coord-b", version=2, until=utc(6, 5))
    await desk.hear(given, territory=EXERCISE)
    await desk.hear(facts.duty("coord-b", version=2), territory=EXERCISE)
    await desk.tick(minutes=20)
    assert await sent_to(desk) == [("coord-a", "exercice"), ("coord-b", "exercice")]


async def test_an_old_fact_calls_nobody(desk, facts):
    old = datetime(2026, 6, 20, tzinfo=UTC)
    for fact in (facts.raised(), facts.proposed(), facts.needed(), facts.published(), facts.changed()):
        envelope = Envelope(
            id=fact.type_name(), type=fact.type_name(), source="test", time=old, recorded=old, territory=EXERCISE,
            correlation="c", data=fact.model_dump(mode="json"),
        )  # fmt: skip
        await desk.writer.hear([FactItem(envelope=envelope, model=fact)])
    assert await desk.said() == []
    assert await desk.read(SERVICE.next_due) is None


COORD = person("coord-a", Role.COORDINATOR, on_duty=("coordinatrice",), territory=EXERCISE)


async def test_a_person_signed_in_acknowledges_without_a_link(desk, facts):
    await desk.hear(facts.raised(), territory=EXERCISE)
    message = (await items(desk))[0]["id"]
    answer = await desk.do(AcknowledgeMessage(code=message), caller=COORD, territory=EXERCISE)
    assert answer["by"] == "coord-a"
    again = await desk.do(AcknowledgeMessage(code=message), caller=COORD, territory=EXERCISE)
    assert again["already"] is True
    assert len(await desk.facts(MessageAcknowledged)) == 1
    assert (await items(desk))[0]["state"] == "lu"
    await desk.tick(at=utc(9))
    assert len(await sent_to(desk)) == 1


async def test_a_wrong_code_acknowledges_nothing(desk, facts):
    await desk.hear(facts.raised(), territory=EXERCISE)
    with pytest.raises(NotFound):
        await desk.do(AcknowledgeMessage(code="inconnu-inconnu"), territory=EXERCISE)
    message = (await items(desk))[0]["id"]
    with pytest.raises(NotFound):
        await desk.do(AcknowledgeMessage(code=message), caller=COORD, territory="nord-essonne")


@pytest.mark.parametrize("role", [Role.ARS, Role.SAMU, Role.PROFESSIONAL, Role.METEO])
async def test_others_do_not_read_messages(desk, role):
    with pytest.raises(Forbidden):
        await desk.ask(ListMessages(), caller=role_token(role))


async def test_the_list_is_cut_in_pages(desk, facts):
    for rank in range(5):
        await desk.hear(facts.raised(alert=f"a{rank}"), territory=EXERCISE)
    first = await desk.ask(ListMessages(limit=3), territory=EXERCISE)
    second = await desk.ask(ListMessages(limit=3, cursor=first["next"]), territory=EXERCISE)
    assert [row["about"] for row in first["items"] + second["items"]] == ["a4", "a3", "a2", "a1", "a0"]
    assert second["next"] is None
    assert (await desk.ask(ListMessages()))["items"] == []
