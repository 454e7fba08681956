"""The axes zone and « Décider »: who acted and when, and a request that no plan takes up."""

import re
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from contracts.axes import AxisState
from services.gateway.console import alert_words, drawing, situation, words


@pytest.fixture
def desk(territories):
    territory = territories["nord-essonne"]
    now = datetime(2026, 7, 1, 6, 45, tzinfo=UTC).astimezone(territory.zone)
    return SimpleNamespace(
        now=now, today=now.date(), territory=territory, exercise=False, base="/poste", decides=True, inside=True,
        missing={},
    )  # fmt: skip


def act(axis, label, status="déclenché", **more):
    at = {"starts_at": "2026-06-30T16:00:00Z", "triggered_at": "2026-06-30T16:00:00Z"}
    state = AxisState(axis=axis, label=label, status=status, authority="l'ARS Île-de-France", **at | more)
    return state.model_dump(mode="json")


def text(html):
    plain = re.sub(r"<[^>]+>", " ", html).replace("&#39;", "’").replace("\u00a0", " ").replace("\u202f", " ")
    return re.sub(r"\s+([.,])", r"\1", " ".join(plain.split()))


def axes_zone(desk, *states):
    found = {"axes": situation.axes(list(states)), "crises": [], "names": {}, "cell_line": ""}
    return text(drawing.environment().get_template("zones/axes.html").render(v=desk, **found))


def test_volets_and_plans_blancs_stand_side_by_side(desk):
    shown = axes_zone(
        desk,
        act("orsan", "EPI-CLIM", territory="Essonne"),
        act("orsan", "AMAVI", "adapté", adapted_at="2026-07-01T05:00:00Z"),
        act("plan_blanc", "Plan blanc, hôpital nord"),
        act("plan_blanc", "Plan blanc, CHSF", "levé", lifted_at="2026-06-30T20:00:00Z"),
    )
    for said in (
        "ORSAN EPI-CLIM déclenché Par l’ARS Île-de-France, depuis hier, 18 h 00, sans terme fixé. Essonne.",
        "ORSAN AMAVI adapté Par l’ARS Île-de-France, depuis hier, 18 h 00, adapté 7 h 00",
        "Plan blanc, hôpital nord : déclenché",
        "Plan blanc, CHSF : levé, hier, 22 h 00",
        "ORSEC : aucun connu.",
    ):
        assert said in shown
    assert "Plan blanc : aucun connu" not in shown


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (act("orsan", "ORSAN"), "ORSAN déclenché"),
        (act("orsan", "REB", "demandé"), "ORSAN REB demandé"),
        (
            act("orsan", "mesure vaccination exceptionnelle", volet="VACCINATION"),
            "ORSAN mesure vaccination exceptionnelle : déclenché",
        ),
        (act("orsec", "ORSEC canicule", "annoncé"), "ORSEC canicule annoncé"),
    ],
)
def test_an_act_in_words(state, said):
    assert words.act(state) == said


REQUEST = {"alert": "a", "kind": "ars", "source": "ars-idf", "level": 2, "about": None, "at": "2026-07-01T06:00:00Z"}


def test_a_request_without_a_plan_waits_in_the_column_of_decisions(desk):
    found = {
        "mine": [], "others": [], "firm": [], "late": [], "waiting": [], "duty": [], "crises": [], "names": {},
        "reviews": [],
        "unassigned": [REQUEST | {"asks": alert_words.asks(REQUEST)}],
    }  # fmt: skip
    html = drawing.environment().get_template("zones/decider.html").render(v=desk, **found)
    assert "L’ARS demande le niveau 2 sans dire pour quelle crise : choisissez le plan." in text(html)
    assert 'href="/poste/niveau"' in html
    assert "Aucune décision n’attend" not in html
    empty = drawing.environment().get_template("zones/decider.html").render(v=desk, **found | {"unassigned": []})
    assert "Aucune décision n’attend" in empty


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"about": "Pénurie"}, "L’ARS demande le niveau 2 pour « Pénurie », dont aucun plan ne parle"),
        ({"kind": "samu"}, "Le SAMU demande le niveau 2 sans dire pour quelle crise"),
        (
            {"kind": "autre", "source": "prefecture-91"},
            "La préfecture demande le niveau 2 sans dire pour quelle crise",
        ),
    ],
)
def test_who_asks_and_for_what(changes, said):
    assert alert_words.asks(REQUEST | changes) == said
