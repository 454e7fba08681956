import json

import pytest
import yaml

from services.platform import outlines
from services.platform.errors import BadSettings
from services.platform.territory import load_territory

SQUARE = [[2.3, 48.7], [2.4, 48.7], [2.4, 48.8], [2.3, 48.8], [2.3, 48.7]]
COMMUNES = {"91689": "Wissous"}


def collection(*features):
    return json.dumps({"type": "FeatureCollection", "features": list(features)}).encode()


def feature(coordinates=(SQUARE,), kind="Polygon", code="91689"):
    geometry = {"type": kind, "coordinates": list(coordinates)}
    return {"type": "Feature", "properties": {"code": code}, "geometry": geometry}


def test_polygons_and_multipolygons_are_read_and_others_left_aside():
    elsewhere = feature(code="75056", coordinates=["n'importe quoi"])
    (one,) = outlines.read_outlines(collection(elsewhere, feature()), COMMUNES)["91689"]
    assert one[0] == (2.3, 48.7)
    several = collection(feature([[SQUARE], [SQUARE]], "MultiPolygon"))
    assert len(outlines.read_outlines(several, COMMUNES)["91689"]) == 2


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"{", "JSON lisible"),
        (b"\xff\xfe", "JSON lisible"),
        (b"[" * 100_000, "JSON lisible"),
        (b"[]", "FeatureCollection"),
        (b'{"type": "Topology"}', "FeatureCollection"),
        (collection(), r"Wissous \(91689\)"),
        (collection(feature(kind="Point")), "Polygon"),
        (collection({"properties": {"code": "91689"}, "geometry": None}), "Polygon"),
        (collection(feature([])), "vide"),
        (collection(feature([SQUARE[:2]])), "moins de trois points"),
        (collection(feature([[["a", "b"]]])), "illisibles"),
        (collection(feature([[[651000, 6862000]] * 4])), "degrés"),
        (collection(feature(["2.3"])), "illisibles"),
        (b" " * (outlines.MAX_BYTES + 1), "Mo"),
    ],
)
def test_what_cannot_be_drawn_is_told_in_words(raw, told):
    with pytest.raises(ValueError, match=told):
        outlines.read_outlines(raw, COMMUNES)


def test_too_many_points_are_refused(monkeypatch):
    monkeypatch.setattr(outlines, "MAX_POINTS", 4)
    with pytest.raises(ValueError, match="plus de 4 points"):
        outlines.read_outlines(collection(feature()), COMMUNES)


def written(folder, **changes):
    fields = {"territory": "ici", "name": "Ici", "departements": ["91"],
              "communes": [{"code": "91689", "name": "Wissous"}]}  # fmt: skip
    path = folder / "ici.yaml"
    path.write_text(yaml.safe_dump(fields | changes), encoding="utf-8")
    return path


def test_a_territory_reads_the_map_beside_it_and_its_twin_has_the_same(tmp_path):
    (tmp_path / "contours.geojson").write_bytes(collection(feature()))
    territory = load_territory(written(tmp_path, map="contours.geojson"))
    assert set(territory.outlines) == set(territory.twin().outlines) == {"91689"}
    assert load_territory(written(tmp_path)).outlines == {}


def test_a_map_that_is_absent_or_elsewhere_is_told_with_its_path(tmp_path):
    with pytest.raises(BadSettings, match=r"contours\.geojson : carte illisible"):
        load_territory(written(tmp_path, map="contours.geojson"))
    with pytest.raises(BadSettings, match="map"):
        load_territory(written(tmp_path, map="../contours.geojson"))
    (tmp_path / "contours.geojson").write_bytes(b"{")
    with pytest.raises(BadSettings, match=r"contours\.geojson : ce n'est pas du JSON"):
        load_territory(written(tmp_path, map="contours.geojson"))
