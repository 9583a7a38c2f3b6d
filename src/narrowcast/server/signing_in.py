"""The pages by which a browser signs in: by password, or by a link that is used up by a press of its button alone."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from narrowcast.errors import SignInError
from narrowcast.server.context import Context, Here
from narrowcast.server.cookies import Cookies
from narrowcast.server.origins import own_path
from narrowcast.server.web import Pages
from narrowcast.server.who import Anyone
from narrowcast.store.people.accounts import User

router = APIRouter(include_in_schema=False)
pages = Pages()

Redirect = Annotated[str, Form(max_length=2_000)]


@router.get("/")
async def home(request: Request, who: Anyone) -> Response:
    """Where one arrives."""
    if who is None:
        return _see_other(request, "/sign-in")
    return pages.page(request, "home", user=who.user)


@router.get("/sign-in")
async def ask(request: Request, redirect: str = "/") -> Response:
    """Ask for e-mail address and password."""
    return pages.page(request, "sign_in", fault="", email="", redirect=own_path(redirect))


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
        values = {"fault": error.message, "email": email, "redirect": own_path(redirect)}
        return pages.page(request, "sign_in", HTTPStatus.UNAUTHORIZED, **values)
    return await _signed_in(request, here, user, redirect)


@router.api_route("/sign-in/{secret}", methods=["GET", "HEAD"])
async def show_link(request: Request, here: Here, secret: str, redirect: str = "/") -> Response:
    """One button; looking at the page, as previews of links do, uses nothing up."""
    if await here.door.link_works(secret, address_of(request)):
        return pages.page(request, "link", redirect=own_path(redirect))
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
    return answer


async def begin_session(request: Request, here: Context, user: User) -> tuple[str, str]:
    """A new session in place of the one that the browser has, so that nobody can have chosen it: its id, the cookie."""
    cookies = Cookies(here.settings.public_url, here.secret)
    secret, session = await here.door.open_session(
        user, user_agent=request.headers.get("user-agent", ""), instead_of=cookies.secret_of(request)
    )
    return session.id, cookies.header(secret)


def address_of(request: Request) -> str:
    """Where a request comes from; of a trusted proxy, what it says."""
    return request.client.host if request.client else "unknown"


async def _signed_in(request: Request, here: Context, user: User, redirect: str) -> Response:
    _, cookie = await begin_session(request, here, user)
    answer = _see_other(request, own_path(redirect))
    answer.headers.append("Set-Cookie", cookie)
    return answer


def _used_up(request: Request) -> Response:
    return pages.page(
        request,
        "notice",
        HTTPStatus.GONE,
        title="This link does not work any more",
        message="Links work once, for 15 minutes.",
        hint="The owner of this server can make a new one: narrowcast user link.",
    )


def _see_other(request: Request, path: str) -> RedirectResponse:
    return RedirectResponse(request.scope.get("root_path", "") + path, HTTPStatus.SEE_OTHER)
