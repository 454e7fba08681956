"""Commands and questions over NATS request-reply, carried by FastStream; facts take the puller's road."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import time as monotonic
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import nats.errors
import structlog
from faststream.nats import NatsBroker, NatsMessage
from nats.aio.client import Client
from nats.aio.msg import Msg

from contracts.base import Command, Envelope, Principal, Question, Reply
from contracts.directory import CallerFound, WhoCalls
from services.platform.answering import answer
from services.platform.codec import decode_command, decode_envelope, decode_question
from services.platform.errors import Expired, Failed, Forbidden, Refused, TooLarge, Unavailable
from services.platform.ids import new_id
from services.platform.service import Service
from services.platform.unit import Worker
from services.platform.writer import Writer

#: Waiting commands must be let in together to meet in one commit: 2 824/s against 103/s one by one.
MAX_WORKERS = 64
ONE_TRY = 2.0
#: How long a question waits for a service nobody runs; a command waits as long as its caller.
ABSENCE = 1.0
SECRET_HEADER = "Tocsin-Secret"  # noqa: S105  # the name of a header
#: Replies to this desk: an outside user of the bus may listen to its own ``_INBOX.>``, not to these.
INBOX = "_TOCSIN"
#: Under the 2 MB a message may weigh: a longer reply would never arrive.
MAX_REPLY_BYTES = 1_900_000
TOO_LONG = (
    Reply(refusal=TooLarge("La réponse est trop longue ; demandez une période ou une page plus courte.").to_refusal())
    .model_dump_json()
    .encode()
)
log = structlog.get_logger()


class Bus:
    """The caller's side: send a command or a question, get its reply."""

    def __init__(self, client: Client, secret: str) -> None:
        self._client = client
        self._headers = {SECRET_HEADER: secret}

    async def request(
        self,
        message: Command | Question,
        *,
        territory: str,
        caller: Principal,
        id: str | None = None,  # noqa: A002
        key: str | None = None,
        time: datetime | None = None,
        patience: float = 5.0,
        service: str | None = None,
    ) -> Reply:
        """Send and wait. The same id is sent again until ``patience`` seconds, then ``Unavailable``.

        ``service`` addresses a message every service answers (texts, parked messages).
        """
        now = datetime.now(UTC)
        message_id = id or new_id()
        name = message.type_name().replace("*", service or "*")
        verb = "do" if isinstance(message, Command) else "ask"
        envelope = Envelope(
            id=message_id,
            type=name,
            source="gateway",
            time=time or now,
            territory=territory,
            correlation=message_id,
            author=caller.id,
            caller=caller,
            expires=now + timedelta(seconds=patience),
            key=key,
            data=message.model_dump(mode="json", exclude_unset=True),
        )
        body = envelope.model_dump_json(exclude_none=True).encode()
        # A command is known by its id and may be sent again; a question asked twice is answered twice.
        one_try = ONE_TRY if isinstance(message, Command) else patience
        return await self._send(f"{verb}.{name}", body, patience, one_try)

    async def _send(self, subject: str, body: bytes, patience: float, one_try: float) -> Reply:
        absence = patience if subject.startswith("do.") else min(patience, ABSENCE)
        give_up = monotonic.monotonic() + patience
        while True:
            left = give_up - monotonic.monotonic()
            if left <= 0:
                raise Unavailable
            try:
                answered = await self._client.request(subject, body, timeout=min(left, one_try), headers=self._headers)
                return Reply.model_validate_json(answered.data)
            except nats.errors.TimeoutError:
                continue
            except nats.errors.NoRespondersError:
                if give_up - monotonic.monotonic() < patience - absence:
                    raise Unavailable from None
                await asyncio.sleep(0.05)
            except (nats.errors.Error, OSError):
                await asyncio.sleep(min(0.1, max(left, 0)))

    async def listen(self, subject: str, callback: Callable[[str, bytes], Awaitable[None]]) -> None:
        """Hear a core NATS subject (the live feed); nothing is kept for who was away."""

        async def receive(message: Msg) -> None:
            await callback(message.subject, message.data)

        await self._client.subscribe(subject, cb=receive)


class Desk:
    """The answering side of one service: its commands and questions as FastStream subscribers."""

    def __init__(self, service: Service, writer: Writer, worker: Worker, bus: Bus, secret: str) -> None:
        self._service = service
        self._writer = writer
        self._worker = worker
        self._bus = bus
        self._secret = secret

    def subscribe(self, broker: NatsBroker) -> None:
        """Declare one subscriber for each command and question, in the service's queue group."""
        for name in self._service.commands:
            self._declare(broker, f"do.{name}", self._carry_out)
        for name in self._service.questions:
            self._declare(broker, f"ask.{name}", self._answer)

    def _declare(self, broker: NatsBroker, subject: str, work: Callable[[Envelope], Awaitable[Reply]]) -> None:
        async def receive(received: tuple[bytes, dict[str, Any]]) -> bytes:
            answer = (await self._reply(*received, work)).model_dump_json(exclude_none=True).encode()
            return answer if len(answer) < MAX_REPLY_BYTES else TOO_LONG

        broker.subscriber(subject, queue=self._service.name, max_workers=MAX_WORKERS, decoder=_raw)(receive)

    async def _reply(self, body: bytes, headers: dict[str, Any], work: Callable[[Envelope], Awaitable[Reply]]) -> Reply:
        try:
            envelope = await self._authenticated(decode_envelope(body), headers)
            return await work(envelope)
        except Refused as refused:
            return Reply(refusal=refused.to_refusal())
        except Exception as error:
            log.exception("message failed", service=self._service.name, exc_info=error)
            return Reply(refusal=Failed().to_refusal())

    async def _carry_out(self, envelope: Envelope) -> Reply:
        self._writer.around.alarms.check_room()
        return await self._writer.carry_out(envelope, decode_command(self._service, envelope))

    async def _answer(self, envelope: Envelope) -> Reply:
        if envelope.expires and envelope.expires < datetime.now(UTC):
            raise Expired
        question = decode_question(self._service, envelope)
        writer = self._writer
        return await answer(self._service, self._worker, writer.database, writer.around, envelope, question)

    async def _authenticated(self, envelope: Envelope, headers: dict[str, Any]) -> Envelope:
        """Trust the caller named by another part of this desk; anyone else shows a bearer."""
        if hmac.compare_digest(str(headers.get(SECRET_HEADER, "")).encode(), self._secret.encode()):
            return envelope
        bearer = str(headers.get("Authorization", "")).removeprefix("Bearer ").strip()
        if not bearer:
            raise Forbidden("Message sans jeton : ajoutez l'en-tête « Authorization: Bearer … ».")
        question = WhoCalls(token_sha256=hashlib.sha256(bearer.encode()).hexdigest())
        caller = Principal(id="tocsin", kind="platform")
        reply = await self._bus.request(question, territory=envelope.territory, caller=caller)
        found = CallerFound.model_validate(reply.result or {})
        if found.principal is None:
            raise Forbidden("Ce jeton est inconnu, révoqué ou expiré ; demandez-en un autre.")
        principal = Principal.model_validate(found.principal)
        return envelope.model_copy(update={"caller": principal, "author": principal.id})


async def _raw(message: NatsMessage) -> tuple[bytes, dict[str, Any]]:
    """Bytes and headers as they came: the codec reads them, and says what is wrong with them."""
    return message.body, message.headers
