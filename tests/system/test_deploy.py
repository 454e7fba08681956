"""What ``deploy/`` hands to an operator, started for real where this machine can."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import nats
import nats.errors
import pytest
import yaml

from services.platform.settings import Settings
from tests.conftest import POSTGRES
from tests.system.desk_process import DeskProcess
from tests.system.nats_cluster import Cluster, wait_until

pytestmark = pytest.mark.system
DEPLOY = Path(__file__).parents[2] / "deploy"
VARIABLES = {f"TOCSIN_{name.upper()}" for name in Settings.model_fields}


def alert(name: str) -> dict:
    """A yellow card of today for the Essonne."""
    now = datetime.now(UTC)
    return {
        "source": "meteo-france",
        "external_id": name,
        "kind": "autre",
        "areas": [{"departement": "91"}],
        "headline": f"Essai de grappe {name}",
        "starts_at": now.isoformat(),
        "ends_at": (now + timedelta(hours=6)).isoformat(),
    }


@pytest.fixture
def cluster(tmp_path):
    with Cluster(tmp_path) as started:
        asyncio.run(_elected(started))
        yield started


async def _elected(cluster: Cluster) -> None:
    """Wait for the three nodes to choose who leads JetStream (about two seconds)."""
    for _ in range(100):
        try:
            client = await nats.connect(cluster.url().split(","), allow_reconnect=False, error_cb=_ignore)
            try:
                await client.jetstream(timeout=1).account_info()
                return
            finally:
                await client.close()
        except (nats.errors.Error, OSError):
            await asyncio.sleep(0.2)
    pytest.fail("the three nodes never agreed on a leader")


async def _ignore(_error: Exception) -> None:
    """A node that does not answer yet."""


async def _leader(cluster: Cluster) -> int:
    """The node the stream is led by: the one whose loss costs most."""
    client = await nats.connect(cluster.url().split(","))
    info = await client.jetstream().stream_info("FACTS")
    await client.close()
    assert info.config.num_replicas == 3
    return int(str(info.cluster.leader).removeprefix("nats-"))


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_a_node_of_the_cluster_is_killed_and_nothing_is_missing(database, cluster, tmp_path, request):
    extra = {}
    if database == "postgresql":
        extra = {"TOCSIN_DATABASE_URL": POSTGRES, "TOCSIN_DATABASE_SCHEMA": request.getfixturevalue("postgres_prefix")}
    with DeskProcess(tmp_path, TOCSIN_NATS_URL=cluster.url(), TOCSIN_NATS_REPLICAS="3", **extra) as desk:
        samu, coordinator = desk.token("--role", "samu"), desk.token("--role", "coordinator")
        assert desk.call("POST", "/alerts", samu, alert("avant"))[0] == 201
        cluster.kill(asyncio.run(_leader(cluster)))
        status, _ = desk.call("POST", "/alerts", samu, alert("apres"))
        assert status == 201

        def both() -> bool:
            found = desk.call("GET", "/logbook?limit=100", coordinator)[1]
            texts = " ".join(item["text"] for item in found.get("items", []))
            return "Essai de grappe avant" in texts and "Essai de grappe apres" in texts

        wait_until(both, seconds=30, why="both alerts in the journal")


def test_an_outside_system_may_push_alerts_and_nothing_else(cluster):
    async def attempt() -> list[str]:
        refused: list[str] = []

        async def note(error: Exception) -> None:
            refused.append(str(error).lower())

        client = await nats.connect(cluster.url("alertes").split(","), error_cb=note, inbox_prefix=b"_INBOX_ALERTES")
        with pytest.raises(nats.errors.NoRespondersError):  # allowed: nobody listens in this test
            await client.request("do.alerts.report", b"{}", timeout=2)
        for subject in ("fact.nord-essonne.level.changed", "do.levels.change"):
            await client.publish(subject, b"{}")
        for subject in ("fact.>", "_INBOX.>"):
            await client.subscribe(subject)
        await client.flush()
        for _ in range(200):  # the server's refusals come on their own
            if len(refused) >= 4:
                break
            await asyncio.sleep(0.01)
        await client.close()
        return refused

    refused = asyncio.run(attempt())
    assert sum("permissions violation for publish" in words for words in refused) == 2
    assert sum("permissions violation for subscription" in words for words in refused) == 2


@pytest.mark.parametrize("unit", sorted((DEPLOY / "systemd").glob("*.service")), ids=lambda path: path.name)
def test_systemd_accepts_the_units(unit, tmp_path):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not here")
    text = unit.read_text()
    # The program, its user and its settings exist on the operator's machine, not on this one.
    text = text.replace("/opt/tocsin/.venv/bin/tocsin", shutil.which("true") or "/bin/true")
    name = unit.name.replace("@", "@levels") if "@" in unit.name else unit.name
    (tmp_path / name).write_text(text)
    checked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / name)],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    complaints = [line for line in checked.stderr.splitlines() if name.split("@")[0] in line]
    assert not complaints, complaints


@pytest.mark.parametrize("name", ["compose.yaml", "compose.single.yaml"])
def test_compose_sets_only_what_exists(name):
    stated = yaml.safe_load((DEPLOY / name).read_text())
    services = stated["services"]
    for service in services.values():
        unknown = {key for key in service.get("environment", {}) if key.startswith("TOCSIN_")} - VARIABLES
        assert not unknown
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source in stated.get("volumes", {}) or (DEPLOY / source).exists(), volume
        for other in service.get("depends_on", {}):
            assert other in services


def test_units_set_only_what_exists():
    for unit in (DEPLOY / "systemd").glob("*.service"):
        for line in unit.read_text().splitlines():
            if line.startswith("Environment=TOCSIN_"):
                assert line.removeprefix("Environment=").split("=")[0] in VARIABLES
    for line in (DEPLOY / "systemd" / "tocsin.env").read_text().splitlines():
        name = line.lstrip("# ").split("=")[0]
        if name.startswith("TOCSIN_"):
            assert name in VARIABLES
