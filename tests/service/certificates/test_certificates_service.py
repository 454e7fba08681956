from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from contracts.base import Role
from contracts.certificates import (
    AcceptCertificate,
    AskCensus,
    CancelCertificate,
    DeathCertificateAccepted,
    DeathCertificateAdvised,
    DeathCertificateCalledBack,
    DeathCertificateClosed,
    DeathCertificateErased,
    DeathCertificateEscalated,
    DeathCertificateNeeded,
    DeathCertificateSigned,
    DeathCertificateUnsealed,
    DeclineCertificate,
    ListCertificates,
    NoteCertificate,
    RequestCertificate,
    SignCertificate,
    UnsealCertificate,
)
from contracts.directory import PersonEnrolled, PersonErased
from contracts.levels import CrisisClosed
from services.certificates import SERVICE
from services.certificates.store import CertificateRow, next_moment
from services.platform.errors import Conflict, Forbidden, Invalid, NotFound
from services.platform.keys import KeyStore
from services.platform.tables import OutcomeRow
from services.platform.testing import person, role_token

COORD = person("coord-b", Role.COORDINATOR, on_duty=("coordinatrice",))
IDEL1 = person("idel-1", Role.PROFESSIONAL, structure="idel-athis")
IDEL3 = person("idel-3", Role.PROFESSIONAL, structure="idel-viry")
MED2 = person("med-2", Role.PROFESSIONAL, structure="msp-athis")
OFF_DUTY = person("coord-a", Role.COORDINATOR)
SAMU = role_token(Role.SAMU)
FRIDAY = datetime.fromisoformat("2026-07-10T18:30:00+02:00")
FAR_AWAY = datetime.fromisoformat("9999-12-31T23:59:59-10:00")
HOME = "nord-essonne"


def at(local: str) -> datetime:
    return datetime.fromisoformat(f"2026-07-{local}:00+02:00")


def command(**changes) -> RequestCertificate:
    fields = {
        "commune": "91027",
        "place": "domicile",
        "requester": "samu",
        "adult": True,
        "violence_or_doubt": False,
        "public_place": False,
        "treating_doctor_called": True,
    }
    return RequestCertificate(**(fields | changes))


async def enrolled(desk, territories):
    fields = set(PersonEnrolled.model_fields)
    for seed in territories[HOME].seed["people"]:
        await desk.hear(PersonEnrolled.model_validate({name: seed[name] for name in fields & set(seed)}))
    return desk


@pytest.fixture
async def desk(desk_for, territories):
    return await enrolled(await desk_for(SERVICE, start=FRIDAY), territories)


@pytest.fixture
async def keeping_desk(desk_for, territories):
    """The same desk, on a territory that allows addresses to be kept."""
    home = territories[HOME]
    thresholds = home.thresholds.model_copy(update={"store_address": True})
    territories[HOME] = home.model_copy(update={"thresholds": thresholds})
    return await enrolled(await desk_for(SERVICE, start=FRIDAY), territories)


async def test_a_nurse_takes_it_on_a_friday_evening(desk):
    asked = await desk.do(command(), caller=COORD)
    assert (asked["asked"], asked["nurse_route"], asked["hole"], asked["warnings"]) == (4, True, False, [])
    certificate = asked["id"]
    await desk.tick(at=at("10T18:37"))
    replies = await desk.do_many([AcceptCertificate(certificate=certificate)], caller=IDEL1)
    replies += await desk.do_many([AcceptCertificate(certificate=certificate)] * 2, caller=MED2)
    assert [reply.refusal and reply.refusal.message for reply in replies] == [None, *["Déjà pourvu, merci."] * 2]
    await desk.tick(at=at("10T18:45"))
    await desk.do(NoteCertificate(certificate=certificate, what="rappel"), caller=COORD)
    await desk.tick(at=at("10T19:10"))
    await desk.do(NoteCertificate(certificate=certificate, what="avis_medical"), caller=IDEL1)
    (row,) = (await desk.ask(ListCertificates(), caller=COORD))["items"]
    assert (row["status"], row["accepted_by"], row["advised"], row["called_back"]) == ("accepted", "idel-1", True, True)
    assert (row["escalated"], row["age_minutes"], row["asked"]) == (False, 40, ["idel-1", "med-1", "med-2", "med-3"])
    await desk.tick(at=at("10T19:35"))
    await desk.do(SignCertificate(certificate=certificate), caller=IDEL1)
    (signed,) = await desk.facts(DeathCertificateSigned)
    assert (signed.minutes, signed.by, signed.profession) == (65, "idel-1", "infirmier")
    assert not signed.treating_doctor_informed
    assert [fact.version for fact in await desk.facts(DeathCertificateAdvised)] == [4]
    assert len(await desk.facts(DeathCertificateCalledBack)) == 1
    assert not await desk.facts(DeathCertificateEscalated)


