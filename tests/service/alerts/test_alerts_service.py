import base64
import json
from datetime import timedelta
from pathlib import Path

import pytest

from contracts.alerts import (
    AlertExpired,
    AlertLifted,
    AlertRaised,
    AlertUpdated,
    LiftAlert,
    ListAlerts,
    ListQuarantine,
    ReportAlert,
)
from contracts.base import Role, exercise_of
from services.alerts import SERVICE
from services.platform.errors import Conflict, Forbidden, Invalid, NotFound, TooLarge
from services.platform.testing import HOME, person, role_token
from tests.unit.alerts.alerts_samples import CARD, alert, at, posted, posted_cap, posted_card

DRILL = exercise_of(HOME)
ON_DUTY = person("coord-a", Role.COORDINATOR, on_duty=("coordinatrice",))
OFF_DUTY = person("coord-b", Role.COORDINATOR)
ARS, SAMU, METEO = role_token(Role.ARS), role_token(Role.SAMU), role_token(Role.METEO)


def told(facts):
    return [fact.type for fact in facts]


async def in_force(desk, territory=HOME, **options):
    return (
        await desk.ask(ListAlerts(**options), territory=territory, caller=person("x", Role.READER, territory=territory))
    )["items"]


async def test_an_alert_is_raised_once_however_often_it_comes(desk_for):
    desk = await desk_for(SERVICE)
    first = await desk.reply(posted(alert()), caller=ARS)
    again = await desk.reply(posted(dict(reversed(alert().items()))), caller=ARS)
    assert (first.created, first.result["status"]) == (True, "new")
    assert (again.created, again.result["status"]) == (False, "known")
    assert again.result["id"] == first.result["id"]
    (raised,) = await desk.facts(AlertRaised)
    assert (raised.alert, raised.kind, raised.volet, raised.version) == (first.result["id"], "orsan", "EPI-CLIM", 1)
    (item,) = await in_force(desk)
    assert item["headline"] == "ORSAN EPI-CLIM déclenché"
    assert (item["departements"], item["status"]) == (["91"], "en vigueur")
    assert "ORSAN EPI-CLIM" not in json.dumps([fact.data for fact in await desk.said()])


async def test_many_at_once_meet_in_one_transaction(desk_for):
    desk = await desk_for(SERVICE)
    documents = [posted(alert(external_id=f"A{number % 40}")) for number in range(100)]
    replies = await desk.do_many(documents, caller=ARS)
    assert sorted(reply.result["status"] for reply in replies) == ["known"] * 60 + ["new"] * 40
    assert len(await desk.facts(AlertRaised)) == 40


async def test_same_external_id_updates_and_unchanged_says_nothing(desk_for):
    desk = await desk_for(SERVICE)
    batch = [
        posted(alert()),
        posted(alert(requests_level=3)),
        posted(alert(requests_level=3, issued_at=at(29, 6).isoformat())),
    ]
    replies = [reply.result for reply in await desk.do_many(batch, caller=ARS)]
    assert [reply["status"] for reply in replies] == ["new", "updated", "known"]
    assert told(await desk.said()) == ["alert.raised", "alert.updated"]
    older = alert(requests_level=1, issued_at=at(29, 5).isoformat())
    assert (await desk.do(posted(older), caller=ARS))["status"] == "known"
    (item,) = await in_force(desk)
    assert (item["requests_level"], item["version"]) == (3, 2)


async def test_a_step_of_a_procedure_and_an_old_word_for_a_volet_travel_with_the_alert(desk_for):
    desk = await desk_for(SERVICE)
    flu = {"kind": "orsan", "phenomenon": "epidemie_saisonniere", "volet": "CLIM"}
    for step in ("pre_epidemique", "epidemique"):
        await desk.do(posted(alert(**flu, grade=step)), caller=ARS)
    assert told(await desk.said()) == ["alert.raised", "alert.updated"]
    (updated,) = await desk.facts(AlertUpdated)
    assert (updated.phenomenon, updated.volet, updated.grade) == ("epidemie_saisonniere", "EPI-CLIM", "epidemique")
    (item,) = await in_force(desk)
    assert (item["grade"], item["volet"]) == ("epidemique", "EPI-CLIM")


