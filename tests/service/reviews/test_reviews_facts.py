"""The facts of a review, from the facts heard: the same whatever the batches; two crises keep their own."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.actions import ActionLate, ActionOpened
from contracts.activity import TensionReported
from contracts.alerts import AlertRaised
from contracts.levels import ProposalDeclined, ProposalWithdrawn
from contracts.reviews import AskReview
from contracts.slots import SlotOffered
from services.platform.settings import Settings
from services.platform.testing import ServiceDesk
from services.reviews import SERVICE
from tests.service.reviews.conftest import (
    CLOSED,
    OPENED,
    after,
    closed,
    moved,
    opened,
    proposed,
    ref,
    slot,
    statements,
    step,
    story,
    tell,
    tell_together,
)


async def facts(desk, crisis="c1"):
    return (await desk.ask(AskReview(review=crisis)))["facts"]


def numbers(found):
    return {item["key"]: item["number"] for item in found["indicators"]}


async def test_a_story_gives_its_figures(desk):
    await tell(desk, story())
    found = await facts(desk)
    assert numbers(found) == {
        "niveaux": 2, "alerte_proposition": 3, "proposition_decision": 57, "premiere_prise": 10, "premiere_etape": 25,
        "premiere_place": 45, "etapes_faites": 2, "etapes_en_retard": 1, "remontees": 33.3, "visites": 4,
        "tensions": 3, "places": 6, "besoins": None, "certificats": None, "demandes": 90, "accuses": None,
        "messages": None, "textes": None, "points": 0, "reunions": None, "cellule": None, "gravite": None,
        "refusees": 0, "sources": 0, "saisies_tardives": 0,
    }  # fmt: skip
    [late] = found["late_actions"]
    assert (late["action"], late["minutes"], late["done"]) == ("CAN-r2", 80, True)
    assert [(day["day"], day["level"], day["places"], day["visits"]) for day in found["daily"]] == [
        ("2026-06-30", 1, None, 4), ("2026-07-01", 1, 6, None), ("2026-07-02", 1, None, None),
        ("2026-07-03", 1, None, None),
    ]  # fmt: skip
    assert [moment["kind"] for moment in found["timeline"]] == [
        "alerte", "proposition", "ouverture", "niveau", "etape", "etape", "place", "demande", "demande",
        "niveau", "cloture",
    ]  # fmt: skip


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.sets(st.integers(1, 19)))
def test_however_the_facts_are_batched_the_review_is_the_same(tmp_path_factory, territories, cuts):
    told = sorted(story(), key=lambda one: one[1])
    bounds = [0, *sorted(cuts), len(told)]

    async def play(batches):
        place = Settings(data_dir=tmp_path_factory.mktemp("desk"))
        async with ServiceDesk(SERVICE, place, territories, start=CLOSED) as alone:
            for batch in batches:
                await tell_together(alone, batch)
            return await facts(alone)

    split = asyncio.run(play([told[start:end] for start, end in pairwise(bounds)]))
    whole = asyncio.run(play([told]))
    assert split == whole
    assert numbers(whole)["visites"] == 4


async def two_crises(desk):
    """Canicule from 30 June to 3 July; afflux on 1 July alone."""
    start, end = after(hours=26), after(hours=34)
    told = [
        (opened(), OPENED), (moved(1, 0, 1, OPENED), OPENED),
        (step(ActionOpened, 1, run="heat", due=after(60)), OPENED),
        (AlertRaised(alert="a2", kind="samu", source="samu", headline=ref("x"), starts_at=start), start),
        (proposed("p2", 1, start, playbook="afflux", alert="a2"), start),
        (opened("c2", "afflux", start), start), (moved(1, 0, 1, start, "c2", playbook="afflux", proposal="p2"), start),
        (step(ActionOpened, 1, run="cell", crises=("c1", "c2"), due=after(hours=27)), start),
        (step(ActionLate, 2, run="cell", crises=("c1", "c2"), due=after(hours=27)), after(hours=27)),
        (slot(SlotOffered, 1, places=14, name="shaken", crisis="c2", starts=after(hours=28)), after(hours=27)),
        (slot(SlotOffered, 1, places=5, name="anyone", starts=after(hours=28)), after(hours=27)),
        (TensionReported(tension="t1", structure="m", commune="91479", kind="surcharge", count=2,
                         seen_at=after(hours=28)), after(hours=28)),
        (TensionReported(tension="t2", structure="m", commune="91479", kind="surcharge", count=1,
                         seen_at=after(hours=60)), after(hours=60)),
        (moved(2, 1, 0, end, "c2", playbook="afflux"), end), (closed("c2", "afflux", end, start), end),
        (moved(2, 1, 0, CLOSED), CLOSED), (closed(), CLOSED),
    ]  # fmt: skip
    await tell(desk, told)


async def test_two_crises_at_once_keep_their_own_and_say_what_they_share(desk):
    await two_crises(desk)
    heat, crowd = await facts(desk, "c1"), await facts(desk, "c2")
    assert (numbers(heat)["places"], numbers(crowd)["places"]) == (5, 19)
    assert (numbers(heat)["tensions"], numbers(crowd)["tensions"]) == (3, 2)
    assert (numbers(heat)["alerte_proposition"], numbers(crowd)["alerte_proposition"]) == (None, 0)
    assert not [moment for moment in heat["timeline"] if moment["kind"] == "alerte"]
    assert [moment for moment in crowd["timeline"] if moment["kind"] == "alerte"]
    for found in (heat, crowd):
        assert [(late["action"], late["shared"]) for late in found["late_actions"]] == [("CAN-cell", True)]
        places = next(item for item in found["indicators"] if item["key"] == "places")
        assert "autre crise" in places["note"]
    assert (heat["shared_with"], crowd["shared_with"]) == (["afflux"], ["canicule"])
    assert [day["shared"] for day in heat["daily"]] == [False, True, False, False]


async def test_a_step_shared_then_kept_by_the_other_crisis_stays_in_both_reviews(desk):
    await two_crises(desk)
    kept = step(ActionLate, 9, run="cell", crises=("c1",), due=after(hours=50), occurrence=2)
    await desk.hear(kept, time=after(hours=50))
    heat, crowd = await facts(desk, "c1"), await facts(desk, "c2")
    assert (numbers(heat)["etapes_en_retard"], numbers(crowd)["etapes_en_retard"]) == (2, 1)


async def test_a_crisis_where_nothing_happened_says_so_and_shows_no_zero_for_a_silence(desk):
    await tell(desk, [(opened(), OPENED), (moved(1, 0, 1, OPENED), OPENED), (moved(2, 1, 0, after(30)), after(30)),
                      (closed(at=after(30)), after(30))])  # fmt: skip
    found = await facts(desk)
    assert len(found["indicators"]) >= 10
    measured = {key: number for key, number in numbers(found).items() if number is not None}
    assert measured == {"niveaux": 2, "sources": 0, "saisies_tardives": 0}
    words = {item["value"] for item in found["indicators"] if item["number"] is None}
    assert words == {"Sans objet", "Non mesuré"}
    assert found["daily"][0]["visits"] is None


async def test_what_a_person_typed_well_after_counts_as_typed_late(desk):
    await tell(desk, story()[:-2])
    desk.clock.set(after(1700))
    for delay in (1, 2, 3, 40):
        tension = TensionReported(tension=f"n{delay}", structure="m", commune="91479", kind="surcharge",
                                  seen_at=after(1700 - delay))  # fmt: skip
        await desk.hear(tension, time=after(1700 - delay), author="coord-a")
    await desk.hear(closed())
    assert numbers(await facts(desk))["saisies_tardives"] == 2


async def test_a_fact_costs_the_same_after_many(desk):
    async def cost():
        with statements() as seen:
            await desk.hear(slot(SlotOffered, 1, name="measured" + str(len(kept))))
        kept.append(len(seen))

    kept = []
    await desk.hear(opened())
    await cost()
    await desk.hear_many([slot(SlotOffered, 1, name=f"s{rank}") for rank in range(150)])
    await cost()
    assert kept[0] == kept[1]


async def test_the_review_of_a_crisis_does_not_read_the_past(desk):
    old = after(days=-200)
    for rank in range(30):
        await desk.hear(slot(SlotOffered, 1, name=f"old{rank}", starts=old + timedelta(days=rank)), time=old)
    await tell(desk, story())
    found = await facts(desk)
    assert numbers(found)["places"] == 6
    assert found["daily"][0]["day"] == date(2026, 6, 30).isoformat()


@pytest.mark.parametrize("kind", ["declined", "superseded"])
async def test_a_proposal_counts_from_its_first_wording_and_a_refusal_is_a_decision(desk, kind):
    ask = [
        (proposed("p1", 1, after(-60)), after(-50)),
        (ProposalWithdrawn(proposal="p1", playbook="canicule", level=1, reason="remplacée"), after(-20)),
        (proposed("p2", 1, after(-21), supersedes="p1"), after(-20)),
    ]
    if kind == "declined":
        refused = ProposalDeclined(proposal="p2", playbook="canicule", level=1, decided_by="coord-a", reason=ref("no"))
        ask.append((refused, after(-10)))
    accepted = None if kind == "declined" else "p2"
    end = [(opened(), OPENED), (moved(1, 0, 1, OPENED, proposal=accepted), OPENED), (moved(2, 1, 0, CLOSED), CLOSED),
           (closed(), CLOSED)]  # fmt: skip
    await tell(desk, ask + end)
    figures = numbers(await facts(desk))
    assert figures["proposition_decision"] == (40 if kind == "declined" else 50)
    assert figures["refusees"] == (1 if kind == "declined" else 0)
