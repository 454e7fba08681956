import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.console import carte
from services.platform.territory import Commune

ONE = Commune(code="91689", name="Wissous", tile=(0, 0))
OTHER = Commune(code="91479", name="Paray-Vieille-Poste", tile=(2, 1))

points = st.tuples(
    st.floats(-179, 179, allow_nan=False),
    st.floats(-80, 80, allow_nan=False),
)  # fmt: skip
rings = st.lists(points, min_size=3, max_size=12, unique=True).map(tuple)


@given(st.dictionaries(st.sampled_from(["91689", "91479"]), st.lists(rings, min_size=1, max_size=3), min_size=1))
def test_whatever_the_outlines_they_stay_in_the_view_box(found):
    communes = [commune for commune in (ONE, OTHER) if commune.code in found]
    drawing = carte.draw(communes, {code: tuple(each) for code, each in found.items()})
    assert 0 < drawing.width <= carte.WIDTH + 1
    assert 0 < drawing.height <= carte.MAX_HEIGHT + 1
    for shape in drawing.shapes:
        numbers = [int(number) for number in re.findall(r"-?\d+", shape.path)]
        assert all(0 <= x <= drawing.width for x in numbers[::2])
        assert all(0 <= y <= drawing.height for y in numbers[1::2])
        assert 0 <= shape.x <= drawing.width
        assert 0 <= shape.y <= drawing.height


def test_north_is_up_east_is_right_and_longitudes_are_shortened():
    box = ((2.0, 48.0), (2.2, 48.0), (2.2, 48.1), (2.0, 48.1))
    drawn, width, height = carte.project({"91689": [box]})
    ((southwest, southeast, northeast, _),) = drawn["91689"]
    assert southwest[1] > northeast[1]
    assert southwest[0] < southeast[0]
    inner = (width - 2 * carte.MARGIN) / (height - 2 * carte.MARGIN)
    assert inner == pytest.approx(2 * math.cos(math.radians(48.05)))


def test_tiles_stand_where_the_territory_says_and_the_others_fill_rows_below():
    lost = Commune(code="91027", name="Athis-Mons")
    drawing = carte.draw([ONE, OTHER, lost], {})
    first, second, third = drawing.shapes
    assert second.x > first.x
    assert second.y > first.y
    assert (third.x, third.y > second.y) == (first.x, True)
    assert drawing.height >= 3 * carte.TILE_HEIGHT
    assert carte.draw([lost], {}).shapes[0].lines == ("Athis-Mons",)


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("Wissous", ("Wissous",)),
        ("Paray-Vieille-Poste", ("Paray-Vieille-", "Poste")),
        ("Savigny-sur-Orge", ("Savigny-sur-", "Orge")),
        ("Le Plessis-Pâté", ("Le Plessis-", "Pâté")),
        ("Saint-Rémy-lès-Chevreuse", ("Saint-Rémy-", "lès-Chevreuse")),
        ("", ("",)),
    ],
)
def test_a_name_is_cut_where_it_may_be(name, lines):
    assert carte.wrapped(name) == lines


def test_a_name_without_room_is_left_to_the_table():
    wide, narrow = ((2.0, 48.0), (2.9, 48.0), (2.5, 48.4)), ((2.90, 48.0), (2.91, 48.0), (2.9, 48.01))
    shapes = carte.draw([ONE, OTHER], {"91689": (wide,), "91479": (narrow,)}).shapes
    assert [bool(shape.lines) for shape in shapes] == [True, False]


@pytest.mark.parametrize(
    ("value", "shown", "tint"),
    [(None, "places", "rien"), (0, "places", "nul"), (1, "places", "pas-1"), (3, "places", "pas-1"),
     (4, "places", "pas-2"), (10, "places", "pas-3"), (0, "tensions", "calme"), (2, "tensions", "pas-1"),
     (6, "tensions", "pas-3")],
)  # fmt: skip
def test_tints_and_their_words_agree(value, shown, tint):
    assert carte.tint(value, shown) == tint
    assert tint in dict(carte.legend(shown))


def mixed(ink, paper, share):
    return [round(i * share + p * (1 - share)) for i, p in zip(ink, paper, strict=True)]


def luminance(colour):
    parts = [channel / 255 for channel in colour]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_every_tint_leaves_its_text_readable_by_day_and_by_night():
    from services.gateway.console import assets  # noqa: PLC0415  # reads the style sheet

    shares = [
        int(share) / 100
        for share in re.findall(r"\.pas-\d\{fill:color-mix\(in srgb,var\(--ink\) (\d+)%", assets.style())
    ]
    assert len(shares) == 2
    for ink, paper in (((20, 24, 29), (255, 255, 255)), ((228, 232, 235), (18, 22, 26))):
        assert all(contrast(ink, mixed(ink, paper, share)) >= 4.5 for share in shares)
