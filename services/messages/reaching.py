"""Addresses and contents, asked for at sending time and forgotten after: neither is ever stored here."""

from __future__ import annotations

import base64
from typing import Protocol

from contracts.base import TextsFound
from contracts.digests import AskDigest, Document
from contracts.directory import Contact, ContactsFound, HowToReach
from contracts.logbook import AskTexts
from contracts.statements import AskStatement
from services.messages import channels, decide, words
from services.platform import french
from services.platform.errors import Refused
from services.platform.unit import Worker

GROUP = "groupe:"


class Unreachable(Exception):
    """No address, or no server is set: trying again would change nothing. The message says what to do."""


class Sendable(Protocol):
    """What of a claimed message this module reads."""

    @property
    def territory(self) -> str: ...  # noqa: D102
    @property
    def category(self) -> str: ...  # noqa: D102
    @property
    def to(self) -> str: ...  # noqa: D102
    @property
    def channel(self) -> str: ...  # noqa: D102
    @property
    def words(self) -> words.Words: ...  # noqa: D102
    @property
    def link(self) -> str: ...  # noqa: D102
    @property
    def page(self) -> str: ...  # noqa: D102


async def members(worker: Worker, claim: Sendable) -> tuple[str, ...]:
    """Persons of a group."""
    group = claim.to.removeprefix(GROUP)
    found = await worker.ask(HowToReach(targets=(group,)), ContactsFound, territory=claim.territory)
    return tuple(dict.fromkeys(contact.person for contact in found.contacts.get(group, ())))


async def deliver(worker: Worker, claim: Sendable) -> str:
    """Send and give the channel that took it. Raises ``Unreachable``, ``NotTaken``, ``Unknown`` or a refusal."""
    if claim.category in {decide.PLACES, decide.SIGN_IN, decide.PAGE}:
        return await _by_mail_else_sms(worker, claim)
    if claim.channel == decide.EMAIL and not worker.settings.mail_url:
        raise Unreachable(channels.NO_MAIL)
    if claim.channel == decide.SMS and not worker.settings.sms_url:
        raise Unreachable(channels.NO_SMS)
    contact = await _contact(worker, claim)
    if claim.channel == decide.SECOND:
        return await _second_channel(worker, claim, contact)
    if claim.channel == decide.SMS:
        return await _by_sms(worker, claim, contact)
    return await _by_mail(worker, claim, contact)


async def _contact(worker: Worker, claim: Sendable) -> Contact:
    if "#" in claim.to:
        return _recipient(worker, claim)
    found = await worker.ask(HowToReach(targets=(claim.to,)), ContactsFound, territory=claim.territory)
    contacts = found.contacts.get(claim.to, ())
    if not contacts:
        raise Unreachable(f"« {claim.to} » n'est pas dans l'annuaire, ou ses coordonnées ont été effacées.")
    return contacts[0]


def _recipient(worker: Worker, claim: Sendable) -> Contact:
    kind, rank = claim.to.split("#")
    addresses = getattr(worker.territories[claim.territory].recipients, kind, ())
    if int(rank) > len(addresses):
        raise Unreachable(f"Le destinataire « {claim.to} » n'est plus réglé dans le territoire.")
    return Contact(person=claim.to, email=addresses[int(rank) - 1])


def email_of(contact: Contact) -> str | None:
    """The person's e-mail address, from their entry or their channels."""
    listed = (channel.removeprefix("mailto:") for channel in contact.channels if _is_bare(channel, "mailto:"))
    return contact.email or next(listed, None)


def phone_of(contact: Contact) -> str | None:
    """The person's number, from their entry or their channels."""
    listed = (channel for channel in contact.channels if _is_bare(channel, "sms:") or _is_bare(channel, "tel:"))
    return contact.phone or next(listed, None)


def others_of(contact: Contact) -> list[str]:
    """Channels of their own (webhook, Signal…), in the order they are tried."""
    return [channel for channel in contact.channels if "://" in channel]


def _is_bare(channel: str, scheme: str) -> bool:
    return channel.startswith(scheme) and "://" not in channel


async def _second_channel(worker: Worker, claim: Sendable, contact: Contact) -> str:
    """The person's own channels in turn; without any, the SMS again, else the e-mail again."""
    subject, text = claim.words["subject"], _linked(claim, claim.words["text"])
    own = others_of(contact)
    for rank, url in enumerate(own, start=1):
        try:
            await channels.send_other(url, subject, text)
        except channels.NotTaken:
            if rank == len(own):
                raise
        else:
            return decide.WEBHOOK
    if worker.settings.sms_url and phone_of(contact):
        return await _by_sms(worker, claim, contact)
    if not worker.settings.mail_url:
        raise Unreachable(channels.NO_MAIL)
    return await _by_mail(worker, claim, contact)


