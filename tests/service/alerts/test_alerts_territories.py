"""Which territories a document reaches, and what time does to alerts that are no vigilance."""

import pytest

from contracts.alerts import AlertExpired, AlertLifted, AlertRaised, ListAlerts
from contracts.base import Role, exercise_of
from services.alerts import SERVICE
from services.platform.tables import TextRow
from services.platform.testing import HOME, person, role_token
from tests.unit.alerts.alerts_samples import alert, at, posted, posted_cap, posted_card

SOUTH, CORSICA = "sud-essonne", "grand-ajaccio"
ARS, METEO = role_token(Role.ARS), role_token(Role.METEO)


@pytest.fixture
def territories(territories):
    """The example territory, a neighbour in the same département, and one in Corsica."""
    places = {SOUTH: ("91", "91223"), CORSICA: ("2A", "2A004")}
    for name, (departement, commune) in places.items():
        found = territories[HOME].model_copy(
            update={
                "territory": name,
                "departements": (departement,),
                "communes": (territories[HOME].communes[0].model_copy(update={"code": commune}),),
            }
        )
        territories |= {name: found, exercise_of(name): found.twin()}
    return territories


async def reached(desk):
    return [(fact.type, fact.territory) for fact in await desk.said()]


async def test_one_alert_for_each_touched_territory(desk_for):
    desk = await desk_for(SERVICE)
    receipt = await desk.do(posted(alert()), caller=ARS)
    assert await reached(desk) == [("alert.raised", HOME), ("alert.raised", SOUTH)]
    assert len(set(receipt["alerts"])) == 2
    for raised in await desk.facts(AlertRaised):
        text = await desk.read(lambda session, ref=raised.headline: session.get(TextRow, ref.id))
        assert text.text == "ORSAN EPI-CLIM déclenché"
    assert {item["id"] for item in (await desk.ask(ListAlerts(), territory=SOUTH))["items"]} < set(receipt["alerts"])


@pytest.mark.parametrize(
    ("areas", "where"),
    [
        ([{"commune": "91223"}], {SOUTH}),
        ([{"commune": "2A004"}, {"commune": "91479"}], {HOME, CORSICA}),
        ([{"departement": "2A"}], {CORSICA}),
        ([{"departement": "974"}], set()),
    ],
    ids=["commune", "two", "Corsica", "overseas"],
)
async def test_areas_choose_the_territories(desk_for, areas, where):
    desk = await desk_for(SERVICE)
    await desk.do(posted(alert(areas=areas)), caller=ARS)
    assert {territory for _, territory in await reached(desk)} == where


async def test_a_person_speaks_for_their_own_territory(desk_for):
    desk = await desk_for(SERVICE)
    await desk.do(posted(alert()), caller=person("coord-a", Role.COORDINATOR))
    assert await reached(desk) == [("alert.raised", HOME)]


async def test_an_exercise_goes_to_the_exercise_twins(desk_for):
    desk = await desk_for(SERVICE, start=at(29, 14, 5))
    assert (await desk.do(posted_cap(status="Exercise"), caller=METEO))["status"] == "new"
    assert {territory for _, territory in await reached(desk)} == {exercise_of(HOME), exercise_of(SOUTH)}
    assert {fact.status for fact in await desk.facts(AlertRaised)} == {"exercise"}


async def test_a_cancel_without_area_reaches_where_the_alert_is(desk_for):
    desk = await desk_for(SERVICE, start=at(29, 14, 5))
    await desk.do(posted_cap("1", areas=("FR831", "FRA50")), caller=METEO)
    reference = "vigilance@meteo.fr,1,2026-06-29T16:00:42+02:00"
    cancel = posted_cap("2", verb="Cancel", infos="", references=reference, sent="2026-06-29T16:04:00+02:00")
    await desk.do(cancel, caller=METEO)
    assert await reached(desk) == [("alert.raised", CORSICA), ("alert.lifted", CORSICA)]


async def test_a_green_update_lifts_only_the_places_it_names(desk_for):
    desk = await desk_for(SERVICE, start=at(29, 14, 5))
    await desk.do(posted_cap("1", areas=("FR104", "FR831")), caller=METEO)
    green = posted_cap(
        "2", verb="Update", level="1; green; Minor", areas=("FR831",), sent="2026-06-29T16:03:00+02:00",
        onset="2026-06-30T00:00:00+02:00", expires="2026-06-30T00:00:00+02:00",
    )  # fmt: skip
    assert (await desk.do(green, caller=METEO))["status"] == "lifted"
    assert [territory for kind, territory in await reached(desk) if kind == "alert.lifted"] == [CORSICA]
    assert len(await desk.facts(AlertLifted)) == 1


async def test_an_order_with_an_end_expires_and_may_be_prolonged_after(desk_for):
    desk = await desk_for(SERVICE)
    areas = [{"commune": "91223"}]
    first = await desk.do(posted(alert(areas=areas, ends_at=at(30, 8).isoformat())), caller=ARS)
    await desk.tick(at=at(30, 8))
    (expired,) = await desk.facts(AlertExpired)
    assert (expired.alert, expired.version) == (first["id"], 2)
    again = await desk.do(posted(alert(areas=areas, ends_at=at(30, 20).isoformat())), caller=ARS)
    assert (again["status"], again["id"] == first["id"]) == ("new", False)


async def test_an_order_prolonged_in_time_does_not_expire(desk_for):
    desk = await desk_for(SERVICE)
    areas = [{"commune": "91223"}]
    await desk.do(posted(alert(areas=areas, ends_at=at(30, 8).isoformat())), caller=ARS)
    assert (await desk.do(posted(alert(areas=areas, ends_at=at(30, 20).isoformat())), caller=ARS))[
        "status"
    ] == "updated"
    await desk.tick(at=at(30, 8))
    assert await desk.facts(AlertExpired) == []
    assert await desk.read(SERVICE.next_due) == at(30, 20)


async def test_a_vigilance_without_end_gives_way_to_the_next_card(desk_for):
    desk = await desk_for(SERVICE, start=at(29, 4, 5))
    typed = alert(kind="vigilance", phenomenon="canicule", colour="orange", volet=None, areas=[{"commune": "91223"}])
    typed |= {"starts_at": at(29).isoformat(), "issued_at": at(29).isoformat(), "areas": [{"departement": "2A"}]}
    first = await desk.do(posted(typed), caller=METEO)
    (item,) = (await desk.ask(ListAlerts(), territory=CORSICA))["items"]
    assert (item["colour_today"], item["colour_tomorrow"], item["ends_at"]) == ("orange", "orange", None)
    await desk.tick(at=at(29, 14, 5))
    card = posted_card(at(29, 14), "rouge", "jaune", departement="2A")
    assert (await desk.do(card, caller=METEO))["id"] == first["id"]
    (item,) = (await desk.ask(ListAlerts(), territory=CORSICA))["items"]
    assert (item["colour"], item["colour_tomorrow"]) == ("rouge", "jaune")
