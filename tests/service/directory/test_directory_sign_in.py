"""Signing in: codes by e-mail or from the operator, the second factor, sessions and what ends them."""

import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from sqlalchemy import select

from contracts.access import (
    AskSignIn,
    CloseSession,
    IssueSignIn,
    OpenExerciseSession,
    OpenSession,
    ResetSecondFactor,
    SecondFactorReset,
    SessionStarted,
    SignInAsked,
)
from contracts.base import Principal, Role
from contracts.directory import ChangeDuty, EnrollPerson, ErasePerson, IssueToken, ListTokens, RevokeToken, WhoCalls
from services.directory import SERVICE
from services.directory.access_store import FactorRow
from services.platform import signing
from services.platform.errors import Conflict, Forbidden, NotFound
from services.platform.testing import HOME, person, role_token

EXERCISE = "nord-essonne~exercice"
EMAIL = "nadia.ferrand@cpts-nord-essonne.example.org"
COORD_A = person("coord-a", Role.COORDINATOR, on_duty=("coordinatrice",))


@pytest.fixture
async def desk(desk_for):
    return await desk_for(SERVICE)


async def asked(desk, email=EMAIL):
    """Code of the link a person just asked for, made again as the messages service does."""
    await desk.do(AskSignIn(email=email))
    return signing.sign(desk.settings, signing.SIGN_IN, (await desk.facts(SignInAsked))[-1].link)


async def who(desk, token):
    found = await desk.ask(WhoCalls(token_sha256=signing.digest_of(token)))
    return Principal.model_validate(found["principal"]) if found["principal"] else None


def now_digits(desk, provisioning, **shift):
    secret = parse_qs(urlsplit(provisioning).query)["secret"][0]
    return pyotp.TOTP(secret).at(desk.clock.now() + timedelta(**shift))


async def enrol(desk, code=None):
    """Sign in for the first time; the session and the address of the second factor."""
    code = code or await asked(desk)
    first = await desk.do(OpenSession(code=code))
    assert first["status"] == "inscription"
    session = await desk.do(OpenSession(code=code, totp=now_digits(desk, first["provisioning"])))
    assert session["status"] == "ouverte"
    return session, first["provisioning"]


async def dumped(desk):
    tables = list(desk.database.tables)
    return await desk.read(lambda session: repr([session.execute(table.select()).all() for table in tables]))


async def test_a_first_sign_in_enrols_a_second_factor_and_opens_a_session(desk):
    session, provisioning = await enrol(desk)
    assert re.match(r"otpauth://totp/Tocsin:Nadia%20Ferrand\?secret=[A-Z2-7]{32}&issuer=Tocsin", provisioning)
    assert (session["person"], session["name"], session["territory"]) == ("coord-a", "Nadia Ferrand", HOME)
    assert session["expires_at"] == "2026-06-29T18:00:00Z"
    found = await who(desk, session["token"])
    assert (found.id, found.roles, found.on_duty) == ("coord-a", (Role.COORDINATOR,), ("coordinatrice",))
    assert (await desk.ask(WhoCalls(token_sha256=signing.digest_of(session["token"]))))["use"] == "session"
    assert await desk.facts(SessionStarted) == [SessionStarted(person="coord-a", session=session["id"])]
    assert (await desk.said())[-1].author == "coord-a"


async def test_the_next_sign_in_asks_for_the_digits(desk):
    _, provisioning = await enrol(desk)
    desk.clock.advance(timedelta(minutes=2))
    code = await asked(desk)
    first = await desk.do(OpenSession(code=code))
    assert (first["status"], first["provisioning"], first["token"]) == ("second_facteur", "", "")
    assert (await desk.do(OpenSession(code=code, totp=now_digits(desk, provisioning))))["status"] == "ouverte"


async def test_digits_that_served_serve_no_more(desk):
    _, provisioning = await enrol(desk)
    code = await asked(desk)
    again = await desk.do(OpenSession(code=code, totp=now_digits(desk, provisioning)))
    assert (again["status"], again["wrong"], again["tries_left"]) == ("second_facteur", True, 4)
    desk.clock.advance(timedelta(seconds=30))
    assert (await desk.do(OpenSession(code=code, totp=now_digits(desk, provisioning))))["status"] == "ouverte"


async def test_an_unknown_address_gets_the_same_answer_and_no_link(desk):
    known = await desk.do(AskSignIn(email=EMAIL.upper()))
    said = len(await desk.said())
    assert await desk.do(AskSignIn(email="nobody@example.org")) == known
    assert len(await desk.said()) == said


async def test_five_links_in_a_quarter_of_an_hour_then_silence(desk):
    for _ in range(7):
        await desk.do(AskSignIn(email=EMAIL))
    assert len(await desk.facts(SignInAsked)) == 5
    desk.clock.advance(timedelta(minutes=15))
    await desk.do(AskSignIn(email=EMAIL))
    assert len(await desk.facts(SignInAsked)) == 6


