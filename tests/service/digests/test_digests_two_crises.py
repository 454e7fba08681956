"""Two crises in one point: each with its level, actions, places and needs; closing one leaves the other."""

from __future__ import annotations

import base64
import io
from datetime import timedelta

import pytest
from pypdf import PdfReader

from contracts.actions import ActionOpened
from contracts.base import TextRef
from contracts.cell import NeedStated
from contracts.digests import AskDigest, DraftDigest
from contracts.levels import CrisisClosed, CrisisOpened, LevelChanged
from contracts.slots import SlotOffered
from services.digests.render_pdf import PAGES

REF = TextRef(id="reason", sha256="0" * 64)


@pytest.fixture
async def two(model_desk, model):
    """The model Thursday with a second crisis opened at 8:20: four of Paray's places pass to it, one need is short."""
    desk, opened = model_desk, model.at(model.THURSDAY, 8, 20)
    await desk.hear(
        CrisisOpened(
            crisis="v", playbook="afflux-de-victimes", plan_version=1, plan_sha256="y", typology="T1", opened_at=opened
        )
    )
    await desk.hear(
        LevelChanged(
            crisis="v", version=1, playbook="afflux-de-victimes", plan_sha256="y", from_level=0, level=1,
            decided_by="coord-a", reason=REF, changed_at=opened,
        )
    )  # fmt: skip
    start = model.at(model.THURSDAY, 14)
    slot = {"professional": "med-1", "profession": "medecin", "commune": model.PARAY, "starts_at": start,
            "ends_at": start + timedelta(hours=2), "mode": "consultation", "state": "ouvert"}  # fmt: skip
    moved = SlotOffered(
        slot="passe", version=1, places=4, booked=0, crisis="v", moved_from="jeu", from_crisis="c", **slot
    )
    await desk.hear(moved)
    body = {"run": "s", "version": 1, "playbook": "canicule", "level": 1, "side": "cpts", "modality": "firm",
            "owner": "referent", "due_at": model.at(model.THURSDAY, 12)}  # fmt: skip
    await desk.hear(ActionOpened(action="ENG-04", title="Tenir le point commun", crises=("c", "v"), **body))
    await desk.hear(
        NeedStated(
            need="n", version=1, crisis="v", kind="consultations", what=REF, unit="consultations", asked=12,
            available=4, asked_by="samu", asked_at=opened,
        )
    )  # fmt: skip
    return desk


async def text_of(desk):
    made = (await desk.do(DraftDigest()))["id"]
    await desk.run_once()
    found = await desk.ask(AskDigest(digest=made, form="txt"))
    return _decoded(found), made


def line_of(text, start):
    (found,) = [line for line in text.splitlines() if line.startswith(start)]
    return found


def _decoded(found):
    return base64.b64decode(found["body"]).decode().replace("\u00a0", " ").replace("\u202f", " ")


async def test_each_crisis_has_its_level_its_places_and_what_it_lacks(two):
    text, _ = await text_of(two)
    assert "CANICULE (NIVEAU 3) ET AFFLUX DE VICTIMES (NIVEAU 1)" in text
    assert "Niveau de la CPTS, afflux de victimes" in text
    row = line_of(text, "Afflux de victimes |")
    assert "4 libres sur 4" in row
    assert "manque 8 consultations" in row
    assert "4 passées à afflux de victimes" in line_of(text, "Canicule |")
    assert "Tenir le point commun (les deux crises)" in text.replace("*", "")


async def test_two_crises_still_fit_two_pages(two):
    _, made = await text_of(two)
    pdf = base64.b64decode((await two.ask(AskDigest(digest=made, form="pdf")))["body"])
    assert len(PdfReader(io.BytesIO(pdf)).pages) <= PAGES


async def test_once_one_is_closed_the_point_is_of_the_other_alone(two, model):
    now = model.at(model.THURSDAY, 8, 55)
    await two.tick(at=now)
    await two.hear(
        CrisisClosed(
            crisis="v",
            version=2,
            playbook="afflux-de-victimes",
            opened_at=model.at(model.THURSDAY, 8, 20),
            closed_at=now,
        )
    )
    text, _ = await text_of(two)
    assert "AFFLUX" not in text
    assert "Par crise" not in text
    assert "Niveau de la CPTS, canicule" in text
