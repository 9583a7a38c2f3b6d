"""What stands before every route: which names we answer to, which pages may change something, and careful headers."""

from __future__ import annotations

from http import HTTPStatus

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from narrowcast.server.careful import be_careful
from narrowcast.server.cookies import PLAIN_NAME, SECURE_NAME, renewed
from narrowcast.server.origins import Names, from_own_page
from narrowcast.server.problems import answer
from narrowcast.settings import Settings

PROBES = frozenset({"/healthz", "/readyz"})
"""Asked by orchestrators under whatever address a container has; they tell nothing about anybody."""


class Guard:
    """Refuses what is addressed to another name or comes from another site's page; makes answers careful."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._names = Names.of(settings.host, settings.public_url, settings.allowed_hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def carefully(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                be_careful(headers)
                if header := renewed(scope):
                    headers.append("Set-Cookie", header)
            await send(message)

        request = Request(scope)
        if refusal := self._refusal(request):
            status, detail, hint = refusal
            await answer(request, status, detail, hint)(scope, receive, carefully)
            return
        await self._app(scope, receive, carefully)

    def _refusal(self, request: Request) -> tuple[HTTPStatus, str, str] | None:
        headers = request.headers
        hosts = headers.getlist("host")
        if request.url.path not in PROBES and (len(hosts) != 1 or not self._names.include(hosts[0])):
            return (
                HTTPStatus.BAD_REQUEST,
                "This server does not go by the name that the request was sent to.",
                "Its owner can add the name to NARROWCAST_ALLOWED_HOSTS, or set NARROWCAST_PUBLIC_URL.",
            )
        has_session = bool({PLAIN_NAME, SECURE_NAME} & request.cookies.keys())
        path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
        if not from_own_page(self._names, request.method, headers, has_session=has_session, path=path):
            return (
                HTTPStatus.FORBIDDEN,
                "This came from a page of another site.",
                "Open the server under its own address and try again; programs use an API token instead of a cookie.",
            )
        return None
