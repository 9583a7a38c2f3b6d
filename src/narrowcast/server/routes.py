"""Which route answered a request, for logs and metrics: never the path itself, which may hold secrets and titles."""

from __future__ import annotations

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
