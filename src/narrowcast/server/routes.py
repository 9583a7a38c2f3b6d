"""Which route answered a request, for logs and metrics: never the path itself, which may hold secrets and titles."""

from __future__ import annotations

from fastapi import Request
from starlette.routing import Match
from starlette.types import Scope

NONE = "none"
"""What nothing answers to."""


def route_of(scope: Scope) -> str:
    """The route's pattern with its prefix, such as `/api/v1/podcasts/{episode_id}`; known once it was answered."""
    # A route of a router that was included knows its path without the prefix.
    effective = scope.get("fastapi", {}).get("effective_route_context")
    path = getattr(effective or scope.get("route"), "path", None)
    if path is None and "app_root_path" in scope:
        return str(scope["root_path"]).removeprefix(str(scope["app_root_path"])) or NONE
    return str(path or NONE)


def methods_at(request: Request) -> str:
    """The methods that the request's path has routes for, as `Allow` lists them (RFC 9110, 10.2.1)."""
    # What matching notes down stays out of the scope: it holds which route answered.
    scopes = [
        {**request.scope, "fastapi": {}, "method": method}
        for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
    ]
    return ", ".join(
        scope["method"]
        for scope in scopes
        if any(route.matches(scope)[0] is Match.FULL for route in request.app.routes)
    )
