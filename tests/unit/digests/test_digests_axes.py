"""The axes of a point: who acted, from when to when, each act on its own line, and room kept for the CPTS."""

from datetime import UTC, date, datetime, timedelta

from contracts.alerts import Colour
from services.digests.axes import ROWS, Vigilance, rows, triggered
from services.digests.known import Known, World
from services.platform.territory import Commune, Territory

NOW = datetime(2026, 7, 1, 6, 45, tzinfo=UTC)
HOME = Territory(
    territory="essai", name="CPTS Essai", departements=("91",), departement_names={"91": "Essonne"},
    communes=(Commune(code="91027", name="Athis-Mons"),),
)  # fmt: skip


def act(name, kind, source, *, stands=True, at=NOW - timedelta(hours=12), status="inforce", **data):
    told = {"kind": kind, "source": source, "starts_at": "2026-06-30T18:00:00+02:00", "status": status} | data
    return Known("alert", name, at.date(), stands, at, at, "", told)


def crisis(name):
    data = {"playbook": name, "level": 2, "opened_at": "2026-06-30T08:00:00+02:00"}
    return Known("crisis", name, None, True, NOW, NOW, "", data)


def sky(name):
    return Vigilance(name, Colour.ORANGE, Colour.JAUNE, ((Colour.ORANGE, date(2026, 6, 30)),), NOW)


def table(*known, vigilances=()):
    world = World(NOW)
    for one in known:
        world.by_kind.setdefault(one.kind, []).append(one)
    found, left = rows(world, vigilances, HOME, to_decide="inchangé")
    return [(row[0], row[1], row[4]) for row in found], left


def test_each_act_is_told_with_its_authority():
    found, _ = table(
        act("o1", "orsan", "ars-idf", volet="EPI-CLIM"),
        act("o2", "orsan", "ars-idf", volet="AMAVI"),
        act("o3", "orsan", "prefecture-91", volet="REB"),
        act("e1", "orsec", "ars-idf", phenomenon="canicule"),
        act("b1", "plan_blanc", "CHSF"),
        act("b2", "plan_blanc", "hopital-nord"),
    )
    assert found[1:] == [
        ("ORSAN (ARS)", "EPI-CLIM déclenché", "ARS Île-de-France"),
        ("ORSAN (ARS)", "AMAVI déclenché", "ARS Île-de-France"),
        ("ORSAN (ARS)", "REB demandé", "préfecture (Essonne)"),
        ("ORSEC (préfecture)", "canicule annoncé", "ARS Île-de-France"),
        ("Plan blanc (hôpital)", "déclenché", "CHSF"),
        ("Plan blanc (hôpital)", "déclenché", "hopital nord"),
    ]


def test_a_request_of_a_prefet_is_not_said_triggered():
    world = World(NOW, {"alert": [act("o3", "orsan", "prefecture-91", volet="REB")]})
    assert triggered(world, "orsan") == []


def test_what_was_lifted_since_the_day_before_is_told_once_more_with_its_hour():
    lifted = act("o1", "orsan", "ars-idf", volet="EPI-CLIM", stands=False, status="lifted")
    found, _ = table(lifted)
    assert found[1][0] == "ORSAN (ARS)"
    assert found[1][1].replace("\u00a0", " ").startswith("EPI-CLIM levé")
    old = act("o1", "orsan", "ars-idf", volet="EPI-CLIM", stands=False, status="lifted", at=NOW - timedelta(hours=25))
    assert table(old)[0][1:] == [("ORSAN (ARS)", "aucun acte en vigueur", "—")]


def test_vigilances_give_way_to_acts_and_to_the_level_of_the_cpts():
    names = ("canicule", "orages", "vent_violent", "crues")
    found, left = table(
        act("o1", "orsan", "ars-idf", volet="EPI-CLIM"), act("b1", "plan_blanc", "CHSF"), crisis("canicule"),
        crisis("afflux"), crisis("panne"), vigilances=[sky(name) for name in names],
    )  # fmt: skip
    assert (len(found), left) == (ROWS, 2)
    assert [row[0] for row in found[-3:]] == [
        "Niveau de la CPTS, canicule", "Niveau de la CPTS, afflux", "Niveau de la CPTS, panne",
    ]  # fmt: skip
