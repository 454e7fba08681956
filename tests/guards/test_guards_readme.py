"""README.md says what the code does: its settings, its map, and every file it points at."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from deploy.refresh_readme import README, refreshed, service_map, settings_table
from services.platform.nats_server import GUEST_INBOX
from services.platform.settings import Settings

ROOT = README.parent
PAGE = README.read_text(encoding="utf-8")
REMEDY = "run « python deploy/refresh_readme.py » and commit README.md"
DOCUMENTS = sorted(
    path for path in (*ROOT.glob("*.md"), *(ROOT / "deploy").rglob("*.md"), *(ROOT / "playbooks").glob("*.md"))
)


def block(marker: str) -> str:
    return PAGE.split(f"<!-- {marker} -->\n")[1].split(f"\n<!-- /{marker} -->")[0]


def test_every_setting_is_in_the_table_with_its_default_and_its_meaning():
    assert block("settings") == settings_table(), REMEDY
    for name, field in Settings.model_fields.items():
        assert f"`TOCSIN_{name.upper()}`" in block("settings")
        assert field.description, f"the setting {name} has no description"


def test_the_map_is_in_step():
    assert block("map") == service_map(), REMEDY


def test_refreshing_changes_nothing_more():
    assert refreshed(PAGE) == PAGE


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path):
    for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", document.read_text(encoding="utf-8")):
        assert (document.parent / target).exists(), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_variables_named_in_a_document_exist(document: Path):
    known = {f"TOCSIN_{name.upper()}" for name in Settings.model_fields} | {"TOCSIN_TEST_POSTGRES"}
    named = set(re.findall(r"\bTOCSIN_[A-Z_]+[A-Z]\b", document.read_text(encoding="utf-8")))
    assert named <= known


def test_the_private_inbox_of_outside_systems_has_one_name():
    assert f"`{GUEST_INBOX}`" in PAGE
    assert f'subscribe: ["{GUEST_INBOX}.>"]' in (ROOT / "deploy" / "nats-common.conf").read_text(encoding="utf-8")
