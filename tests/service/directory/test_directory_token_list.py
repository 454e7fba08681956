"""Tokens can be listed and revoked by id; their secrets cannot be read again."""

from __future__ import annotations

import pytest

from contracts.base import Role
from contracts.directory import IssueToken, ListTokens, RevokeToken
from services.directory import SERVICE
from services.platform.errors import Forbidden
from services.platform.testing import person, role_token


async def test_valid_tokens_are_listed_without_their_secret(desk_for):
    desk = await desk_for(SERVICE)
    first = await desk.do(IssueToken(role=Role.SAMU))
    await desk.tick(minutes=1)
    second = await desk.do(IssueToken(person="coord-a"))
    page = await desk.ask(ListTokens(limit=1), caller=role_token(Role.COORDINATOR))
    assert [item["id"] for item in page["items"]] == [second["id"]]
    rest = await desk.ask(ListTokens(cursor=page["next"]), caller=role_token(Role.COORDINATOR))
    assert [item["id"] for item in rest["items"]] == [first["id"]]
    assert first["token"] not in str(rest)
    assert "sha256" not in str(rest)

    await desk.do(RevokeToken(token=first["id"]))
    left = await desk.ask(ListTokens(), caller=role_token(Role.COORDINATOR))
    assert [item["id"] for item in left["items"]] == [second["id"]]


async def test_only_who_runs_the_desk_lists_them(desk_for):
    desk = await desk_for(SERVICE)
    with pytest.raises(Forbidden):
        await desk.ask(ListTokens(), caller=person("med-1", Role.PROFESSIONAL))