async def test_heat_wave_is_one_alert(desk_for):
    """Jaune, orange, orange, rouge, rouge, jaune, then green: one alert, told when something changes."""
    desk = await desk_for(SERVICE, start=at(26))
    colours = ["vert", "vert", "jaune", "orange", "orange", "rouge", "rouge", "jaune", "vert"]
    seen = []
    for number, (today, tomorrow) in enumerate(zip(colours, [*colours[1:], "vert"], strict=True)):
        for hour in (4, 14):
            await desk.tick(at=at(26, hour) + timedelta(days=number))
            seen.append((await desk.do(posted_card(desk.clock.now(), today, tomorrow), territory=DRILL))["status"])
        if number == 2:
            (item,) = await in_force(desk, DRILL)
            assert (item["colour"], item["colour_today"], item["colour_tomorrow"]) == ("orange", "jaune", "orange")
        await desk.tick(at=at(26, 22) + timedelta(days=number))
    assert seen == ["known"] * 2 + ["new", "known"] + ["updated", "known"] * 5 + ["known"] * 4
    facts = await desk.said()
    assert {fact.territory for fact in facts} == {DRILL}
    assert told(facts) == ["alert.raised", *["alert.updated"] * 6, "alert.expired"]
    falls = ["jaune", "orange", "orange", "rouge", "rouge", "rouge", "jaune", "jaune"]
    assert [fact.data["colour"] for fact in facts] == falls
    assert len({fact.data["alert"] for fact in facts}) == 1


async def test_green_card_lifts_what_is_in_force_and_an_older_card_does_not_bring_it_back(desk_for):
    desk = await desk_for(SERVICE, start=at(29, 4, 5))
    morning = posted_card(at(29), "orange", "orange")
    raised = await desk.do(morning, caller=METEO)
    await desk.tick(at=at(29, 14, 5))
    lifted = await desk.do(posted_card(at(29, 14)), caller=METEO)
    assert (lifted["status"], lifted["id"]) == ("lifted", raised["id"])
    late = posted_card(at(29, 9), "rouge", "rouge")
    assert [(await desk.do(document, caller=METEO))["status"] for document in (morning, late)] == ["known", "known"]
    assert told(await desk.said()) == ["alert.raised", "alert.lifted"]
    (item,) = await in_force(desk, in_force=False)
    assert item["status"] == "levée"


async def test_a_green_card_first_then_an_older_one_changes_nothing(desk_for):
    desk = await desk_for(SERVICE, start=at(29, 14, 5))
    assert (await desk.do(posted_card(at(29, 14)), caller=METEO))["status"] == "known"
    assert (await desk.do(posted_card(at(29), "orange", "orange"), caller=METEO))["status"] == "known"
    assert await desk.said() == []


async def test_green_for_one_day_only_lifts_nothing(desk_for):
    desk = await desk_for(SERVICE, start=at(29, 4, 5))
    await desk.do(posted_card(at(29), "orange", "orange"), caller=METEO)
    await desk.tick(at=at(29, 14, 5))
    assert (await desk.do(posted_card(at(29, 14), days=("J",)), caller=METEO))["status"] == "known"
    assert len(await in_force(desk)) == 1


async def test_card_and_cap_are_one_alert(desk_for):
    desk = await desk_for(SERVICE, start=at(29, 14, 5))
    card = await desk.do(posted_card(at(29, 13), "vert", "orange"), caller=METEO)
    cap = await desk.do(posted_cap(), caller=METEO)
    worse = await desk.do(posted_cap("2", sent="2026-06-29T17:00:00+02:00", level="4; red; Extreme"), caller=METEO)
    assert [(reply["status"], reply["id"]) for reply in (cap, worse)] == [
        ("known", card["id"]),
        ("updated", card["id"]),
    ]
    reference = "vigilance@meteo.fr,2,2026-06-29T17:00:00+02:00"
    cancel = posted_cap("3", verb="Cancel", infos="", references=reference, sent="2026-06-29T18:00:00+02:00")
    assert (await desk.do(cancel, caller=METEO))["status"] == "lifted"
    assert told(await desk.said()) == ["alert.raised", "alert.updated", "alert.lifted"]


async def test_a_cancel_of_what_a_newer_document_replaced_lifts_nothing(desk_for):
    desk = await desk_for(SERVICE, start=at(29, 14, 5))
    await desk.do(posted_cap("1"), caller=METEO)
    await desk.tick(at=at(30, 4, 5))
    await desk.do(posted_card(at(30), "rouge", "rouge"), caller=METEO)
    reference = "vigilance@meteo.fr,1,2026-06-29T16:00:42+02:00"
    cancel = posted_cap("3", verb="Cancel", infos="", references=reference, sent="2026-06-30T07:00:00+02:00")
    assert (await desk.do(cancel, caller=METEO))["status"] == "known"
    assert len(await in_force(desk)) == 1


