"""What holds for the whole repository: no trace of a machine, locks without hosts, decisions in order, sizes."""

from __future__ import annotations

import ast
import gc
import re
import subprocess
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DECISIONS = sorted((ROOT / "deploy" / "decisions").glob("*.md"))
LOCKS = ("requirements.lock", "requirements-dev.lock")

#: Longer than the rule, each for a reason.
LONG_FILES = {
    "contracts/cell.py": "one module holds every message of a service, and what its screens are shown",
    "contracts/certificates.py": "one module holds every message of a service, and this one has the most",
    "contracts/directory.py": "one module holds every message of a service",
    "contracts/readiness.py": "one module holds every message of what is kept, and what its screens are shown",
    "contracts/reviews.py": "one module holds every message of a service, and what its screens are shown",
    "contracts/meetings.py": "one module holds every message of the meeting, and what its screens are shown",
    "services/platform/puller.py": "one loop and its three recoveries: apart, the order they keep would not be seen",
    "services/drill/player.py": "one script read from top to bottom, as the drill goes",
}
LONG_FUNCTIONS: dict[str, str] = {}
MAX_LINES, MAX_FUNCTION = 250, 40
MAX_TEST_LINES, MAX_TEST_FUNCTION = 500, 65


def tracked(*patterns: str) -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", *patterns], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    return [name for name in listed.split("\0") if name and (ROOT / name).exists()]


def in_git() -> bool:
    return (ROOT / ".git").exists()


needs_git = pytest.mark.skipif(not in_git(), reason="an exported tree has no list of its files")


@needs_git
def test_no_path_of_a_machine_and_no_registry():
    here = "|".join(re.escape(f"{folder}/") for folder in (ROOT, Path.home()) if len(folder.parts) > 1)
    forbidden = re.compile(rf"{here}|/[h]ome/\w|/[U]sers/\w|https?://\S*/simple\b|--(extra-)?index-[u]rl")
    found = [
        f"{name}:{number}: {line.strip()[:100]}"
        for name in tracked()
        for number, line in enumerate((ROOT / name).read_bytes().decode("utf-8", "replace").splitlines(), 1)
        if forbidden.search(line)
    ]
    assert not found


@needs_git
def test_nothing_unfinished_is_marked_in_the_code():
    found = [
        name for name in tracked("*.py", "*.yaml", "*.md")
        if re.search(r"\b(TODO|FIXME|XXX)\b", (ROOT / name).read_text(encoding="utf-8"))
        and name != "tests/guards/test_guards_repository.py"
    ]  # fmt: skip
    assert not found


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_name_no_host_and_hash_everything(lock):
    text = (ROOT / lock).read_text()
    assert "://" not in text
    pinned = re.findall(r"^([a-z0-9][\w.-]*(?:\[[\w,]+\])?)==\S+", text, re.MULTILINE)
    blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)
    assert len(pinned) > 40
    unhashed = [block.split("==")[0] for block in blocks if "==" in block and "--hash=sha256:" not in block]
    assert not unhashed


def test_no_dependency_takes_our_names():
    taken = metadata.packages_distributions()
    for name in ("services", "contracts", "playbooks"):
        assert set(taken.get(name, ())) <= {"tocsin"}, f"{name} is also shipped by {taken[name]}"


def test_decisions_are_numbered_without_a_gap():
    numbers = [path.name[:5] for path in DECISIONS]
    assert numbers == [f"{number:04d}-" for number in range(1, len(DECISIONS) + 1)]


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_says_context_decision_and_consequences_on_one_page(decision):
    lines = decision.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith(f"# {decision.name[:4]}. ")
    assert [line for line in lines if line.startswith("## ")] == ["## Context", "## Decision", "## Consequences"]
    assert len(lines) <= 60


def sources() -> list[Path]:
    folders = ("contracts", "services", "playbooks", "deploy", "tests")
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py") if "versions" not in path.parts)


def test_files_are_short():
    long = {}
    for path in sources():
        name = str(path.relative_to(ROOT))
        lines = path.read_text(encoding="utf-8").count("\n")
        if lines > (MAX_TEST_LINES if name.startswith("tests/") else MAX_LINES):
            long[name] = lines
    assert {name: lines for name, lines in long.items() if name not in LONG_FILES} == {}
    assert all((ROOT / name).exists() for name in LONG_FILES)


@pytest.fixture
def no_collection():
    """Collecting garbage while a tree is built can fail it (CPython 3.11)."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_collection")
def test_functions_are_short():
    long = {}
    for path in sources():
        name = str(path.relative_to(ROOT))
        most = MAX_TEST_FUNCTION if name.startswith("tests/") else MAX_FUNCTION
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > most:
                    long[f"{name}::{node.name}"] = length
    assert {name: lines for name, lines in long.items() if name not in LONG_FUNCTIONS} == {}
    assert set(LONG_FUNCTIONS) <= set(long), "shorter now: take it off the list"
