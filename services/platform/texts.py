"""Free texts: kept in their service's own table, known elsewhere by an id and a salted digest."""

from __future__ import annotations

import hashlib
import secrets

from sqlalchemy.orm import Session

from contracts.base import Text, TextRef
from services.platform.appending import append
from services.platform.ids import new_id
from services.platform.tables import TextRow


def make_text(text: str) -> tuple[TextRef, Text]:
    """A free text with its reference, salted so that its digest tells nothing once erased."""
    kept = Text(id=new_id(), salt=secrets.token_hex(16), text=text)
    return TextRef(id=kept.id, sha256=text_digest(kept.salt, text)), kept


def keep_text(session: Session, text: str, territory: str) -> tuple[TextRef, Text]:
    """Keep a free text in the service's own table."""
    ref, kept = make_text(text)
    append(session, TextRow, id=kept.id, salt=kept.salt, text=kept.text, territory=territory)
    return ref, kept


def text_digest(salt: str, text: str) -> str:
    """SHA-256(salt ‖ text), as the chain carries it."""
    return hashlib.sha256((salt + text).encode()).hexdigest()