async def test_nobody_in_time_then_a_doctor_from_outside(desk):
    await desk.tick(at=at("10T19:30"))
    asked = await desk.do(command(commune="91326", place="autre", requester="police", public_place=True), caller=COORD)
    assert (asked["nurse_route"], asked["asked"]) == (False, 3)
    assert "lieu ouvert au public" in asked["why_doctor"]
    certificate = asked["id"]
    with pytest.raises(Forbidden, match="lieu ouvert au public"):
        await desk.do(AcceptCertificate(certificate=certificate), caller=IDEL1)
    assert await desk.read(next_moment) == at("10T20:00")
    await desk.tick(at=at("10T19:59"))
    assert not await desk.facts(DeathCertificateEscalated)
    await desk.tick(at=at("10T20:00"))
    await desk.tick(at=at("10T20:05"))
    (escalated,) = await desk.facts(DeathCertificateEscalated)
    assert "permanence des soins" in escalated.fallback
    assert (escalated.to, escalated.hole, escalated.status) == ("coordinatrice", False, "open")
    await desk.tick(at=at("10T20:12"))
    outside = AcceptCertificate(certificate=certificate, professional="Dr Paul Aubin, SOS")
    with pytest.raises(Invalid, match="profession"):
        await desk.do(outside, caller=COORD)
    await desk.do(outside.model_copy(update={"profession": "medecin"}), caller=COORD)
    (accepted,) = await desk.facts(DeathCertificateAccepted)
    assert (accepted.accepted_by, accepted.outside, accepted.profession) == ("externe", True, "medecin")
    assert not any("Aubin" in fact.model_dump_json() for fact in await desk.said())
    assert (await desk.do(UnsealCertificate(certificate=certificate), caller=COORD))[
        "accepted_by"
    ] == "Dr Paul Aubin, SOS"
    await desk.tick(at=at("10T21:30"))
    await desk.do(SignCertificate(certificate=certificate, signed_at=at("10T21:25")), caller=COORD)
    (signed,) = await desk.facts(DeathCertificateSigned)
    assert signed.minutes == 115
    assert (await desk.said())[-1].time == at("10T21:25")


async def test_a_hole_is_said_at_entry(desk):
    await desk.tick(at=at("12T23:30"))
    asked = await desk.do(command(commune="91689"), caller=SAMU)
    assert asked["hole"]
    assert "permanence des soins" in asked["fallback"]
    needed, escalated = (await desk.facts(DeathCertificateNeeded))[0], (await desk.facts(DeathCertificateEscalated))[0]
    assert (needed.hole, needed.version, escalated.hole, escalated.version) == (True, 1, True, 2)
    await desk.tick(hours=3)
    assert len(await desk.facts(DeathCertificateEscalated)) == 1
    assert await desk.read(next_moment) is None


async def test_the_treating_doctor_first_is_a_warning_not_a_refusal(desk):
    asked = await desk.do(command(treating_doctor_called=False, address="3 rue des Lilas"), caller=COORD)
    assert any("médecin traitant" in warning for warning in asked["warnings"])
    assert any("adresse" in warning for warning in asked["warnings"])
    assert not asked["address_kept"]
    assert not (await desk.facts(DeathCertificateNeeded))[0].sealed


@pytest.mark.parametrize(
    ("act", "caller", "error", "words"),
    [
        (AcceptCertificate(certificate="?"), IDEL3, Forbidden, "inscrite"),
        (AcceptCertificate(certificate="?", professional="idel-3"), COORD, Forbidden, "inscrite"),
        (AcceptCertificate(certificate="?", professional="med-2"), IDEL1, Forbidden, "pour vous seulement"),
        (AcceptCertificate(certificate="?"), COORD, Invalid, "qui répond"),
        (AcceptCertificate(certificate="?", expected_at=FAR_AWAY), IDEL1, Invalid, "arrivée"),
        (AcceptCertificate(certificate="?", professional="med-1"), SAMU, Forbidden, "droit"),
        (AcceptCertificate(certificate="?", professional="med-1"), OFF_DUTY, Forbidden, "astreinte"),
        (SignCertificate(certificate="?"), COORD, Conflict, "notez d'abord"),
        (NoteCertificate(certificate="?", what="avis_medical"), COORD, Conflict, "notez d'abord"),
        (UnsealCertificate(certificate="?"), MED2, Forbidden, "astreinte"),
        (CancelCertificate(certificate="?", ending="fait", reason="x"), COORD, Invalid, "signé"),
    ],
    ids=[
        "a nurse not listed", "the same, typed", "for a colleague", "the desk says nobody", "in a century", "samu",
        "off duty", "signed by nobody", "advice to nobody", "unsealed by another", "done without a signature",
    ],
)  # fmt: skip
async def test_refused(desk, act, caller, error, words):
    certificate = (await desk.do(command(), caller=COORD))["id"]
    with pytest.raises(error, match=words):
        await desk.do(act.model_copy(update={"certificate": certificate}), caller=caller)


