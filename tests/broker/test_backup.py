"""A desk saved and brought back, on the same kind of database or the other: nothing lost, work goes on."""

from __future__ import annotations

import base64
import json
import tarfile

import pytest

from contracts.alerts import ReportAlert
from contracts.base import PLATFORM
from contracts.logbook import AskExport
from services.cli.load import alert
from services.logbook.verify import verify
from services.platform.backup import back_up, restore
from services.platform.errors import BadSettings
from services.platform.keys import KeyStore
from services.platform.runner import Tocsin
from services.platform.settings import Settings
from services.registry import SERVICES

pytestmark = pytest.mark.broker
HOME = "nord-essonne"
PARTS = [SERVICES[name] for name in ("directory", "alerts", "levels", "messages", "logbook")]


async def _report(tocsin, first, last):
    for number in range(first, last):
        body = base64.b64encode(json.dumps(alert(number)).encode()).decode()
        told = ReportAlert(media_type="application/json", body=body)
        reply = await tocsin.bus.request(told, territory=HOME, caller=PLATFORM, id=f"report-{number}")
        assert not reply.refusal, reply.refusal


async def _journal(tocsin):
    reply = await tocsin.bus.request(AskExport(limit=500), territory=HOME, caller=PLATFORM)
    return [json.dumps(entry, ensure_ascii=False) for entry in reply.result["items"]]


async def test_a_desk_comes_back_and_goes_on(settings, tmp_path, territories):
    source = Settings(data_dir=tmp_path / "source")
    KeyStore(source.data_dir).seal("someone", "secret")
    async with Tocsin(PARTS, source, territories) as tocsin:
        await tocsin.started()
        await _report(tocsin, 0, 30)
        await tocsin.settled()
        before, told = await _journal(tocsin), (await tocsin.js.stream_info("FACTS")).state.messages
        archive = tmp_path / "saved.tar.gz"
        count = await back_up(PARTS, source, archive)  # while the desk runs
    with tarfile.open(archive) as saved:
        assert not [name for name in saved.getnames() if "key" in name]

    target = settings.model_copy(update={"data_dir": tmp_path / "target"})
    assert await restore(PARTS, target, archive) == count
    with pytest.raises(BadSettings, match="contient déjà"):
        await restore(PARTS, target, archive)
    async with Tocsin(PARTS, target, territories) as tocsin:
        await tocsin.started()
        await tocsin.settled()
        assert await _journal(tocsin) == before, "what was told again entered nothing twice"
        assert (await tocsin.js.stream_info("FACTS")).state.messages == told
        await _report(tocsin, 25, 40)  # five are known already
        await tocsin.settled()
        after = await _journal(tocsin)
        assert after[: len(before)] == before
        assert sum(json.loads(entry)["kind"] == "alerte" for entry in after) == 40
        assert verify(after).ok


async def test_an_archive_from_a_newer_version_is_refused(settings, tmp_path):
    archive = tmp_path / "newer.tar.gz"
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps({"format": 1, "revisions": {"directory": "9999"}}))
    with tarfile.open(archive, "w:gz") as made:
        made.add(manifest, "manifest.json")
    with pytest.raises(BadSettings, match="plus récente"):
        await restore(PARTS[:1], settings, archive)
