"""What this server is called from outside, and answers that other programs and sites may use."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import Response

from narrowcast.server.context import Context

OPEN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Accept-Ranges, Content-Length, Content-Range, ETag",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Referrer-Policy": "no-referrer",
}
"""For what an address opens by itself: players in browsers read it from their own sites, and tell nobody where from."""


def base_of(request: Request, here: Context) -> str:
    """The server's address without a slash at its end: the one that was set, else that of the request."""
    return (here.settings.public_url or str(request.base_url)).rstrip("/")


def opened_to_all(answer: Response) -> Response:
    """The answer, for whoever has its address."""
    answer.headers.update(OPEN)
    return answer