async def test_when_everyone_says_no_there_is_nothing_to_wait_for(desk):
    certificate = (await desk.do(command(), caller=COORD))["id"]
    for who in ("med-1", "med-2", "med-3"):
        await desk.do(DeclineCertificate(certificate=certificate, professional=who), caller=COORD)
    assert not await desk.facts(DeathCertificateEscalated)
    await desk.do(DeclineCertificate(certificate=certificate), caller=IDEL1)
    assert len(await desk.facts(DeathCertificateEscalated)) == 1


async def test_who_gives_it_back_opens_it_again(desk):
    certificate = (await desk.do(command(), caller=COORD))["id"]
    await desk.do(AcceptCertificate(certificate=certificate), caller=IDEL1)
    await desk.do(AcceptCertificate(certificate=certificate), caller=IDEL1)  # said twice, told once
    await desk.do(DeclineCertificate(certificate=certificate), caller=IDEL1)
    assert len(await desk.facts(DeathCertificateAccepted)) == 1
    assert [fact.accepted_by for fact in await desk.facts(DeathCertificateEscalated)] == [None]
    await desk.do(AcceptCertificate(certificate=certificate), caller=MED2)


async def test_endings_without_a_signature(desk):
    certificate = (await desk.do(command(callback="ARM, poste 12"), caller=COORD))["id"]
    ending = CancelCertificate(certificate=certificate, ending="obstacle_medico_legal", reason="OML signalé par l'OPJ")
    await desk.do(ending, caller=COORD)
    (closed,) = await desk.facts(DeathCertificateClosed)
    assert (closed.ending, closed.status) == ("obstacle_medico_legal", "closed")
    assert "OPJ" not in closed.model_dump_json()
    for late in (ending, AcceptCertificate(certificate=certificate, professional="med-1")):
        with pytest.raises(Conflict, match="close"):
            await desk.do(late, caller=COORD)


def everything_on_disk(path) -> bytes:
    return b"".join(found.read_bytes() for found in path.glob("keys.db*"))


async def test_sealed_data_are_read_by_who_accepted_then_erased_for_good(keeping_desk):
    desk = keeping_desk
    asked = await desk.do(command(address="3 rue des Lilas", callback="06 39 98 02 11"), caller=COORD)
    certificate = asked["id"]
    assert asked["address_kept"]
    assert not any("Lilas" in fact.model_dump_json() for fact in await desk.said())
    await desk.do(AcceptCertificate(certificate=certificate), caller=IDEL1)
    with pytest.raises(Forbidden):
        await desk.do(UnsealCertificate(certificate=certificate), caller=MED2)
    read = await desk.do(UnsealCertificate(certificate=certificate), caller=IDEL1)
    assert (read["address"], read["callback"]) == ("3 rue des Lilas", "06 39 98 02 11")
    assert [fact.by for fact in await desk.facts(DeathCertificateUnsealed)] == ["idel-1"]

    row = await desk.read(lambda session: session.get(CertificateRow, certificate))
    key = KeyStore(desk.settings.data_dir)._key(row.key_name)
    assert key in everything_on_disk(desk.settings.data_dir)
    assert "Lilas" not in row.model_dump_json()
    await desk.do(SignCertificate(certificate=certificate), caller=IDEL1)
    opened = desk.clock.now() - timedelta(days=3)
    end = CrisisClosed(crisis="c", version=2, playbook="canicule", opened_at=opened, closed_at=desk.clock.now())
    await desk.hear(end)
    await desk.hear(end)
    assert key not in everything_on_disk(desk.settings.data_dir)
    assert len(await desk.facts(DeathCertificateErased)) == 1
    read = await desk.do(UnsealCertificate(certificate=certificate), caller=COORD)
    assert (read["address"], read["callback"]) == (None, None)
    replies = await desk.read(lambda session: session.execute(select(OutcomeRow.reply)).scalars().all())
    assert not any("Lilas" in reply for reply in replies)


async def sealed(desk) -> bool:
    (row,) = (await desk.ask(ListCertificates(), caller=COORD))["items"]
    return row["sealed"]