async def test_cap_of_another_sender_is_followed_through_its_references(desk_for):
    desk = await desk_for(SERVICE, start=at(29, 14, 5))
    sender = "alerte@ars.example"
    raised = await desk.do(posted_cap("A", sender=sender), caller=ARS)
    update = {
        "verb": "Update",
        "sent": "2026-06-29T16:02:00+02:00",
        "references": f"{sender},A,2026-06-29T16:00:42+02:00",
    }
    updated = await desk.do(posted_cap("B", sender=sender, headline="Point 2", **update), caller=ARS)
    cancel = {
        "verb": "Cancel",
        "sent": "2026-06-29T16:04:00+02:00",
        "references": f"{sender},B,2026-06-29T16:02:00+02:00",
    }
    lifted = await desk.do(posted_cap("C", sender=sender, infos="", **cancel), caller=ARS)
    assert [reply["status"] for reply in (raised, updated, lifted)] == ["new", "updated", "lifted"]
    assert {reply["id"] for reply in (raised, updated, lifted)} == {raised["id"]}
    unknown = posted_cap(
        "E", sender=sender, verb="Cancel", infos="", references=f"{sender},Z,2026-06-29T16:00:42+02:00"
    )
    assert (await desk.do(unknown, caller=ARS))["status"] == "quarantined"


async def test_touching_validities_are_one_alert_and_distant_ones_two(desk_for):
    desk = await desk_for(SERVICE, start=at(29, 14, 5))
    days = {
        "onset": "2026-07-01T00:00:00+02:00",
        "expires": "2026-07-02T00:00:00+02:00",
        "sent": "2026-06-29T16:01:00+02:00",
    }
    far = {
        "onset": "2026-07-05T00:00:00+02:00",
        "expires": "2026-07-06T00:00:00+02:00",
        "sent": "2026-06-29T16:02:00+02:00",
    }
    first = await desk.do(posted_cap("1"), caller=METEO)
    touching = await desk.do(posted_cap("2", **days), caller=METEO)
    distant = await desk.do(posted_cap("3", **far), caller=METEO)
    assert [reply["status"] for reply in (first, touching, distant)] == ["new", "updated", "new"]
    assert first["id"] == touching["id"] != distant["id"]


async def test_an_end_without_newer_document_is_never_a_lifting(desk_for):
    desk = await desk_for(SERVICE, start=at(29, 4, 5))
    await desk.do(posted_card(at(29), "rouge", "jaune"), caller=METEO)
    await desk.tick(at=at(29, 21, 59))
    await desk.tick(at=at(29, 22))
    await desk.tick(seconds=1)
    await desk.tick(at=at(30, 22))
    await desk.tick(minutes=1)
    facts = await desk.said()
    assert [(fact.type, fact.data["colour"]) for fact in facts] == [
        ("alert.raised", "rouge"),
        ("alert.updated", "jaune"),
        ("alert.expired", "jaune"),
    ]
    assert await desk.facts(AlertLifted) == []
    (item,) = await in_force(desk, in_force=False)
    assert item["status"] == "expirée sans confirmation"


async def test_the_clock_knows_the_next_due_moment(desk_for):
    desk = await desk_for(SERVICE, start=at(29, 4, 5))
    assert await desk.read(SERVICE.next_due) is None
    await desk.do(posted_card(at(29), "rouge", "jaune"), caller=METEO)
    assert await desk.read(SERVICE.next_due) == at(29, 22)


async def test_what_is_already_over_on_arrival_is_entered_and_expires(desk_for):
    desk = await desk_for(SERVICE, start=at(29))
    receipt = await desk.do(posted_card(at(20), "orange", "orange"), caller=METEO)
    assert receipt["status"] == "new"
    assert "déjà passée" in receipt["reason"]
    assert told(await desk.said()) == ["alert.raised", "alert.expired"]
    assert await in_force(desk) == []


async def test_national_card_only_speaks_of_our_departement(desk_for):
    desk = await desk_for(SERVICE, start=at(29, 4, 5))
    others = [("75", "6", "rouge", "rouge"), ("2A", "6", "orange", "orange"), ("91", "3", "jaune", "vert")]
    receipt = await desk.do(posted_card(at(29), "orange", "orange", others=others), caller=METEO)
    assert len(receipt["alerts"]) == 2
    assert sorted(raised.phenomenon for raised in await desk.facts(AlertRaised)) == ["canicule", "orages"]


