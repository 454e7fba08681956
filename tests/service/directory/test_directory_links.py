"""Personal links to a professional's page: who makes them, what they give, and how they end."""

from datetime import timedelta

import pytest

from contracts.access import AccessRevoked, IssueLink, ProfessionalLinkMade
from contracts.base import Principal, Role
from contracts.directory import AskOwnEntry, EnrollPerson, ErasePerson, IssueToken, RevokeToken, WhoCalls
from services.directory import SERVICE
from services.platform import signing
from services.platform.errors import Forbidden, Invalid, NotFound
from services.platform.testing import START, person

COORD_A = person("coord-a", Role.COORDINATOR, on_duty=("coordinatrice",))


@pytest.fixture
async def desk(desk_for):
    return await desk_for(SERVICE)


async def who(desk, code):
    found = await desk.ask(WhoCalls(token_sha256=signing.digest_of(code)))
    return found["use"], Principal.model_validate(found["principal"]) if found["principal"] else None


async def test_a_link_is_a_professional_and_never_on_duty(desk):
    link = await desk.do(IssueLink(person="referent"), caller=COORD_A)
    use, found = await who(desk, link["code"])
    assert use == "professionnel"
    assert (found.id, found.roles, found.on_duty) == ("referent", (Role.PROFESSIONAL,), ())
    assert signing.verify(desk.settings, signing.PROFESSIONAL, link["code"]) == link["id"]


async def test_it_is_told_without_its_code_and_lasts_thirty_days(desk):
    reply = await desk.reply(IssueLink(person="med-1"), caller=COORD_A)
    assert reply.created
    end = START + timedelta(days=30)
    made = ProfessionalLinkMade(person="med-1", link=reply.result["id"], expires_at=end)
    assert await desk.facts(ProfessionalLinkMade) == [made]
    assert reply.result["code"].split(".")[1] not in (await desk.said())[-1].model_dump_json()
    desk.clock.set(end)
    assert (await who(desk, reply.result["code"]))[1] is None


async def test_two_links_of_one_person_are_two(desk):
    one, two = [await desk.do(IssueLink(person="med-1"), caller=COORD_A) for _ in range(2)]
    await desk.do(RevokeToken(token=one["id"]), caller=COORD_A)
    assert (await who(desk, one["code"]))[1] is None
    assert (await who(desk, two["code"]))[1]


async def test_revoking_is_told_once(desk):
    link = await desk.do(IssueLink(person="med-1"), caller=COORD_A)
    token = await desk.do(IssueToken(role=Role.SAMU), caller=COORD_A)
    for access in (link["id"], link["id"], token["id"]):
        await desk.do(RevokeToken(token=access), caller=COORD_A)
    assert await desk.facts(AccessRevoked) == [
        AccessRevoked(access=link["id"], use="professionnel", person="med-1"),
        AccessRevoked(access=token["id"], use="jeton", person=None),
    ]


async def test_who_may_make_one_and_for_whom(desk):
    for caller in (person("coord-b", Role.COORDINATOR), person("med-1", Role.PROFESSIONAL)):
        with pytest.raises(Forbidden):
            await desk.do(IssueLink(person="med-1"), caller=caller)
    with pytest.raises(Invalid, match="professionnel"):
        await desk.do(IssueLink(person="coord-b"), caller=COORD_A)
    with pytest.raises(NotFound):
        await desk.do(IssueLink(person="nobody"), caller=COORD_A)
    with pytest.raises(Invalid, match="un an"):
        await desk.do(IssueLink(person="med-1", expires_at=START + timedelta(days=366)), caller=COORD_A)


async def test_who_is_erased_or_no_longer_a_professional_has_no_page(desk):
    gone = await desk.do(IssueLink(person="med-1"), caller=COORD_A)
    changed = await desk.do(IssueLink(person="med-2"), caller=COORD_A)
    await desk.do(ErasePerson(person="med-1"), caller=COORD_A)
    await desk.do(EnrollPerson(person="med-2", name="Samir", roles=(Role.READER,)), caller=COORD_A)
    assert (await who(desk, gone["code"]))[1] is None
    assert (await who(desk, changed["code"]))[1] is None


async def test_a_personal_link_that_is_over_says_why_and_nothing_else(desk):
    made = await desk.do(IssueLink(person="med-1"), caller=COORD_A)
    digest = signing.digest_of(made["code"])
    assert (await desk.ask(WhoCalls(token_sha256=digest)))["over"] == ""
    await desk.do(RevokeToken(token=made["id"]), caller=COORD_A)
    found = await desk.ask(WhoCalls(token_sha256=digest))
    assert (found["principal"], found["use"], found["over"]) == (None, "professionnel", "revoque")
    assert found["territory"] == "nord-essonne"


async def test_a_professional_reads_their_own_entry_without_contacts(desk):
    me = Principal(id="med-1", kind="person", roles=(Role.PROFESSIONAL,), territories=("nord-essonne",))
    found = await desk.ask(AskOwnEntry(), caller=me)
    assert (found["person"], found["profession"]) == ("med-1", "medecin")
    assert found["structure"]["structure"] == "msp-paray"
    assert found["structure"]["reporting"]["indicators"]
    assert not {"email", "phone", "channels"} & set(found)
    with pytest.raises(NotFound):
        await desk.ask(AskOwnEntry(), caller=me.model_copy(update={"id": "role:professional", "kind": "role"}))