async def test_the_list_says_sealed_while_something_can_be_read(desk):
    certificate = (await desk.do(command(callback="06 39 98 02 11"), caller=COORD))["id"]
    assert await sealed(desk)
    await desk.do(AcceptCertificate(certificate=certificate), caller=IDEL1)
    await desk.do(SignCertificate(certificate=certificate), caller=IDEL1)
    await desk.tick(days=7)
    assert not await sealed(desk)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ({"professional": "idel-1"}, False),
        ({"professional": "Dr Untel", "profession": "medecin"}, True),
    ],
    ids=["of the directory", "from outside"],
)
async def test_who_was_typed_as_accepting_is_read_with_the_rest(desk, typed, kept):
    certificate = (await desk.do(command(), caller=COORD))["id"]
    await desk.do(AcceptCertificate(certificate=certificate, **typed), caller=COORD)
    read = await desk.do(UnsealCertificate(certificate=certificate), caller=COORD)
    assert read["accepted_by"] == typed["professional"]
    assert await sealed(desk) == kept


async def test_sealed_data_do_not_wait_for_a_crisis_to_end(desk):
    certificate = (await desk.do(command(callback="06 39 98 02 11"), caller=COORD))["id"]
    await desk.do(AcceptCertificate(certificate=certificate), caller=IDEL1)
    await desk.do(SignCertificate(certificate=certificate), caller=IDEL1)
    assert await desk.read(next_moment) == desk.clock.now() + timedelta(days=7)
    await desk.tick(days=7)
    assert len(await desk.facts(DeathCertificateErased)) == 1
    assert await desk.read(next_moment) is None


async def test_what_still_waits_when_the_crisis_ends_is_erased_with_it(desk):
    certificate = (await desk.do(command(callback="06 39 98 02 11"), caller=COORD))["id"]
    now = desk.clock.now()
    await desk.hear(CrisisClosed(crisis="c", version=2, playbook="canicule", opened_at=now, closed_at=now))
    assert (await desk.do(UnsealCertificate(certificate=certificate), caller=COORD))["callback"] == "06 39 98 02 11"
    await desk.do(CancelCertificate(certificate=certificate, ending="sans_objet", reason="Médecin venu"), caller=COORD)
    assert len(await desk.facts(DeathCertificateErased)) == 1


async def test_each_reader_sees_what_they_may(desk):
    first = (await desk.do(command(), caller=COORD))["id"]
    await desk.do(AcceptCertificate(certificate=first), caller=IDEL1)
    second = (await desk.do(command(commune="91687"), caller=COORD))["id"]
    rows = (await desk.ask(ListCertificates(), caller=COORD))["items"]
    assert [row["id"] for row in rows] == [second, first]
    for row in (await desk.ask(ListCertificates(), caller=SAMU))["items"]:
        assert not {"asked", "accepted_by", "declined"} & set(row)
    assert [row["id"] for row in (await desk.ask(ListCertificates(), caller=IDEL1))["items"]] == [first]
    page = await desk.ask(ListCertificates(limit=1), caller=COORD)
    rest = await desk.ask(ListCertificates(limit=1, cursor=page["next"]), caller=COORD)
    assert [page["items"][0]["id"], rest["items"][0]["id"], rest["next"]] == [second, first, None]


async def test_the_census_counts_for_all_and_names_for_the_desk(desk):
    cells = (await desk.ask(AskCensus(), caller=COORD))["items"]
    assert len(cells) == 27
    athis = next(cell for cell in cells if (cell["commune"], cell["band"]) == ("91027", "jour"))
    assert (athis["doctors"], athis["nurses"], athis["hole"]) == (3, 1, False)
    assert "people" not in (await desk.ask(AskCensus(), caller=SAMU))["items"][0]
    await desk.hear(PersonErased(person="idel-1"))
    assert (await desk.do(command(), caller=COORD))["asked"] == 3


async def test_typed_afterwards_keeps_its_true_time(desk):
    true_time = FRIDAY - timedelta(minutes=55)
    certificate = (await desk.do(command(requested_at=true_time), caller=COORD))["id"]
    await desk.tick()
    assert not await desk.facts(DeathCertificateEscalated)  # the people asked were asked just now
    accepted_at = FRIDAY - timedelta(minutes=20)
    accept = AcceptCertificate(certificate=certificate, professional="med-1", accepted_at=accepted_at)
    with pytest.raises(Invalid, match="précède"):
        await desk.do(accept.model_copy(update={"accepted_at": true_time - timedelta(minutes=1)}), caller=COORD)
    await desk.do(accept, caller=COORD)
    assert [fact.time for fact in await desk.said()] == [true_time, accepted_at]
    with pytest.raises(Invalid, match="à venir"):
        await desk.do(command(requested_at=FRIDAY + timedelta(hours=1)), caller=COORD)


async def test_the_exercise_never_crosses(desk):
    exercise = "nord-essonne~exercice"
    asked = await desk.do(command(), territory=exercise)
    assert asked["hole"]  # its own census is empty
    with pytest.raises(NotFound):
        await desk.do(AcceptCertificate(certificate=asked["id"]), caller=IDEL1)
    await desk.tick(hours=1)
    assert [fact.territory for fact in await desk.said()] == [exercise, exercise]
