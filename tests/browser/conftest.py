"""Fixtures of the browser tests: a desk in the middle of its story, pages signed in, axe.

The synchronous interface of Playwright keeps a loop running in the thread of the tests, where no asynchronous test may
run: the browser is closed as soon as a worker leaves this folder.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
from pathlib import Path

import pytest

from tests.browser import harness

HERE = Path(__file__).parent
SHOWN = {
    "locale": "fr-FR",
    "timezone_id": "Europe/Paris",
    "reduced_motion": "reduce",
    "viewport": {"width": 1366, "height": 768},
}


def _absent() -> str:
    if importlib.util.find_spec("playwright") is None or importlib.util.find_spec("axe_playwright_python") is None:
        return "playwright and axe-playwright-python are not installed (dependency group « dev »)"
    if harness.chromium() is None:
        return "no Chromium here: apt install chromium, or name one in TOCSIN_CHROMIUM"
    return ""


def pytest_collection_modifyitems(items):
    absent = _absent()
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if absent:
                item.add_marker(pytest.mark.skip(reason=absent))


@pytest.fixture(scope="session")
def shared(tmp_path_factory, worker_id):
    """A folder common to the workers of a session; TOCSIN_TEST_STORIES keeps played stories from one to the next."""
    if kept := os.environ.get("TOCSIN_TEST_STORIES"):
        Path(kept).mkdir(parents=True, exist_ok=True)
        return Path(kept)
    base = tmp_path_factory.getbasetemp()
    return base if worker_id == "master" else base.parent


@contextlib.contextmanager
def _desks(shared, tmp_path_factory):
    """Desks from copies of the played story, stopped at the end: one that stays costs a tenth of a core."""
    started = []

    def start(*options):
        folder = tmp_path_factory.mktemp("desk") / "data"
        shutil.copytree(harness.played(shared, *options), folder)
        started.append(harness.StoryDesk(folder, *options))
        return started[-1]

    try:
        yield start
    finally:
        for desk in started:
            desk.stop()


@pytest.fixture(scope="module")
def start_desk(shared, tmp_path_factory):
    """``start_desk(*options of the story)``: one more desk, for the tests of one file."""
    with _desks(shared, tmp_path_factory) as start:
        yield start


@pytest.fixture(scope="session")
def desk(shared, tmp_path_factory):
    """Eleven days of June, on the morning of 2 July: RÉEL. One for each worker."""
    with _desks(shared, tmp_path_factory) as start:
        yield start()


@pytest.fixture(scope="package")
def browser():
    """Chromium; it knows no other machine than this one."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  # absent from some machines, where these skip

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=harness.chromium(),
            args=["--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1", "--disable-dev-shm-usage"],
        )
        yield launched
        launched.close()


@pytest.fixture
def guard():
    """Fails the test with what its pages did wrong; ``guard.expect(…)`` names what the test provokes."""
    held = harness.Guard()
    yield held
    assert held.faults == []


@pytest.fixture
def new_context(browser, guard):
    """``new_context(desk, **options)``: a browser of its own, guarded, without a session."""
    opened = []

    def make(on, **options):
        context = browser.new_context(**{"base_url": on.url, **SHOWN, **options})
        context.set_default_timeout(15_000)
        guard.watch(context)
        opened.append(context)
        return context

    yield make
    for context in opened:
        context.close()


@pytest.fixture
def new_page(desk, new_context):
    """``new_page(on=desk, **options)``: a page where nobody is signed in."""

    def make(on=desk, **options):
        return new_context(on, **options).new_page()

    return make


@pytest.fixture
def page_as(desk, new_context):
    """``page_as("coord-a", on=desk, fresh=False, **options)``: a page signed in, on the situation.

    A session serves every test of a desk; ``fresh`` signs in anew, for a test that signs out or changes the session.
    """

    def make(person, on=desk, *, fresh=False, **options):
        held = None if fresh else on.sessions.get(person)
        if held is not None:
            page = new_context(on, **{"storage_state": held, **options}).new_page()
            if page.goto(f"{on.base}/situation").status == 200:
                return page
        page = new_context(on, **options).new_page()
        harness.sign_in(page, on.enter(person))
        if not fresh:
            on.sessions[person] = page.context.storage_state()
        return page

    return make


@pytest.fixture
def page_of_role(desk, new_context):
    """``page_of_role("ars", on=desk, **options)``: the situation as seen with the session of a role."""

    def make(role, on=desk, **options):
        context = new_context(on, **options)
        context.add_cookies([on.cookie(role)])
        page = context.new_page()
        page.goto(f"{on.base}/situation")
        return page

    return make


@pytest.fixture
def axe():
    """``axe(page)``: no fault for WCAG 2.2 AA nor for axe's best practices."""
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415  # absent from some machines

    def check(page, context=None):
        options = {"runOnly": {"type": "tag", "values": list(harness.TAGS)}, "resultTypes": ["violations"]}
        found = Axe().run(page, context=context, options=options)
        assert found.violations_count == 0, found.generate_report()
        return found

    return check
