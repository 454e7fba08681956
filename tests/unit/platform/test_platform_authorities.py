"""An authority is named as people say it; who speaks decides what its word is worth."""

import pytest

from services.platform.authorities import authority, is_establishment, manner


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("ars-idf", "l'ARS Île-de-France"),
        ("ars", "l'ARS"),
        ("role:ars", "l'ARS"),
        ("ars-inconnue", "l'ARS"),
        ("ARS-IDF", "l'ARS Île-de-France"),
        ("samu91", "le SAMU 91"),
        ("samu-91", "le SAMU 91"),
        ("prefecture-91", "la préfecture (Essonne)"),
        ("prefet-75", "le préfet (75)"),
        ("préfet", "le préfet"),
        ("meteo-france", "Météo-France"),
        ("hopital-du-plateau", "hopital du plateau"),
        ("CHSF", "CHSF"),
        ("directrice de l'hôpital nord", "directrice de l'hôpital nord"),
        ("", ""),
    ],
)
def test_an_authority_in_words(source, said):
    assert authority(source, {"91": "Essonne"}) == said


@pytest.mark.parametrize(
    ("kind", "speaker", "does"),
    [
        ("orsan", "ars-idf", "acts"),
        ("orsan", "prefecture-91", "asks"),
        ("orsan", "directeur de cabinet du préfet", "asks"),
        ("orsan", "professeur de garde à l'ARS", "acts"),
        ("orsec", "prefecture-91", "acts"),
        ("orsec", "ars-idf", "tells"),
        ("orsec", "régulateur du SAMU 91", "tells"),
        ("orsec", "mairie-91027", "acts"),
        ("plan_blanc", "ars-idf", "acts"),
        ("plan_blanc", "hopital-nord", "acts"),
    ],
)
def test_what_a_word_is_worth(kind, speaker, does):
    assert manner(kind, speaker) == does


@pytest.mark.parametrize(
    ("speaker", "may_be"),
    [("hopital-nord", True), ("directrice de l'hôpital", True), ("ars-idf", False), ("prefecture-91", False),
     ("telephone", False), ("", False)],
)  # fmt: skip
def test_who_may_be_a_hospital(speaker, may_be):
    assert is_establishment(speaker) is may_be
