"""``tocsin drill``: play a scenario on a desk of its own and say what held."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from datetime import datetime
from pathlib import Path

import httpx
import uvloop
from fastapi import FastAPI

from services.drill import Outcome, Pace, Scenario, load_scenario, play, score
from services.drill.checks import Check
from services.gateway.app import create_app
from services.logbook.verify import verify as verify_chain
from services.platform.asyncapi import document
from services.platform.errors import BadSettings
from services.platform.runner import Tocsin
from services.platform.settings import Settings
from services.platform.telemetry import configure_logging
from services.playbook.loader import plan_files
from services.registry import SERVICES
from services.territories import PACKAGED, territories_of


def drill(name: str, start: str | None, speed: float | None, out: Path | None) -> bool:
    """Play, print the score, write what is asked; true when every expectation held."""
    configure_logging("WARNING", as_json=False)
    outcome = played(name, start, speed)
    if out is not None:
        write(outcome, out)
    tell(outcome)
    return outcome.passed


def played(name: str, start: str | None = None, speed: float | None = None) -> Outcome:
    """What a scenario left, played in the exercise territory of a desk that lives only for it."""
    path, scenario = scenario_named(name, start)
    with (
        tempfile.TemporaryDirectory(prefix="tocsin-exercice-") as folder,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        settings = settings_for(scenario, path.parent, Path(folder))
        services = list(SERVICES.values())
        outcome = runner.run(
            play(scenario, services, settings, territories_of(settings), in_process, pace=Pace(speed=speed))
        )
    verify(outcome)
    return outcome


def scenario_named(name: str, start: str | None) -> tuple[Path, Scenario]:
    """The file of a scenario, given by path or by the name of one that comes with Tocsin, and its content."""
    path = Path(name) if Path(name).suffix else PACKAGED / "scenarios" / f"{name}.yaml"
    scenario = load_scenario(path)
    return path, scenario.starting(_start(start, scenario.starts_at)) if start else scenario


def settings_for(scenario: Scenario, beside: Path, folder: Path) -> Settings:
    """A desk of its own in ``folder``, with the plans and territories of the operator; the scenario's plans are added.

    Whatever the environment says, it writes to nobody and reads no outside source.
    """
    own = Settings()
    plans = own.playbooks_dir
    if scenario.plans:
        plans = folder / "plans"
        plans.mkdir()
        for plan in (*plan_files(own.playbooks_dir or PACKAGED), *(beside / name for name in scenario.plans)):
            shutil.copy(plan, plans / plan.name)
    if (own.data_dir / "territories").is_dir():
        shutil.copytree(own.data_dir / "territories", folder / "donnees" / "territories")
    return Settings(
        data_dir=folder / "donnees", territory=scenario.territory, nats_url="", nats_port=0, database_url="",
        bus_secret="", playbooks_dir=plans, mail_url="", sms_url="", vigilance_url="", vigilance_file=None,
    )  # fmt: skip


def verify(outcome: Outcome) -> None:
    """Add to the score whether the exported journal verifies."""
    verdict = verify_chain(outcome.documents["journal.jsonl"].decode().split("\n"))
    at = outcome.checks[-1].at if outcome.checks else outcome.scenario.starts_at
    found = "vérifiée" if verdict.ok else verdict.reason
    outcome.checks.append(Check(at, "journal de bord exporté", "chaîne", "vérifiée", found))


def in_process(tocsin: Tocsin) -> httpx.AsyncBaseTransport:
    """The public interface of a desk, without a socket."""
    return httpx.ASGITransport(app=application(tocsin))


def application(tocsin: Tocsin) -> FastAPI:
    """The HTTP edge of the desk under exercise."""
    return create_app(
        tocsin.bus,
        tocsin.clock,
        tocsin.settings,
        tocsin.territories,
        tocsin.readiness,
        lambda: document(list(SERVICES.values())),
    )


def _start(text: str, original: datetime) -> datetime:
    try:
        day = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadSettings(f"« {text} » n'est pas une date ; écrivez 2026-06-26.") from error
    if day.tzinfo is None:
        day = (
            datetime.combine(day.date(), original.timetz()) if len(text) <= 10 else day.replace(tzinfo=original.tzinfo)
        )
    return day


def write(outcome: Outcome, out: Path) -> None:
    """Leave the journal, the points, the final lists and the score in a folder."""
    out.mkdir(parents=True, exist_ok=True)
    for name, content in outcome.documents.items():
        (out / name).write_bytes(content)
    (out / "score.txt").write_text(score.sheet(outcome), encoding="utf-8")
    (out / "empreinte.txt").write_text(outcome.fingerprint + "\n", encoding="utf-8")


def tell(outcome: Outcome) -> None:
    """Print what failed, then the score."""
    failed = [check for check in outcome.checks if not check.passed]
    for check in failed:
        print(check.line())
    print(score.verdict(outcome))
    print(f"Empreinte {outcome.fingerprint}")