async def _by_mail_else_sms(worker: Worker, claim: Sendable) -> str:
    """An e-mail, which carries the coordinator's words; an SMS to who has no address."""
    settings = worker.settings
    if not settings.mail_url and not settings.sms_url:
        raise Unreachable(channels.NO_MAIL)
    contact = await _contact(worker, claim)
    if settings.mail_url and email_of(contact):
        return await _by_mail(worker, claim, contact)
    if settings.sms_url and phone_of(contact):
        return await _by_sms(worker, claim, contact)
    raise Unreachable(f"« {claim.to} » n'a ni adresse de courriel ni numéro par où écrire ; complétez l'annuaire.")


async def _by_sms(worker: Worker, claim: Sendable, contact: Contact) -> str:
    phone = phone_of(contact)
    if not phone:
        raise Unreachable(f"Aucun numéro de téléphone dans l'annuaire pour « {claim.to} ».")
    text = str(claim.words["sms"])
    if "digest" in claim.words:
        text = (await _document(worker, claim, "txt")).content.decode()
    # One segment has room for one link: the page where they answer is worth more than a receipt.
    link = claim.page or claim.link
    text = text if link else text.removesuffix(" Répondre :")
    await channels.send_sms(worker.settings.sms_url, phone, words.one_segment(text, link))
    return decide.SMS


async def _by_mail(worker: Worker, claim: Sendable, contact: Contact) -> str:
    address = email_of(contact)
    if not address:
        raise Unreachable(f"Aucune adresse de courriel dans l'annuaire pour « {claim.to} ».")
    server, subject = worker.settings.mail_url, str(claim.words["subject"])
    if "digest" in claim.words:
        page, joined = await _document(worker, claim, "html"), await _document(worker, claim, "pdf")
        body = page.content.decode()
        await channels.send_mail(server, address, subject, body, html=True, attachments=(joined,))
        return decide.EMAIL
    text = _linked(claim, await _with_words(worker, claim))
    page_joined = (await _statement(worker, claim),) if "statement" in claim.words else ()
    await channels.send_mail(server, address, subject, text, attachments=page_joined)
    return decide.EMAIL


def _linked(claim: Sendable, text: str) -> str:
    if claim.category in {decide.ASKED, decide.PLACES}:
        return words.asked_link(french.insecable(text), claim.link, claim.page)
    if "after" in claim.words:
        return "\n\n".join((french.insecable(text), claim.page, french.insecable(str(claim.words["after"]))))
    return words.with_link(french.insecable(text), claim.link)


async def _with_words(worker: Worker, claim: Sendable) -> str:
    """The text, with what the coordinator wrote when places are asked for; an erased text is left out."""
    written = claim.words.get("solicited")
    if not written:
        return await _with_headline(worker, claim)
    found = await worker.ask_texts("slots", (written,), territory=claim.territory)
    return "\n\n".join([*(f"« {text.text} »" for text in found.values()), str(claim.words["text"])])


async def _with_headline(worker: Worker, claim: Sendable) -> str:
    """The text, with the sender's own title when the logbook can give it; a call does not wait for it."""
    text, headline = str(claim.words["text"]), claim.words.get("headline")
    if not headline:
        return text
    try:
        found = await worker.ask(AskTexts(ids=(headline,)), TextsFound, territory=claim.territory)
    except Refused:
        return text
    return "\n\n".join([*(f"« {title.text} »" for title in found.texts), text])


async def _document(worker: Worker, claim: Sendable, form: str) -> channels.Attachment:
    question = AskDigest.model_validate(
        {"digest": claim.words["digest"], "form": form, "version": claim.words["version"]}
    )
    return await _joined(worker, claim, question)


async def _statement(worker: Worker, claim: Sendable) -> channels.Attachment:
    return await _joined(worker, claim, AskStatement(statement=claim.words["statement"]))


async def _joined(worker: Worker, claim: Sendable, question: AskDigest | AskStatement) -> channels.Attachment:
    found = await worker.ask(question, Document, territory=claim.territory)
    return channels.Attachment(found.filename, found.media_type, base64.b64decode(found.body))
