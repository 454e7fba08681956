"""Sending for real on loopback: SMTP, an SMS gateway and a webhook; failures, doubts and retries."""

import base64
import re
from datetime import UTC, datetime, timedelta

import pytest

from contracts.access import IssueLink
from contracts.base import Role, Text, TextRef, TextsFound
from contracts.digests import AskDigest, DigestValidated, Document
from contracts.directory import Contact, ContactsFound, HowToReach
from contracts.levels import CrisisClosed
from contracts.logbook import AskTexts
from contracts.messages import (
    AcknowledgeMessage,
    AskLink,
    DraftPosted,
    DraftPrepared,
    ListDrafts,
    ListMessages,
    MessageAcknowledged,
    MessageFailed,
    MessageSent,
    MessageUncertain,
    PostDraft,
)
from services.messages import SERVICE
from services.messages.sending import claim_next
from services.platform.errors import Conflict, Forbidden, Invalid, NotFound
from services.platform.testing import person

EXERCISE = "nord-essonne~exercice"
COORD = person("coord-a", Role.COORDINATOR, on_duty=("coordinatrice",))
OFF_DUTY = person("coord-b", Role.COORDINATOR)


def utc(hour, minute=0, day=27):
    return datetime(2026, 6, day, hour - 2, minute, tzinfo=UTC)


async def items(desk):
    return (await desk.ask(ListMessages()))["items"]


async def drafts(desk):
    return (await desk.ask(ListDrafts()))["items"]


def plain(text):
    return text.replace("\u00a0", " ").replace("\u202f", " ").replace("’", "'")


async def send_all(desk):
    for _ in range(40):
        if not await desk.read(SERVICE.backlog):
            return
        await desk.run_once()
    raise AssertionError("still something to send")


def code_in(text):
    return re.search(r"/a/([\w-]{16})", text).group(1)


async def test_the_person_on_duty_is_told_by_sms_and_mail_and_answers_by_the_link(
    desk, facts, mailbox, gateway, settings_with
):
    settings_with(desk, mail_url=mailbox.url, sms_url=f"json://127.0.0.1:{gateway.port}/sms")
    desk.answers[AskTexts] = lambda question: TextsFound(
        texts=tuple(Text(id=i, salt="", text="Vigilance rouge demain") for i in question.ids)
    )
    await desk.hear(facts.raised())
    await send_all(desk)
    path, body = gateway.calls[0]
    assert path == "/sms/+33639980001"
    assert body["message"].startswith("Tocsin : vigilance rouge canicule. Répondre : http://127.0.0.1:8000/a/")
    assert len(body["message"]) <= 160
    recipients, mail = mailbox.mails[0]
    assert recipients == ["coord-a@cpts.example"]
    assert mail["Subject"] == "Tocsin : vigilance rouge canicule"
    text = plain(mail.get_body(("plain",)).get_content())
    assert "« Vigilance rouge demain »" in text
    await _follow(desk, code_in(body["message"]), code_in(text))


async def _follow(desk, from_sms, from_mail):
    assert from_sms != from_mail
    before = await desk.ask(AskLink(code=from_sms))
    assert (before["person"], before["about"], before["acknowledged"]) == ("coord-a", "a1", False)
    answer = await desk.do(AcknowledgeMessage(code=from_sms))
    assert (answer["by"], answer["about"]) == ("coord-a", "a1")
    assert (await desk.ask(AskLink(code=from_sms)))["acknowledged"] is True
    said = await desk.facts(MessageAcknowledged)
    assert [(fact.about, fact.by) for fact in said] == [("a1", "coord-a")]
    assert (await desk.said())[-1].author == "coord-a"
    await desk.tick(at=utc(9))
    await send_all(desk)
    assert len(await desk.facts(MessageSent)) == 2
    assert {row["state"] for row in await items(desk)} == {"lu", "parti"}


async def test_a_link_dies_after_a_week(desk, facts, gateway, settings_with):
    settings_with(desk, sms_url=f"json://127.0.0.1:{gateway.port}")
    await desk.hear(facts.raised())
    await send_all(desk)
    desk.clock.advance(timedelta(days=8))
    code = code_in(gateway.calls[0][1]["message"])
    assert (await desk.ask(AskLink(code=code)))["message"] == ""
    with pytest.raises(NotFound):
        await desk.do(AcknowledgeMessage(code=code))


