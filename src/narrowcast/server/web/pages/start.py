"""`/start`: a household begins without a terminal: the owner, providers' keys, voices, a first episode."""

from __future__ import annotations

import hmac
import secrets
from http import HTTPStatus
from typing import Annotated

import structlog
from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from narrowcast.accounts.emails import address
from narrowcast.accounts.people import LONGEST_NAME
from narrowcast.errors import ForbiddenError, InputError, NarrowcastError
from narrowcast.script.one_line import one_line
from narrowcast.server.browsers import address_of, begin_session
from narrowcast.server.claiming import is_at_hand, is_own_form, is_private
from narrowcast.server.context import Context, Here
from narrowcast.server.web import show
from narrowcast.server.who import Admins, Anyone
from narrowcast.store.people.accounts import User
from narrowcast.studio.sample_episode import sample_wish

router = APIRouter(include_in_schema=False)

STEPS = ("You", "Keys", "Voices", "Listen")
FORM_SECRET = secrets.token_urlsafe(32)
"""What a form of ours holds, and no other page can read; of this process alone."""
ELSEWHERE = "Narrowcast is begun at the machine that it runs on."
HOW = (
    "Open it there, by 127.0.0.1 or localhost and without a proxy; or use the link that it printed when it started "
    "(a new one: narrowcast user link)."
)

log = structlog.get_logger(__name__)


async def may_claim(request: Request, here: Context) -> bool:
    """Whether the server is new, and whoever asks sits at its machine."""
    return (
        is_private(here.settings)
        and is_at_hand(address_of(request), request.scope.get("http_version", ""), request.headers)
        and await here.store.beginnings.untouched()
    )


@router.get("/start")
async def start(request: Request, here: Here, who: Anyone) -> Response:
    """Who is to own the server; whoever owns it goes on to what comes next."""
    if await may_claim(request, here):
        return _owner_page(request)
    if who is None:
        if await here.store.beginnings.untouched():
            raise ForbiddenError(ELSEWHERE, hint=HOW)
        return _to(request, "/sign-in?redirect=/start")
    return _to(request, "/start/keys" if who.user.role == "owner" else "/")


@router.post("/start")
async def claim(
    request: Request,
    here: Here,
    *,
    name: Annotated[str, Form(max_length=1_000)] = "",
    email: Annotated[str, Form(max_length=320)] = "",
    password: Annotated[str, Form(max_length=2_000)] = "",
    again: Annotated[str, Form(max_length=2_000)] = "",
    form: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """Make whoever sits here the owner: the first one, once."""
    if not await may_claim(request, here):
        raise ForbiddenError(ELSEWHERE, hint=HOW)
    if not (is_own_form(request.headers) and hmac.compare_digest(form.encode(), FORM_SECRET.encode())):
        raise ForbiddenError("This did not come from this server's own page.", hint="Open /start anew, and try again.")
    await here.door.count_try("", address_of(request))
    try:
        owner = await _claimed(here, name=name, email=email, password=password, again=again)
    except InputError as error:
        return _owner_page(request, HTTPStatus.UNPROCESSABLE_ENTITY, name=name, email=email, fault=error)
    log.info("the server has an owner", by="the page at /start")
    await _ask_for_sample(here, owner)
    _, cookie = await begin_session(request, here, owner)
    answer = _to(request, "/start/keys")
    answer.headers.append("Set-Cookie", cookie)
    return answer


@router.get("/start/keys")
async def keys(request: Request, here: Here, who: Admins) -> Response:
    """Providers' keys, entered and tried; or none."""
    return show(request, "start_keys", who, steps=STEPS, step=1, providers=await here.keys.states())


@router.get("/start/voices")
async def voices(request: Request, who: Admins) -> Response:
    """Who speaks."""
    return show(request, "start_voices", who, steps=STEPS, step=2)


@router.get("/start/listen")
async def listen(request: Request, here: Here, who: Admins) -> Response:
    """The sample, made or being made, and where to go from here."""
    jobs = await here.queue.history(who.id, limit=100)
    sample = next((job for job in reversed(jobs) if job.params.get("title") == sample_wish().title), None)
    return show(request, "start_listen", who, steps=STEPS, step=3, sample=sample)


async def _claimed(here: Context, *, name: str, email: str, password: str, again: str) -> User:
    """The owner, once they are written down. Raises `InputError`, `ConflictError`."""
    called = one_line(name).strip()
    if not 0 < len(called) <= LONGEST_NAME:
        raise InputError("What shall we call you?", hint=f"A name has 1 to {LONGEST_NAME} characters.")
    kept = address(email)
    if password != again:
        raise InputError("The two passwords are not the same.", hint="Write it twice, so that no slip locks you out.")
    hashed = await here.door.passwords.hash(password)
    return await here.store.beginnings.claim(email=kept, name=called, password_hash=hashed)


async def _ask_for_sample(here: Context, owner: User) -> None:
    """Have the first episode made while its owner goes on; without it the server is none the worse."""
    try:
        await here.submitting.generate(owner, sample_wish())
    except NarrowcastError as fault:
        log.warning("the sample episode was not asked for", fault=fault.message)


def _owner_page(
    request: Request,
    status: HTTPStatus = HTTPStatus.OK,
    *,
    name: str = "",
    email: str = "",
    fault: InputError | None = None,
) -> Response:
    page = show(
        request, "start_owner", status_code=status,
        steps=STEPS, step=0, called=name, email=email, fault=fault, form=FORM_SECRET,
    )  # fmt: skip
    page.headers["Cache-Control"] = "no-store"
    return page


def _to(request: Request, path: str) -> RedirectResponse:
    return RedirectResponse(request.scope.get("root_path", "") + path, HTTPStatus.SEE_OTHER)
