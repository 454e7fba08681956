"""The pages of the reviews: facts first, what may be typed and by whom, what partners read, the chart."""

from datetime import date, timedelta

import httpx
import pytest

from contracts.base import Created, Done, Page
from contracts.reviews import (
    AskReview,
    CloseImprovement,
    DecideImprovement,
    HoldReview,
    ImprovementItem,
    LateAction,
    ListImprovements,
    ListReviews,
    PublishReview,
    ReviewDay,
    ReviewFacts,
    ReviewFound,
    ReviewIndicator,
    ReviewItem,
    ReviewMeeting,
    ReviewMoment,
    UnmetNeed,
)
from services.gateway.console import retex_chart
from services.gateway.console.seal import SESSION, Seal
from services.platform.settings import Settings
from tests.unit.gateway.conftest import HOME, START

CLOSED = START - timedelta(days=2)
DUE = START.date() + timedelta(days=5)


def days():
    return (
        ReviewDay(day=date(2026, 6, 26), level=1, visits=30, tensions=2, reported=3, due=4),
        ReviewDay(day=date(2026, 6, 27), level=3, places=48, booked=33, shared=True),
    )


def item(**more):
    values = {
        "id": "r1", "crisis": "c1", "playbook": "canicule", "opened_at": CLOSED - timedelta(days=3),
        "closed_at": CLOSED, "due_on": DUE, "status": "tenu", "held_on": START.date(), "improvements": 1,
        "improvements_open": 1,
    }  # fmt: skip
    return ReviewItem.model_validate(values | more)


IMPROVEMENT = ImprovementItem(
    id="i1", review="r1", playbook="canicule", title="Relire la liste <de nuit>", owner="coordinatrice", due_on=DUE,
    status="open", late=True, decided_at=START,
)  # fmt: skip


def found(**more):
    facts = ReviewFacts(
        timeline=(ReviewMoment(at=CLOSED, kind="niveau", label="Niveau 1 → 0", by="coord-a", words="Fin."),),
        indicators=(
            ReviewIndicator(key="places", label="Places de crise", value="48 offertes", number=48, note="Du jour."),
            ReviewIndicator(key="besoins", label="Besoins", value="Non mesuré", note="Aucun besoin noté."),
        ),
        late_actions=(
            LateAction(action="CAN-1", title="Relayer", owner="referent", due_at=CLOSED, ended_at=CLOSED, minutes=75,
                       done=True),
        ),
        unmet_needs=(
            UnmetNeed(need="n1", kind="consultations", unit="consultations", asked=12, available=8, missing=4,
                      asked_at=CLOSED, status="dropped", what="Consultations pour les personnes choquées"),
        ),
        daily=days(),
        shared_with=("afflux de victimes",),
    )  # fmt: skip
    values = {
        "item": item(), "facts": facts, "improvements": (IMPROVEMENT,), "plan_versions": (2,),
        "meetings": (ReviewMeeting(kind="a_chaud", held_on=START.date(), worked="La relève.", by="coord-a"),),
    }  # fmt: skip
    return ReviewFound.model_validate(values | more)


@pytest.fixture
def told(bus):
    """The reviews answer; commands are carried out."""
    bus.replies |= {
        ListReviews: Page(items=(item().model_dump(mode="json"),)).model_dump(mode="json"),
        AskReview: found().model_dump(mode="json"),
        ListImprovements: Page(items=(IMPROVEMENT.model_dump(mode="json"),)).model_dump(mode="json"),
        DecideImprovement: Created(id="i2").model_dump(),
        **dict.fromkeys((HoldReview, PublishReview, CloseImprovement), Done(id="r1").model_dump()),
    }
    return bus


@pytest.fixture
def browser(app, tmp_path):
    """A browser signed in under one of the bus's tokens."""
    seal = Seal.of(Settings(data_dir=tmp_path))

    def signed(token):
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app, raise_app_exceptions=False),
            base_url=f"http://desk/poste/{HOME}",
            cookies={SESSION: seal.session(token)},
            headers={"origin": "http://desk"},
        )

    return signed


async def test_the_list_says_where_each_review_stands(told, browser):
    told.replies[ListReviews] = Page(items=tuple(
        item(id=name, status=status, late=late, due_on=DUE).model_dump(mode="json")
        for name, status, late in (("a", "a_tenir", True), ("b", "a_tenir", False), ("c", "tenu", False))
    )).model_dump(mode="json")  # fmt: skip
    async with browser("coord") as screen:
        body = (await screen.get("/retex")).text
    rows = [body.split(f'id="retex-{name}"')[1].split("</li>")[0] for name in "abc"]
    assert ["en retard" in row for row in rows] == [True, False, False]
    assert "À tenir avant la fin du" in rows[1]
    assert "Tenu aujourd’hui" in rows[2]


