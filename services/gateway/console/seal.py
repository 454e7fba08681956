"""What a browser carries for us, signed: the session, and the sentence that follows an action."""

from __future__ import annotations

from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer, URLSafeTimedSerializer
from starlette.responses import Response

from services.platform.data_lock import own_secret
from services.platform.settings import Settings

SESSION = "tocsin"
NOTICE = "tocsin-dit"
SESSION_SECONDS = 12 * 3600
NOTICE_SECONDS = 60


class Seal:
    """Signs cookies with the desk's secret. The session itself lives in the directory, where it can be revoked."""

    def __init__(self, secret: str) -> None:
        self._session = URLSafeTimedSerializer(secret, salt="tocsin-session")
        self._notice = URLSafeSerializer(secret, salt="tocsin-notice")

    @classmethod
    def of(cls, settings: Settings) -> Seal:
        """The seal of this desk: every instance that shares its secret reads the same cookies."""
        return cls(settings.bus_secret or own_secret(settings.data_dir))

    def session(self, token: str) -> str:
        """A session token as a cookie value."""
        return self._session.dumps(token)

    def token(self, cookie: str | None) -> str | None:
        """The session token of a cookie, unless it was altered or is too old."""
        try:
            found: Any = self._session.loads(cookie or "", max_age=SESSION_SECONDS)
        except BadSignature:
            return None
        return found if isinstance(found, str) else None

    def notice(self, sentence: str) -> str:
        """A sentence to show on the next page."""
        return self._notice.dumps(sentence)

    def sentence(self, cookie: str | None) -> str:
        """The sentence of a cookie; empty when there is none, or not ours."""
        try:
            found: Any = self._notice.loads(cookie or "")
        except BadSignature:
            return ""
        return found if isinstance(found, str) else ""


def set_cookie(response: Response, name: str, value: str, *, path: str, seconds: int, secure: bool) -> None:
    """A cookie no script reads and no other site sends; ``seconds`` 0 removes it."""
    response.set_cookie(name, value, max_age=seconds, path=path, secure=secure, httponly=True, samesite="lax")
