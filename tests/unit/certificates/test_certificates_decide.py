from datetime import UTC, datetime
from pathlib import Path

import pytest

from contracts.certificates import CertificateBody, RequestCertificate
from contracts.directory import TimeBand
from services.certificates import decide
from services.certificates.census import Certifier, covers, grid, may_be_asked
from services.platform.errors import Forbidden
from services.platform.territory import load_territory

TERRITORY = load_territory(Path(__file__).parents[3] / "playbooks" / "territories" / "nord-essonne.yaml")
PEOPLE = [
    Certifier(
        person["person"],
        person.get("profession", ""),
        person.get("certifies", False),
        tuple(person.get("communes", ())),
        tuple(TimeBand.model_validate(band) for band in person.get("bands", ())),
    )
    for person in TERRITORY.seed["people"]
]
ATHIS, JUVISY, MORANGIS, WISSOUS = "91027", "91326", "91432", "91689"


def command(**changes) -> RequestCertificate:
    fields = {
        "commune": ATHIS,
        "place": "domicile",
        "requester": "samu",
        "adult": True,
        "violence_or_doubt": False,
        "public_place": False,
        "treating_doctor_called": True,
    }
    return RequestCertificate(**(fields | changes))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, None),
        ({"adult": False}, "mineure"),
        ({"public_place": True}, "lieu ouvert au public"),
        ({"violence_or_doubt": True}, "violence"),
        ({"adult": False, "violence_or_doubt": True}, "mineure ; violence"),
        ({"place": "ehpad"}, None),
    ],
    ids=["an adult at home", "a minor", "a public place", "violence or doubt", "two reasons", "EHPAD"],
)
def test_when_the_law_asks_for_a_doctor(changes, words):
    reason = decide.why_a_doctor(command(**changes))
    assert (reason is None) if words is None else (words in reason)


@pytest.mark.parametrize(
    ("local", "commune", "nurse_route", "expected"),
    [
        ("2026-07-10T18:30", ATHIS, True, ["med-1", "med-2", "med-3", "idel-1"]),
        ("2026-07-10T19:30", JUVISY, False, ["med-2", "med-3", "med-4"]),
        ("2026-07-02T00:50", MORANGIS, True, []),
        ("2026-07-12T23:30", WISSOUS, True, []),
        ("2026-07-14T10:00", ATHIS, True, ["med-1", "med-3", "idel-1"]),
    ],
    ids=["Friday evening", "station hall", "Morangis by night", "Wissous by night", "14 July is a Sunday"],
)
def test_who_is_asked(local, commune, nurse_route, expected):
    moment = datetime.fromisoformat(local).replace(tzinfo=TERRITORY.zone)
    assert [who.person for who in may_be_asked(PEOPLE, commune, moment, nurse_route=nurse_route)] == expected


@pytest.mark.parametrize(
    ("band", "weekday", "minute", "expected"),
    [
        (TimeBand(start="20:00", end="08:00", weekdays=(4,)), 4, 21 * 60, True),
        (TimeBand(start="20:00", end="08:00", weekdays=(4,)), 5, 2 * 60, True),
        (TimeBand(start="20:00", end="08:00", weekdays=(4,)), 4, 2 * 60, False),
        (TimeBand(start="20:00", end="08:00", weekdays=(4,)), 5, 8 * 60, False),
        (TimeBand(start="08:00", end="20:00"), 6, 20 * 60 - 1, True),
        (TimeBand(start="08:00", end="20:00"), 6, 20 * 60, False),
        (TimeBand(), 0, 0, True),
    ],
    ids=["its evening", "the night after", "the night before", "it ends", "last minute", "too late", "always"],
)
def test_bands_may_pass_midnight(band, weekday, minute, expected):
    assert covers((band,), weekday, (weekday - 1) % 7, minute) is expected


def test_the_census_shows_its_holes():
    cells = {(cell.commune, cell.band): cell for cell in grid(PEOPLE, [MORANGIS, WISSOUS, JUVISY], TERRITORY.hours)}
    night = cells[MORANGIS, "nuit"]
    assert night.hole
    assert (night.hours, night.covered) == (84, 14)  # some are up before eight, nobody is before half past six
    assert not cells[MORANGIS, "jour"].hole
    assert not cells[JUVISY, "nuit"].hole
    assert (cells[WISSOUS, "jour"].hours, cells[WISSOUS, "week-end"].hours) == (60, 24)
    assert grid([], [WISSOUS], TERRITORY.hours)[0].covered == 0


def state(**changes) -> CertificateBody:
    fields = {
        "certificate": "c",
        "version": 1,
        "commune": ATHIS,
        "place": "domicile",
        "requester": "samu",
        "nurse_route": True,
        "treating_doctor_called": True,
        "requested_at": datetime(2026, 7, 10, tzinfo=UTC),
        "status": "open",
    }
    return CertificateBody(**(fields | changes))


@pytest.mark.parametrize(
    ("who", "nurse_route", "words"),
    [
        (decide.Who("idel-1", "infirmier", listed=True, themself=True), True, None),
        (decide.Who("idel-1", "infirmier", listed=True, themself=True), False, "public"),
        (decide.Who("idel-3", "infirmier", listed=False, themself=True), True, "inscrite"),
        (decide.Who("externe", "infirmière", listed=False, themself=False, outside=True), True, "inscrite"),
        (decide.Who("externe", "Médecin", listed=False, themself=False, outside=True), False, None),
        (decide.Who("president", "medecin", listed=False, themself=True), True, "recensement"),
        (decide.Who("president", "medecin", listed=False, themself=False), True, None),
        (decide.Who("pharm-1", "pharmacien", listed=True, themself=True), True, "Seul un médecin"),
    ],
    ids=[
        "a listed nurse", "nurse route closed", "a nurse not listed", "a nurse from outside", "a doctor from outside",
        "a doctor not in the census", "the same, typed by the desk", "a pharmacist",
    ],
)  # fmt: skip
def test_who_may_take_it(who, nurse_route, words):
    current = state(nurse_route=nurse_route, why_doctor=None if nurse_route else "lieu ouvert au public")
    if words is None:
        decide.check_may_sign(current, who)
    else:
        with pytest.raises(Forbidden, match=words):
            decide.check_may_sign(current, who)


def test_out_of_hours_care_is_proposed_only_when_open():
    paris = TERRITORY.zone
    assert "permanence" not in decide.fallback(TERRITORY, datetime(2026, 7, 10, 19, 59, tzinfo=paris))
    assert "permanence" in decide.fallback(TERRITORY, datetime(2026, 7, 10, 20, 0, tzinfo=paris))
