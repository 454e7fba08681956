"""The pure parts of the directory's pages."""

from __future__ import annotations

import pytest

from services.gateway.console import annuaire_words as texts
from services.gateway.console import qr
from services.platform.errors import Invalid


def test_a_search_forgets_accents_and_case_and_wants_every_word():
    assert texts.matches("helene paray", "Dr Hélène Garnot", "Paray-Vieille-Poste")
    assert texts.matches("", "Dr Hélène Garnot")
    assert not texts.matches("helene viry", "Dr Hélène Garnot", "Paray-Vieille-Poste")


def test_a_reference_says_no_name_and_is_the_same_for_the_same_form():
    assert texts.reference("medecin", "ab12cd34ef56") == texts.reference("medecin", "ab12cd34ef56") == "med-ab12cd34"
    with pytest.raises(Invalid):
        texts.reference("medecin", "")


def test_a_person_keeps_what_the_form_does_not_show():
    known = {"bands": [{"start": "08:00"}], "channels": ["mailto:a@example.org"]}
    form = {
        "nom": "Dr X",
        "roles[]": "professional\nreader",
        "groupes": "medecins, msp ,",
        "telephone": "06 39 98 01 01",
    }
    fields = texts.person_fields(form, known)
    assert (fields["roles"], fields["groups"]) == (("professional", "reader"), ("medecins", "msp"))
    assert (fields["phone"], fields["bands"], fields["channels"]) == (
        "0639980101", ({"start": "08:00"},), ("mailto:a@example.org",)
    )  # fmt: skip
    assert fields["certifies"] is False


def test_closures_have_both_days_and_an_emptied_line_is_removed():
    form = {
        "debut-1": "2026-08-01",
        "fin-1": "2026-08-15",
        "debut-2": "",
        "fin-2": "",
        "debut-3": "2026-07-01",
        "fin-3": "2026-07-02",
    }
    assert [closure["first"] for closure in texts.closures(form)] == ["2026-07-01", "2026-08-01"]
    with pytest.raises(Invalid, match="premier et un dernier"):
        texts.closures({"debut-1": "2026-08-01", "fin-1": ""})


def test_a_square_is_drawn_here():
    assert qr.square("https://poste.example/p/code").startswith("<svg")
