"""Figures asked by crisis: the places given to each are apart, and add up to those of the territory."""

from __future__ import annotations

from datetime import timedelta

from contracts.digests import AskFigures
from contracts.levels import CrisisOpened
from contracts.slots import SlotOffered


async def test_places_by_crisis_add_up_to_those_of_the_territory(model_desk, model):
    desk, day = model_desk, model.THURSDAY
    await desk.hear(
        CrisisOpened(
            crisis="v", playbook="afflux-de-victimes", plan_version=1, plan_sha256="y", typology="T1",
            opened_at=model.at(day, 8, 20),
        )
    )  # fmt: skip
    start = model.at(day, 14)
    body = {"version": 1, "professional": "med-1", "profession": "medecin", "commune": model.PARAY, "booked": 0,
            "starts_at": start, "ends_at": start + timedelta(hours=2), "mode": "consultation",
            "state": "ouvert"}  # fmt: skip
    await desk.hear(SlotOffered(slot="v1", places=5, crisis="v", **body))
    await desk.hear(SlotOffered(slot="c1", places=3, crisis="c", **body))

    async def places(*by):
        rows = (await desk.ask(AskFigures(first=day, last=day, by=by)))["rows"]
        return {row["crisis"]: row["value"] for row in rows if row["indicator"] == "places"}

    whole = (await places("day"))[None]
    split = await places("day", "crisis")
    assert (split["afflux-de-victimes"], split["canicule"]) == (5, 3)
    assert sum(split.values()) == whole
