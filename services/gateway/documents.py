"""Rendered documents: asked of their owner in base64, sent as files."""

from __future__ import annotations

import base64
import re
from typing import Any

from starlette.responses import Response

#: Rendering a PDF takes longer than a read.
PATIENCE = 30.0
#: A document is shown, never run: no script, nothing fetched from elsewhere.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; frame-ancestors 'none'"
SAFE = {"cache-control": "no-store", "content-security-policy": POLICY, "x-content-type-options": "nosniff"}


def document(found: dict[str, Any], *, attached: bool = False) -> Response:
    """A ``Document`` or a ``JournalFile`` as a response."""
    filename = re.sub(r"[^A-Za-z0-9._-]", "-", str(found["filename"]))
    disposition = f'{"attachment" if attached else "inline"}; filename="{filename}"'
    body = base64.b64decode(found["body"])
    return Response(body, headers={**SAFE, "content-disposition": disposition}, media_type=str(found["media_type"]))
