import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.alerts import AlertKind, Colour, Phenomenon
from services.alerts import cap, json_report, vigilance_card
from services.alerts.cap_message import cap_name
from services.alerts.reading import MAX_DOCUMENT_BYTES, NotCarried, Oversize, read_bytes, receive
from services.alerts.report import METEO_FRANCE, ParseError, SchemaError
from tests.unit.alerts import alerts_samples as samples
from tests.unit.alerts.alerts_samples import CAP, CARD, alert, at, card, posted

SAMPLES = Path(__file__).parents[4] / "shared" / "samples"


def read_json(**changes):
    return json_report.read(json.dumps(alert(**changes)).encode())


# JSON


def test_json_of_a_system():
    reading = read_json(
        requests_level=3, requests="Passez au niveau 3", areas=[{"departement": "91"}, {"commune": "2A004"}]
    )
    (report,) = reading.reports
    assert report.kind is AlertKind.ORSAN
    assert report.key == "ars-idf|ORSAN-2026-17"
    assert report.words.headline == "ORSAN EPI-CLIM déclenché"
    assert [(area.departement, area.commune) for area in report.areas] == [("91", None), (None, "2A004")]
    assert (report.requests_level, report.words.requests, report.volet) == (3, "Passez au niveau 3", "EPI-CLIM")


def test_json_typed_call_needs_its_words_only():
    told = {"name": "Dr Martin", "function": "SAMU 91", "at": "2026-06-30T10:05:00+02:00", "verified": True}
    document = {"reported_by": told, "description": "Appels : +22 %\nsur 24 h"}
    (report,) = json_report.read(json.dumps(document).encode()).reports
    assert report.words.headline == "Appels : +22 %"
    assert report.words.reporter == "Dr Martin"
    assert report.source == "SAMU 91"
    assert report.external_id.startswith("appel-")
    assert report.starts_at == report.reporter.at == at(30, 8, 5)


def test_json_vigilance_makes_one_report_by_departement():
    reading = read_json(
        kind="vigilance",
        phenomenon="canicule",
        colour="orange",
        areas=[{"departement": "91"}, {"commune": "91479"}, {"departement": "2A"}],
        ends_at="2026-06-30T18:00:00+02:00",
    )
    assert [report.key for report in reading.reports] == ["vigilance:canicule:91", "vigilance:canicule:2A"]
    assert reading.reports[0].periods[0].colour is Colour.ORANGE


@pytest.mark.parametrize(
    ("changes", "field", "word"),
    [
        ({"external_id": None}, "external_id", "obligatoire"),
        ({"headline": None}, "headline", "obligatoire"),
        ({"areas": []}, "areas", "obligatoire"),
        ({"kind": "météo"}, "kind", "valeurs admises"),
        ({"kind": None}, "kind", "obligatoire"),
        ({"status": "réel"}, "status", "valeurs admises"),
        ({"areas": [{"departement": "20"}]}, "areas.0", "département inconnu"),
        ({"areas": [{"commune": "75"}]}, "areas.0", "INSEE"),
        ({"areas": [{"commune": "91479", "departement": "91"}]}, "areas.0", "soit"),
        ({"areas": "91"}, "areas", "liste"),
        ({"starts_at": "2026-06-29T18:00:00"}, "starts_at", "décalage"),
        ({"starts_at": "hier"}, "starts_at", "décalage"),
        ({"starts_at": "0001-01-01T00:00:00+14:00"}, "starts_at", "année"),
        ({"starts_at": "9999-12-31T23:59:59-14:00"}, "starts_at", "année"),
        ({"starts_at": True}, "starts_at", "décalage"),
        ({"ends_at": "2026-06-29T17:00:00+02:00"}, "ends_at", "suivre"),
        ({"requests_level": 7}, "requests_level", "3 au plus"),
        ({"requests_level": "3"}, "requests_level", "entier"),
        ({"requests_level": 10**40}, "requests_level", ""),
        ({"headline": "a\u0000b"}, "headline", "contrôle"),
        ({"headline": "   "}, "headline", "vide"),
        ({"headline": "x" * 501}, "headline", "500"),
        ({"headline": ["x"]}, "headline", "texte"),
        ({"kind": "vigilance"}, "phenomenon", "vigilance"),
        ({"reported_by": {"function": "SAMU"}}, "reported_by.at", "obligatoire"),
    ],
)
def test_json_errors_name_field_and_remedy(changes, field, word):
    with pytest.raises(SchemaError) as caught:
        read_json(**changes)
    assert any(name == field and word in remedy for name, remedy in caught.value.fields), caught.value.fields


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b'{"source": NaN',
        b"\xff\xfe{\x00}\x00",
        b"pas du json",
        b"[" * 100_000,
        json.dumps(alert()).encode()[:-9],
    ],
    ids=["empty", "open", "nan", "utf16", "words", "deep", "truncated"],
)
def test_json_unreadable_is_not_a_schema_error(raw):
    with pytest.raises(ParseError) as caught:
        json_report.read(raw)
    assert not isinstance(caught.value, SchemaError)


