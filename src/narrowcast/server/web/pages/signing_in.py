"""The pages by which a browser signs in: by password, or by a link that is used up by a press of its button alone."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from narrowcast.errors import SignInError
from narrowcast.server.browsers import address_of, begin_session
from narrowcast.server.context import Context, Here
from narrowcast.server.cookies import EVERYTHING, Cookies
from narrowcast.server.origins import own_path
from narrowcast.server.web import show
from narrowcast.server.web.pages.start import may_claim
from narrowcast.server.who import Anyone
from narrowcast.store.people.accounts import User

router = APIRouter(include_in_schema=False)

Redirect = Annotated[str, Form(max_length=2_000)]


@router.get("/sign-in")
async def ask(request: Request, here: Here, who: Anyone, redirect: str = "/") -> Response:
    """Ask for e-mail address and password; on a new server, at its own machine, for who is to own it.

    At a browser where nobody is signed in, what was kept offline is removed.
    """
    if await may_claim(request, here):
        return _see_other(request, "/start")
    return show(request, "sign_in", fault="", email="", redirect=own_path(redirect), nobody=who is None)


@router.post("/sign-in")
async def sign_in(
    request: Request,
    here: Here,
    email: Annotated[str, Form(max_length=320)],
    password: Annotated[str, Form(max_length=1_000)],
    redirect: Redirect = "/",
) -> Response:
    """Sign in, and go on to where one wanted to."""
    try:
        user = await here.door.by_password(email, password, address_of(request))
    except SignInError as error:
        return show(
            request,
            "sign_in",
            status_code=HTTPStatus.UNAUTHORIZED,
            fault=error.message,
            email=email,
            redirect=own_path(redirect),
            nobody=False,
        )
    return await _signed_in(request, here, user, redirect)


@router.api_route("/sign-in/{secret}", methods=["GET", "HEAD"])
async def show_link(request: Request, here: Here, secret: str, redirect: str = "/") -> Response:
    """One button; looking at the page, as previews of links do, uses nothing up."""
    if await here.door.link_works(secret, address_of(request)):
        return show(request, "link", redirect=own_path(redirect))
    return _used_up(request)


@router.post("/sign-in/{secret}")
async def use_link(request: Request, here: Here, secret: str, redirect: Redirect = "/") -> Response:
    """Use the link up."""
    try:
        user = await here.door.by_link(secret, address_of(request))
    except SignInError:
        return _used_up(request)
    return await _signed_in(request, here, user, redirect)


@router.post("/sign-out")
async def sign_out(request: Request, here: Here, who: Anyone) -> Response:
    """End this browser's session."""
    if who and who.session_id:
        await here.store.sessions.end(who.id, who.session_id)
    answer = _see_other(request, "/sign-in")
    answer.headers.append("Set-Cookie", Cookies(here.settings.public_url, here.secret).gone())
    answer.headers["Clear-Site-Data"] = EVERYTHING
    return answer


async def _signed_in(request: Request, here: Context, user: User, redirect: str) -> Response:
    _, cookie = await begin_session(request, here, user)
    answer = _see_other(request, own_path(redirect))
    answer.headers.append("Set-Cookie", cookie)
    return answer


def _used_up(request: Request) -> Response:
    return show(
        request,
        "notice",
        status_code=HTTPStatus.GONE,
        title="This link does not work any more",
        message="Links work once, for 15 minutes.",
        hint="The owner of this server can make a new one: narrowcast user link.",
    )


def _see_other(request: Request, path: str) -> RedirectResponse:
    return RedirectResponse(request.scope.get("root_path", "") + path, HTTPStatus.SEE_OTHER)
