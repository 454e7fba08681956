"""Three real nats-servers from the files an operator gets, with only their ports, hosts and folders replaced."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

from services.platform.nats_server import binary, free_port

DEPLOY = Path(__file__).parents[2] / "deploy"
PASSWORDS = {
    "NATS_TOCSIN_PASSWORD": "mot-tocsin",
    "NATS_ALERTES_PASSWORD": "mot-alertes",
    "NATS_CLUSTER_PASSWORD": "mot-grappe",
}


class Cluster:
    """Nodes 1 to 3, each its own process; any of them can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ports = {number: free_port() for number in (1, 2, 3)}
        self._routes = {number: free_port() for number in (1, 2, 3)}
        self._monitors = {number: free_port() for number in (1, 2, 3)}
        self._processes: dict[int, subprocess.Popen[bytes]] = {}
        for number in self._ports:
            self._write(number)

    def url(self, user: str = "tocsin") -> str:
        """Every node, as TOCSIN_NATS_URL names them."""
        return ",".join(f"nats://{user}:mot-{user}@127.0.0.1:{port}" for port in self._ports.values())

    def node_at(self, port: int) -> int:
        """The node that listens on this port."""
        return next(number for number, own in self._ports.items() if own == port)

    def _write(self, number: int) -> None:
        home = self._folder / f"node-{number}"
        home.mkdir(parents=True)
        node = (DEPLOY / f"nats-cluster-{number}.conf").read_text()
        node = node.replace("0.0.0.0:4222", f"127.0.0.1:{self._ports[number]}")
        node = node.replace("0.0.0.0:6222", f"127.0.0.1:{self._routes[number]}")
        node = node.replace("127.0.0.1:8222", f"127.0.0.1:{self._monitors[number]}")
        (home / f"nats-cluster-{number}.conf").write_text(node)
        common = (DEPLOY / "nats-common.conf").read_text().replace("/var/lib/tocsin-nats", str(home / "store"))
        (home / "nats-common.conf").write_text(common)

    def start(self, number: int) -> None:
        """Start one node."""
        home = self._folder / f"node-{number}"
        command = [binary(), "-c", str(home / f"nats-cluster-{number}.conf"), "-l", str(home / "server.log")]
        routes = {f"NATS_ROUTE_{n}": f"nats://grappe:mot-grappe@127.0.0.1:{port}" for n, port in self._routes.items()}
        self._processes[number] = subprocess.Popen(command, env={**os.environ, **PASSWORDS, **routes})

    def kill(self, number: int) -> None:
        """End one node without warning."""
        process = self._processes.pop(number)
        process.kill()
        process.wait(10)

    def __enter__(self) -> Cluster:
        for number in self._ports:
            self.start(number)
        return self

    def __exit__(self, *_: object) -> None:
        for number in list(self._processes):
            self.kill(number)


def wait_until(ready, *, seconds: float, why: str):
    """The first true answer of ``ready``; asked every 50 ms."""
    give_up = time.monotonic() + seconds
    while time.monotonic() < give_up:
        found = ready()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"{why}: not after {seconds} s")
