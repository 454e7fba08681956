"""What takes the messages of a story: a mail server and an SMS gateway on loopback, which keep nothing."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from aiosmtpd.smtp import SMTP

from services.platform.settings import Settings


class _Taken:
    async def handle_DATA(self, *_: Any) -> str:  # noqa: N802  # the name aiosmtpd calls
        return "250 OK"


async def _take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Read one HTTP request and answer that it is taken."""
    with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        lines = [line.partition(b":") for line in head.split(b"\r\n")]
        await reader.readexactly(next((int(value) for name, _, value in lines if name == b"content-length"), 0))
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok")
        await writer.drain()
    writer.close()


@contextlib.asynccontextmanager
async def receiving(settings: Settings) -> AsyncIterator[Settings]:
    """The settings of a desk whose messages leave, for the time of the block."""
    loop = asyncio.get_running_loop()
    mail = await loop.create_server(lambda: SMTP(_Taken(), hostname="localhost"), "127.0.0.1", 0)
    sms = await asyncio.start_server(_take, "127.0.0.1", 0)
    mail_port, sms_port = (server.sockets[0].getsockname()[1] for server in (mail, sms))
    try:
        yield settings.model_copy(
            update={
                "mail_url": f"mailto://127.0.0.1:{mail_port}?from=tocsin@cpts.example.org",
                "sms_url": f"json://127.0.0.1:{sms_port}",
            }
        )
    finally:
        mail.close()
        sms.close()
