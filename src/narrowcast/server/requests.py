"""What surrounds each request: its id, and one line in the log when it is answered."""

from __future__ import annotations

import re
import time
import uuid

import structlog
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from narrowcast.server.context import Context
from narrowcast.server.routes import route_of

HEADER = "X-Request-Id"
OURS_TO_TAKE = re.compile(r"[\w.:-]{8,64}", re.ASCII)
QUIET = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked every few seconds by machines; told only when they fail."""

log = structlog.get_logger(__name__)


class Requests:
    """Gives each request an id (or takes the one that a proxy gave), tells it in the answer, and logs the answer.

    The route is logged, not the path: paths may hold secrets and titles.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = dict(scope["headers"]).get(HEADER.lower().encode(), b"").decode("latin-1")
        request_id = given if OURS_TO_TAKE.fullmatch(given) else uuid.uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        status, began, begun = 0, time.perf_counter(), 0.0

        async def answer(message: Message) -> None:
            nonlocal status, begun
            if message["type"] == "http.response.start":
                status, begun = int(message["status"]), time.perf_counter()
                MutableHeaders(scope=message)[HEADER] = request_id
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, answer)
            finally:
                route = route_of(scope)
                context: Context = scope["app"].state.context
                context.metrics.answered(scope["method"], route, status, (begun or time.perf_counter()) - began)
                if status >= 500 or scope["path"] not in QUIET:
                    log.info(
                        "request",
                        method=scope["method"],
                        route=route,
                        status=status,
                        ms=round((time.perf_counter() - began) * 1000, 1),
                    )
