"""A fault as a page, for a browser that asked for a page."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import quote

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from narrowcast.server.web import show

NOT_PAGES = ("/api/", "/static/", "/audio/", "/feeds/", "/metrics", "/healthz", "/readyz")


def wants_page(request: Request) -> bool:
    """Whether a person looks at the answer in a browser."""
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    return "text/html" in request.headers.get("accept", "") and not path.startswith(NOT_PAGES)


def fault_page(request: Request, status: HTTPStatus, detail: str, hint: str) -> Response:
    """The page that tells it; whoever has to sign in first is led there, and back again."""
    root = request.scope.get("root_path", "")
    if status is HTTPStatus.UNAUTHORIZED and request.method in {"GET", "HEAD"}:
        wanted = request.scope["path"].removeprefix(root)
        wanted += f"?{request.url.query}" if request.url.query else ""
        back = "" if wanted == "/" else f"?redirect={quote(wanted, safe='/')}"
        return RedirectResponse(f"{root}/sign-in{back}", HTTPStatus.SEE_OTHER)
    if detail == HTTPStatus.NOT_FOUND.phrase:
        detail = "No page of this server has that address."
    title = "There is nothing here" if status is HTTPStatus.NOT_FOUND else status.phrase
    return show(request, "notice", status_code=status, title=title, message=detail, hint=hint)
