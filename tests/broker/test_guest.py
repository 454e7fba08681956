"""An outside system on the bus itself: it may push alerts with its bearer, and nothing else."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime

import nats
import pytest

from contracts.base import PLATFORM, Envelope, Reply, Role
from contracts.directory import IssueToken
from services.cli.load import alert
from services.platform.nats_server import GUEST_INBOX
from services.platform.runner import Tocsin
from services.registry import SERVICES

pytestmark = pytest.mark.broker
HOME = "nord-essonne"
PARTS = [SERVICES[name] for name in ("directory", "alerts")]


DOCUMENT = base64.b64encode(json.dumps(alert(1)).encode()).decode()


def _report(key):
    envelope = Envelope(
        id=key, type="alerts.report", source="samu-91", time=datetime.now(UTC), territory=HOME, correlation=key,
        caller=PLATFORM,  # whoever it says it is: the bearer decides
        data={"media_type": "application/json", "body": DOCUMENT},
    )  # fmt: skip
    return envelope.model_dump_json(exclude_none=True).encode()


async def test_a_guest_pushes_alerts_with_its_bearer_and_does_nothing_else(settings, territories, ground):
    refused: list[str] = []

    async def note(error):
        refused.append(str(error))

    async with Tocsin(PARTS, settings, territories) as tocsin:
        await tocsin.started()
        issued = await tocsin.bus.request(IssueToken(role=Role.SAMU), territory=HOME, caller=PLATFORM)
        bearer = {"Authorization": f"Bearer {issued.result['token']}"}
        guest = await nats.connect(tocsin.nats.guest_url, error_cb=note, inbox_prefix=GUEST_INBOX)
        overheard = []

        async def send(key, headers=None):
            answer = await guest.request("do.alerts.report", _report(key), timeout=5, headers=headers)
            return Reply.model_validate_json(answer.data)

        assert (await send("a")).refusal.kind == "forbidden"
        assert (await send("b", {"Authorization": "Bearer wrong"})).refusal.kind == "forbidden"
        assert (await send("c", {"Tocsin-Secret": "guessed"})).refusal.kind == "forbidden"
        first, again = await send("d", bearer), await send("d", bearer)
        assert first == again
        assert first.result["status"] == "new"
        assert (await send("e", bearer)).result["status"] == "known"

        async def overhear(message):
            overheard.append(message.subject)

        for subject in ("_TOCSIN.>", "_INBOX.>", "fact.>", "ask.>"):
            await guest.subscribe(subject, cb=overhear)
        for subject in ("do.directory.issue-token", f"fact.{HOME}.alert.raised", "$JS.API.STREAM.DELETE.FACTS"):
            await guest.publish(subject, b"{}")
        await guest.subscribe(f"{GUEST_INBOX}.>", cb=overhear)  # its own replies, not those of the desk
        await guest.flush()
        await ground.until(lambda: len(refused) >= 7)
        assert all("permissions violation" in error.lower() for error in refused)
        await tocsin.bus.request(IssueToken(role=Role.READER), territory=HOME, caller=PLATFORM)
        await guest.flush()
        assert overheard == []
        await guest.close()
        assert (await tocsin.js.stream_info("FACTS")).state.messages >= 1
