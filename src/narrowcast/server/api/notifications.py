"""`/me/notifications`: what one is told of by e-mail and Web Push; and `/unsubscribe`, which needs no signing in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field

from narrowcast.accounts.server_secret import Purpose
from narrowcast.notify.events import EMAILED_BY_DEFAULT, PUSHED_BY_DEFAULT, EventType
from narrowcast.notify.unsubscribing import owner_of
from narrowcast.server.api.webhooks import TestResult
from narrowcast.server.context import Context, Here
from narrowcast.server.problems import documented
from narrowcast.server.who import Principal, Reads, Writes
from narrowcast.store.listening.reports import PREFERENCE

router = APIRouter(tags=["Telling"])

EMAIL_ON = "email_on"
PUSH_ON = "push_on"
Token = Annotated[str, Path(max_length=200, description="What the e-mail's address holds.")]
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Narrowcast: e-mail</title></head><body><h1>E-mail from Narrowcast</h1>
{}
</body></html>
"""
ASKED = '<form method="post"><p>Shall Narrowcast send you no more e-mail?</p><button>No more e-mail</button></form>'
DONE = "<p>Narrowcast sends you no more e-mail. Your inbox there still tells you; sign in to change this.</p>"
SAFE = {
    "Content-Security-Policy": "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


Events = Annotated[set[EventType], Field(max_length=len(EventType), json_schema_extra={"uniqueItems": False})]


class Notifications(BaseModel):
    """What you are told of by e-mail, whether this server sends any, and what of in browsers (`/me/push`)."""

    email: str
    email_on: list[EventType]
    push_on: list[EventType]
    weekly_report: bool = Field(description="What you heard, by e-mail on Monday mornings.")
    email_available: bool


class NotificationsChange(BaseModel):
    """What to be told of by e-mail and in browsers; nothing with an empty list. What is left out stays."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"email_on": ["episode.completed", "episode.failed"]}]}
    )

    email_on: Events | None = None
    push_on: Events | None = None
    weekly_report: bool | None = None


@router.get("/me/notifications", responses=documented(401, 403), operation_id="get_notifications")
async def get(here: Here, who: Reads) -> Notifications:
    """What you are told of by e-mail, and in browsers."""
    return await _notifications(here, who)


@router.patch("/me/notifications", responses=documented(401, 403, 422), operation_id="change_notifications")
async def change(here: Here, who: Writes, body: NotificationsChange) -> Notifications:
    """Choose what you are told of by e-mail, and in browsers. The inbox is told of everything."""
    for name, events in ((EMAIL_ON, body.email_on), (PUSH_ON, body.push_on)):
        if events is not None:
            await here.store.preferences.set(who.id, name, sorted(events), datetime.now(UTC))
    if body.weekly_report is not None:
        await here.store.preferences.set(who.id, PREFERENCE, body.weekly_report, datetime.now(UTC))
    return await _notifications(here, who)


@router.post("/me/notifications/test", responses=documented(401, 403, 409, 429), operation_id="test_notifications")
async def test(here: Here, who: Writes) -> TestResult:
    """Send a test to your own address now, once; the answer tells what became of it."""
    tried = await here.teller.test_email(who.id)
    return TestResult(delivered=tried.delivered, answer_code=tried.code, note=tried.note)


@router.get(
    "/unsubscribe/{token}",
    response_class=HTMLResponse,
    responses=documented(404, 422),
    operation_id="ask_to_unsubscribe",
)
async def ask(here: Here, token: Token) -> HTMLResponse:
    """A page with a button: programs that open links ahead of people must not switch anything off."""
    owner_of(token, _key(here))
    return HTMLResponse(PAGE.format(ASKED), headers=SAFE)


@router.post(
    "/unsubscribe/{token}", response_class=HTMLResponse, responses=documented(404, 422), operation_id="unsubscribe"
)
async def unsubscribe(here: Here, token: Token) -> HTMLResponse:
    """Send no more e-mail to whom the address was sent (RFC 8058)."""
    owner_id, now = owner_of(token, _key(here)), datetime.now(UTC)
    await here.store.preferences.set(owner_id, EMAIL_ON, [], now)
    await here.store.preferences.set(owner_id, PREFERENCE, value=False, now=now)
    return HTMLResponse(PAGE.format(DONE), headers=SAFE)


async def _notifications(here: Context, who: Principal) -> Notifications:
    preferences = await here.store.preferences.get(who.id)
    chosen = preferences.get(EMAIL_ON, EMAILED_BY_DEFAULT)
    pushed = preferences.get(PUSH_ON, PUSHED_BY_DEFAULT)
    return Notifications(
        email=who.user.email,
        email_on=[event for event in EventType if event in chosen],
        push_on=[event for event in EventType if event in pushed],
        weekly_report=bool(preferences.get(PREFERENCE)),
        email_available=here.teller.channels.sends_mail,
    )


def _key(here: Context) -> bytes:
    return here.secret.key(Purpose.SIGNED_URLS)