async def test_touching_no_territory_is_quarantined_and_shown(desk_for):
    desk = await desk_for(SERVICE)
    document = posted(alert(areas=[{"departement": "2B"}, {"commune": "75056"}]))
    receipt = await desk.do(document, caller=ARS)
    assert receipt["status"] == "quarantined"
    assert "aucun territoire" in receipt["reason"]
    assert await desk.do(document, caller=ARS) == receipt
    (held,) = (await desk.ask(ListQuarantine(), caller=ON_DUTY))["items"]
    assert held["id"] == receipt["id"]
    assert held["body"] == document.body
    assert await desk.said() == []


@pytest.mark.parametrize(
    ("changes", "status", "where"),
    [
        ({"status": "actual"}, "new", HOME),
        ({"status": "exercise"}, "new", DRILL),
        ({"status": "test"}, "test", None),
    ],
    ids=["actual", "exercise", "test"],
)
async def test_status_says_which_territory(desk_for, changes, status, where):
    desk = await desk_for(SERVICE)
    document = posted(alert(**changes))
    assert (await desk.do(document, caller=ARS))["status"] == status
    assert (await desk.do(document, caller=ARS))["status"] == ("test" if status == "test" else "known")
    assert [fact.territory for fact in await desk.said()] == ([where] if where else [])


async def test_what_is_sent_to_an_exercise_stays_there(desk_for):
    desk = await desk_for(SERVICE, start=at(29, 4, 5))
    caller = role_token(Role.SAMU, DRILL)
    await desk.do(posted(alert()), caller=caller, territory=DRILL)
    await desk.do(posted_card(at(29), "orange", "orange"), caller=caller, territory=DRILL)
    assert {fact.territory for fact in await desk.said()} == {DRILL}
    assert await in_force(desk) == []
    assert len(await in_force(desk, DRILL)) == 2
    with pytest.raises(Forbidden):
        await desk.do(posted(alert(external_id="B")), caller=caller)


async def test_a_typed_call_off_duty_keeps_its_words_apart(desk_for):
    desk = await desk_for(SERVICE, start=at(30, 8, 10))
    reporter = {"name": "Dr Martin", "function": "SAMU 91", "at": at(30, 8, 5).isoformat(), "verified": False}
    call = {"kind": "samu", "headline": "SAMU 91 : +22 %", "requests_level": 2, "reported_by": reporter}
    receipt = await desk.do(posted(call), caller=OFF_DUTY)
    assert receipt["status"] == "new"
    (fact,) = await desk.said()
    assert fact.time == at(30, 8, 5)
    assert fact.data["areas"] == [{"departement": "91", "commune": None}]
    assert fact.data["reported_by"]["function"] == "SAMU 91"
    assert "Martin" not in fact.model_dump_json()
    desk_sees = (await desk.ask(ListAlerts(), caller=ON_DUTY))["items"][0]
    others_see = (await desk.ask(ListAlerts(), caller=SAMU))["items"][0]
    assert (desk_sees["verified"], desk_sees["reported_by"]["name"]) == (False, "Dr Martin")
    assert others_see["reported_by"]["name"] is None


@pytest.mark.parametrize("role", [Role.PROFESSIONAL, Role.READER])
async def test_others_do_not_report(desk_for, role):
    desk = await desk_for(SERVICE)
    with pytest.raises(Forbidden):
        await desk.do(posted(alert()), caller=person("med-1", role))


async def test_a_weather_system_speaks_of_the_weather(desk_for):
    desk = await desk_for(SERVICE)
    with pytest.raises(Forbidden):
        await desk.do(posted(alert()), caller=METEO)
    assert await desk.said() == []


@pytest.mark.parametrize(
    ("caller", "refusal"),
    [
        (ON_DUTY, None),
        (person("referent", Role.REFERENT, on_duty=("referent",)), None),
        (ARS, None),
        (OFF_DUTY, Forbidden),
        (SAMU, Forbidden),
        (person("med-1", Role.PROFESSIONAL), Forbidden),
    ],
    ids=["coordinator", "referent", "its source", "off duty", "another system", "professional"],
)
async def test_who_lifts(desk_for, caller, refusal):
    desk = await desk_for(SERVICE)
    raised = await desk.do(posted(alert()), caller=ARS)
    lift = LiftAlert(alert=raised["id"], reason="Fin annoncée par l'ARS")
    if refusal:
        with pytest.raises(refusal):
            await desk.do(lift, caller=caller)
        return
    await desk.do(lift, caller=caller)
    (fact,) = await desk.facts(AlertLifted)
    assert (fact.version, fact.reason is not None) == (2, True)
    with pytest.raises(Conflict):
        await desk.do(lift, caller=caller)
    assert (await desk.do(posted(alert()), caller=ARS))["status"] == "known"


