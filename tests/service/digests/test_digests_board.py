"""Item 4 counts what became of the actions since the last point; item 6 lists only texts that may still leave."""

from __future__ import annotations

import base64
import json
from datetime import date

import pytest

from contracts.actions import ActionDone, ActionOpened, ActionRepeated, ActionSkipped, ActionTaken
from contracts.base import Role
from contracts.digests import AskDigest, DraftDigest
from contracts.levels import CrisisClosed, CrisisOpened
from contracts.messages import DraftPosted, DraftPrepared
from services.platform.testing import person

COORD = person("coord-a", Role.COORDINATOR, on_duty=("coordinatrice",))
SUNDAY, MONDAY = date(2026, 6, 28), date(2026, 6, 29)


async def section(desk, key, **asked):
    made = await desk.do(DraftDigest(**asked), caller=COORD)
    found = await desk.ask(AskDigest(digest=made["id"], form="json", version="interne"), caller=COORD)
    point = json.loads(base64.b64decode(found["body"]))
    return next(item for item in point["sections"] if item["key"] == key)


def lines(found):
    """Its lines, unbreakable spaces made plain."""
    found_lines = [line for block in found["blocks"] for line in block.get("lines") or ()]
    return [line.replace("\u00a0", " ").replace("\u202f", " ") for line in found_lines]


def rows(found):
    return [tuple(row) for block in found["blocks"] for row in block.get("rows") or ()]


async def test_actions_are_counted_as_in_the_meeting(crisis_desk, model):
    desk, action, ref = crisis_desk, model.action, model.ref
    await desk.tick(at=model.at(SUNDAY, 8))
    await desk.hear(action("old", "Faite avant le dernier point", ActionDone, by="coord-a"))
    await desk.tick(at=model.at(SUNDAY, 10))
    await desk.hear_many(
        [
            action("1", "Ferme en retard", due=model.at(SUNDAY, 18)),
            action("2", "Ferme ouverte", due=model.at(MONDAY, 18)),
            action("3", "Ferme prise", ActionTaken, by="benali"),
            action("4", "Ferme faite", ActionDone, by="coord-a"),
            action("5", "Possible faite", ActionDone, modality="possible", by="coord-a"),
            action("6", "Possible prise", ActionTaken, modality="possible", by="coord-a"),
            action("7", "Possible ouverte", modality="possible"),
            action("8", "Possible laissée", ActionSkipped, modality="possible", by="coord-a", reason=ref("reason")),
            action("9", "Idée", modality="optional", side="structures", due=model.at(SUNDAY, 8)),
            action("10", "Idée retenue", ActionDone, modality="optional", side="structures", by="coord-a"),
        ]
    )
    await desk.tick(at=model.at(MONDAY, 9))
    found = await section(desk, "actions")
    said = lines(found)
    assert said[0] == "Sept actions : 2 faites, 2 en cours, 1 à prendre, 1 laissée, **1 en retard**."
    assert said[1] == "**Faites :** ferme faite ; possible faite."
    assert [row[:2] for row in rows(found)] == [
        ("**En retard**", "Ferme en retard"),
        ("En cours", "Ferme prise"),
        ("En cours", "Possible prise"),
        ("À prendre", "Ferme ouverte"),
    ]


async def daily(desk, model, fact, day, occurrence, **extra):
    due = model.at(day, 9)
    extra |= {"version": occurrence * 2, "occurrence": occurrence, "repeats": True}
    await desk.hear(model.action("d", "Tenir le point quotidien", fact, due=due, **extra))


async def test_the_meeting_being_held_is_not_late_even_read_afterwards(crisis_desk, model):
    desk = crisis_desk
    await daily(desk, model, ActionOpened, SUNDAY, 1)
    await desk.tick(at=model.at(SUNDAY, 9, 40))
    found = await section(desk, "actions")
    assert lines(found)[0] == "Une action : 0 faite, 1 à prendre, aucune en retard."
    assert rows(found)[0][4] == "c’est cette réunion"


async def test_yesterdays_meeting_counts_as_done_once_open_again(crisis_desk, model):
    desk = crisis_desk
    await daily(desk, model, ActionOpened, SUNDAY, 1)
    await desk.tick(at=model.at(SUNDAY, 9, 15))
    await desk.hear(
        model.action("d", "Tenir le point quotidien", ActionDone, due=model.at(SUNDAY, 9), version=3, by="coord-a")
    )
    await desk.tick(at=model.at(MONDAY, 0))
    await daily(desk, model, ActionRepeated, MONDAY, 2)
    await desk.tick(at=model.at(MONDAY, 9))
    assert lines(await section(desk, "actions")) == [
        "Une action : 1 faite, aucune en retard.",
        "**Faites :** tenir le point quotidien.",
    ]


def prepared(model, draft, level, about="c"):
    return DraftPrepared(draft=draft, about=about, groups=("idel",), body=model.ref(draft), level=level)


@pytest.fixture
def texts(model, monkeypatch):
    for name in ("niveau-1", "niveau-2", "autre-crise"):
        monkeypatch.setitem(model.TEXTS, name, f"Texte {name}")


async def waiting(desk):
    return [line for line in lines(await section(desk, "communication")) if "Message à valider" in line]


@pytest.mark.usefixtures("texts")
async def test_only_the_newest_text_of_the_current_level_waits(crisis_desk, model):
    desk = crisis_desk
    await desk.hear(prepared(model, "niveau-1", 1))
    (line,) = await waiting(desk)
    assert "niveau-1" in line
    await desk.tick(minutes=5)
    await desk.hear(model.level(2, 1, 2, desk.clock.now()))
    assert await waiting(desk) == []
    await desk.hear(prepared(model, "niveau-2", 2))
    (line,) = await waiting(desk)
    assert "niveau-2" in line
    await desk.tick(minutes=5)
    await desk.hear(DraftPosted(draft="niveau-2", by="coord-a", where="Signal", at=desk.clock.now()))
    assert await waiting(desk) == []
    await desk.hear(model.level(3, 2, 1, desk.clock.now()))
    assert await waiting(desk) == []


@pytest.mark.usefixtures("texts")
async def test_a_crisis_that_is_over_has_no_text_to_validate(crisis_desk, model):
    desk, now = crisis_desk, model.OPENED
    other = {"crisis": "c2", "playbook": "afflux", "plan_sha256": "x"}
    await desk.hear(CrisisOpened(**other, plan_version=1, typology="T1", opened_at=now))
    await desk.hear(prepared(model, "autre-crise", 1, about="c2"))
    assert len(await waiting(desk)) == 1
    await desk.tick(minutes=5)
    await desk.hear(CrisisClosed(crisis="c2", version=2, playbook="afflux", opened_at=now, closed_at=desk.clock.now()))
    await desk.hear(prepared(model, "niveau-1", 0, about="c2"))
    assert await waiting(desk) == []
