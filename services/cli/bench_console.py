"""``tocsin bench --console``: what a first view weighs and takes, a page costs, five hundred screens cost."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import re
import statistics
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from services.cli.bench import HOST, Desk, desk
from services.cli.bench_screens import Row, cpu, live, write
from services.cli.load import Connection, push_alerts
from services.gateway.console.screens import PAGES
from services.gateway.console.seal import SESSION, Seal
from services.platform.errors import TocsinError
from services.platform.settings import Settings

TERRITORY = "nord-essonne"
BASE = f"/poste/{TERRITORY}"
REQUESTS = 60
#: Slow 3G as measured here: bits a second, and seconds of a round trip.
BITS, ROUND_TRIP = 400_000, 0.4
SCRIPT = re.compile(r'(?:src=|from |import\(|URL\()"(?:[^"]*/)?([\w-]+\.js)"')


def bench_console(out: Path | None) -> None:
    """Measure and print, beside the budgets; with ``out``, leave the figures as JSON."""
    with desk("") as measured:
        screen = Screen(measured)
        rows = asyncio.run(screen.prepare_and_weigh())
        rows += first_view(screen)
        rows += asyncio.run(pages(screen))
        rows += asyncio.run(live(measured, f"{BASE}/flux", screen.headers))
    table = Table(title=f"Écrans de Tocsin, {os.cpu_count()} cœurs, client sur la même machine")
    for name, side in (("Mesure", "left"), ("", "right"), ("Budget", "right"), ("", "left")):
        table.add_column(name, justify=side)  # type: ignore[arg-type]  # rich wants literals
    for label, value, unit, budget in rows:
        held = "" if budget is None else "tenu" if value <= budget else "DÉPASSÉ"
        table.add_row(label, _said(value, unit), "" if budget is None else _said(budget, unit), held)
    Console().print(table)
    if out:
        figures = {label: {"value": value, "unit": unit, "budget": budget} for label, value, unit, budget in rows}
        out.write_text(json.dumps(figures, indent=2, ensure_ascii=False))


def _said(value: float, unit: str) -> str:
    return f"{value:,.1f} {unit}".replace(",", " ").replace(".", ",")


@dataclass
class Screen:
    """A browser's part: the session of the coordination, and what a first view loads."""

    desk: Desk
    cookie: str = ""
    sizes: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.cookie = Seal.of(Settings(data_dir=self.desk.folder)).session(self.desk.watcher)

    @property
    def headers(self) -> str:
        """What a browser sends with each page."""
        return f"Cookie: {SESSION}={self.cookie}\r\nAccept-Encoding: gzip\r\n"

    async def get(self, line: Connection, path: str) -> bytes:
        """The body of a page, as sent."""
        status, body = await line.request("GET", path, headers=self.headers)
        if status != 200:
            raise TocsinError(f"La page {path} a répondu {status} : la mesure s'arrête.")
        return body

    async def prepare_and_weigh(self) -> list[Row]:
        """Give the desk something to show, then load what a cold browser loads."""
        await _fill(self.desk)
        line = Connection(HOST, self.desk.port, "")
        page = await self.get(line, f"{BASE}/situation")
        self.sizes = {"situation": len(page)}
        html = gzip.decompress(page).decode()
        found = re.search(r"/statique/(\w+)/", html)
        waiting = SCRIPT.findall(html)
        while waiting and found:
            name = waiting.pop()
            if name not in self.sizes:
                script = await self.get(line, f"/statique/{found[1]}/{name}")
                self.sizes[name] = len(script)
                waiting += SCRIPT.findall(gzip.decompress(script).decode())
        line.close()
        whole = sum(self.sizes.values()) / 1000
        told = ", ".join(f"{name} {size / 1000:.1f}" for name, size in self.sizes.items()).replace(".", ",")
        return [(f"première vue, cache vide ({told})", whole, "kB", 100.0)]


async def _fill(measured: Desk) -> None:
    """A level in force with its actions, alerts, a page of entries."""
    line = Connection(HOST, measured.port, measured.watcher)
    level = {"playbook": "canicule", "from_level": 0, "level": 2, "reason": "Mesure des écrans"}
    status, body = await line.request("POST", "/api/v1/levels", json.dumps(level).encode())
    if status >= 300:
        raise TocsinError(f"Le niveau n'a pas pu être levé ({status}) : {body.decode()[:200]}")
    for number in range(40):
        await write(line, f"Appel de la mairie, essai {number}")
    line.close()
    await push_alerts(HOST, measured.port, measured.pusher, connections=1, seconds=0.5)
    await asyncio.sleep(2)


def first_view(screen: Screen) -> list[Row]:
    """Time to the first paint on a slow line: in Chromium when it is there, else worked out from the bytes."""
    try:
        paint, ready = in_chromium(screen)
    except (ImportError, FileNotFoundError) as absent:
        seconds = 2 * ROUND_TRIP + screen.sizes["situation"] * 8 / BITS
        return [(f"première vue sur 3G lente, CALCULÉE des octets ({absent})", seconds * 1000, "ms", 1000.0)]
    return [
        ("première vue sur 3G lente, premier affichage dans Chromium", paint, "ms", 1000.0),
        ("la même, scripts prêts", ready, "ms", None),
    ]


def in_chromium(screen: Screen) -> tuple[float, float]:
    """Median milliseconds to the first contentful paint and to the end of the scripts, from a cold cache."""
    from shutil import which

    from playwright.sync_api import sync_playwright

    named = os.environ.get("TOCSIN_CHROMIUM")
    path = named or next(filter(None, map(which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        raise FileNotFoundError("Chromium absent")
    cookie: Any = {"name": SESSION, "value": screen.cookie, "domain": HOST, "path": BASE}
    found: list[tuple[float, float]] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path)
        for _ in range(5):
            context = browser.new_context()
            context.add_cookies([cookie])
            page = context.new_page()
            line = context.new_cdp_session(page)
            line.send("Network.enable")
            rate = BITS / 8
            conditions = {"offline": False, "latency": ROUND_TRIP * 1000, "downloadThroughput": rate}
            line.send("Network.emulateNetworkConditions", {**conditions, "uploadThroughput": rate})
            page.goto(f"http://{HOST}:{screen.desk.port}{BASE}/situation", wait_until="domcontentloaded")
            page.wait_for_function("() => performance.getEntriesByName('first-contentful-paint').length")
            found.append(page.evaluate(PAINTED))
            context.close()
        browser.close()
    return statistics.median(paint for paint, _ in found), statistics.median(ready for _, ready in found)


PAINTED = """() => [performance.getEntriesByName('first-contentful-paint')[0].startTime,
  performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd]"""


async def pages(screen: Screen) -> list[Row]:
    """Milliseconds for each page without a parameter, one request at a time."""
    rows: list[Row] = []
    line = Connection(HOST, screen.desk.port, "")
    for path in dict.fromkeys(page.path for page in PAGES if "{" not in page.path):
        for _ in range(5):
            await screen.get(line, BASE + path)
        taken, spent = [], cpu(screen.desk.pid)
        for _ in range(REQUESTS):
            started = time.perf_counter()
            await screen.get(line, BASE + path)
            taken.append((time.perf_counter() - started) * 1000)
        each = (cpu(screen.desk.pid) - spent) / REQUESTS * 1000
        slowest = sorted(taken)[int(len(taken) * 0.99)]
        rows.append(
            (f"{path} : médiane (p99 {slowest:.0f} ms, calcul {each:.1f} ms)", statistics.median(taken), "ms", 20)
        )
    line.close()
    return rows
