"""`/me/push`: the browsers that are told by Web Push."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Path
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from narrowcast.errors import InputError, SourceError
from narrowcast.net import check_url
from narrowcast.notify.push import AUTH_BYTES, is_public_key
from narrowcast.script.one_line import one_line
from narrowcast.server.api.webhooks import TestResult
from narrowcast.server.context import Here
from narrowcast.server.problems import documented
from narrowcast.server.who import Reads
from narrowcast.store.telling.browsers import PushedBrowser

router = APIRouter(prefix="/me/push", tags=["Telling"])

BrowserId = Annotated[UUID, Path(description="The browser's id.")]
EXAMPLE: dict[str, Any] = {
    "endpoint": "https://push.example.org/send/d8a3yJq",
    "keys": {
        "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "auth": "BTBZMqHH6r4Tts7J_aSIgg",
    },
}


def _bytes(text: str) -> bytes:
    """What URL-safe base64 holds, with or without its padding. Raises `ValueError`."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("it is no URL-safe base64") from error


def _public_key(text: str) -> str:
    if not is_public_key(_bytes(text)):
        raise ValueError("it is no uncompressed point of P-256")
    return text


def _secret(text: str) -> str:
    if len(_bytes(text)) != AUTH_BYTES:
        raise ValueError(f"it has not {AUTH_BYTES} bytes")
    return text


class SubscriptionKeys(BaseModel):
    """A browser's key and secret, in URL-safe base64."""

    p256dh: Annotated[str, Field(max_length=100), AfterValidator(_public_key)]
    auth: Annotated[str, Field(max_length=40), AfterValidator(_secret)]


class NewSubscription(BaseModel):
    """A subscription, as a browser's `PushSubscription.toJSON()` gives it."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    endpoint: str = Field(max_length=2_000, description="The https address of the browser's push service.")
    keys: SubscriptionKeys


class BrowserShown(BaseModel):
    """A browser that is told. `used_at` is when something last reached it."""

    id: str
    user_agent: str
    created_at: datetime
    used_at: datetime | None


class Push(BaseModel):
    """The key to subscribe with (`applicationServerKey`), and the browsers that are told."""

    public_key: str
    browsers: list[BrowserShown]


@router.get("", responses=documented(401, 403), operation_id="get_push")
async def get(here: Here, who: Reads) -> Push:
    """The server's key, and the browsers of yours that are told."""
    public = base64.urlsafe_b64encode(here.teller.channels.push_key.public).rstrip(b"=").decode()
    return Push(public_key=public, browsers=[_shown(one) for one in await here.store.browsers.all(who.id)])


@router.post("", status_code=HTTPStatus.CREATED, responses=documented(401, 403, 409, 422), operation_id="add_push")
async def add(
    here: Here,
    who: Reads,
    body: NewSubscription,
    user_agent: Annotated[str, Header(include_in_schema=False, max_length=1_000)] = "",
) -> BrowserShown:
    """Have a browser told when a job of yours ends. The same browser again is the same: it has one owner, the last."""
    endpoint = await _checked(here, body.endpoint)
    added = await here.store.browsers.add(
        who.id,
        endpoint=endpoint,
        public_key=_bytes(body.keys.p256dh),
        auth_secret=_bytes(body.keys.auth),
        user_agent=one_line(user_agent)[:200],
        now=datetime.now(UTC),
    )
    return _shown(added)


@router.delete(
    "/{browser_id}",
    status_code=HTTPStatus.NO_CONTENT,
    responses=documented(401, 403, 404, 422),
    operation_id="delete_push",
)
async def delete(here: Here, who: Reads, browser_id: BrowserId) -> None:
    """Tell a browser nothing any more."""
    await here.store.browsers.delete(who.id, str(browser_id))


@router.post("/{browser_id}/test", responses=documented(401, 403, 404, 422, 429), operation_id="test_push")
async def test(here: Here, who: Reads, browser_id: BrowserId) -> TestResult:
    """Send a test to a browser now, once; the answer tells what its push service said."""
    tried = await here.teller.test_push(who.id, str(browser_id))
    return TestResult(delivered=tried.delivered, answer_code=tried.code, note=tried.note)


async def _checked(here: Here, endpoint: str) -> str:
    """The address, if messages may be sent there. Raises `InputError`."""
    try:
        url = await check_url(endpoint, allow_private=here.settings.allow_private_addresses)
    except SourceError as error:
        raise InputError(error.message, hint="Subscribe the browser anew.") from error
    if not url.startswith("https:"):
        raise InputError("A push service's address begins with https.", hint="Subscribe the browser anew.")
    return url


def _shown(one: PushedBrowser) -> BrowserShown:
    return BrowserShown(id=one.id, user_agent=one.user_agent, created_at=one.created_at, used_at=one.used_at)
