"""The cookie that keeps a browser signed in: a random secret, signed, out of reach of scripts and other sites."""

from __future__ import annotations

from itsdangerous import BadSignature, Signer
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import Scope

from narrowcast.accounts.server_secret import Purpose, ServerSecret
from narrowcast.accounts.sessions import LASTING

PLAIN_NAME = "narrowcast_session"
SECURE_NAME = f"__Host-{PLAIN_NAME}"
"""Browsers take a cookie of this name only by https, for this very host and all of it (RFC 6265bis)."""
EVERYTHING = '"cache", "storage"'
"""For `Clear-Site-Data` when somebody signs out: what they kept in the browser does not wait for whoever comes next."""
RENEWED = "renewed_cookie"


class Cookies:
    """The session cookie of one server."""

    def __init__(self, public_url: str | None, secret: ServerSecret) -> None:
        self._secure = bool(public_url and public_url.startswith("https:"))
        self._signer = Signer(secret.key(Purpose.SESSIONS), salt="session cookie")
        self.name = SECURE_NAME if self._secure else PLAIN_NAME

    def secret_of(self, request: HTTPConnection) -> str | None:
        """The session's secret in a request's cookie; none where there is none, or one that we did not sign."""
        shown = request.cookies.get(self.name)
        try:
            return self._signer.unsign(shown).decode() if shown else None
        except (BadSignature, UnicodeError):
            return None

    def header(self, secret: str) -> str:
        """The `Set-Cookie` that gives a session's secret to the browser."""
        return self._header(self._signer.sign(secret).decode(), int(LASTING.total_seconds()))

    def gone(self) -> str:
        """The `Set-Cookie` that takes it away."""
        return self._header("", 0)

    def _header(self, value: str, max_age_s: int) -> str:
        answer = Response()
        answer.set_cookie(
            self.name, value, max_age=max_age_s, path="/", secure=self._secure, httponly=True, samesite="lax"
        )
        return answer.headers["set-cookie"]


def renew_later(request: HTTPConnection, header: str) -> None:
    """Have the answer to `request` carry that `Set-Cookie`."""
    setattr(request.state, RENEWED, header)


def renewed(scope: Scope) -> str | None:
    """The `Set-Cookie` that the answer is to carry, if any."""
    header: str | None = scope.get("state", {}).get(RENEWED)
    return header
