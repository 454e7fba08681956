"""Places asked of professionals: one message each, the words, the page where they answer, the quiet hours."""

from datetime import UTC, datetime

import pytest

from contracts.access import IssueLink
from contracts.base import Page, Text
from contracts.certificates import DeathCertificateNeeded
from contracts.directory import ListTokens
from contracts.messages import ListMessages, MessageFailed, MessageSent
from contracts.solicitations import PlacesSolicited, SolicitationAnswered, SolicitationClosed
from services.messages import SERVICE
from services.platform import signing

EXERCISE = "nord-essonne~exercice"


def utc(hour, minute=0, day=27):
    return datetime(2026, 6, day, hour - 2, minute, tzinfo=UTC)


def solicited(model=PlacesSolicited, **changes):
    fields = {
        "solicitation": "s1", "version": 1, "groups": ("medecins",), "communes": ("91027",), "starts_at": utc(14),
        "ends_at": utc(18), "places": 6, "mode": "visite",
    }  # fmt: skip
    return model(**(fields | changes))


def asked(**changes):
    fields = {"addressees": ("med-1", "idel-1"), "text": {"id": "t9", "sha256": "0"}}
    return solicited(**(fields | changes))


def plain(text):
    return text.replace("\u00a0", " ").replace("\u202f", " ").replace("’", "'")


async def send_all(desk):
    for _ in range(40):
        if not await desk.read(SERVICE.backlog):
            return
        await desk.run_once()
    raise AssertionError("still something to send")


async def items(desk):
    return {item["to"]: item for item in (await desk.ask(ListMessages()))["items"]}


@pytest.fixture
def by_day(desk, mailbox, gateway, settings_with):
    """The desk at nine in the morning, both servers set, the coordinator's words known to the slots."""
    settings_with(
        desk, mail_url=mailbox.url, sms_url=f"json://127.0.0.1:{gateway.port}", public_url="https://crise.example"
    )
    desk.texts["t9"] = Text(id="t9", salt="", text="Surveillance à domicile ce soir")
    desk.clock.set(utc(9))
    return desk


async def test_an_email_with_the_words_and_the_page_else_an_sms(by_day, mailbox, gateway):
    await by_day.hear(asked())
    await send_all(by_day)
    ((_, mail),) = mailbox.mails
    body = plain(mail.get_content())
    assert "6 places en visite à pourvoir" in plain(mail["subject"])
    assert body.startswith("« Surveillance à domicile ce soir »")
    assert "cherche 6 places en visite, samedi 27 juin de 14 h 00 à 18 h 00 (Athis-Mons)" in body
    assert "https://crise.example/p/neuf-med-1.signature" in body
    ((path, sms),) = gateway.calls
    assert path.endswith("11")
    assert sms["message"] == (
        "Tocsin : 6 places en visite, samedi 27 juin de 14 h 00 à 18 h 00. "
        "Répondre : https://crise.example/p/neuf-idel-1.signature"
    )
    sent = {fact.to: (fact.channel, fact.about) for fact in await by_day.facts(MessageSent)}
    assert sent == {"med-1": ("email", "s1"), "idel-1": ("sms", "s1")}


async def test_the_page_already_given_is_given_again(by_day, mailbox):
    made = []
    by_day.answers[IssueLink] = made.append
    rows = [{"id": "fini", "expires_at": utc(10).isoformat()}, {"id": "bon", "expires_at": utc(9, day=30).isoformat()}]
    by_day.answers[ListTokens] = lambda question: Page(items=rows) if question.person == "med-1" else Page()
    await by_day.hear(asked(addressees=("med-1",)))
    await send_all(by_day)
    ((_, mail),) = mailbox.mails
    code = signing.sign(by_day.settings, signing.PROFESSIONAL, "bon")
    assert f"https://crise.example/p/{code}" in mail.get_content()
    assert made == []


async def test_the_certificate_message_leads_to_the_page_too(by_day, facts, mailbox, settings_with):
    settings_with(by_day, mail_url=mailbox.url, sms_url="", public_url="https://crise.example")
    await by_day.hear(facts.needed(DeathCertificateNeeded, asked=("med-1",)))
    await send_all(by_day)
    body = next(mail.get_content() for to, mail in mailbox.mails if to == ["med-1@cabinet.example"])
    assert "https://crise.example/p/neuf-med-1.signature" in body
    assert "https://crise.example/a/" in body


async def test_nobody_is_woken(desk, mailbox, settings_with):
    settings_with(desk, mail_url=mailbox.url)  # 06:00
    await desk.hear(asked(addressees=("med-1",), text=None))
    await desk.run_once()
    assert mailbox.mails == []
    desk.clock.set(utc(7))
    await send_all(desk)
    assert len(mailbox.mails) == 1


@pytest.mark.parametrize(
    ("fact", "left"),
    [
        (solicited(SolicitationAnswered, person="med-1", answer="oui", entered_by="coord-a"), ["idel-1"]),
        (solicited(SolicitationClosed, ending="close"), []),
    ],
    ids=["one answered by phone", "closed"],
)
async def test_what_has_not_left_is_dropped_when_not_needed(desk, fact, left):
    await desk.hear(asked())
    await desk.hear(fact)
    assert [to for to, item in (await items(desk)).items() if item["state"] == "en_attente"] == left


async def test_each_is_written_to_once(by_day, mailbox):
    await by_day.hear(asked(addressees=("med-1",)))
    await by_day.hear(asked(addressees=("med-1",)))
    await send_all(by_day)
    assert len(mailbox.mails) == 1


async def test_without_an_address_or_a_server_it_says_what_to_do(by_day, settings_with):
    await by_day.hear(asked(addressees=("idel-1",)))
    settings_with(by_day, mail_url="mailto://127.0.0.1:1", sms_url="")
    await send_all(by_day)
    settings_with(by_day, mail_url="", sms_url="")
    await by_day.hear(asked(solicitation="s2", addressees=("med-1",)))
    await send_all(by_day)
    reasons = [fact.reason for fact in await by_day.facts(MessageFailed)]
    assert "complétez l'annuaire" in reasons[0]
    assert "TOCSIN_MAIL_URL" in reasons[1]


async def test_an_exercise_writes_to_nobody(by_day, mailbox, gateway):
    await by_day.hear(asked(), territory=EXERCISE)
    await send_all(by_day)
    assert (mailbox.mails, gateway.calls) == ([], [])
    assert {fact.channel for fact in await by_day.facts(MessageSent)} == {"exercice"}
