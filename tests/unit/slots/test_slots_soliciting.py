from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from contracts.base import TextRef
from contracts.solicitations import SolicitationAnswer, SolicitationEnding, SolicitPlaces
from services.platform.errors import Conflict, Invalid
from services.platform.territory import load_territory
from services.slots import soliciting
from services.slots.soliciting import Known

NOW = datetime(2026, 6, 30, 9, 0, tzinfo=UTC)
TERRITORY = load_territory(Path(__file__).parents[3] / "playbooks" / "territories" / "nord-essonne.yaml")
OUI, NON, LATER = SolicitationAnswer.OUI, SolicitationAnswer.NON, SolicitationAnswer.PLUS_TARD
PEOPLE = (
    Known("coord-a", professional=False, groups=("medecins",)),
    Known("idel-1", professional=True, groups=("idel",), communes=("91027",)),
    Known("med-1", professional=True, groups=("medecins", "msp"), communes=("91479",)),
    Known("med-2", professional=True, groups=("medecins",), communes=("91027", "91326")),
    Known("med-9", professional=True, groups=("medecins",)),
)


def command(**changes) -> SolicitPlaces:
    fields = {
        "groups": ("medecins",),
        "starts_at": NOW + timedelta(hours=5),
        "ends_at": NOW + timedelta(hours=9),
        "places": 6,
    }
    return SolicitPlaces(**(fields | changes))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"groups": ()}, "à qui"),
        ({"groups": ("chirurgiens",)}, "choisissez parmi : medecins"),
        ({"communes": ("75056",)}, "code INSEE"),
        ({"mode": "hologramme"}, "seront vus"),
        ({"ends_at": NOW + timedelta(hours=5)}, "précède"),
        ({"ends_at": NOW + timedelta(days=40)}, "31 jours"),
        ({"starts_at": NOW - timedelta(hours=2), "ends_at": NOW}, "terminée"),
        ({"starts_at": NOW + timedelta(days=400), "ends_at": NOW + timedelta(days=401)}, "plus d'un an"),
    ],
    ids=["nobody", "unknown group", "elsewhere", "unknown mode", "no duration", "too long", "over", "a typing error"],
)
def test_solicitations_refused(changes, words):
    with pytest.raises(Invalid, match=words):
        soliciting.check(command(**changes), TERRITORY, NOW)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ("med-1", "med-2", "med-9")),
        ({"groups": ("msp", "idel")}, ("idel-1", "med-1")),
        ({"communes": ("91027",)}, ("med-2",)),
        ({"groups": (), "people": ("med-9", "idel-1", "med-9")}, ("med-9", "idel-1")),
        ({"people": ("idel-1", "med-2"), "communes": ("91479",)}, ("idel-1", "med-2", "med-1")),
    ],
    ids=["a group", "two groups", "a commune", "named, each once", "named wherever they work"],
)
def test_who_is_asked(changes, expected):
    assert soliciting.addressees(command(**changes), PEOPLE) == expected


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"groups": (), "people": ("coord-a",)}, "« coord-a » n'est pas un professionnel"),
        ({"groups": (), "people": ("Dr Garnot",)}, "vérifiez la référence"),
        ({"groups": ("officines",)}, "Personne à solliciter"),
        ({"communes": ("91687",)}, "n'exerce dans ces communes"),
    ],
)
def test_nobody_to_ask_is_said(changes, words):
    with pytest.raises(Invalid, match=words):
        soliciting.addressees(command(**changes), PEOPLE)


def asked():
    return soliciting.solicit(command(), "s1", ("med-1", "med-2"), "c1", TextRef(id="t", sha256="0"))


def test_a_later_answer_replaces_the_former():
    first = soliciting.answer(asked(), "med-1", LATER, None, None)
    second = soliciting.answer(first, "med-1", OUI, LATER, "coord-a")
    assert (first.version, first.previous, second.version, second.previous) == (2, None, 3, LATER)
    assert (second.entered_by, second.places, second.crisis) == ("coord-a", 6, "c1")
    assert soliciting.answer(second, "med-1", OUI, OUI, None) is None
    with pytest.raises(Invalid, match="plus_tard"):
        soliciting.answer(second, "med-1", SolicitationAnswer("peut-être"), OUI, None)


def test_nothing_is_answered_once_it_is_over():
    state = asked()
    soliciting.not_over(state, NOW, closed=False)
    for now, closed in ((NOW, True), (state.ends_at, False)):
        with pytest.raises(Conflict, match="close"):
            soliciting.not_over(state, now, closed=closed)


def test_the_end_counts_what_was_said():
    answers = [OUI, NON, None, OUI, LATER]
    fact = soliciting.close(asked(), SolicitationEnding.PERIODE, answers)
    assert (fact.solicited, fact.yes, fact.version) == (5, 2, 2)
    assert soliciting.counts(answers) == {"sollicites": 5, "oui": 2, "non": 1, "plus_tard": 1, "sans_reponse": 1}