async def test_five_links_when_they_are_asked_together(desk):
    await desk.do_many([AskSignIn(email=EMAIL) for _ in range(8)])
    assert len(await desk.facts(SignInAsked)) == 5


async def test_a_code_opens_once(desk):
    code = await asked(desk)
    await enrol(desk, code)
    with pytest.raises(Conflict, match="déjà servi"):
        await desk.do(OpenSession(code=code))


async def test_the_same_command_sent_again_gives_the_same_session(desk):
    link = await desk.do(IssueSignIn(person="coord-a"))
    first = await desk.do(OpenSession(code=link["code"]), id="again")
    assert await desk.do(OpenSession(code=link["code"]), id="again") == first
    assert len(await desk.facts(SessionStarted)) == 1


async def test_a_code_expires(desk):
    code = await asked(desk)
    desk.clock.advance(timedelta(minutes=15))
    with pytest.raises(Conflict, match="plus valable"):
        await desk.do(OpenSession(code=code))


async def test_five_wrong_digits_void_a_code_even_sent_together(desk):
    code = await asked(desk)
    await desk.do(OpenSession(code=code))
    replies = await desk.do_many([OpenSession(code=code, totp="000000") for _ in range(7)])
    assert sorted(reply.result["tries_left"] for reply in replies if reply.result) == [0, 1, 2, 3, 4]
    with pytest.raises(Conflict, match="Trop"):
        await desk.do(OpenSession(code=code))


async def test_twenty_wrong_digits_in_a_day_close_sign_in_until_a_reset(desk):
    _, provisioning = await enrol(desk)
    for _ in range(4):
        desk.clock.advance(timedelta(minutes=16))
        code = await asked(desk)
        for _ in range(5):
            await desk.do(OpenSession(code=code, totp="no"))
    code = await asked(desk)
    with pytest.raises(Conflict, match="vingt-quatre"):
        await desk.do(OpenSession(code=code, totp=now_digits(desk, provisioning)))
    await desk.do(ResetSecondFactor(person="coord-a"), caller=COORD_A)
    await enrol(desk)


@pytest.mark.parametrize("forge", [lambda c: c[:-1] + "_", lambda c: "x" * 12 + c[12:], lambda c: c.split(".")[0]])
async def test_a_forged_code_is_refused(desk, forge):
    code = await asked(desk)
    with pytest.raises(NotFound):
        await desk.do(OpenSession(code=forge(code)))


async def test_no_code_is_a_bearer_and_no_session_is_a_code(desk):
    code = await asked(desk)
    assert await who(desk, code) is None
    session, _ = await enrol(desk, code)
    assert await who(desk, code) is None
    with pytest.raises(NotFound):
        await desk.do(OpenSession(code=session["token"]))


async def test_a_session_ends_after_twelve_hours(desk):
    session, _ = await enrol(desk)
    desk.clock.advance(timedelta(hours=12) - timedelta(seconds=1))
    assert await who(desk, session["token"])
    desk.clock.advance(timedelta(seconds=1))
    assert await who(desk, session["token"]) is None


async def test_duty_given_is_seen_by_a_session_already_open(desk):
    session, _ = await enrol(desk)
    await desk.do(ChangeDuty(role="coordinatrice", person="coord-b"), caller=COORD_A)
    assert (await who(desk, session["token"])).on_duty == ()


async def test_a_session_is_closed_by_its_holder_alone(desk):
    session, _ = await enrol(desk)
    command = CloseSession(token_sha256=signing.digest_of(session["token"]))
    with pytest.raises(NotFound):
        await desk.do(command, caller=person("coord-b", Role.COORDINATOR))
    await desk.do(command, caller=COORD_A)
    assert await who(desk, session["token"]) is None
    await desk.do(command, caller=COORD_A)


async def test_a_bearer_token_is_not_closed_as_a_session(desk):
    token = await desk.do(IssueToken(person="coord-a"))
    with pytest.raises(NotFound):
        await desk.do(CloseSession(token_sha256=signing.digest_of(token["token"])), caller=COORD_A)
    assert await who(desk, token["token"])


async def test_a_session_is_listed_and_revoked_like_a_token(desk):
    session, _ = await enrol(desk)
    token = await desk.do(IssueToken(person="coord-b"))
    await asked(desk)
    listed = await desk.ask(ListTokens(), caller=role_token(Role.COORDINATOR))
    assert {(item["id"], item["use"]) for item in listed["items"]} == {
        (session["id"], "session"),
        (token["id"], "jeton"),
    }
    only = await desk.ask(ListTokens(use="session", person="coord-a"), caller=role_token(Role.COORDINATOR))
    assert [item["id"] for item in only["items"]] == [session["id"]]
    await desk.do(RevokeToken(token=session["id"]), caller=COORD_A)
    assert await who(desk, session["token"]) is None