def test_json_same_content_in_another_order_is_the_same_document():
    document = alert()
    turned = dict(reversed(document.items()))
    assert (
        json_report.read(json.dumps(document).encode()).fingerprint
        == json_report.read(json.dumps(turned, indent=2).encode()).fingerprint
    )


# CAP


def test_cap_vigilance():
    reading = cap.read(samples.cap(areas=("FR104", "FR831", "FRA40")))
    assert [report.key for report in reading.reports] == [
        "vigilance:canicule:91",
        "vigilance:canicule:2A",
        "vigilance:canicule:974",
    ]
    (report, *_) = reading.reports
    assert (report.source, report.colour, report.phenomenon) == (METEO_FRANCE, Colour.ORANGE, Phenomenon.CANICULE)
    assert report.words.headline == "Vigilance orange canicule"
    assert (report.starts_at, report.ends_at) == (at(29, 22), at(30, 22))
    assert not report.lifts


@pytest.mark.parametrize(
    ("kind", "phenomenon"),
    [
        ("1; Wind", "vent_violent"),
        ("2; snow-ice", "neige_verglas"),
        ("3; Thunderstorm", "orages"),
        ("5; Extreme high temperature", "canicule"),
        ("6;low", "grand_froid"),
        ("7; coastalevent", "vagues_submersion"),
        ("9; avalanches", "avalanches"),
        ("10; Rain", "pluie_inondation"),
        ("12; flooding", "crues"),
        ("13; rain-flood", "pluie_inondation"),
        ("4; fog", "autre"),
        ("8; forest-fire", "autre"),
    ],
)
def test_cap_awareness_type_goes_by_its_number(kind, phenomenon):
    (report,) = cap.read(samples.cap(kind=kind)).reports
    assert report.phenomenon == phenomenon


def test_cap_green_update_of_no_length_lifts():
    raw = samples.cap(verb="Update", level="1; green; Minor", expires="2026-06-30T00:00:00+02:00")
    (report,) = cap.read(raw).reports
    assert report.lifts
    assert report.cancels_until is None


def test_cap_cancel_without_info_says_what_it_takes_back():
    raw = samples.cap("B", verb="Cancel", infos="", references="vigilance@meteo.fr,A,2026-06-29T16:00:42+02:00")
    (report,) = cap.read(raw).reports
    assert report.lifts
    assert report.refers == (cap_name("vigilance@meteo.fr", "A"),)
    assert report.cancels_until == at(29, 14).replace(second=42)


def test_cap_of_another_sender_is_keyed_by_its_identifier():
    (report,) = cap.read(samples.cap("X1", sender="alerte@ars.example", headline="Point ARS")).reports
    assert report.kind is AlertKind.ARS
    assert report.key == "cap:alerte@ars.example|X1"
    assert report.words.headline == "Point ARS"


def test_cap_takes_french_when_there_is_french_and_joins_blocks():
    def block(language, headline, onset, expires, level):
        whole = samples.cap(language=language, headline=headline, onset=onset, expires=expires, level=level).decode()
        return whole[whole.index("<info>") : whole.index("</alert>")]

    blocks = (
        block("en-GB", "Severe warning", "2026-06-30T00:00:00+02:00", "2026-07-01T00:00:00+02:00", "4; red"),
        block("fr-FR", "jaune", "2026-06-29T16:00:00+02:00", "2026-06-30T00:00:00+02:00", "2; yellow"),
        block("fr-FR", "orange", "2026-06-30T00:00:00+02:00", "2026-07-01T00:00:00+02:00", "3; orange"),
    )
    (report,) = cap.read(samples.cap(infos="".join(blocks))).reports
    assert [period.colour for period in report.periods] == [Colour.JAUNE, Colour.ORANGE]
    assert report.words.headline == "orange"


