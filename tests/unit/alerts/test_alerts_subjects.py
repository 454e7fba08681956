"""Everything an alert may be about, and ORSAN in the words of before 2024."""

import json

import pytest

from contracts.alerts import Phenomenon
from services.alerts import json_report
from services.alerts.json_model import WEATHER
from services.alerts.report import PHENOMENON_WORDS, SchemaError
from services.logbook.sentences.alerts import PHENOMENA
from tests.unit.alerts.alerts_samples import alert


def read(**changes):
    (report,) = json_report.read(json.dumps(alert(**changes)).encode()).reports
    return report


@pytest.mark.parametrize("subject", list(Phenomenon))
def test_every_phenomenon_is_read_and_named(subject):
    assert read(kind="ars", phenomenon=str(subject)).phenomenon is subject
    assert PHENOMENON_WORDS[subject].replace("_", " ") == PHENOMENON_WORDS[subject]
    assert subject is Phenomenon.AUTRE or PHENOMENA[subject] == PHENOMENON_WORDS[subject]


@pytest.mark.parametrize("subject", list(Phenomenon))
def test_a_vigilance_is_about_the_nine_of_meteo_france(subject):
    changes = {"kind": "vigilance", "phenomenon": str(subject), "colour": "jaune"}
    if str(subject) in WEATHER:
        assert read(**changes).phenomenon is subject
    else:
        with pytest.raises(SchemaError, match="neuf phénomènes"):
            read(**changes)


@pytest.mark.parametrize("grade", ["information", "alerte", "pre_epidemique", "epidemique", "post_epidemique", None])
def test_a_grade_is_kept(grade):
    assert read(kind="ars", phenomenon="pollution", grade=grade).grade == grade


def test_an_unknown_grade_is_refused_with_those_there_are():
    with pytest.raises(SchemaError, match="epidemique"):
        read(grade="rouge")


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("EPI-CLIM", "EPI-CLIM"),
        ("CLIM", "EPI-CLIM"),
        ("ORSAN BIO", "REB"),
        ("Epi_Vac", "VACCINATION"),
        ("médico-psy", "MEDICO-PSY"),
        ("NRBC", "NRC"),
        ("un mot nouveau", "un mot nouveau"),
        (None, None),
    ],
)
def test_volets_read_in_the_words_of_today(written, read_as):
    assert read(volet=written).volet == read_as
