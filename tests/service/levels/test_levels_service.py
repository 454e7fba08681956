import asyncio
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from contracts.activity import ActivityReported
from contracts.alerts import (
    AlertExpired,
    AlertKind,
    AlertLifted,
    AlertRaised,
    AlertUpdated,
    Area,
    Colour,
    ColourPeriod,
    Phenomenon,
)
from contracts.base import Role, Text, TextRef
from contracts.directory import DutyTaken
from contracts.levels import (
    AskSituation,
    ChangeLevel,
    CrisisClosed,
    CrisisOpened,
    DecideProposal,
    LevelChanged,
    LevelProposed,
    ListProposals,
    ProposalDeclined,
    ProposalWithdrawn,
)
from contracts.slots import SlotBooked, SlotMode, SlotOffered, SlotState
from services.levels import SERVICE
from services.levels.plans import library_at, store_plans
from services.levels.tables import AlertRow
from services.platform.errors import BadSettings, Conflict, Forbidden, Invalid, NotFound
from services.platform.testing import person, role_token

PARIS = ZoneInfo("Europe/Paris")
PLANS = Path(__file__).parents[3] / "playbooks"
EXERCISE = "nord-essonne~exercice"
COORD_A = person("coord-a", Role.COORDINATOR, on_duty=("coordinatrice",))
REFERENT = person("referent", Role.REFERENT, on_duty=("referent",))
AFFLUX = """
playbook: afflux
version: 1
typology: T1
title: Afflux de victimes
not_ours: [Se rendre sur place sans demande du SAMU]
levels:
  1:
    name: Appui
    decided_by: [coordinatrice, referent]
    propose:
      - {when: {axis: orsan, volet: AMAVI}, because: "ORSAN {volet} déclenché"}
    actions: [{id: AFF-1, modality: possible, title: Prévenir, owner: coordinatrice}]
"""