@pytest.mark.parametrize(
    ("status", "read_as"), [("Actual", "actual"), ("Exercise", "exercise"), ("Test", "test"), ("Draft", "test")]
)
def test_cap_status(status, read_as):
    assert cap.read(samples.cap(status=status)).status == read_as


BOMB = '<!DOCTYPE a [<!ENTITY a "x"><!ENTITY b "&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        (b"", "XML"),
        (samples.cap()[:-30], "XML illisible"),
        (samples.cap(head=BOMB), "DOCTYPE"),
        (samples.cap(head='<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>', headline="&x;"), "DOCTYPE"),
        (samples.cap().replace(b"cap:1.2", b"cap:1.1"), "CAP 1.2"),
        (b"<html/>", "CAP 1.2"),
        (samples.cap().decode().encode("latin-1").replace(b"Vigilance", b"Vigil\xe9"), "XML illisible"),
        (samples.cap(sent="2026-06-29"), "décalage"),
        (samples.cap(sent="demain"), "date illisible"),
        (samples.cap(verb="Error"), "Error"),
        (samples.cap(verb="Bonjour"), "type de message"),
        (samples.cap(status="Bonjour"), "statut"),
        (samples.cap(identifier="a b"), "identifier"),
        (samples.cap(areas=("FR999",), sender="a@b"), "FR999"),
        (samples.cap(areas=("FR999",)), "FR999"),
        (samples.cap(level="rouge"), "awareness"),
        (samples.cap(expires="2026-06-30T00:00:00+02:00"), "durée nulle"),
        (samples.cap(verb="Cancel", infos=""), "references"),
        (samples.cap(infos=""), "info"),
    ],
)
def test_cap_that_cannot_be_understood(raw, word):
    with pytest.raises(ParseError) as caught:
        cap.read(raw)
    assert word in str(caught.value)


def test_cap_unknown_zone_beside_a_known_one_is_noted():
    reading = cap.read(samples.cap(areas=("FR104", "FRK26")))
    assert len(reading.reports) == 1
    assert "FRK26" in reading.notes[0]


# card


def read_card(*args, **options):
    return vigilance_card.read(json.dumps(card(*args, **options)).encode())


def by_key(reading):
    return {report.key: report for report in reading.reports}


def test_card_both_days():
    (report,) = read_card(at(28), "jaune", "orange").reports
    assert report.key == "vigilance:canicule:91"
    assert [(period.colour, period.starts_at, period.ends_at) for period in report.periods] == [
        (Colour.JAUNE, at(28), at(28, 22)),
        (Colour.ORANGE, at(28, 22), at(29, 22)),
    ]
    assert report.span == (at(28), at(29, 22))
    assert not report.lifts


def test_card_green_lifts_only_when_both_days_are_said():
    assert read_card(at(28)).reports[0].lifts
    assert not read_card(at(28), days=("J",)).reports[0].lifts


def test_card_corsica_overseas_coast_and_what_is_left_aside():
    others = [
        ("2A", "6", "jaune", "vert"),
        ("VIGI974", "1", "orange", "vert"),
        ("30", "9", "vert", "vert"),
        ("3010", "9", "orange", "vert"),
        ("99", "6", "rouge", "rouge"),
        ("FRA", "6", "rouge", "rouge"),
        ("XX", "6", "rouge", "rouge"),
        ("91", "12", "jaune", "vert"),
    ]
    reading = read_card(at(28), others=others)
    reports = by_key(reading)
    assert reports["vigilance:canicule:2A"].colour is Colour.JAUNE
    assert reports["vigilance:vent_violent:974"].colour is Colour.ORANGE
    assert reports["vigilance:vagues_submersion:30"].colour is Colour.ORANGE
    assert reports["vigilance:meteo-france-12:91"].phenomenon is Phenomenon.AUTRE
    assert len(reports) == 5
    assert reading.notes == ("domaine inconnu « XX » laissé de côté",)