async def test_no_code_and_no_address_stands_in_the_database(desk, facts, gateway, settings_with):
    settings_with(desk, sms_url=f"json://127.0.0.1:{gateway.port}")
    await desk.hear(facts.raised())
    await send_all(desk)
    code = code_in(gateway.calls[0][1]["message"])
    dump = await desk.read(
        lambda session: repr(
            [
                session.connection().exec_driver_sql(f"SELECT * FROM {table.__tablename__}").fetchall()  # noqa: S608
                for table in SERVICE.owns
            ]
        )
    )
    told = "".join(envelope.model_dump_json() for envelope in await desk.said())
    for secret in (code, "98 00 01", "+33639980001", "coord-a@"):
        assert secret not in dump
        assert secret not in told


async def test_the_second_channel_is_the_person_s_own(desk, facts, gateway, settings_with):
    own = f"json://127.0.0.1:{gateway.port}/crochet"
    contact = Contact(person="coord-a", phone="0639980001", channels=(own,))
    desk.answers[HowToReach] = lambda question: ContactsFound(contacts={"coord-a": (contact,)})
    settings_with(desk, sms_url=f"json://127.0.0.1:{gateway.port}/sms")
    await desk.hear(facts.raised())
    await send_all(desk)
    await desk.tick(minutes=20)
    await send_all(desk)
    assert [path for path, _ in gateway.calls] == ["/sms/+33639980001", "/crochet"]
    assert [fact.channel for fact in await desk.facts(MessageSent)] == ["sms", "webhook"]


async def test_without_a_second_channel_the_sms_goes_again(desk, facts, gateway, settings_with):
    settings_with(desk, sms_url=f"json://127.0.0.1:{gateway.port}/sms")
    await desk.hear(facts.raised())
    await send_all(desk)
    await desk.tick(minutes=20)
    await send_all(desk)
    assert [path for path, _ in gateway.calls] == ["/sms/+33639980001"] * 2


async def test_professionals_are_asked_without_address_or_name(desk, facts, gateway, settings_with):
    settings_with(desk, sms_url=f"json://127.0.0.1:{gateway.port}", public_url="https://crise.example")
    await desk.hear(facts.needed(asked=("idel-1",)))
    await send_all(desk)
    asked = next(body["message"] for path, body in gateway.calls if path.endswith("11"))
    assert asked == (
        "Certificat de décès demandé à Athis-Mons, domicile. Répondre : https://crise.example/p/neuf-idel-1.signature"
    )


async def test_who_has_no_page_still_has_a_link_to_answer(desk, facts, gateway, settings_with):
    settings_with(desk, sms_url=f"json://127.0.0.1:{gateway.port}", public_url="https://crise.example")
    desk.answers[IssueLink] = refused
    await desk.hear(facts.needed(asked=("idel-1",)))
    await send_all(desk)
    asked = next(body["message"] for path, body in gateway.calls if path.endswith("11"))
    sentence, link = asked.split(" https://crise.example/a/")
    assert sentence == "Certificat de décès demandé à Athis-Mons, domicile. Répondre :"
    assert (await desk.ask(AskLink(code=link)))["person"] == "idel-1"


def refused(_):
    raise Invalid("« idel-1 » n'est pas inscrit comme professionnel.")


async def test_without_a_mail_server_it_says_so_at_once_and_once(desk, facts):
    await desk.hear(facts.raised())
    await send_all(desk)
    await desk.tick(minutes=5)
    await send_all(desk)
    failed = await desk.facts(MessageFailed)
    assert [fact.reason for fact in failed] == [
        "Aucun serveur de courriel n'est réglé (TOCSIN_MAIL_URL) : message non envoyé"
    ]
    row = (await items(desk))[0]
    assert (row["state"], row["error"]) == ("echec", failed[0].reason)


async def test_a_refusing_server_is_tried_three_times(desk, facts, mailbox, settings_with):
    settings_with(desk, mail_url=mailbox.url)
    mailbox.refuse = True
    await desk.hear(facts.raised())
    await desk.run_once()
    assert await desk.read(SERVICE.next_due) == desk.clock.now() + timedelta(seconds=30)
    assert await desk.facts(MessageFailed) == []
    for seconds in (29, 1, 119, 1, 600):
        desk.clock.advance(timedelta(seconds=seconds))
        await desk.run_once()
    failed = await desk.facts(MessageFailed)
    assert len(failed) == 1
    assert "TOCSIN_MAIL_URL" in failed[0].reason
    assert mailbox.mails == []