async def test_a_review_shows_its_facts_then_what_people_said_and_will_do(told, browser):
    async with browser("coord") as screen:
        body = (await screen.get("/retex/r1")).text
    order = [body.index(f'id="{part}"') for part in ("jour-par-jour", "faits", "retards", "besoins", "fil", "personnes",
                                                     "ameliorations")]  # fmt: skip
    assert order == sorted(order)
    told_words = ("48 offertes", "faite 1\u00a0h 15\u00a0min après", "il a manqué 4", "La relève.")
    for words in (*told_words, "afflux de victimes", "répondent à ce retour d’expérience : 2."):
        assert words in body
    assert "Relire la liste &lt;de nuit&gt;" in body
    assert '<tr class="rien"><th scope="row">Besoins' in body


async def test_the_chart_has_a_title_a_sentence_and_the_same_figures_in_a_table(told, browser):
    async with browser("coord") as screen:
        body = (await screen.get("/retex/r1")).text
    assert '<title id="graphe-titre">' in body
    assert "niveau 3, 48\u00a0places dont 33\u00a0prises" in body
    table = body.split("Les mêmes chiffres en tableau")[1].split("</table>")[0]
    assert "<td>48</td><td>33</td><td>–</td>" in table  # no visit reported is a dash, never a zero


@pytest.mark.parametrize(
    ("path", "form", "kind", "wanted"),
    [
        ("/retex/r1/reunions", {"sorte": "a_froid", "jour": "2026-06-29", "manque": "Des bras."}, HoldReview,
         {"kind": "a_froid", "lacked": "Des bras.", "worked": ""}),
        ("/retex/r1/ameliorations", {"quoi": "Mieux faire", "porteur": "referent", "echeance": "2026-09-01"},
         DecideImprovement, {"owner": "referent", "due_on": date(2026, 9, 1)}),
        ("/retex/r1/publier", {"cle": "k" * 32}, PublishReview, {"review": "r1"}),
        ("/retex/r1/ameliorations/i1/clore", {"issue": "done", "version": "2"}, CloseImprovement,
         {"improvement": "i1", "plan_version": 2}),
    ],
)  # fmt: skip
async def test_each_form_sends_its_command(told, browser, path, form, kind, wanted):
    async with browser("coord") as screen:
        answer = await screen.post(path, data=form)
    assert answer.status_code == 303
    (sent,) = told.asked(kind)
    assert {name: getattr(sent["message"], name) for name in wanted} == wanted


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/retex/r1/reunions", {"sorte": "a_chaud", "jour": ""}),
        ("/retex/r1/ameliorations", {"quoi": "Mieux faire", "porteur": "", "echeance": "2026-09-01"}),
        ("/retex/r1/ameliorations/i1/clore", {"issue": ""}),
    ],
)
async def test_an_incomplete_form_keeps_what_was_typed_and_sends_nothing(told, browser, path, form):
    async with browser("coord") as screen:
        answer = await screen.post(path, data=form)
    assert answer.status_code == 422
    assert "À compléter" in answer.text
    assert not [one for kind in (HoldReview, DecideImprovement, CloseImprovement) for one in told.asked(kind)]


async def test_who_is_off_duty_reads_without_a_form(told, browser):
    async with browser("twin") as screen:
        body = (await screen.get("/retex/r1")).text
    assert "La relève." in body
    assert "/retex/r1/reunions" not in body


async def test_a_partner_sees_no_form_no_improvement_and_no_journal(told, browser):
    told.replies[AskReview] = found(improvements=(), meetings=(), outside=True).model_dump(mode="json")
    async with browser("both") as screen:
        listed, body = (await screen.get("/retex")).text, (await screen.get("/retex/r1")).text
    assert "sans nom de personne ni de structure" in listed
    assert not told.asked(ListImprovements)
    for hidden in ("<form", "Relire la liste", "/journal"):
        assert hidden not in body.split("<main")[1]


async def test_the_board_shows_the_improvements_with_who_and_when(told, browser):
    async with browser("coord") as screen:
        body = (await screen.get("/actions")).text
    section = body.split('id="ameliorations-titre"')[1].split("</section>")[0]
    assert "Relire la liste" in section
    assert "en retard" in section


async def test_the_situation_points_at_the_review_of_a_crisis_just_closed(told, browser):
    async with browser("coord") as screen:
        recent = (await screen.get("/situation")).text
        told.replies[ListReviews] = Page(
            items=(item(closed_at=CLOSED - timedelta(days=30)).model_dump(mode="json"),)
        ).model_dump(mode="json")
        old = (await screen.get("/situation")).text
    assert 'id="close-r1"' in recent
    assert 'id="close-r1"' not in old


def test_a_crisis_without_a_place_draws_its_visits_and_without_either_its_levels():
    drawn = retex_chart.draw([day.model_dump(mode="json") for day in days()[:1]])
    assert (drawn.series, drawn.columns[0].figure) == ("Visites remontées", "30")
    bare = ReviewDay(day=date(2026, 6, 26), level=2).model_dump(mode="json")
    assert not retex_chart.draw([bare]).drawn


def test_the_filled_part_of_a_bar_is_in_proportion():
    column = retex_chart.draw([day.model_dump(mode="json") for day in days()]).columns[1]
    assert column.taken_height / column.bar_height == pytest.approx(33 / 48)
    assert column.bar_y + column.bar_height == pytest.approx(column.taken_y + column.taken_height)