async def test_erasing_a_person_ends_everything(desk):
    email = "julie.maillard@cpts-nord-essonne.example.org"
    session, _ = await enrol(desk, await asked(desk, email))
    code = await asked(desk, email)
    await desk.do(ErasePerson(person="coord-b"), caller=COORD_A)
    assert await who(desk, session["token"]) is None
    with pytest.raises((Conflict, NotFound)):
        await desk.do(OpenSession(code=code))
    said = len(await desk.said())
    await desk.do(AskSignIn(email=email))
    assert len(await desk.said()) == said
    assert await desk.read(lambda session: session.execute(select(FactorRow)).all()) == []


async def test_a_lost_phone_is_reset_by_who_is_on_duty(desk):
    session, provisioning = await enrol(desk)
    for caller in (person("coord-b", Role.COORDINATOR), person("med-1", Role.PROFESSIONAL)):
        with pytest.raises(Forbidden):
            await desk.do(ResetSecondFactor(person="coord-a"), caller=caller)
    await desk.do(ResetSecondFactor(person="coord-a"), caller=COORD_A)
    assert await desk.facts(SecondFactorReset) == [SecondFactorReset(person="coord-a")]
    assert await who(desk, session["token"]) is None
    _, other = await enrol(desk)
    assert other != provisioning


async def test_a_link_shown_twice_shows_the_same_second_factor(desk):
    code = await asked(desk)
    first, second = [(await desk.do(OpenSession(code=code)))["provisioning"] for _ in range(2)]
    assert first == second


async def test_a_factor_confirmed_by_another_link_is_asked_for(desk):
    one, other = await asked(desk), await asked(desk)
    pending = (await desk.do(OpenSession(code=one)))["provisioning"]
    await enrol(desk, other)
    late = await desk.do(OpenSession(code=one, totp=now_digits(desk, pending, seconds=30)))
    assert (late["status"], late["wrong"]) == ("second_facteur", True)


async def test_no_secret_stands_in_the_database_nor_in_a_fact(desk):
    session, provisioning = await enrol(desk)
    code = await asked(desk)
    found = await dumped(desk)
    secret = parse_qs(urlsplit(provisioning).query)["secret"][0]
    for hidden in (session["token"], code, code.split(".")[1], secret):
        assert hidden not in found


async def test_a_factor_sealed_under_another_secret_lets_nobody_in(desk, settings):
    _, provisioning = await enrol(desk)
    other = settings.model_copy(update={"bus_secret": "changed"})
    desk.settings = other
    desk.around = desk.writer.around = replace(desk.around, settings=other)
    code = await asked(desk)
    with pytest.raises(Conflict, match="second facteur"):
        await desk.do(OpenSession(code=code, totp=now_digits(desk, provisioning)))


async def test_the_operator_s_link_opens_at_once_for_an_hour(desk):
    link = await desk.do(IssueSignIn(person="coord-b"))
    assert signing.verify(desk.settings, signing.SIGN_IN, link["code"]) == link["id"]
    desk.clock.advance(timedelta(minutes=59))
    assert (await desk.do(OpenSession(code=link["code"])))["status"] == "ouverte"
    late = await desk.do(IssueSignIn(person="coord-b"))
    desk.clock.advance(timedelta(hours=1))
    with pytest.raises(Conflict):
        await desk.do(OpenSession(code=late["code"]))


async def test_only_the_platform_makes_such_links_and_opens_sessions(desk):
    for command in (IssueSignIn(person="coord-a"), AskSignIn(email=EMAIL), OpenSession(code="x.y")):
        with pytest.raises(Forbidden):
            await desk.do(command, caller=COORD_A)


async def test_an_exercise_session_stands_for_the_same_person_over_there(desk):
    opened = await desk.do(OpenExerciseSession(), caller=COORD_A)
    found = await who(desk, opened["token"])
    assert (found.id, found.territories, opened["territory"]) == ("coord-a", (EXERCISE,), EXERCISE)
    assert (await desk.said())[-1].territory == EXERCISE


async def test_who_is_not_enrolled_in_the_exercise_has_no_session_there(desk):
    await desk.do(EnrollPerson(person="coord-c", name="Léa", roles=(Role.COORDINATOR,)), caller=COORD_A)
    with pytest.raises(NotFound, match="exercice"):
        await desk.do(OpenExerciseSession(), caller=person("coord-c", Role.COORDINATOR))


async def test_a_personal_link_opens_no_exercise_session(desk):
    with pytest.raises(Forbidden):
        await desk.do(OpenExerciseSession(), caller=person("president", Role.PROFESSIONAL))


async def test_old_sessions_are_erased_at_the_next_one(desk):
    for _ in range(3):
        code = (await desk.do(IssueSignIn(person="coord-a")))["code"]
        session = await desk.do(OpenSession(code=code))
        desk.clock.advance(timedelta(days=31))
    found = await dumped(desk)
    assert found.count("'session'") == 1
    assert session["id"] in found
