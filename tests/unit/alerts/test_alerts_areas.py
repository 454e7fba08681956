import pytest

from services.alerts.areas import (
    DEPARTEMENTS,
    NUTS3_2013,
    departement_of_commune,
    departement_of_domain,
    departement_of_nuts3,
    is_commune,
)

METROPOLITAN = {f"{number:02}" for number in range(1, 96) if number != 20} | {"2A", "2B"}
OVERSEAS = {"971", "972", "973", "974", "976"}


def test_every_departement_has_one_nuts3_code():
    assert len(NUTS3_2013) == 101
    assert DEPARTEMENTS == METROPOLITAN | OVERSEAS


@pytest.mark.parametrize(
    ("code", "departement"),
    [
        ("FR101", "75"),
        ("FR104", "91"),
        ("FR108", "95"),
        ("FR301", "59"),
        ("FR434", "90"),
        ("FR623", "31"),
        ("FR716", "69"),
        ("FR821", "04"),
        ("FR822", "05"),
        ("FR823", "06"),
        ("FR831", "2A"),
        ("FR832", "2B"),
        ("FRA10", "971"),
        ("FRA20", "972"),
        ("FRA30", "973"),
        ("FRA40", "974"),
        ("FRA50", "976"),
        (" fr104 ", "91"),
        ("FR999", None),
        ("FRK26", None),
        ("DE212", None),
        ("", None),
    ],
)
def test_nuts3(code, departement):
    assert departement_of_nuts3(code) == departement


@pytest.mark.parametrize(
    ("commune", "departement"), [("91479", "91"), ("2A004", "2A"), ("2B033", "2B"), ("97411", "974"), ("97608", "976")]
)
def test_commune(commune, departement):
    assert is_commune(commune)
    assert departement_of_commune(commune) == departement


def test_a_corsican_postal_code_is_no_commune():
    assert not is_commune("20000")


@pytest.mark.parametrize(
    ("domain", "departement"),
    [
        ("91", "91"),
        ("2A", "2A"),
        ("3010", "30"),
        ("2B10", "2B"),
        ("VIGI971", "971"),
        ("99", None),
        ("FRA", None),
        ("ZDF_PARIS", None),
        ("9910", None),
    ],
)
def test_domain(domain, departement):
    assert departement_of_domain(domain) == departement