def test_card_empty_timelaps_and_colours_as_strings():
    document = card(at(28), "orange", "jaune")
    for period in document["product"]["periods"]:
        item = period["timelaps"]["domain_ids"][0]["phenomenon_items"][0]
        item["timelaps_items"] = []
        item["phenomenon_max_color_id"] = str(item["phenomenon_max_color_id"])
    document["product"]["periods"].reverse()
    (report,) = vigilance_card.read(json.dumps(document).encode()).reports
    assert [period.colour for period in report.periods] == [Colour.ORANGE, Colour.JAUNE]


def _without(*path):
    document = card(at(28), "orange")
    node = document
    for step in path[:-1]:
        node = node[step]
    del node[path[-1]]
    return json.dumps(document).encode()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{}",
        b"[]",
        b'{"product": NaN}',
        b'{"product": []}',
        b"[" * 200_000,
        b"\xff\xfe",
        b"1" * 5000,
        json.dumps(card(at(28))).encode()[:-4],
        _without("product", "update_time"),
        _without("product", "periods"),
        _without("product", "periods", 0, "timelaps"),
        _without("product", "periods", 0, "begin_validity_time"),
    ],
    ids=[
        "empty",
        "object",
        "list",
        "nan",
        "product",
        "deep",
        "utf16",
        "digits",
        "truncated",
        "date",
        "periods",
        "timelaps",
        "begin",
    ],
)
def test_card_that_cannot_be_understood(raw):
    with pytest.raises(ParseError):
        vigilance_card.read(raw)


# fuzz: whatever the bytes, only our own error


def _only_parse_errors(parser, raw):
    try:
        parser(raw)
    except ParseError as error:
        str(error).encode()


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=8,
)


@given(st.binary(max_size=400))
def test_fuzz_bytes(raw):
    for parser in (json_report.read, cap.read, vigilance_card.read):
        _only_parse_errors(parser, raw)


@given(st.sampled_from(sorted(alert(ends_at="x", phenomenon="x", colour="x", requests="x", reported_by={}))), ANYTHING)
def test_fuzz_json_fields(field, value):
    for kind in ("orsan", "vigilance"):
        _only_parse_errors(json_report.read, json.dumps(alert(kind=kind) | {field: value}).encode())


@given(st.data(), ANYTHING)
def test_fuzz_card_nodes(data, value):
    document = card(at(28), "orange", "jaune")
    node = document
    while True:
        key = data.draw(st.sampled_from(sorted(node) if isinstance(node, dict) else list(range(len(node)))))
        if not isinstance(node[key], dict | list) or not node[key] or data.draw(st.booleans()):
            node[key] = value
            break
        node = node[key]
    _only_parse_errors(vigilance_card.read, json.dumps(document).encode())


@given(st.integers(0, 900), st.integers(0, 900), st.binary(max_size=12))
def test_fuzz_cap_cuts(start, length, patch):
    raw = samples.cap()
    _only_parse_errors(cap.read, raw[:start] + patch + raw[start + length :])


# the door


def test_door_sizes_types_and_base64():
    assert isinstance(receive(posted(b"x" * (MAX_DOCUMENT_BYTES + 3))).error, Oversize)
    assert isinstance(read_bytes("application/json", b"x" * (MAX_DOCUMENT_BYTES + 1)).error, Oversize)
    assert isinstance(receive(posted(b"x", "image/png")).error, NotCarried)
    assert isinstance(receive(posted(b"{}").model_copy(update={"body": "é"})).error, NotCarried)
    assert receive(posted(alert(), "application/json; charset=utf-8")).reading.format == "json"


@pytest.mark.skipif(not SAMPLES.exists(), reason="no samples of real input beside the checkout")
@pytest.mark.parametrize(
    ("name", "media_type", "key", "colour"),
    [
        ("cap-canicule-orange-91.xml", CAP, "vigilance:canicule:91", "orange"),
        ("cap-meteofrance-2022-orages.xml", CAP, "vigilance:orages:31", "jaune"),
        ("vigilance-carte-2026-08-26.json", CARD, "vigilance:orages:35", "orange"),
        ("vigilance-carte-91-orange.json", CARD, "vigilance:canicule:91", "orange"),
    ],
)
def test_real_input(name, media_type, key, colour):
    received = read_bytes(media_type, (SAMPLES / name).read_bytes())
    assert received.error is None
    assert by_key(received.reading)[key].colour == colour
