"""Every fault as a problem document (RFC 9457): what is wrong, and what to do about it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from narrowcast.errors import (
    BudgetError,
    ChangedError,
    ConflictError,
    ForbiddenError,
    InputError,
    LimitError,
    NarrowcastError,
    NotFoundError,
    OutputError,
    ProviderError,
    QuotaError,
    SignInError,
    TooLargeError,
)
from narrowcast.server.careful import CAREFUL
from narrowcast.server.hints import without_flags
from narrowcast.server.routes import methods_at, route_of
from narrowcast.server.web.faults import fault_page, wants_page

MEDIA_TYPE = "application/problem+json"
STATUSES: tuple[tuple[type[NarrowcastError], HTTPStatus], ...] = (
    (SignInError, HTTPStatus.UNAUTHORIZED),
    (BudgetError, HTTPStatus.PAYMENT_REQUIRED),
    (ForbiddenError, HTTPStatus.FORBIDDEN),
    (NotFoundError, HTTPStatus.NOT_FOUND),
    (ChangedError, HTTPStatus.PRECONDITION_FAILED),
    (ConflictError, HTTPStatus.CONFLICT),
    (TooLargeError, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (LimitError, HTTPStatus.TOO_MANY_REQUESTS),
    (OutputError, HTTPStatus.INSUFFICIENT_STORAGE),
    (InputError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (ProviderError, HTTPStatus.BAD_GATEWAY),
)
"""The first that fits; the more special come first."""
FULL = "This server cannot keep it: its disk is full, or fails."
SERVER_HINT = "Whoever runs this server has to look at it; its log tells more under this request_id."

log = structlog.get_logger(__name__)


class FieldProblem(BaseModel):
    """What is wrong with one field of a request."""

    where: str
    message: str


class Problem(BaseModel):
    """A fault: `title` is the status in words, `detail` what is wrong, `hint` what to do."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    hint: str = ""
    request_id: str = ""
    errors: list[FieldProblem] = Field(default=[], description="Each field that is wrong.")


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For a route's `responses`: the problems that it answers with."""
    # By reference: with a model, FastAPI would describe them in the media type of what goes well.
    content = {MEDIA_TYPE: {"schema": {"$ref": f"#/components/schemas/{Problem.__name__}"}}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in statuses}


def install_problems(app: FastAPI) -> None:
    """Have `app` answer every fault with a problem document."""

    @app.exception_handler(NarrowcastError)
    async def named(request: Request, error: NarrowcastError) -> Response:
        status = next(
            (status for kind, status in STATUSES if isinstance(error, kind)), HTTPStatus.INTERNAL_SERVER_ERROR
        )
        headers: dict[str, str] = {}
        if isinstance(error, OutputError) and not isinstance(error, QuotaError):
            # These name the server's own files: that is for who runs it.
            log.error("cannot be kept", fault=error.message, hint=error.hint)
            return answer(request, status, FULL, SERVER_HINT)
        if isinstance(error, LimitError):
            status = HTTPStatus.SERVICE_UNAVAILABLE if error.everyone else status
            headers["Retry-After"] = str(math.ceil(error.retry_after_s or 1))
        if isinstance(error, SignInError):
            headers["WWW-Authenticate"] = "Bearer"
        return answer(request, status, error.message, without_flags(error.hint), headers)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        wrong = [
            FieldProblem(
                where=".".join(str(part) for part in fault["loc"]), message=fault["msg"].removeprefix("Value error, ")
            )
            for fault in error.errors()
        ]
        detail = f"{wrong[0].where}: {wrong[0].message}." if wrong else "The request is not valid."
        return answer(request, HTTPStatus.UNPROCESSABLE_ENTITY, detail, errors=wrong)

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        headers = dict(error.headers or {})
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED and "Allow" in headers:
            # The framework names the methods of the first route alone.
            headers["Allow"] = methods_at(request)
        return answer(request, HTTPStatus(error.status_code), str(error.detail), headers=headers)

    @app.exception_handler(Exception)
    async def unexpected(request: Request, error: Exception) -> Response:
        log.error("unexpected fault", route=route_of(request.scope), exc_info=error)
        return answer(
            request,
            HTTPStatus.INTERNAL_SERVER_ERROR,
            "Something went wrong here that should not.",
            "Try again; if it stays, the server's log tells more under this request_id.",
            # This one is sent from outside of every middleware.
            CAREFUL,
        )


def answer(
    request: Request,
    status: HTTPStatus,
    detail: str,
    hint: str = "",
    headers: Mapping[str, str] | None = None,
    errors: list[FieldProblem] | None = None,
) -> Response:
    """A problem document; for a browser that asked for a page, a page."""
    if wants_page(request):
        page = fault_page(request, status, detail, hint)
        # What a page may do is its own policy: with that of other answers it would have no look.
        page.headers.update({name: value for name, value in (headers or {}).items() if name not in page.headers})
        return page
    problem = Problem(
        title=status.phrase,
        status=status,
        detail=detail,
        hint=hint,
        request_id=getattr(request.state, "request_id", ""),
        errors=errors or [],
    )
    return JSONResponse(problem.model_dump(mode="json"), status, headers, MEDIA_TYPE)
