"""Routes that answer with bytes of the store: for GET and HEAD, by ranges and conditionally, and described so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Query, Response

from narrowcast.server.describing import bears
from narrowcast.server.problems import documented

CONDITIONS = {
    "Range": "Which bytes: `bytes=0-499`, `bytes=500-` or `bytes=-500`. Only GET gives parts.",
    "If-Range": "An `ETag`: the range only of that, else all of it.",
    "If-None-Match": "The `ETag` that you have: the same again is 304.",
    "If-Match": "The `ETag` that it must have: 412 otherwise.",
    "If-Modified-Since": "An HTTP date: 304 if it is no newer.",
    "If-Unmodified-Since": "An HTTP date: 412 if it is newer.",
}
SIGNED_IN = (401, 403)

_ELSEWHERE: dict[str, Any] = {
    "description": "Where the storage gives it, for an hour at most: follow with the same `Range`.",
    "headers": {"Location": {"description": "The address there.", "schema": {"type": "string", "format": "uri"}}},
}
Direct = Annotated[
    bool | None,
    Query(
        description="Whether the storage itself may give the bytes, where it can (a redirect): by default unless "
        "another site's script asks. `false`: they come from this server."
    ),
]

Route = TypeVar("Route", bound=Callable[..., Any])


def served(
    routes: APIRouter, path: str, *media_types: str, besides: tuple[int, ...] = SIGNED_IN, elsewhere: bool = False
) -> Callable[[Route], Route]:
    """A route that answers so; `besides` are its problems other than 404, 412, 416 and 422.

    `elsewhere`: it may tell where the storage itself gives the bytes.
    """
    kinds: dict[str, Any] = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in media_types}
    known = ("ETag", "Last-Modified", "Accept-Ranges")
    answers: dict[int | str, dict[str, Any]] = {
        200: {"description": "All of it.", "content": kinds, **bears(*known, "Content-Disposition")},
        206: {
            "description": "The range that was asked for.",
            "content": kinds,
            **bears(*known, "Content-Disposition", "Content-Range"),
        },
        304: {"description": "It is what you have.", **bears(*known)},
        **({302: _ELSEWHERE} if elsewhere else {}),
        **documented(*besides, 404, 412, 416, 422),
    }
    asked = [
        {"name": name, "in": "header", "required": False, "description": said, "schema": {"type": "string"}}
        for name, said in CONDITIONS.items()
    ]

    def add(function: Route) -> Route:
        for method in ("HEAD", "GET"):
            routes.add_api_route(
                path,
                function,
                methods=[method],
                responses=answers,
                response_class=Response,
                openapi_extra={"parameters": asked},
                name=function.__name__ if method == "GET" else f"{function.__name__}_head",
            )
        return function

    return add
