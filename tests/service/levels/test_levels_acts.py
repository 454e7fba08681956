"""ORSAN, ORSEC and plans blancs side by side: triggered, adapted, lifted, by whom and when."""

from datetime import UTC, datetime, timedelta

import pytest

from contracts.alerts import (
    AlertExpired,
    AlertKind,
    AlertLifted,
    AlertRaised,
    AlertUpdated,
    Area,
    Phenomenon,
    ReportedBy,
)
from contracts.base import TextRef
from contracts.levels import AskSituation
from services.levels import SERVICE

START = datetime(2026, 7, 1, 8, 0, tzinfo=UTC)


def act(kind, alert, source, version=1, fact=AlertRaised, **more):
    return fact(
        alert=alert, version=version, kind=kind, source=source, headline=TextRef(id=alert, sha256="0" * 64),
        starts_at=more.pop("at", START), areas=more.pop("areas", (Area(departement="91"),)), **more,
    )  # fmt: skip


def orsan(alert="o1", volet="EPI-CLIM", source="ars-idf", **more):
    return act(AlertKind.ORSAN, alert, source, volet=volet, **more)


async def axes(desk):
    found = (await desk.ask(AskSituation()))["axes"]
    return {one["label"]: one for one in found}


async def statuses(desk):
    return {label: (one["status"], one["authority"]) for label, one in (await axes(desk)).items()}


@pytest.fixture
async def desk(desk_for):
    return await desk_for(SERVICE, start=START)


async def test_two_volets_and_a_measure_stand_side_by_side(desk):
    for number, volet in enumerate(("EPI-CLIM", "AMAVI", "VACCINATION")):
        await desk.hear(orsan(f"o{number}", volet))
    assert await statuses(desk) == {
        "EPI-CLIM": ("déclenché", "l'ARS Île-de-France"),
        "AMAVI": ("déclenché", "l'ARS Île-de-France"),
        "mesure vaccination exceptionnelle": ("déclenché", "l'ARS Île-de-France"),
    }
    assert (await axes(desk))["AMAVI"]["territory"] == "Essonne"


async def test_triggered_adapted_and_lifted_with_their_hours(desk):
    await desk.hear(orsan())
    await desk.tick(at=START + timedelta(hours=5))
    await desk.hear(orsan(version=2, fact=AlertUpdated, issued_at=START + timedelta(hours=5)))
    adapted = (await axes(desk))["EPI-CLIM"]
    assert (adapted["status"], adapted["triggered_at"], adapted["adapted_at"], adapted["lifted_at"]) == (
        "adapté", "2026-07-01T08:00:00Z", "2026-07-01T13:00:00Z", None,
    )  # fmt: skip
    await desk.tick(at=START + timedelta(hours=10))
    await desk.hear(orsan(version=3, fact=AlertLifted, issued_at=START + timedelta(hours=10)))
    lifted = (await axes(desk))["EPI-CLIM"]
    assert (lifted["status"], lifted["triggered_at"], lifted["lifted_at"]) == (
        "levé", "2026-07-01T08:00:00Z", "2026-07-01T18:00:00Z",
    )  # fmt: skip
    await desk.tick(at=datetime(2026, 7, 2, 21, 59, tzinfo=UTC))
    assert (await axes(desk))["EPI-CLIM"]["status"] == "levé"
    await desk.tick(at=datetime(2026, 7, 2, 22, 1, tzinfo=UTC))
    assert await axes(desk) == {}, "the day after the next, in Paris"


async def test_a_second_document_of_the_same_ars_adapts_and_one_left_in_force_keeps_the_axis(desk):
    await desk.hear(orsan("o1"))
    await desk.tick(hours=1)
    await desk.hear(orsan("o2", at=START + timedelta(hours=1)))
    assert (await axes(desk))["EPI-CLIM"]["status"] == "adapté"
    await desk.hear(orsan("o2", version=2, fact=AlertLifted))
    assert (await axes(desk))["EPI-CLIM"]["status"] == "adapté"
    await desk.hear(orsan("o1", version=2, fact=AlertLifted))
    assert (await axes(desk))["EPI-CLIM"]["status"] == "levé"


