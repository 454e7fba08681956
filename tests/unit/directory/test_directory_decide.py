from datetime import UTC, datetime, timedelta

import pytest

from contracts.base import Role
from contracts.directory import EnrollPerson, EnrollStructure
from services.directory.decide import (
    Span,
    change_duty,
    check_duty_change,
    check_token_request,
    held_by,
    holder_at,
    last_known,
    person_principal,
)
from services.directory.new_territory import write_territory
from services.platform.calendar import is_due
from services.platform.errors import BadSettings, Conflict, Forbidden, Invalid
from services.platform.testing import person, role_token

NOW = datetime(2026, 7, 10, 15, 30, tzinfo=UTC)


def span(person_ref, start_hours, end_hours=None, *, version=1, role="coordinatrice", deputies=()):
    ends = None if end_hours is None else NOW + timedelta(hours=end_hours)
    return Span(role, person_ref, deputies, NOW + timedelta(hours=start_hours), ends, version)


@pytest.mark.parametrize(
    ("spans", "hours", "holder"),
    [
        pytest.param([span("coord-a", -5)], 0, "coord-a", id="open duty"),
        pytest.param([span("coord-a", 1)], 0, None, id="not begun"),
        pytest.param([span("coord-a", -5, 0)], 0, None, id="the end is exclusive"),
        pytest.param([span("coord-a", -5), span("coord-b", -1, version=2)], 0, "coord-b", id="the last decided holds"),
        pytest.param([span("coord-a", -5), span("coord-b", 2, version=2)], 0, "coord-a", id="a future one waits"),
    ],
)
def test_holder_at_a_moment(spans, hours, holder):
    found = holder_at(spans, NOW + timedelta(hours=hours))
    assert (found.person if found else None) == holder


def test_deputies_of_a_duty_run_out_are_still_who_to_call():
    assert last_known([span("coord-a", -5, -1, deputies=("coord-b",))], NOW).deputies == ("coord-b",)


def test_held_by_reads_each_role_apart():
    spans = [span("coord-a", -5), span("coord-a", -5, role="referent"), span("x", -1, version=2, role="referent")]
    assert held_by(spans, "coord-a", NOW) == ("coordinatrice",)


@pytest.mark.parametrize(
    ("caller", "role", "who", "allowed"),
    [
        pytest.param(person("coord-b", Role.COORDINATOR), "coordinatrice", "coord-b", True, id="for oneself"),
        pytest.param(person("coord-b", Role.COORDINATOR), "referent", "coord-b", False, id="not another's trade"),
        pytest.param(person("president", Role.PROFESSIONAL), "referent", "president", True, id="a deputy"),
        pytest.param(person("med-1", Role.PROFESSIONAL), "coordinatrice", "med-1", False, id="anyone enrolled"),
        pytest.param(
            person("coord-a", Role.COORDINATOR, on_duty=("coordinatrice",)), "referent", "med-1", True, id="on duty"
        ),
        pytest.param(
            person("coord-a", Role.COORDINATOR), "coordinatrice", "coord-b", False, id="off duty, for another"
        ),
        pytest.param(role_token(Role.COORDINATOR), "coordinatrice", "coord-b", True, id="role token"),
        pytest.param(role_token(Role.SAMU), "coordinatrice", "coord-b", False, id="samu"),
    ],
)
def test_who_may_change_a_duty(caller, role, who, allowed):
    current = span("referent", -5, role=role, deputies=("president",))
    if allowed:
        check_duty_change(caller, role, who, current)
    else:
        with pytest.raises(Forbidden):
            check_duty_change(caller, role, who, current)


def test_taking_a_duty_gives_the_one_before():
    taken, given, cut = change_duty([span("coord-a", -5)], span("coord-b", 0, 110, version=2), NOW)
    assert (taken.person, given.person, given.to, cut.version) == ("coord-b", "coord-a", "coord-b", 1)


def test_same_duty_twice_is_a_conflict_and_a_past_end_is_refused():
    with pytest.raises(Conflict):
        change_duty([span("coord-a", -5)], span("coord-a", 0, version=2), NOW)
    with pytest.raises(Invalid):
        change_duty([], span("coord-a", -5, -1), NOW)


def test_holding_a_duty_gives_its_role():
    held = person_principal("med-1", ["professional"], None, "nord-essonne", ["referent"])
    assert held.has(Role.REFERENT)
    assert held.on_duty == ("referent",)


@pytest.mark.parametrize(
    ("role", "who", "expires"),
    [
        pytest.param(None, None, None, id="nobody"),
        pytest.param(Role.ARS, "coord-a", None, id="two"),
        pytest.param(Role.PLATFORM, None, None, id="the platform"),
        pytest.param(Role.ARS, None, NOW, id="already over"),
    ],
)
def test_tokens_refused(role, who, expires):
    with pytest.raises(Invalid):
        check_token_request(role, who, expires, NOW)


def test_a_new_territory_loads_and_does_not_overwrite(tmp_path):
    path = tmp_path / "lac.yaml"
    communes = [("74010", "Annecy"), ("2A004", "Ajaccio"), ("97411", "Saint-Denis")]
    made = write_territory(path, "lac-ete", 'CPTS du "Lac" d’Été', communes)
    assert made.territory == "lac-ete"
    assert made.departements == ("74", "2A", "974")
    assert made.name == 'CPTS du "Lac" d’Été'
    with pytest.raises(BadSettings, match="existe déjà"):
        write_territory(path, "lac-ete", "Autre")


def test_a_new_territory_needs_only_a_name(tmp_path):
    assert write_territory(tmp_path / "x.yaml", "val-d-orge", "CPTS du Val").name == "CPTS du Val"
    with pytest.raises(BadSettings, match="essayez « val-d-orge »"):
        write_territory(tmp_path / "y.yaml", "Val d’Orge", "CPTS du Val")


def test_a_bad_code_leaves_no_file(tmp_path):
    with pytest.raises(BadSettings):
        write_territory(tmp_path / "x.yaml", "x", "X", [("7401", "Annecy")])
    assert not (tmp_path / "x.yaml").exists()


@pytest.mark.parametrize(
    ("day", "expected"),
    [("2026-06-28", 4), ("2026-07-01", 17), ("2026-07-13", 17), ("2026-07-14", 4)],
    ids=["Sunday", "a Wednesday", "a Monday in July, with the weekly ones", "14 July"],
)
def test_the_example_territory_reports_on_its_own_cadence(territories, day, expected):
    structures = [EnrollStructure(**entry) for entry in territories["nord-essonne"].seed["structures"]]
    when = datetime.fromisoformat(day).date()
    assert sum(is_due(one.reporting, one.closures, when) for one in structures) == expected


@pytest.mark.parametrize(
    ("commune", "weekday", "hour", "listed"),
    [
        ("91027", 4, "18:30", {"idel-1", "med-1", "med-2", "med-3"}),
        ("91326", 4, "19:30", {"idel-1", "med-2", "med-3", "med-4"}),
        ("91432", 3, "00:50", set()),
        ("91689", 6, "23:30", set()),
    ],
    ids=["Athis on Friday evening", "Juvisy on Friday evening", "Morangis at night", "Wissous on Sunday night"],
)
def test_the_example_census_of_certifiers(territories, commune, weekday, hour, listed):
    people = [EnrollPerson(**entry) for entry in territories["nord-essonne"].seed["people"]]
    found = {
        one.person
        for one in people
        if one.certifies
        and commune in one.communes
        and any(weekday in band.weekdays and band.start <= hour < band.end for band in one.bands)
    }
    assert found == listed
