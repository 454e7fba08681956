"""The message to the groups in the words of the plan a crisis follows, neutral when these are not at hand."""

import pytest

from contracts.levels import CrisisClosed
from contracts.messages import DraftPrepared, ListDrafts
from services.playbook.loader import load_library
from tests.service.messages.conftest import changed, utc

PLANS = load_library().plans


def plain(text):
    return text.replace("\u00a0", " ").replace("\u202f", " ").replace("’", "'")


async def body_of(desk):
    (draft,) = (await desk.ask(ListDrafts()))["items"]
    return plain(draft["body"])


def followed(name, **changes):
    return changed(1, 0, playbook=name, plan_sha256=PLANS[name].sha256, **changes)


@pytest.mark.parametrize("name", ["pollution", "risque-nrc"])
async def test_the_draft_says_what_the_plan_says_to_the_groups_it_names(desk, name):
    await desk.hear(followed(name))
    level, body = PLANS[name].levels[1], await body_of(desk)
    assert f": {level.aim}." in body
    assert [words for words in level.asks.values() if plain(words) not in body] == []
    (prepared,) = await desk.facts(DraftPrepared)
    assert prepared.groups == tuple(level.asks)


async def test_another_content_than_the_one_followed_is_not_borrowed(desk):
    """A crisis pinned to a version whose file is gone does not take the words of the new one."""
    await desk.hear(changed(1, 0, playbook="pollution", plan_sha256="0"))
    body = await body_of(desk)
    assert "on se tient prêt" in body
    assert "asthmatiques" not in body


async def test_a_folder_spoilt_since_holds_back_no_message(desk, settings_with, tmp_path):
    (tmp_path / "pollution.yaml").write_text("playbook: [", encoding="utf-8")
    settings_with(desk, playbooks_dir=tmp_path)
    await desk.hear(followed("pollution"))
    assert "on se tient prêt" in await body_of(desk)


async def test_the_end_is_told_to_whoever_was_written_to(desk):
    await desk.hear(followed("pollution"))
    await desk.hear(followed("canicule", crisis="x2"))
    for crisis in ("x1", "x2", "x3"):
        await desk.hear(
            CrisisClosed(crisis=crisis, version=9, playbook="pollution", opened_at=utc(8), closed_at=utc(12))
        )
    told = {fact.about: set(fact.groups) for fact in await desk.facts(DraftPrepared) if fact.level == 0}
    usual = {"msp", "idel", "officines"}
    assert told == {"x1": usual | {"kines"}, "x2": usual, "x3": usual}
