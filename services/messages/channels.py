"""The way out: SMTP, SMS gateways and webhooks, all through Apprise. Nothing here knows the database."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import apprise
from apprise.attachment.memory import AttachMemory

#: Past this the outcome is unknown: the server may have taken the message.
PATIENCE_SECONDS = 60.0
RECIPIENT = "{to}"

NO_MAIL = "Aucun serveur de courriel n'est réglé (TOCSIN_MAIL_URL) : message non envoyé"
NO_SMS = "Aucune passerelle SMS n'est réglée (TOCSIN_SMS_URL) : message non envoyé"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A document joined to an e-mail."""

    filename: str
    media_type: str
    content: bytes


class NotTaken(Exception):
    """The server refused the message, or could not be reached; it has not left."""


class Unknown(Exception):
    """No answer in time: the message may have left."""


def _merged(url: str, **changes: str) -> str:
    """The same address with these parameters in place of its own."""
    base, _, query = url.partition("?")
    kept = [(key, value) for key, value in parse_qsl(query, keep_blank_values=True) if key not in changes]
    return f"{base}?{urlencode([*kept, *changes.items()])}"


def mail_url(server: str, to: str, *, html: bool) -> str:
    """The server's address completed with one recipient."""
    form = "html" if html else "text"
    if RECIPIENT in server:
        return _merged(server.replace(RECIPIENT, quote(to, safe="")), format=form)
    return _merged(server, to=to, format=form)


def sms_url(gateway: str, to: str) -> str:
    """The gateway's address completed with one number: in place of ``{to}``, else at the end of the path."""
    number = quote(phone_number(to), safe="+")
    if RECIPIENT in gateway:
        return gateway.replace(RECIPIENT, number)
    base, mark, query = gateway.partition("?")
    return f"{base.rstrip('/')}/{number}{mark}{query}"


def phone_number(text: str) -> str:
    """A number in its international form; a French one may be written with its first 0."""
    digits = "".join(sign for sign in text.removeprefix("sms:").removeprefix("tel:") if sign.isdigit() or sign == "+")
    return "+33" + digits[1:] if digits.startswith("0") and not digits.startswith("00") else digits


async def send_mail(
    server: str, to: str, subject: str, body: str, *, html: bool = False, attachments: Sequence[Attachment] = ()
) -> None:
    """One e-mail to one address. Raises ``NotTaken`` or ``Unknown``."""
    form = apprise.NotifyFormat.HTML if html else apprise.NotifyFormat.TEXT
    await _notify(mail_url(server, to, html=html), subject, body, form, attachments)


async def send_sms(gateway: str, to: str, text: str) -> None:
    """One SMS to one number. Raises ``NotTaken`` or ``Unknown``."""
    await _notify(sms_url(gateway, to), "", text, apprise.NotifyFormat.TEXT)


async def send_other(url: str, subject: str, text: str) -> None:
    """One message on a person's own channel, any scheme Apprise knows. Raises ``NotTaken`` or ``Unknown``."""
    await _notify(url, subject, text, apprise.NotifyFormat.TEXT)


def _joined(item: Attachment) -> Any:
    make: Any = AttachMemory  # ships no types
    return make(content=item.content, name=item.filename, mimetype=item.media_type)


async def _notify(
    url: str, subject: str, body: str, form: apprise.NotifyFormat, attachments: Sequence[Attachment] = ()
) -> None:
    sender = apprise.Apprise(asset=apprise.AppriseAsset(secure_logging=True, app_id="Tocsin", app_desc="Tocsin"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # loading Apprise's plugins imports imghdr
        known = sender.add(url)
    if not known:
        raise NotTaken("adresse d'envoi que Tocsin ne sait pas lire")
    files = [_joined(item) for item in attachments]
    sending = sender.async_notify(body=body, title=subject, body_format=form, attach=files or None)
    try:
        taken = await asyncio.wait_for(sending, PATIENCE_SECONDS)
    except TimeoutError as error:
        raise Unknown from error
    if not taken:
        raise NotTaken
