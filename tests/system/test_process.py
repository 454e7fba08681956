"""The desk as a process: started, watched, refused a second time, stopped with a screen open, killed."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from services.platform.data_lock import DataLock, desk_runs, write_run
from services.platform.errors import BadSettings
from services.platform.nats_server import NatsServer, binary
from tests.faulting import Victim

pytestmark = pytest.mark.system


@pytest.fixture
def victim(tmp_path):
    desk = Victim(tmp_path)
    desk.environment["TOCSIN_LOG_JSON"] = "true"
    desk.environment["TOCSIN_LOG_LEVEL"] = "INFO"
    yield desk
    desk.end()


def _alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


async def _until(condition, patience=10.0):
    end = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < end, "the condition never held"
        await asyncio.sleep(0.02)


def _resident_megabytes(pid):
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


async def test_one_life_of_a_desk(victim):
    began = time.monotonic()
    victim.start()
    await victim.ready()
    print(f"ready in {time.monotonic() - began:.2f} s, databases made on the way")
    run = json.loads((victim.folder / "run.json").read_text())
    megabytes = [_resident_megabytes(pid) for pid in (run["pid"], run["nats_pid"])]
    print(f"resident: desk {megabytes[0]:.0f} MB, nats-server {megabytes[1]:.0f} MB")
    assert sum(megabytes) < 400

    second = dict(victim.environment, TOCSIN_HTTP_PORT="0")
    refused = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-m", "services.cli", "up"], env=second, capture_output=True, text=True
    )
    assert refused.returncode == 1
    assert "tourne déjà" in refused.stderr
    assert _alive(run["nats_pid"]), "the refused one must not end the nats-server of the one that runs"

    token = await asyncio.to_thread(victim.token, "reader")
    address = f"http://127.0.0.1:{victim.port}"
    async with httpx.AsyncClient(base_url=address, headers={"Authorization": f"Bearer {token}"}) as client:
        figures = (await client.get("/metrics")).text
        for name in ("commands_total", "facts_told_total", "facts_handled_total", "batch_size_bucket", "lease_held"):
            assert f"tocsin_{name}" in figures
        assert "tocsin_nats_connected 1.0" in figures
        async with client.stream("GET", "/api/v1/stream", timeout=10) as screen:
            assert screen.status_code == 200
            took = await asyncio.to_thread(victim.stop)
    print(f"stopped in {took:.2f} s with a screen open")
    assert victim.process.returncode == 0
    await _until(lambda: not _alive(run["nats_pid"]))
    for line in (victim.folder / "desk.log").read_text().splitlines():
        assert {"event", "level", "timestamp"} <= set(json.loads(line))


async def test_a_killed_desk_takes_its_bus_along_and_the_next_one_starts(victim):
    victim.start()
    await victim.ready()
    old = json.loads((victim.folder / "run.json").read_text())
    victim.kill_desk()
    victim.start()  # at once: what the dead one left may still be ending
    await victim.ready()
    await _until(lambda: not _alive(old["nats_pid"]))
    new = json.loads((victim.folder / "run.json").read_text())
    assert new["pid"] != old["pid"]
    victim.stop()


async def test_an_orphan_of_this_folder_is_ended_and_no_other(tmp_path):
    lock = DataLock(tmp_path)
    lock.take()
    conf = tmp_path / "nats" / "server.conf"
    conf.parent.mkdir()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    conf.write_text(f'listen: "127.0.0.1:{port}"')
    orphan = subprocess.Popen(  # noqa: ASYNC220  # returns at once
        [binary(), "-c", str(conf)], pass_fds=(lock.descriptor,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    lock.release()
    write_run(tmp_path, {"pid": 999_999_999, "nats_pid": os.getpid()})
    with pytest.raises(BadSettings):  # the pid named is not a nats-server of this folder: left alone
        DataLock(tmp_path).take()
    write_run(tmp_path, {"pid": 999_999_999, "nats_pid": orphan.pid})
    again = DataLock(tmp_path)
    again.take()
    assert orphan.wait(5) == -signal.SIGKILL
    assert not desk_runs(tmp_path)
    again.release()


async def test_a_nats_server_that_dies_alone_is_started_again_and_told(tmp_path):
    server = NatsServer(tmp_path)
    told = asyncio.Event()
    server.relaunched = told.set
    await server.start()
    first = server.pid
    os.kill(first, signal.SIGKILL)
    await asyncio.wait_for(told.wait(), 5)
    assert server.pid not in (0, first)
    await server.stop()
