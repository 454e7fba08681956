"""An alert lifted by a person takes its axis and its pending proposal with it."""

from __future__ import annotations

from contracts.alerts import AlertKind, AlertLifted, AlertRaised, Area, Phenomenon
from contracts.base import Role, TextRef
from contracts.levels import AskSituation, ListProposals, ProposalWithdrawn
from services.levels import SERVICE
from services.platform.testing import START, role_token

COORDINATOR = role_token(Role.COORDINATOR)


def orsan(model, version: int, **more):
    return model(
        alert="orsan-1", version=version, kind=AlertKind.ORSAN, source="ars-idf", external_id="1", volet="EPI-CLIM",
        phenomenon=Phenomenon.CANICULE,
        areas=(Area(departement="91"),), headline=TextRef(id="t", sha256="0"), starts_at=START, **more,
    )  # fmt: skip


async def test_a_lift_by_hand_withdraws_what_stood_on_the_alert(desk_for):
    desk = await desk_for(SERVICE)
    await desk.hear(orsan(AlertRaised, 1))
    pending = await desk.ask(ListProposals(status="pending"), caller=COORDINATOR)
    assert [item["level"] for item in pending["items"]] == [3]

    await desk.hear(orsan(AlertLifted, 2, reason=TextRef(id="r", sha256="0")), author="coord-a")
    pending = await desk.ask(ListProposals(status="pending"), caller=COORDINATOR)
    assert pending["items"] == []
    assert len(await desk.facts(ProposalWithdrawn)) == 1
    situation = await desk.ask(AskSituation(), caller=COORDINATOR)
    assert [axis["status"] for axis in situation["axes"] if axis["axis"] == "orsan"] == ["levé"]
