"""The plan de crise: what is missing first, nobody's data but those who must be called, the same in both forms."""

from __future__ import annotations

import io
import re
import subprocess
from dataclasses import replace

import pytest
from docx import Document

from contracts.plans import PlanChecklist, PlanRead
from contracts.readiness import PremisesItem
from services.readiness.compose import compose
from services.readiness.paper import Paper, digest, frozen, sentences
from services.readiness.print_docx import BOX, render_docx
from services.readiness.print_pdf import counted

#: Called in a crisis: the cell, the duty, the governance.
NAMED = {"referent", "president", "coord-a", "coord-b"}


def words(text: str) -> str:
    """Letters and figures alone: a line broken or a hyphen added by a renderer is no difference."""
    return re.sub(r"[^\w]", "", text.replace("ﬁ", "fi").replace("ﬂ", "fl")).lower()


def pdf_text(pdf: bytes, tmp_path) -> str:
    (tmp_path / "plan.pdf").write_bytes(pdf)
    done = subprocess.run(["pdftotext", "-raw", tmp_path / "plan.pdf", "-"], capture_output=True, text=True, check=True)
    return done.stdout


def docx_text(raw: bytes) -> str:
    document = Document(io.BytesIO(raw))
    return "\n".join(text.text or "" for text in document.element.body.iter() if text.tag.endswith("}t"))


def test_the_order_is_the_one_the_ars_reads(known):
    titles = [section.title for section in compose(known()).sections if section.level == 1]
    assert titles == [
        "Ce qui manque", "Gouvernance et déclencheurs", "Cellule de crise", "Annuaire", "Alerte et communication",
        "Plans par type de crise", "Stock et matériel", "Locaux mobilisables", "Formations et exercices",
        "Continuité des patients chroniques et fragiles", "Remontée de données", "Traçabilité",
        "Retours d’expérience", "Révisions et transmissions", "Sources",
    ]  # fmt: skip


def test_each_gap_says_what_why_and_who(known):
    paper = compose(known())
    found = {gap.key for gap in paper.gaps}
    assert {"gouvernance-referent", "stock-sous_minimum", "locaux-types", "formation", "exercice", "retex"} <= found
    assert all(gap.what and gap.why and gap.who for gap in paper.gaps)
    assert len(found) == len(paper.gaps)
    rows = paper.sections[0].blocks[-1].rows
    assert [row[1] for row in rows] == [gap.what for gap in paper.gaps]


def test_a_gap_filled_is_no_longer_said(known):
    before = known()
    place = PremisesItem(id="l", name="Gymnase", commune="91027", serves=("T1", "T2", "T3", "T4", "T5"))
    after = replace(before, ready=before.ready.model_copy(update={"premises": (place,)}))
    assert "locaux-types" in {gap.key for gap in compose(before).gaps}
    assert "locaux-types" not in {gap.key for gap in compose(after).gaps}


def test_a_silent_service_leaves_a_line_and_blocks_nothing(known):
    paper = compose(known(cell=None, reviews=None, improvements=None, people=(), duty=(), silent=("la cellule",)))
    said = " ".join(sentences(paper))
    assert "non renseigné" in said
    assert "N’a pas répondu au moment d’établir ce document\u00a0: la cellule." in said
    assert {"cellule", "astreinte"} <= {gap.key for gap in paper.gaps}


def test_old_entries_of_the_directory_are_counted_and_a_test_renews_them(known):
    before = known(written={})
    assert len(before.unverified()) == len(before.people)
    assert known().unverified() == []


def test_no_name_no_number_no_address_but_of_those_who_must_be_called(known):
    here = known()
    said = " ".join(sentences(compose(here))).replace("\u00a0", " ")
    for one in here.people:
        phone = " ".join(re.findall("..", "0" + one["phone"].removeprefix("+33")))
        assert (one["name"] in said) is (phone in said) is (one["person"] in NAMED), one["person"]
        assert one["email"] not in said
        assert not re.search(rf"\b{one['person']}\b(?!iel)", said) or one["person"] in ("president", "referent")
    assert "example.org" not in said


def test_a_model_says_so_and_an_exercise_too(known, territories, heat):
    paper = compose(known(territory=territories["nord-essonne~exercice"]))
    assert (paper.mode, paper.exercise) == ("EXERCICE", True)
    assert paper.warning.startswith("Exercice")
    assert compose(known()).standing == "Modèle\u00a0: 0\u00a0plan validé sur 1"
    valid = heat.model_copy(update={"about": heat.about.model_copy(update={"status": "valide"})})
    assert compose(known(plans=0)).standing.startswith("Modèle")
    assert compose(replace(known(), plans=(valid,))).standing == "Validé"


def test_it_never_passes_for_the_national_layout(known):
    said = " ".join(sentences(compose(known())))
    assert "synthèse" in said
    assert "trame nationale" in said


def test_the_same_content_has_the_same_print_and_is_read_again(known):
    content = frozen(compose(known()))
    assert Paper.model_validate(content) == compose(known())
    assert digest(content) == digest(dict(reversed(content.items()))) == digest(frozen(compose(known())))
    assert digest(content) != digest(frozen(compose(known(plans=2))))


@pytest.mark.parametrize("plans", [0, 12])
def test_both_forms_say_the_same(known, tmp_path, plans):
    paper = compose(known(plans=plans))
    pdf, pages = counted(paper)
    printed, opened = words(pdf_text(pdf, tmp_path)), words(docx_text(render_docx(paper)))
    for said in sentences(paper):
        assert words(said) in opened, said
    # A cell cut by a line end is still whole in the text of the PDF, but not across two pages: words are compared.
    missing = {word for said in sentences(paper) for word in re.findall(r"\w{4,}", said) if words(word) not in printed}
    assert missing == set()
    assert pages <= 12 + 2 * plans
    assert pages >= 8


def test_the_pdf_is_accessible_and_always_the_same(known):
    paper = compose(known())
    pdf, _ = counted(paper)
    assert pdf == counted(paper)[0]
    for mark in (b"/Lang(fr-FR)", b"/MarkInfo", b"<pdfuaid:part>1<"):
        assert mark in pdf


def test_the_docx_has_headings_repeated_rows_pages_and_its_language(known):
    paper = compose(known())
    document = Document(io.BytesIO(render_docx(paper)))
    headings = [one.text for one in document.paragraphs if one.style.name == "Heading 1"]
    assert headings[0] == "1. Ce qui manque"
    assert len(headings) == sum(section.level == 1 for section in paper.sections)
    tables = document.tables[1:]
    assert tables
    assert all("tblHeader" in table.rows[0]._tr.xml for table in tables)
    about = document.core_properties
    assert (about.language, about.author, about.title) == ("fr-FR", paper.place, paper.name)
    assert 'w:val="fr-FR"' in document.styles["Normal"].element.xml
    assert "NUMPAGES" in document.sections[0].footer._element.xml
    assert "RÉEL" in document.sections[0].header._element.xml


def test_lists_to_tick_are_in_annex(known, heat):
    listed = PlanChecklist(key="a", title="Premier appel", parts=(("Dire", ("Le nombre", "Le lieu")),))
    plan: PlanRead = heat.model_copy(update={"checklists": (listed,)})
    paper = compose(replace(known(), plans=(plan,)))
    assert paper.sections[-2].title == "Annexe : listes à cocher"
    assert f"{BOX}Le nombre" in docx_text(render_docx(paper))
