"""The journal as PDF and CSV, and the pace at which facts are entered."""

from __future__ import annotations

import base64
import csv
import io
from datetime import timedelta

import pytest
from pypdf import PdfReader

from contracts.base import Page, Role
from contracts.directory import PeopleFound, PersonName, WhoAre, WhoIsOnDuty
from contracts.logbook import AskJournal, RedactEntry, WriteEntry
from services.logbook import SERVICE
from services.platform.errors import Forbidden
from services.platform.testing import START, person, role_token

COORDINATOR = person("coord-a", Role.COORDINATOR, on_duty=("coordinatrice",))


@pytest.fixture
async def journal(desk_for):
    desk = await desk_for(SERVICE)
    held = {"role": "coordinatrice", "person": "coord-a"}
    desk.answers[WhoIsOnDuty] = lambda _: Page(items=(held,))
    desk.answers[WhoAre] = lambda asked: PeopleFound(
        people=tuple(PersonName(person=ref, name=ref.replace("coord-a", "Camille Durand")) for ref in asked.people)
    )
    await desk.do(WriteEntry(text="Appel du SAMU : #strong[non] à 10 h ; suite ?"), caller=COORDINATOR)
    await desk.do(WriteEntry(text="=1+1", occurred_at=START - timedelta(hours=1)), caller=COORDINATOR)
    await desk.do(WriteEntry(text="un nom", kind="decision"), caller=COORDINATOR)
    await desk.do(RedactEntry(number=3, reason="nom"), caller=COORDINATOR)
    return desk


def body_of(file: dict) -> bytes:
    return base64.b64decode(file["body"])


async def test_the_pdf_names_its_keeper_and_numbers_its_pages(journal):
    await journal.do_many(
        [WriteEntry(text=f"fait n° {n}, raconté sur une ligne") for n in range(60)], caller=COORDINATOR
    )
    file = await journal.ask(AskJournal(), caller=COORDINATOR)
    assert (file["media_type"], file["filename"]) == ("application/pdf", "journal-de-bord-nord-essonne.pdf")
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(body_of(file))).pages]
    assert "Tenu par Camille Durand" in pages[0]
    assert "#strong[non]" in pages[0]
    assert "texte effacé" in pages[0]
    assert "saisie tardive" in pages[0]
    assert f"Page 2 sur {len(pages)}" in pages[1]
    assert len(pages) > 2


async def test_the_csv_is_for_a_french_spreadsheet(journal):
    file = await journal.ask(AskJournal(form="csv"), caller=COORDINATOR)
    raw = body_of(file)
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig")), delimiter=";"))
    assert [row["numéro"] for row in rows] == ["1", "2", "3", "4"]
    assert (rows[1]["texte"], rows[1]["saisie tardive"]) == ("'=1+1", "oui")
    assert (rows[2]["texte"], rows[0]["auteur"]) == ("texte effacé", "Camille Durand")


async def test_without_the_directory_references_stand(desk_for):
    desk = await desk_for(SERVICE)
    await desk.do(WriteEntry(text="x"), caller=COORDINATOR)
    file = await desk.ask(AskJournal(form="csv"), caller=COORDINATOR)
    assert b"coord-a" in body_of(file)
    assert body_of(await desk.ask(AskJournal(first=START + timedelta(days=1)), caller=COORDINATOR)).startswith(b"%PDF")


async def test_outside_roles_do_not_take_the_journal_away(journal):
    with pytest.raises(Forbidden):
        await journal.ask(AskJournal(), caller=role_token(Role.ARS))