async def test_a_server_that_comes_back_gets_the_message_once(desk, facts, mailbox, settings_with):
    settings_with(desk, mail_url=mailbox.url)
    mailbox.refuse = True
    await desk.hear(facts.raised())
    await desk.run_once()
    mailbox.refuse = False
    desk.clock.advance(timedelta(seconds=30))
    await desk.run_once()
    await desk.run_once()
    assert len(mailbox.mails) == 1
    assert (await items(desk))[0]["state"] == "parti"


async def test_a_directory_that_does_not_answer_is_asked_again(desk, facts, mailbox, settings_with):
    settings_with(desk, mail_url=mailbox.url)
    reach = desk.answers.pop(HowToReach)
    await desk.hear(facts.raised())
    await desk.run_once()
    desk.answers[HowToReach] = reach
    desk.clock.advance(timedelta(seconds=30))
    await desk.run_once()
    assert len(mailbox.mails) == 1


async def test_a_stop_between_sending_and_noting_is_uncertain_and_not_sent_again(desk, facts, mailbox, settings_with):
    settings_with(desk, mail_url=mailbox.url)
    await desk.hear(facts.raised())
    await desk.transact(claim_next)
    assert await desk.read(SERVICE.backlog) == 1
    for starter in SERVICE.starters:
        await desk.transact(starter)
    await desk.run_once()
    assert len(await desk.facts(MessageUncertain)) == 1
    row = (await items(desk))[0]
    assert row["state"] == "incertain"
    assert "peut-être parti" in row["error"]
    assert mailbox.mails == []
    assert await desk.read(SERVICE.backlog) == 0


async def test_a_sending_that_could_not_be_noted_is_said_uncertain(desk, facts, mailbox, settings_with):
    settings_with(desk, mail_url=mailbox.url)
    await desk.hear(facts.raised())
    await desk.transact(claim_next)
    await desk.tick(minutes=4)
    assert await desk.facts(MessageUncertain) == []
    await desk.tick(minutes=1)
    await desk.tick(minutes=1)
    assert len(await desk.facts(MessageUncertain)) == 1


async def test_a_person_without_number_fails_with_what_to_do(desk, facts, gateway, settings_with):
    settings_with(desk, sms_url=f"json://127.0.0.1:{gateway.port}")
    desk.answers[HowToReach] = lambda question: ContactsFound(contacts={"coord-a": (Contact(person="coord-a"),)})
    await desk.hear(facts.raised())
    await desk.run_once()
    assert (await desk.facts(MessageFailed))[0].reason == (
        "Aucun numéro de téléphone dans l'annuaire pour « coord-a »."
    )


def document(question):
    media = {"html": "text/html", "pdf": "application/pdf", "txt": "text/plain"}[question.form]
    body = {"html": "<p>Point n° 6 — été</p>", "pdf": "%PDF-1.7 essai", "txt": "Point 6. Niveau 3."}[question.form]
    name = f"point-6-{question.version}.{question.form}"
    return Document(media_type=media, filename=name, body=base64.b64encode(body.encode()).decode())


async def test_the_point_goes_once_to_the_cell_and_to_duty(desk, facts, mailbox, gateway, settings_with):
    settings_with(desk, mail_url=mailbox.url, sms_url=f"json://127.0.0.1:{gateway.port}")
    desk.answers[AskDigest] = document
    await desk.hear(facts.published())
    await desk.hear(facts.published())
    await send_all(desk)
    to = [recipients[0] for recipients, _ in mailbox.mails]
    assert to == ["cellule@cpts-nord-essonne.example.org", "coord-a@cpts.example"]
    mail = mailbox.mails[0][1]
    assert plain(mail["Subject"]) == "Point de situation n° 6, jeudi 2 juillet – CPTS Nord-Essonne"
    assert "été" in mail.get_body(("html",)).get_content()
    joined = next(iter(mail.iter_attachments()))
    assert (joined.get_filename(), joined.get_content()) == ("point-6-interne.pdf", b"%PDF-1.7 essai")
    assert [body["message"] for _, body in gateway.calls] == ["Point 6. Niveau 3."]


async def test_the_outside_version_goes_to_the_authorities_when_validated(desk, facts, mailbox, settings_with):
    settings_with(desk, mail_url=mailbox.url)
    desk.answers[AskDigest] = document
    await desk.hear(facts.published(DigestValidated, by="referent"))
    await send_all(desk)
    recipients = desk.territories["nord-essonne"].recipients
    assert len(mailbox.mails) == len(recipients.ars) + len(recipients.samu) + len(recipients.mairies)
    joined = {next(iter(mail.iter_attachments())).get_filename() for _, mail in mailbox.mails}
    assert joined == {"point-6-externe.pdf"}
    assert all("@" not in envelope.model_dump_json() for envelope in await desk.said())


