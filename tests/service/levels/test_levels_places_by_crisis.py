"""Places given to one crisis say nothing of another: what is full for the victims does not support the heat wave."""

from __future__ import annotations

from datetime import timedelta

import pytest

from contracts.alerts import AlertKind, AlertRaised, Area, Phenomenon
from contracts.base import Role, TextRef
from contracts.levels import ChangeLevel, CrisisOpened, ListProposals
from contracts.slots import SlotBooked
from services.levels import SERVICE
from services.platform.testing import START, person

COORD = person("coord-a", Role.COORDINATOR, on_duty=("coordinatrice",))
REF = TextRef(id="t", sha256="0" * 64)


@pytest.mark.parametrize(("given_to", "supported"), [("canicule", True), ("afflux-de-victimes", False), (None, True)])
async def test_only_the_places_of_a_crisis_support_its_level(desk_for, given_to, supported):
    desk = await desk_for(SERVICE)
    for playbook in ("canicule", "afflux-de-victimes"):
        await desk.do(ChangeLevel(playbook=playbook, from_level=0, level=1, reason="Essai."), caller=COORD)
    crises = {fact.playbook: fact.crisis for fact in await desk.facts(CrisisOpened)}
    await desk.hear(
        SlotBooked(
            slot="s", version=2, professional="med-1", profession="medecin", commune="91479", places=10, booked=10,
            starts_at=START + timedelta(hours=2), ends_at=START + timedelta(hours=5), mode="consultation",
            state="ouvert", crisis=crises.get(given_to), booking="b", count=10, asked_by="samu",
        )
    )  # fmt: skip
    await desk.hear(
        AlertRaised(
            alert="a", kind=AlertKind.SAMU, source="samu-91", external_id="a", phenomenon=Phenomenon.CANICULE,
            areas=(Area(departement="91"),), headline=REF, starts_at=START,
        )
    )  # fmt: skip
    (proposal,) = (await desk.ask(ListProposals(status="pending"), caller=COORD))["items"]
    assert (proposal["playbook"], proposal["level"]) == ("canicule", 2)
    assert any(one["kind"] == "capacite" for one in proposal["evidence"]) is supported