async def test_a_prefet_asks_and_never_covers_nor_holds_what_the_ars_did(desk):
    prefet = {"source": "prefecture-91", "alert": "p1"}
    await desk.hear(orsan(**prefet))
    assert await statuses(desk) == {"EPI-CLIM": ("demandé", "la préfecture (Essonne)")}
    await desk.hear(orsan())
    await desk.hear(orsan(**prefet, version=2, fact=AlertUpdated))
    assert await statuses(desk) == {"EPI-CLIM": ("déclenché", "l'ARS Île-de-France")}
    await desk.hear(orsan(version=2, fact=AlertLifted))
    assert await statuses(desk) == {"EPI-CLIM": ("levé", "l'ARS Île-de-France")}


async def test_a_request_taken_back_is_not_a_lifting(desk):
    await desk.hear(orsan(source="prefecture-91"))
    await desk.hear(orsan(source="prefecture-91", version=2, fact=AlertLifted))
    assert await statuses(desk) == {"EPI-CLIM": ("demande levée", "la préfecture (Essonne)")}


async def test_orsec_is_the_prefet_s_and_each_disposition_its_own(desk):
    await desk.hear(act(AlertKind.ORSEC, "e0", "ars-idf", phenomenon=Phenomenon.CANICULE))
    assert await statuses(desk) == {"ORSEC canicule": ("annoncé", "l'ARS Île-de-France")}
    await desk.hear(act(AlertKind.ORSEC, "e1", "prefecture-91", phenomenon=Phenomenon.CANICULE))
    await desk.hear(act(AlertKind.ORSEC, "e2", "prefecture-91", external_id="novi-3"))
    await desk.hear(act(AlertKind.ORSEC, "e3", "prefecture-91", external_id="eau-1"))
    who = ("déclenché", "la préfecture (Essonne)")
    assert await statuses(desk) == {"ORSEC canicule": who, "ORSEC": who, "ORSEC (eau-1)": who}
    await desk.hear(act(AlertKind.ORSEC, "e2", "prefecture-91", 2, AlertLifted, external_id="novi-3"))
    await desk.hear(act(AlertKind.ORSEC, "e3", "prefecture-91", 2, AlertUpdated, external_id="eau-1"))
    found = await statuses(desk)
    assert (found["ORSEC"][0], found["ORSEC (eau-1)"][0], found["ORSEC canicule"][0]) == (
        "levé", "adapté", "déclenché",
    )  # fmt: skip


async def test_two_hospitals_two_plans_blancs(desk):
    await desk.hear(act(AlertKind.PLAN_BLANC, "b1", "hopital-du-plateau"))
    await desk.hear(
        act(
            AlertKind.PLAN_BLANC, "b2", "telephone",
            reported_by=ReportedBy(function="directrice de l'hôpital nord", at=START, verified=True),
        )
    )  # fmt: skip
    await desk.hear(act(AlertKind.PLAN_BLANC, "b3", "ars-idf", areas=(Area(commune="91027"),)))
    await desk.hear(act(AlertKind.PLAN_BLANC, "b1", "hopital-du-plateau", 2, AlertLifted))
    assert {label: status for label, (status, _) in (await statuses(desk)).items()} == {
        "Plan blanc, hopital du plateau": "levé",
        "Plan blanc, directrice de l'hôpital nord": "déclenché",
        "Plan blanc, Athis-Mons": "déclenché",
    }


async def test_an_end_nobody_confirmed_is_told_with_its_hour(desk):
    ends = START + timedelta(hours=6)
    await desk.hear(orsan(ends_at=ends))
    await desk.tick(at=ends)
    await desk.hear(orsan(version=2, fact=AlertExpired, ends_at=ends))
    axis = (await axes(desk))["EPI-CLIM"]
    assert (axis["status"], axis["lifted_at"]) == ("expiré sans confirmation", "2026-07-01T14:00:00Z")
    await desk.hear(orsan("o9", at=ends))
    assert (await axes(desk))["EPI-CLIM"]["status"] == "déclenché", "triggered anew, not adapted"
