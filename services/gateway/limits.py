"""How much is read of a body: never more than 512 kB, whatever it announces."""

from __future__ import annotations

import re
from typing import Any

from fastapi import Request
from pydantic import BaseModel

from services.platform.errors import Invalid, TooLarge

MAX_BODY = 512 * 1024
#: Neither a text, a print nor PostgreSQL can hold them; line ends and tabulations apart.
CONTROL = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f]")
SENTENCE = "Le document dépasse 512 ko ; envoyez-le en plusieurs fois ou sans ses pièces jointes."


async def read_body(request: Request, limit: int = MAX_BODY) -> bytes:
    """The bytes of the body. Over ``limit`` bytes it is refused without reading the rest."""
    announced = request.headers.get("content-length", "")
    if announced.isascii() and announced.isdigit() and int(announced[:18]) > limit:
        raise TooLarge(SENTENCE)
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise TooLarge(SENTENCE)
        chunks.append(chunk)
    return b"".join(chunks)


def media_type(request: Request) -> str:
    """Media type of the body, without its parameters, in lower case."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def refuse_control(text: str, name: str) -> str:
    """The text, unless it holds control characters, which no identifier and no filter needs."""
    if CONTROL.search(text) or any(sign in text for sign in "\n\r\t"):
        raise Invalid(f"« {name} » contient des caractères de contrôle ; retirez-les.")
    return text


def has_control(value: Any) -> bool:
    """Whether a text somewhere in this value holds control characters."""
    if isinstance(value, str):
        return CONTROL.search(value) is not None
    if isinstance(value, BaseModel):
        return any(has_control(getattr(value, name)) for name in type(value).model_fields)
    return isinstance(value, tuple | list) and any(has_control(item) for item in value)
