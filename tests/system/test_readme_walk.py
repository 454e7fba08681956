"""The walk of README.md, its commands run in order by a shell against a fresh desk, and what it promises to see."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.system.desk_process import ROOT, DeskProcess

pytestmark = pytest.mark.system


def commands() -> str:
    """Every ``bash`` block of the walk."""
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    walk = page.split("<!-- walk -->")[1].split("<!-- /walk -->")[0]
    return "\n".join(re.findall(r"```bash\n(.*?)```", walk, re.DOTALL))


def test_the_walk_gives_what_it_says(tmp_path):
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "tocsin").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m services.cli "$@"\n')
    (programs / "tocsin").chmod(0o755)
    (tmp_path / "deploy").symlink_to(ROOT / "deploy")
    with DeskProcess(tmp_path) as desk:
        walked = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", commands()],
            cwd=tmp_path,
            env={**desk.environment, "PATH": f"{programs}:{desk.environment['PATH']}"},
            check=False,
            capture_output=True,
            text=True,
            timeout=80,
        )
    said = " ".join(walked.stdout.split())  # French typography has spaces of its own
    assert walked.returncode == 0, walked.stdout[-3000:] + walked.stderr[-3000:]
    assert '"problem' not in said
    assert said.count('"status":"new"') == 1
    assert said.count('"status":"known"') == 1
    assert '"level": 1' in said
    assert "Vigilance orange canicule annoncée aujourd'hui (Essonne)" in said
    assert '"status":"accepted"' in said
    assert "POINT DE SITUATION N° 1" in said
    assert "de 14 h à 18 h : 6 places" in said
    assert "%PDF-" in said
    assert said.count("Journal intact") == 1
    assert said.count("Journal intègre") == 1
    assert said.count("Journal FAUX") == 1
    assert "refused, as it should be" in said
    assert (tmp_path / "point.pdf").stat().st_size > 10_000
