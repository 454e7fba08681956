"""The pure parts of the professional's page: when, how many, which figures."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from starlette.requests import Request

from contracts.activity import ReportActivity, ReportVad
from services.gateway.console.professional import entry, offers, reporting
from services.platform.errors import Forbidden, Invalid

PARIS = ZoneInfo("Europe/Paris")


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


def test_this_evening_is_proposed_while_an_hour_of_it_is_left():
    morning, late, over = at("2026-07-02T09:05"), at("2026-07-02T18:20"), at("2026-07-02T19:30")
    assert [(when.key, when.hours) for when in offers.evenings(morning)] == [
        ("soir", "17\u00a0h–20\u00a0h"), ("demain", "17\u00a0h–20\u00a0h")
    ]  # fmt: skip
    assert offers.evenings(late)[0].starts_at == late
    assert [when.key for when in offers.evenings(over)] == ["demain"]


def test_hours_of_a_form_and_a_night_that_ends_the_next_morning():
    now = at("2026-07-02T09:05")
    assert offers.period({"quand": "soir"}, now) == (at("2026-07-02T17:00"), at("2026-07-02T20:00"))
    night = {"quand": "autre", "jour": "2026-07-03", "de": "20:00", "a": "02:00"}
    assert offers.period(night, now) == (at("2026-07-03T20:00"), at("2026-07-04T02:00"))
    with pytest.raises(Invalid, match="jour"):
        offers.period({"quand": "autre", "jour": "demain", "de": "", "a": ""}, now)
    with pytest.raises(Invalid, match="passée"):
        offers.period({"quand": "soir"}, at("2026-07-02T19:40"))


@pytest.mark.parametrize(("form", "count"), [({"places": "6"}, 6), ({"places": "autre", "combien": "11"}, 11)])
def test_how_many_places(form, count):
    assert offers.places(form) == count


@pytest.mark.parametrize("form", [{"places": "autre", "combien": ""}, {"places": "0"}, {"places": "201"}, {}])
def test_how_many_places_is_a_number_of_places(form):
    with pytest.raises(Invalid, match="de 1 à 200"):
        offers.places(form)


def test_defaults_are_one_tap_and_a_yes_fills_the_form():
    now = at("2026-07-02T09:05")
    usual = offers.prefilled(now, "medecin", None, {})
    assert (usual["quand"], usual["mode"], usual["places"]) == ("soir", "consultation", "6")
    assert offers.prefilled(now, "infirmier", None, {})["mode"] == "visite"
    asked = {"mode": "teleconsultation", "places": 3, "crisis": "c1"}
    day = asked | {"starts_at": "2026-07-03T08:00:00+02:00", "ends_at": "2026-07-03T12:00:00+02:00"}
    shown = offers.prefilled(now, "medecin", day, {})
    assert (shown["quand"], shown["jour"], shown["de"], shown["a"]) == ("autre", "2026-07-03", "08:00", "12:00")
    assert (shown["mode"], shown["places"], shown["combien"]) == ("teleconsultation", "autre", "3")
    week = asked | {"places": 40, "starts_at": "2026-07-02T08:00:00+02:00", "ends_at": "2026-07-09T20:00:00+02:00"}
    assert (offers.prefilled(now, "medecin", week, {})["quand"], usual["places"]) == ("soir", "6")


def test_what_was_typed_is_shown_again():
    typed = {"quand": "autre", "places": "autre", "combien": "999"}
    shown = offers.prefilled(at("2026-07-02T09:05"), "medecin", None, typed)
    assert (shown["quand"], shown["combien"]) == ("autre", "999")


REPORTS = [
    {"source": "vad", "profession": "medecin", "kind": "urgente", "indicator": None, "value": 3},
    {"source": "activity", "profession": None, "kind": None, "indicator": "consultations_chaleur", "value": 0},
]


def test_figures_are_those_of_the_structure_with_what_it_sent():
    lines = reporting.lines(["vad_medecin", "consultations_chaleur", "soins_de_pieds"], REPORTS)
    assert [(line.key, line.value) for line in lines] == [
        ("vad_medecin_urgente", "3"), ("vad_medecin_non_urgente", ""), ("consultations_chaleur", "0"),
        ("soins_de_pieds", ""),
    ]  # fmt: skip
    assert lines[-1].label == "Soins de pieds"


def test_only_what_was_written_and_differs_is_sent_and_zero_is_a_figure():
    lines = reporting.lines(["vad_medecin", "consultations_chaleur"], REPORTS)
    form = {"vad_medecin_urgente": "3", "vad_medecin_non_urgente": " 0 ", "consultations_chaleur": ""}
    day = date(2026, 7, 1)
    (key, command), *others = reporting.commands(lines, form, "cab", day)
    assert (key, others) == ("vad_medecin_non_urgente", [])
    assert command == ReportVad(structure="cab", day=day, profession="medecin", kind="non_urgente", count=0)
    ((_, corrected),) = reporting.commands(lines, {"consultations_chaleur": "12"}, "cab", day)
    assert corrected == ReportActivity(structure="cab", day=day, indicator="consultations_chaleur", value=12)


@pytest.mark.parametrize("text", ["douze", "-1", "2001", "1,5", "²"])
def test_a_figure_is_digits(text):
    lines = reporting.lines(["vad_medecin"], [])
    with pytest.raises(Invalid, match="écrivez 0"):
        reporting.commands(lines, {"vad_medecin_urgente": text}, "cab", date(2026, 7, 1))


def sent_with(**headers):
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in {"host": "poste", **headers}.items()]
    return Request({"type": "http", "method": "POST", "path": "/", "headers": raw})


def test_a_form_of_another_site_is_refused_and_an_old_phone_is_not():
    entry.check_sender(sent_with(sec_fetch_site="same-origin", origin="null"))
    entry.check_sender(sent_with(origin="https://poste"))
    entry.check_sender(sent_with())
    for headers in ({"sec_fetch_site": "cross-site"}, {"origin": "https://autre.example"}):
        with pytest.raises(Forbidden):
            entry.check_sender(sent_with(**headers))