async def test_the_point_of_an_exercise_reaches_nobody(desk, facts, mailbox, settings_with):
    settings_with(desk, mail_url=mailbox.url, sms_url="json://127.0.0.1:9")
    await desk.hear(facts.published(), territory=EXERCISE)
    await desk.hear(facts.published(DigestValidated, by="referent"), territory=EXERCISE)
    await send_all(desk)
    sent = [(fact.to, fact.channel) for fact in await desk.facts(MessageSent)]
    assert sent == [(to, "exercice") for to in ("cellule", "coord-a", "referent", "ars", "samu", "mairies")]
    assert mailbox.mails == []


async def test_a_higher_level_prepares_a_text_and_nothing_leaves(desk, facts):
    await desk.hear(facts.changed())
    prepared = (await desk.facts(DraftPrepared))[0]
    assert (prepared.groups, prepared.level) == (("msp", "idel", "officines"), 1)
    draft = (await drafts(desk))[0]
    assert (draft["id"], draft["about"], draft["posted"]) == (prepared.draft, "x1", [])
    assert "canicule, niveau 1" in plain(draft["body"])
    assert await items(desk) == []
    await desk.hear(facts.changed(level=1, from_level=2, version=2))
    assert len(await drafts(desk)) == 1


async def test_posting_says_who_where_and_when(desk, facts):
    await desk.hear(facts.changed())
    draft = (await drafts(desk))[0]["id"]
    await desk.do(PostDraft(draft=draft, where="Signal, groupe des médecins", at=utc(6, 0)), caller=COORD)
    posted = (await desk.facts(DraftPosted))[0]
    assert (posted.by, posted.where, posted.at) == ("coord-a", "Signal, groupe des médecins", utc(6))
    assert (await drafts(desk))[0]["posted"][0]["where"] == "Signal, groupe des médecins"


REFUSED = [
    ({"draft": "inconnu", "where": "Signal"}, COORD, NotFound),
    ({"where": "Signal"}, OFF_DUTY, Forbidden),
    ({"where": "Signal", "at": utc(12)}, COORD, Invalid),
]


@pytest.mark.parametrize(("fields", "caller", "refusal"), REFUSED, ids=["unknown", "off duty", "in the future"])
async def test_what_is_refused_changes_nothing(desk, facts, fields, caller, refusal):
    await desk.hear(facts.changed())
    draft = (await drafts(desk))[0]["id"]
    with pytest.raises(refusal):
        await desk.do(PostDraft(**({"draft": draft} | fields)), caller=caller)
    assert await desk.facts(DraftPosted) == []


async def test_a_text_let_go_reaches_each_member_by_mail_once(desk, facts, mailbox, settings_with):
    settings_with(desk, mail_url=mailbox.url)
    await desk.hear(facts.changed())
    draft = (await drafts(desk))[0]["id"]
    await desk.do(PostDraft(draft=draft, where="courriel", send=True), caller=COORD)
    with pytest.raises(Conflict):
        await desk.do(PostDraft(draft=draft, where="courriel", send=True), caller=COORD)
    await send_all(desk)
    assert [recipients for recipients, _ in mailbox.mails] == [["med-1@cabinet.example"]]
    assert "canicule, niveau 1" in plain(mailbox.mails[0][1].get_body(("plain",)).get_content())
    failed = {fact.to for fact in await desk.facts(MessageFailed)}
    assert failed == {"idel-1", "groupe:officines"}


async def test_the_end_of_a_crisis_prepares_its_message(desk, facts):
    closed = CrisisClosed(crisis="x1", version=6, playbook="canicule", opened_at=utc(8), closed_at=utc(12, day=28))
    await desk.hear(closed)
    draft = (await drafts(desk))[0]
    assert draft["subject"] == "Canicule : fin de l'épisode"
    assert "dimanche 28 juin à 12 h 00" in plain(draft["body"])


async def test_the_words_of_a_call_stay_on_the_desk(desk, facts, mailbox, settings_with):
    settings_with(desk, mail_url=mailbox.url)

    def refuse(_):
        raise AssertionError("the words of a call were asked for")

    desk.answers[AskTexts] = refuse
    call = {"function": "médecin régulateur", "at": utc(6), "verified": True}
    await desk.hear(facts.raised(kind="samu", requests=TextRef(id="t3", sha256="0"), reported_by=call))
    await send_all(desk)
    assert mailbox.mails[0][1]["Subject"] == "Tocsin : demande du SAMU"
