"""Sign-in links and personal pages: sent for real on loopback, their codes kept nowhere."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from contracts.access import ProfessionalLinkMade, SignInAsked
from contracts.messages import MessageFailed, MessageSent
from services.messages import SERVICE, decide
from services.platform import signing

HOME, EXERCISE = "nord-essonne", "nord-essonne~exercice"


async def send_all(desk):
    for _ in range(10):
        if not await desk.read(SERVICE.backlog):
            return
        await desk.run_once()
    raise AssertionError("still something to send")


def plain(text):
    return text.replace("\u00a0", " ").replace("\u202f", " ").replace("’", "'")


@pytest.fixture
def made(desk):
    end = desk.clock.now() + timedelta(days=30)
    return ProfessionalLinkMade(person="med-1", link="link00000001", expires_at=end, send=True)


async def test_the_link_is_mailed_at_once_even_in_the_quiet_hours(desk, mailbox, settings_with):
    settings_with(desk, mail_url=mailbox.url, public_url="https://tocsin.example/")
    await desk.hear(SignInAsked(person="coord-a", link="abc123def456"))
    await send_all(desk)
    recipients, mail = mailbox.mails[0]
    assert recipients == ["coord-a@cpts.example"]
    text = plain(mail.get_body(("plain",)).get_content())
    code = re.search(r"https://tocsin\.example/connexion/(\S+)", text).group(1)
    assert signing.verify(desk.settings, signing.SIGN_IN, code) == "abc123def456"
    assert "15 minutes" in text
    assert "Vous n'avez rien demandé ?" in text
    assert [fact.to for fact in await desk.facts(MessageSent)] == ["coord-a"]


async def test_who_has_no_address_gets_one_sms(desk, mailbox, gateway, settings_with):
    settings_with(
        desk,
        mail_url=mailbox.url,
        sms_url=f"json://127.0.0.1:{gateway.port}",
        public_url="https://tocsin.cpts-nord-essonne.example.org",
    )
    await desk.hear(SignInAsked(person="idel-1", link="abc123def456"))
    await send_all(desk)
    message = gateway.calls[0][1]["message"]
    assert len(message) <= 160
    assert signing.verify(desk.settings, signing.SIGN_IN, message.rsplit("/", 1)[1]) == "abc123def456"
    assert message.startswith("Tocsin : votre lien de connexion, valable 15 minutes : https://")
    assert mailbox.mails == []


def test_a_link_told_too_late_is_not_sent():
    asked = datetime(2026, 6, 27, 4, 0, tzinfo=UTC)
    assert not decide.sign_in_is_over(asked, asked + timedelta(minutes=14))
    assert decide.sign_in_is_over(asked, asked + timedelta(minutes=15))


async def test_no_code_stands_in_the_database(desk, mailbox, settings_with):
    settings_with(desk, mail_url=mailbox.url)
    await desk.hear(SignInAsked(person="coord-a", link="abc123def456"))
    await send_all(desk)
    code = signing.sign(desk.settings, signing.SIGN_IN, "abc123def456")
    tables = list(desk.database.tables)
    found = await desk.read(lambda session: repr([session.execute(table.select()).all() for table in tables]))
    assert "abc123def456" in found
    assert code.split(".")[1] not in found


async def test_without_a_server_it_is_said(desk):
    await desk.hear(SignInAsked(person="coord-a", link="l1"))
    await send_all(desk)
    assert [fact.to for fact in await desk.facts(MessageFailed)] == ["coord-a"]


async def test_a_personal_page_is_sent_when_asked_after_the_quiet_hours(desk, made, mailbox, settings_with):
    settings_with(desk, mail_url=mailbox.url)
    await desk.hear(made)
    await desk.hear(made.model_copy(update={"link": "other", "send": False}))
    await desk.run_once()
    assert mailbox.mails == []
    await desk.tick(hours=1)  # 07:00
    await send_all(desk)
    assert len(mailbox.mails) == 1
    text = plain(mailbox.mails[0][1].get_body(("plain",)).get_content())
    code = re.search(r"http://127\.0\.0\.1:8000/p/(\S+)", text).group(1)
    assert signing.verify(desk.settings, signing.PROFESSIONAL, code) == "link00000001"
    assert "lundi 27 juillet 2026" in text


async def test_nothing_leaves_in_an_exercise(desk, made, mailbox, settings_with):
    settings_with(desk, mail_url=mailbox.url)
    await desk.hear(made, territory=EXERCISE)
    await desk.hear(SignInAsked(person="coord-a", link="l1"), territory=EXERCISE)
    await send_all(desk)
    assert mailbox.mails == []
    assert [fact.channel for fact in await desk.facts(MessageSent)] == ["exercice", "exercice"]
