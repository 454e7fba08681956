"""The e-mail of the point, in a real browser: light, dark, on a narrow phone, with pictures off."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from services.digests.point import Block, Point, Section, Sms
from services.digests.render_html import render_html

NARROW = {"width": 320, "height": 640}
WIDE = {"width": 1280, "height": 800}
COLUMNS = ("Indicateur", "Mer. 1er", "Mar. 30", "À structures identiques", "Reçus sur attendus")
ROWS = (
    ("Places de crise ouvertes", "64", "48", "—", "complet"),
    ("Consultations non programmées", "212", "181", "198 contre 152 (+30 %)", "9/11 (veille 10/11)"),
    ("Tensions signalées", "23", "15", "—", "spontané"),
)


def mail(*, exercise=False):
    table = Block(kind="table", caption="Chiffres d’hier, comparés à la veille", columns=COLUMNS, rows=ROWS)
    lists = Block(kind="list", lines=("**Tensions :** 12 déshydratations.", "*À vérifier, appel de 7 h 20.*"))
    section = Section(key="chiffres", title="Chiffres", minutes=3, blocks=(table, lists))
    return render_html(
        Point(
            number=6, day=date(2026, 7, 2), as_of=datetime(2026, 7, 2, 6, 30, tzinfo=UTC), territory="nord-essonne",
            place="CPTS Nord-Essonne", exercise=exercise, title="Point de situation n° 6 · canicule, jour 4",
            heading="CPTS Nord-Essonne · jeudi 2 juillet 2026, 9 h 00", note="Données arrêtées à 8 h 30.",
            essentiel=("**Rouge aujourd’hui, orange demain.** Niveau 3.", "**34 places libres**, dont 5 après 17 h."),
            to_decide="**À décider ce matin :** le niveau (D1).", sections=(section,),
            annexes=(Section(key="annexe-a", title="Annexe A", blocks=(table,)),),
            foot="Journal de bord : témoin 412 · 7c1e 94ab 20d7 e3f5.", sms=Sms(lead="CPTS N-Essonne : ROUGE."),
        )
    )  # fmt: skip


@pytest.fixture(params=["light", "dark"])
def scheme(request):
    return request.param


@pytest.fixture(params=[WIDE, NARROW], ids=["1280", "320"])
def opened(request, scheme, browser):
    """The mail open in one scheme and one width; any request for a picture would fail."""
    context = browser.new_context(color_scheme=scheme, viewport=request.param, locale="fr-FR")
    page = context.new_page()
    page.route("**/*", lambda route: route.abort())
    page.set_content(mail())
    yield page
    context.close()


def test_axe_finds_nothing(opened, axe):
    axe(opened)


def test_nothing_passes_the_edge_of_the_screen(opened):
    wide, seen = opened.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= seen, f"{wide} px in {seen}"


def test_reads_in_its_scheme(opened, scheme):
    ground, ink = opened.evaluate(
        "(() => { const body = getComputedStyle(document.querySelector('.page'));"
        " const ground = getComputedStyle(document.body).backgroundColor; return [ground, body.color]; })()"
    )
    dark, light = "rgb(20, 24, 29)", {"rgb(255, 255, 255)", "rgb(242, 244, 246)"}
    assert (ground in light, ink == dark) == ((True, True) if scheme == "light" else (False, False)), (ground, ink)


def test_holds_no_picture_and_fetches_nothing(opened):
    assert opened.locator("img, svg, picture, link, script, iframe, [background]").count() == 0
    assert "url(" not in opened.content()
    assert opened.locator("p.mode").inner_text() == "RÉEL"
