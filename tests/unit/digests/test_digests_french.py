"""French formats and the letters of an SMS."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.digests.point import Point, Sms, plain, spans
from services.digests.render_txt import SEGMENT, render_sms
from services.platform import french

CASES = [
    (french.clock_time(time(6, 50)), "6\u00a0h\u00a050"),
    (french.clock_time(datetime(2026, 7, 2, 9, 0)), "9\u00a0h\u00a000"),  # noqa: DTZ001
    (french.wait(45), "45\u00a0min"),
    (french.wait(130), "2\u00a0h 10\u00a0min"),
    (french.wait(120), "2\u00a0h"),
    (french.wait(76 * 60), "3\u00a0j 4\u00a0h"),
    (french.day_month(date(2026, 7, 2)), "jeu.\u00a02\u00a0juillet"),
    (french.short_day(date(2026, 7, 1)), "mer.\u00a01er"),
    (french.count(1, "place"), "1\u00a0place"),
    (french.count(0, "place"), "0\u00a0place"),
    (french.count(1200, "place"), "1\u202f200\u00a0places"),
    (french.percent(57, 64), "89\u00a0%"),
    (french.percent(0, 0), "—"),
    (french.change(198, 152), "+30\u00a0%"),
    (french.change(10, 40), "−75\u00a0%"),
    (french.change(9, 5), ""),
    (french.join(["a", "b", "c"]), "a, b et\u00a0c"),
    (french.of("Athis-Mons"), "d’Athis-Mons"),
    (french.of("Wissous"), "de\u00a0Wissous"),
    (french.insecable("Bien : « oui » ; n'y allez pas !"), "Bien\u00a0: «\u00a0oui\u00a0»\u202f; n’y allez pas\u202f!"),
    (french.insecable("point n° 6 à 9 h"), "point n°\u00a06 à 9\u00a0h"),
    (french.gsm7("fenêtre, français, œuf, « 5 » où"), 'fenetre, francais, oeuf, " 5 " où'),
    (french.phone("+33639980000"), "06\u00a039\u00a098\u00a000\u00a000"),
    (french.phone("15"), "15"),
    (french.clip("une phrase trop longue pour la ligne", 20), "une phrase trop…"),
]  # fmt: skip


@pytest.mark.parametrize(("found", "expected"), CASES, ids=[case[1] for case in CASES])
def test_formats(found, expected):
    assert found == expected


@given(st.text(max_size=300))
def test_every_text_becomes_gsm7(text):
    assert set(french.gsm7(text)) <= french.GSM7


@given(st.lists(st.text(max_size=90), max_size=6))
def test_an_sms_is_one_segment_whatever_it_says(pieces):
    point = Point.model_construct(sms=Sms(lead="CPTS jeu 2/7 9h :", pieces=tuple(pieces), last="Point 9h."))
    words = render_sms(point)
    assert len(words) <= SEGMENT
    assert set(words) <= french.GSM7


@given(st.text(max_size=60))
def test_marks_never_lose_letters(text):
    cleaned = text.replace("*", "")
    assert plain(cleaned) == cleaned
    assert plain(f"**{cleaned}** fin" if cleaned else "fin").endswith("fin")
    assert [span.bold for span in spans("**a** b")] == [True, False]
