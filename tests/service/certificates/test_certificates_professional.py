"""What a professional may do about a certificate from their own page, and what they may not."""

from datetime import datetime

import pytest

from contracts.base import Role
from contracts.certificates import (
    AcceptCertificate,
    CancelCertificate,
    DeathCertificateUnsealed,
    DeclineCertificate,
    ListCertificates,
    NoteCertificate,
    RequestCertificate,
    SignCertificate,
    UnsealCertificate,
)
from contracts.directory import PersonEnrolled
from services.certificates import SERVICE
from services.platform.errors import Forbidden
from services.platform.testing import person

HOME = "nord-essonne"
FRIDAY = datetime.fromisoformat("2026-07-10T18:30:00+02:00")
COORD = person("coord-b", Role.COORDINATOR, on_duty=("coordinatrice",))
IDEL1 = person("idel-1", Role.PROFESSIONAL, structure="idel-athis")
MED2 = person("med-2", Role.PROFESSIONAL, structure="msp-athis")
MED5 = person("med-5", Role.PROFESSIONAL, structure="cab-viry")  # listed, for other communes


@pytest.fixture
async def desk(desk_for, territories):
    desk = await desk_for(SERVICE, start=FRIDAY)
    fields = set(PersonEnrolled.model_fields)
    for seed in territories[HOME].seed["people"]:
        await desk.hear(PersonEnrolled.model_validate({name: seed[name] for name in fields & set(seed)}))
    return desk


@pytest.fixture
async def certificate(desk):
    command = RequestCertificate(
        commune="91027", place="domicile", requester="samu", adult=True, violence_or_doubt=False, public_place=False,
        treating_doctor_called=True, callback="ARM, poste 12",
    )  # fmt: skip
    return (await desk.do(command, caller=COORD))["id"]


async def listed(desk, caller):
    return [(row["status"], row["own_answer"]) for row in (await desk.ask(ListCertificates(), caller=caller))["items"]]


async def test_they_accept_read_what_is_sealed_and_sign(desk, certificate):
    assert await listed(desk, IDEL1) == [("open", None)]
    await desk.do(AcceptCertificate(certificate=certificate), caller=IDEL1)
    assert (await desk.do(UnsealCertificate(certificate=certificate), caller=IDEL1))["callback"] == "ARM, poste 12"
    assert len(await desk.facts(DeathCertificateUnsealed)) == 1
    assert (await listed(desk, IDEL1), await listed(desk, MED2)) == ([("accepted", "accepted")], [("accepted", None)])
    await desk.do(SignCertificate(certificate=certificate), caller=IDEL1)
    assert await listed(desk, IDEL1) == [("signed", "accepted")]


async def test_they_say_no_and_it_stays_open_to_the_others(desk, certificate):
    await desk.do(DeclineCertificate(certificate=certificate), caller=MED2)
    assert (await listed(desk, MED2), await listed(desk, IDEL1)) == ([("open", "declined")], [("open", None)])


async def test_who_was_not_asked_sees_and_answers_nothing(desk, certificate):
    assert await listed(desk, MED5) == []
    for act in (AcceptCertificate(certificate=certificate), DeclineCertificate(certificate=certificate)):
        with pytest.raises(Forbidden, match="ne vous a pas été adressée"):
            await desk.do(act, caller=MED5)
    await desk.do(AcceptCertificate(certificate=certificate, professional="med-5"), caller=COORD)
    assert await listed(desk, MED5) == [("accepted", "accepted")], "the desk may note anyone's yes"
    assert (await desk.do(UnsealCertificate(certificate=certificate), caller=MED5))["callback"] == "ARM, poste 12"


@pytest.mark.parametrize("taken", [False, True], ids=["before anyone took it", "once another took it"])
async def test_only_who_took_it_goes_on(desk, certificate, taken):
    if taken:
        await desk.do(AcceptCertificate(certificate=certificate), caller=IDEL1)
    for act in (
        SignCertificate(certificate=certificate),
        UnsealCertificate(certificate=certificate),
        NoteCertificate(certificate=certificate, what="rappel"),
        CancelCertificate(certificate=certificate, reason="x"),
    ):
        with pytest.raises(Forbidden, match="astreinte"):
            await desk.do(act, caller=MED2)