@pytest.fixture
def settings(settings, tmp_path):
    folder = tmp_path / "plans"
    folder.mkdir()
    (folder / "canicule.yaml").write_text((PLANS / "canicule.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "afflux.yaml").write_text(AFFLUX, encoding="utf-8")
    return settings.model_copy(update={"playbooks_dir": folder})


def local(month, day, hours=0, minutes=0):
    return datetime(2026, month, day, hours, minutes, tzinfo=PARIS)


def ref(name):
    return TextRef(id=name, sha256="0" * 64)


def card(today, tomorrow, at, version=1, fact=AlertRaised, alert="canicule-91"):
    midnight = at.replace(hour=0, minute=0)
    spans = (
        (today, at, midnight + timedelta(days=1)),
        (tomorrow, midnight + timedelta(days=1), midnight + timedelta(days=2)),
    )
    periods = tuple(ColourPeriod(colour=colour, starts_at=start, ends_at=end) for colour, start, end in spans)
    return fact(
        alert=alert, version=version, kind=AlertKind.VIGILANCE, source="meteo-france", phenomenon=Phenomenon.CANICULE,
        colour=today, periods=periods, areas=(Area(departement="91"),), headline=ref(f"t-{alert}-{version}"),
        starts_at=at, ends_at=periods[-1].ends_at, issued_at=at,
    )  # fmt: skip


def call(alert="appel-1", kind=AlertKind.SAMU, fact=AlertRaised, version=1, **more):
    return fact(
        alert=alert, version=version, kind=kind, source=more.pop("source", "samu91"), headline=ref(f"t-{alert}"),
        starts_at=more.pop("at", local(6, 30, 10, 10)), areas=(Area(departement="91"),), **more,
    )  # fmt: skip


def orsan(alert="orsan-1", volet="EPI-CLIM", **more):
    return call(alert, kind=AlertKind.ORSAN, volet=volet, source="ars-idf", **more)


async def pending(desk, **how):
    return (await desk.ask(ListProposals(status="pending"), **how))["items"]


async def accept(desk, caller=COORD_A, **how):
    (item,) = await pending(desk, **how)
    return await desk.do(DecideProposal(proposal=item["id"], decision="accept", reason="Oui"), caller=caller, **how)


async def level(desk):
    crises = (await desk.ask(AskSituation()))["crises"]
    return [crisis["level"] for crisis in crises if crisis["closed_at"] is None]


async def make_desk(desk_for):
    return await desk_for(SERVICE, start=datetime(2026, 6, 26, 4, 0, tzinfo=UTC))


async def test_eleven_days_in_june(desk_for):
    desk = await make_desk(desk_for)
    desk.texts["t-appel-1"] = Text(id="t-appel-1", salt="", text="SAMU 91 : +22 %, appel de 10 h 05")
    await desk.tick(at=local(6, 27, 6))
    await desk.hear(card(Colour.VERT, Colour.JAUNE, local(6, 27, 6)))
    (first,) = await pending(desk)
    assert (first["level"], first["because"]) == (1, "Vigilance jaune canicule annoncée dimanche (Essonne)")
    await desk.tick(at=local(6, 27, 8, 15))
    await accept(desk)
    assert await level(desk) == [1]
    version = 1
    for at, today, tomorrow in (
        (local(6, 28, 6), Colour.JAUNE, Colour.ORANGE),
        (local(6, 29, 6), Colour.ORANGE, Colour.ORANGE),
        (local(6, 29, 16), Colour.ORANGE, Colour.ORANGE),
    ):
        version += 1
        await desk.tick(at=at)
        await desk.hear(card(today, tomorrow, at, version, AlertUpdated))
        assert await pending(desk) == []
    await desk.tick(at=local(6, 30, 10, 10))
    await desk.hear(call(phenomenon=Phenomenon.CANICULE))
    (second,) = await pending(desk)
    assert second["level"] == 2
    assert "SAMU 91 : +22 %, appel de 10 h 05" in [one["text"] for one in second["evidence"]]
    await desk.tick(at=local(6, 30, 10, 40))
    await accept(desk, REFERENT)
    await desk.tick(at=local(6, 30, 18))
    await desk.hear(orsan(at=local(6, 30, 18)))
    axis = next(axis for axis in (await desk.ask(AskSituation()))["axes"] if axis["axis"] == "orsan")
    assert (axis["label"], axis["status"]) == ("EPI-CLIM", "déclenché")
    (third,) = await pending(desk)
    because = "ORSAN EPI-CLIM déclenché (l'ARS Île-de-France, 18\u00a0h\u00a000)"
    assert (third["level"], third["because"], await level(desk)) == (3, because, [2])
    await desk.tick(at=local(7, 1, 6))
    await desk.hear(card(Colour.ROUGE, Colour.ROUGE, local(7, 1, 6), 5, AlertUpdated))
    (red,) = await pending(desk)
    assert (red["level"], red["supersedes"], len(red["evidence"])) == (3, third["id"], 2)
    await desk.tick(at=local(7, 1, 9, 12))
    await accept(desk, REFERENT)
    await desk.tick(at=local(7, 2, 6))
    await desk.hear(card(Colour.ROUGE, Colour.ORANGE, local(7, 2, 6), 6, AlertUpdated))
    await desk.tick(at=local(7, 3, 6))
    await desk.hear(card(Colour.JAUNE, Colour.VERT, local(7, 3, 6), 7, AlertUpdated))
    assert await pending(desk) == []
    await desk.tick(at=local(7, 3, 17))
    await desk.do(ChangeLevel(playbook="canicule", from_level=3, level=2, reason="Baisse"), caller=REFERENT)
    await desk.tick(at=local(7, 4, 6))
    await desk.hear(card(Colour.VERT, Colour.VERT, local(7, 4, 6), 8, AlertLifted))
    await desk.tick(at=local(7, 5, 18))
    await desk.do(ChangeLevel(playbook="canicule", from_level=2, level=1, reason="Baisse"), caller=REFERENT)
    assert await pending(desk) == []
    assert await desk.read(SERVICE.next_due) == local(7, 6)
    await desk.tick(at=local(7, 6))
    (last,) = await pending(desk)
    assert last["level"] == 0
    await desk.tick(at=local(7, 6, 12))
    await accept(desk)
    changes = await desk.facts(LevelChanged)
    assert [0, *(change.level for change in changes)] == [0, 1, 2, 3, 2, 1, 0]
    assert [change.version for change in changes] == [1, 2, 3, 4, 5, 6]
    assert {change.plan_sha256 for change in changes} == {(await desk.facts(CrisisOpened))[0].plan_sha256}
    assert len(await desk.facts(CrisisClosed)) == 1
    assert len(await desk.facts(LevelProposed)) == 5
    assert await desk.read(SERVICE.next_due) is None


async def test_what_no_longer_holds_is_withdrawn_with_its_reason(desk_for):
    desk = await make_desk(desk_for)
    await desk.hear(card(Colour.VERT, Colour.JAUNE, local(6, 26, 6)))
    await desk.hear(card(Colour.VERT, Colour.VERT, local(6, 26, 16), 2, AlertLifted))
    assert await pending(desk) == []
    (withdrawn,) = await desk.facts(ProposalWithdrawn)
    assert withdrawn.reason == "Ce qui la motivait ne tient plus : Vigilance jaune canicule annoncée samedi (Essonne)"
    (item,) = (await desk.ask(ListProposals()))["items"]
    assert item["status"] == "withdrawn"
    with pytest.raises(Conflict, match="ne tient plus"):
        await desk.do(DecideProposal(proposal=item["id"], decision="accept", reason="Oui"), caller=COORD_A)


async def test_a_card_that_ends_unconfirmed_ends_its_proposal(desk_for):
    desk = await make_desk(desk_for)
    await desk.hear(card(Colour.JAUNE, Colour.VERT, local(6, 26, 6)))
    await desk.hear(card(Colour.JAUNE, Colour.VERT, local(6, 26, 6), 2, AlertExpired))
    assert await pending(desk) == []
    (axis,) = (await desk.ask(AskSituation()))["axes"]
    assert (axis["status"], axis["today"]) == ("expirée sans confirmation", "vert")


async def test_an_early_warning_is_proposed_the_day_before(desk_for):
    desk = await make_desk(desk_for)
    far = card(Colour.ORANGE, Colour.ORANGE, local(6, 29, 0))
    await desk.hear(far)
    assert await pending(desk) == []
    assert await desk.read(SERVICE.next_due) == local(6, 28)
    await desk.tick(at=local(6, 28))
    (item,) = await pending(desk)
    assert item["because"] == "Vigilance orange canicule annoncée lundi (Essonne)"


async def test_a_day_no_longer_announced_orange_does_not_hold_the_lowering_back(desk_for):
    desk = await make_desk(desk_for)
    await desk.do(ChangeLevel(playbook="canicule", from_level=0, level=1, reason="x"), caller=COORD_A)
    await desk.hear(card(Colour.JAUNE, Colour.ORANGE, local(6, 26, 6)))
    await desk.tick(at=local(6, 26, 16))
    yellow_today = card(Colour.JAUNE, Colour.VERT, local(6, 26, 16), 2, AlertUpdated)
    await desk.hear(yellow_today.model_copy(update={"periods": yellow_today.periods[:1]}))
    await desk.hear(card(Colour.VERT, Colour.VERT, local(6, 26, 17), 3, AlertLifted))
    assert await desk.read(SERVICE.next_due) == local(6, 29, 6)


async def test_late_and_test_messages_change_nothing(desk_for):
    desk = await make_desk(desk_for)
    await desk.hear(card(Colour.VERT, Colour.VERT, local(6, 26, 16), 2, AlertUpdated))
    await desk.hear(card(Colour.ROUGE, Colour.ROUGE, local(6, 26, 6), 1))
    await desk.hear(
        card(Colour.ROUGE, Colour.ROUGE, local(6, 26, 6), 3, alert="essai").model_copy(update={"status": "test"})
    )
    assert await desk.said() == []


async def test_a_declined_proposal_returns_only_on_worse_facts(desk_for):
    desk = await make_desk(desk_for)
    at = local(6, 26, 6)
    await desk.hear(card(Colour.JAUNE, Colour.JAUNE, at))
    (item,) = await pending(desk)
    answer = await desk.do(DecideProposal(proposal=item["id"], decision="decline", reason="Trop tôt"), caller=COORD_A)
    assert answer["status"] == "declined"
    (declined,) = await desk.facts(ProposalDeclined)
    assert declined.decided_by == "coord-a"
    await desk.hear(card(Colour.JAUNE, Colour.JAUNE, at, 2, AlertUpdated))
    assert await pending(desk) == []
    await desk.hear(card(Colour.ORANGE, Colour.ORANGE, at, 3, AlertUpdated))
    (again,) = await pending(desk)
    assert again["because"] == "Vigilance orange canicule annoncée aujourd'hui (Essonne)"
    with pytest.raises(Conflict, match=r"refusée, déjà décidé par coord-a à 6\sh\s00"):
        await desk.do(DecideProposal(proposal=item["id"], decision="accept", reason="Oui"), caller=REFERENT)


async def test_two_people_accept_in_the_same_second(desk_for):
    desk = await make_desk(desk_for)
    await desk.hear(orsan(volet="AMAVI"))
    (item,) = await pending(desk)
    command = DecideProposal(proposal=item["id"], decision="accept", reason="Oui")
    first, second = await asyncio.gather(desk.reply(command, caller=COORD_A), desk.reply(command, caller=REFERENT))
    assert first.result["status"] == "accepted"
    assert second.refusal.kind == "conflict"
    assert "déjà décidé par coord-a" in second.refusal.message
    assert second.refusal.details["decided_by"] == "coord-a"
    assert len(await desk.facts(LevelChanged)) == 1


async def test_two_screens_change_the_same_level(desk_for):
    desk = await make_desk(desk_for)
    change = ChangeLevel(playbook="canicule", from_level=0, level=1, reason="Chaleur")
    first, second = await asyncio.gather(desk.reply(change, caller=REFERENT), desk.reply(change, caller=COORD_A))
    assert first.result["level"] == 1
    assert second.refusal.message.replace("\u00a0", " ") == (
        "Niveau 1, déjà décidé par referent à 6 h 00. Rechargez l'écran."
    )
    with pytest.raises(Invalid):
        await desk.do(ChangeLevel(playbook="canicule", from_level=1, level=1, reason="x"), caller=COORD_A)
    with pytest.raises(NotFound, match="canicule"):
        await desk.do(ChangeLevel(playbook="neige", from_level=0, level=1, reason="x"), caller=COORD_A)
    with pytest.raises(Conflict, match="niveau actuel est 0"):
        await desk.do(ChangeLevel(playbook="afflux", from_level=1, level=0, reason="x"), caller=COORD_A)


async def test_a_change_made_by_hand_answers_the_waiting_proposal(desk_for):
    desk = await make_desk(desk_for)
    await desk.hear(card(Colour.ROUGE, Colour.ROUGE, local(6, 26, 6)))
    (item,) = await pending(desk)
    assert item["level"] == 3
    await desk.do(ChangeLevel(playbook="canicule", from_level=0, level=1, reason="Par étapes"), caller=COORD_A)
    assert await pending(desk) == []
    with pytest.raises(Conflict, match="déjà décidé par coord-a"):
        await desk.do(DecideProposal(proposal=item["id"], decision="accept", reason="Oui"), caller=REFERENT)
    await desk.hear(orsan())
    (again,) = await pending(desk)
    assert (again["from_level"], again["level"]) == (1, 3)


async def test_several_crises_stand_side_by_side(desk_for):
    desk = await make_desk(desk_for)
    await desk.hear(card(Colour.JAUNE, Colour.JAUNE, local(6, 26, 6)))
    await accept(desk)
    await desk.hear(orsan(volet="AMAVI"))
    await accept(desk)
    situation = await desk.ask(AskSituation())
    assert {crisis["playbook"] for crisis in situation["crises"]} == {"canicule", "afflux"}
    await desk.do(ChangeLevel(playbook="afflux", from_level=1, level=0, reason="Levé"), caller=COORD_A)
    situation = await desk.ask(AskSituation())
    assert [crisis["closed_at"] is None for crisis in situation["crises"]] == [True, False]
    assert await pending(desk) == []


async def test_lifting_orsan_moves_its_axis_alone(desk_for):
    desk = await make_desk(desk_for)
    await desk.do(ChangeLevel(playbook="canicule", from_level=0, level=2, reason="x"), caller=COORD_A)
    await desk.hear(orsan())
    await accept(desk)
    await desk.hear(orsan(version=2, fact=AlertLifted))
    situation = await desk.ask(AskSituation())
    assert [(axis["axis"], axis["status"]) for axis in situation["axes"]] == [("orsan", "levé")]
    assert await level(desk) == [3]


async def test_a_prefet_may_only_ask_for_orsan(desk_for):
    desk = await make_desk(desk_for)
    await desk.hear(orsan().model_copy(update={"source": "prefecture-91"}))
    assert await pending(desk) == []
    (axis,) = (await desk.ask(AskSituation()))["axes"]
    assert axis["status"] == "demandé"


async def test_who_may_not_decide(desk_for):
    desk = await make_desk(desk_for)
    await desk.hear(card(Colour.JAUNE, Colour.JAUNE, local(6, 26, 6)))
    (item,) = await pending(desk, caller=role_token(Role.SAMU))
    decide = DecideProposal(proposal=item["id"], decision="accept", reason="Oui")
    change = ChangeLevel(playbook="canicule", from_level=0, level=1, reason="x")
    for caller in (role_token(Role.ARS), person("med-1", Role.PROFESSIONAL), person("coord-b", Role.COORDINATOR)):
        for command in (decide, change):
            with pytest.raises(Forbidden):
                await desk.do(command, caller=caller)
    exercise = person("coord-a", Role.COORDINATOR, on_duty=("coordinatrice",), territory=EXERCISE)
    with pytest.raises(NotFound):
        await desk.do(decide, caller=exercise, territory=EXERCISE)
    with pytest.raises(Forbidden):
        await desk.ask(AskSituation(), caller=COORD_A, territory=EXERCISE)


async def test_a_decision_typed_for_another(desk_for):
    desk = await make_desk(desk_for)
    await desk.hear(
        DutyTaken(role="referent", person="referent", version=1, deputies=("president",), starts_at=local(6, 1))
    )
    change = ChangeLevel(playbook="canicule", from_level=0, level=1, reason="x", decided_by="president")
    await desk.do(change, caller=COORD_A)
    assert (await desk.facts(LevelChanged))[0].decided_by == "president"
    wrong = ChangeLevel(playbook="canicule", from_level=1, level=2, reason="x", decided_by="med-1")
    await desk.hear(DutyTaken(role="coordinatrice", person="coord-a", version=1, starts_at=local(6, 1)))
    with pytest.raises(Forbidden, match="med-1"):
        await desk.do(wrong, caller=COORD_A)


def report(structure, day, value, version=1):
    return ActivityReported(
        report=f"r-{structure}-{day}", version=version, structure=structure, commune="91027", day=day,
        indicator="consultations_chaleur", value=value,
    )  # fmt: skip


async def test_field_reports_are_evidence_beside_a_call(desk_for):
    desk = await make_desk(desk_for)
    await desk.do(ChangeLevel(playbook="canicule", from_level=0, level=1, reason="x"), caller=COORD_A)
    today, before = date(2026, 6, 26), date(2026, 6, 25)
    await desk.hear_many(
        [
            report("a", before, 10),
            report("b", before, 10),
            report("a", today, 15),
            report("b", today, 11),
            report("c", today, 500),
            report("a", today, 14, version=1),
        ]
    )
    for fact in (SlotOffered, SlotBooked):
        booked = {"booking": "b", "count": 9, "asked_by": "samu"} if fact is SlotBooked else {}
        await desk.hear(
            fact(
                slot="s",
                version=1 if fact is SlotOffered else 2,
                professional="med-1",
                profession="medecin",
                commune="91027",
                starts_at=local(6, 26, 9),
                ends_at=local(6, 26, 12),
                places=10,
                booked=9 if booked else 0,
                mode=SlotMode.AUTRE,
                state=SlotState.OUVERT,
                **booked,
            )
        )
    assert await pending(desk) == []
    await desk.hear(call(phenomenon=None, at=local(6, 26, 6)))
    (item,) = await pending(desk)
    assert {one["label"] for one in item["evidence"]} == {
        "Le SAMU signale une hausse des appels liés à la chaleur",
        "Consultations liées à la chaleur en hausse de 30 % en un jour",
        "90 % des places de crise du jour sont prises",
    }


async def test_a_hundred_calls_in_one_batch_leave_one_proposal(desk_for):
    desk = await make_desk(desk_for)
    await desk.hear_many([call(f"c-{n}", phenomenon=Phenomenon.CANICULE) for n in range(100)])
    (item,) = await pending(desk)
    assert len(item["evidence"]) == 20
    assert len(await desk.facts(LevelProposed)) == 1
    assert (await desk.read(SERVICE.next_due)) is None


async def test_a_decision_in_the_same_batch_sees_the_facts_before_it(desk_for):
    desk = await make_desk(desk_for)
    await desk.hear(card(Colour.JAUNE, Colour.JAUNE, local(6, 26, 6)))
    (item,) = await pending(desk)
    _, reply, _ = await asyncio.gather(
        desk.hear(card(Colour.ROUGE, Colour.ROUGE, local(6, 26, 6), 2, AlertUpdated)),
        desk.reply(DecideProposal(proposal=item["id"], decision="accept", reason="Oui"), caller=COORD_A),
        desk.hear(call(phenomenon=Phenomenon.CANICULE)),
    )
    assert "plus récente" in reply.refusal.message
    (red,) = await pending(desk)
    assert red["level"] == 3
    assert "Le SAMU signale une hausse des appels liés à la chaleur" in [one["label"] for one in red["evidence"]]


async def test_an_alert_no_plan_reads_is_not_kept(desk_for):
    desk = await make_desk(desk_for)
    await desk.hear(call("bruit", kind=AlertKind.AUTRE, phenomenon=Phenomenon.ORAGES))
    assert await desk.read(lambda session: session.get(AlertRow, ("nord-essonne", "bruit"))) is None


async def test_lists_page_newest_first(desk_for):
    desk = await make_desk(desk_for)
    for version, colour in enumerate((Colour.JAUNE, Colour.ORANGE, Colour.ROUGE), start=1):
        await desk.tick(minutes=1)
        fact = AlertRaised if version == 1 else AlertUpdated
        await desk.hear(card(colour, colour, local(6, 26, 6), version, fact))
    page = await desk.ask(ListProposals(limit=2))
    rest = await desk.ask(ListProposals(limit=2, cursor=page["next"]))
    assert [item["level"] for item in page["items"] + rest["items"]] == [3, 1, 1]
    assert [item["status"] for item in page["items"] + rest["items"]] == ["pending", "superseded", "superseded"]
    assert rest["next"] is None


async def test_the_same_version_with_another_content_is_refused_at_start(desk_for, settings):
    desk = await make_desk(desk_for)
    path = settings.playbooks_dir / "afflux.yaml"
    path.write_text(AFFLUX.replace("Prévenir", "Appeler"), encoding="utf-8")
    library_at.cache_clear()
    with pytest.raises(BadSettings, match="augmentez « version »"):
        await desk.transact(lambda unit: store_plans(unit.session, library_at(settings.playbooks_dir)))
    path.write_text(AFFLUX.replace("Prévenir", "Appeler").replace("version: 1", "version: 2"), encoding="utf-8")
    library_at.cache_clear()
    await desk.transact(lambda unit: store_plans(unit.session, library_at(settings.playbooks_dir)))


async def test_a_crisis_stays_pinned_to_the_plan_it_was_opened_with(desk_for, settings):
    desk = await make_desk(desk_for)
    await desk.do(ChangeLevel(playbook="afflux", from_level=0, level=1, reason="x"), caller=COORD_A)
    changed = AFFLUX.replace("version: 1", "version: 2").replace("[coordinatrice, referent]", "[referent]")
    (settings.playbooks_dir / "afflux.yaml").write_text(changed, encoding="utf-8")
    library_at.cache_clear()
    await desk.do(ChangeLevel(playbook="afflux", from_level=1, level=0, reason="x"), caller=COORD_A)
    with pytest.raises(Forbidden):
        await desk.do(ChangeLevel(playbook="afflux", from_level=0, level=1, reason="x"), caller=COORD_A)