async def test_an_alert_of_elsewhere_cannot_be_lifted(desk_for):
    desk = await desk_for(SERVICE)
    raised = await desk.do(posted(alert()), caller=ARS)
    with pytest.raises(NotFound):
        await desk.do(LiftAlert(alert=raised["id"], reason="non"), territory=DRILL)


async def test_a_source_lifts_its_alert_by_a_document_and_may_raise_it_again(desk_for):
    desk = await desk_for(SERVICE)
    raised = await desk.do(posted(alert()), caller=ARS)
    lifted = await desk.do(posted(alert(lifts=True)), caller=ARS)
    again = await desk.do(posted(alert(headline="ORSAN réactivé")), caller=ARS)
    assert [reply["status"] for reply in (raised, lifted, again)] == ["new", "lifted", "new"]
    assert lifted["id"] == raised["id"] != again["id"]
    assert (await desk.do(posted(alert(external_id="?", lifts=True)), caller=ARS))["status"] == "quarantined"


@pytest.mark.parametrize(
    ("document", "refusal"),
    [
        (posted(alert(external_id=None)), Invalid),
        (posted(alert(starts_at="2030-01-01T00:00:00Z")), Invalid),
        (posted(b"[]"), Invalid),
        (posted(b"x", "image/png"), Invalid),
        (ReportAlert(media_type="application/json", body="***"), Invalid),
        (posted(b"x" * 600_000), TooLarge),
    ],
    ids=["field", "year", "list", "type", "base64", "size"],
)
async def test_what_the_sender_can_mend_is_refused(desk_for, document, refusal):
    desk = await desk_for(SERVICE)
    with pytest.raises(refusal):
        await desk.do(document, caller=ARS)
    assert (await desk.ask(ListQuarantine(), caller=ON_DUTY))["items"] == []


@pytest.mark.parametrize(
    "document",
    [
        posted(b"{"),
        posted(b"\x00\x01\xff"),
        posted(b"<alert", "application/cap+xml"),
        posted(b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "application/cap+xml"),
        posted(b'{"product": {}}', CARD),
        posted_card(at(29).replace(year=2030), "orange"),
    ],
    ids=["json", "bytes", "xml", "bomb", "card", "year"],
)
async def test_what_cannot_be_understood_is_quarantined_with_its_bytes(desk_for, document):
    desk = await desk_for(SERVICE)
    reply = await desk.reply(document, caller=METEO)
    assert (reply.created, reply.result["status"]) == (False, "quarantined")
    (held,) = (await desk.ask(ListQuarantine(), caller=ON_DUTY))["items"]
    assert base64.b64decode(held["body"]) == base64.b64decode(document.body)
    assert held["reason"]


async def test_lists_go_page_by_page(desk_for):
    desk = await desk_for(SERVICE)
    for number in range(5):
        await desk.do(posted(alert(external_id=str(number))), caller=ARS)
        await desk.do(posted(f"faux {number}".encode()), caller=ARS)
        await desk.tick(minutes=1)
    for question in (ListAlerts, ListQuarantine):
        seen, cursor = [], None
        for _ in range(3):
            page = await desk.ask(question(cursor=cursor, limit=2), caller=ON_DUTY)
            seen += [item["id"] for item in page["items"]]
            cursor = page["next"]
        assert (len(set(seen)), cursor) == (5, None)


SAMPLES = Path(__file__).parents[4] / "shared" / "samples" / "vigilance-vague-de-chaleur-91.json"


@pytest.mark.skipif(not SAMPLES.exists(), reason="no samples of real input beside the checkout")
async def test_twelve_editions_in_any_order_end_the_same(desk_for):
    desk = await desk_for(SERVICE, start=at(28, 4, 5))
    cards = [posted(card, CARD) for card in json.loads(SAMPLES.read_text())]
    for number, card in enumerate(cards):
        await desk.tick(at=at(28) + timedelta(days=number // 2, hours=10 * (number % 2), minutes=5))
        await desk.do(card, caller=METEO)
        assert {(await desk.do(older, caller=METEO))["status"] for older in cards[: number + 1]} == {"known"}
    assert len(await desk.facts(AlertRaised)) == 1
    assert await desk.facts(AlertExpired) == []
    assert len(await desk.facts(AlertUpdated)) >= 5
