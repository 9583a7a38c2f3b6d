"""`/webhooks`: addresses at which programs are told what became of their owner's jobs."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from narrowcast.errors import InputError, SourceError
from narrowcast.net import check_url
from narrowcast.notify.events import EventType
from narrowcast.notify.webhooks import SECRET_PURPOSE, new_webhook_secret
from narrowcast.script.one_line import one_line
from narrowcast.server.context import Context, Here
from narrowcast.server.pages import Cursor, Page, PageSize, page, place
from narrowcast.server.problems import documented
from narrowcast.server.who import Reads, Writes
from narrowcast.store.paging import Place
from narrowcast.store.telling.deliveries import Delivery
from narrowcast.store.telling.webhooks import BOTH_SIGN, Webhook

router = APIRouter(prefix="/webhooks", tags=["Telling"])

WebhookId = Annotated[UUID, Path(description="The webhook's id.")]
Url = Annotated[str, Field(max_length=2_000, description="An http or https address of the public Internet.")]
Description = Annotated[str, Field(max_length=200), AfterValidator(one_line)]
Events = Annotated[
    set[EventType],
    # Named twice, it is told once.
    Field(min_length=1, description="What it is told of.", json_schema_extra={"uniqueItems": False}),
]
EXAMPLE: dict[str, Any] = {
    "url": "https://example.org/hooks/narrowcast",
    "description": "Team chat",
    "events": ["episode.completed", "episode.failed"],
}


class NewWebhook(BaseModel):
    """An address to tell; without `events` it is told of all."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    url: Url
    description: Description = ""
    events: Events = set(EventType)


class WebhookChange(BaseModel):
    """What to change; what is left out stays. Switched on again, a webhook begins anew."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"active": True}]})

    url: Url | None = None
    description: Description | None = None
    events: Events | None = None
    active: bool | None = None


class WebhookShown(BaseModel):
    """A webhook. `failures` counts tries in a row; `disabled_reason` tells why it was switched off."""

    id: str
    url: str
    description: str
    events: list[str]
    active: bool
    failures: int
    disabled_reason: str | None
    created_at: datetime
    updated_at: datetime


class WebhookMade(WebhookShown):
    """A new webhook, and the secret that its messages are signed with: shown now, and never again."""

    secret: str


class SecretMade(BaseModel):
    """A new secret: shown now, and never again. Until `both_sign_until` the one before signs too."""

    secret: str
    both_sign_until: datetime


class TestResult(BaseModel):
    """What became of a test: the status of the answer, if there was one, and what to know of it."""

    __test__ = False  # for pytest, which would take it for a test

    delivered: bool
    answer_code: int | None
    note: str


class DeliveryShown(BaseModel):
    """A message to a webhook. Of answers only the status is kept. `next_try_at` is null when there is no other."""

    id: str
    event: str
    job_id: str | None
    status: str
    tries: int
    answer_code: int | None
    note: str | None
    next_try_at: datetime | None
    created_at: datetime
    finished_at: datetime | None


@router.post("", status_code=HTTPStatus.CREATED, responses=documented(401, 403, 409, 422), operation_id="add_webhook")
async def add(here: Here, who: Writes, body: NewWebhook) -> WebhookMade:
    """Add a webhook. Messages are signed by the Standard Webhooks rules, with the secret that this answer shows."""
    url = await _checked(here, body.url)
    secret = new_webhook_secret()
    made = await here.store.webhooks.add(
        who.id,
        url=url,
        description=body.description,
        events=sorted(body.events),
        sealed_secret=here.sealer.seal(SECRET_PURPOSE, secret),
        now=datetime.now(UTC),
    )
    return WebhookMade(**_shown(made).model_dump(), secret=secret)


@router.get("", responses=documented(401, 403, 422), operation_id="list_webhooks")
async def newest(here: Here, who: Reads, limit: PageSize = 50, cursor: Cursor = None) -> Page[WebhookShown]:
    """Your webhooks, newest first."""
    rows = await here.store.webhooks.newest(who.id, place(cursor), limit + 1)
    return page(rows, limit, _shown, lambda row: Place(row.created_at, row.id))


@router.get("/{webhook_id}", responses=documented(401, 403, 404, 422), operation_id="get_webhook")
async def get(here: Here, who: Reads, webhook_id: WebhookId) -> WebhookShown:
    """One webhook."""
    return _shown(await here.store.webhooks.get(who.id, str(webhook_id)))


@router.patch("/{webhook_id}", responses=documented(401, 403, 404, 422), operation_id="change_webhook")
async def change(here: Here, who: Writes, webhook_id: WebhookId, body: WebhookChange) -> WebhookShown:
    """Change a webhook, or switch it off or on. Switched off, what is on its way to it ends."""
    identity = str(webhook_id)
    await here.store.webhooks.get(who.id, identity)
    changed = await here.store.webhooks.change(
        who.id,
        identity,
        now=datetime.now(UTC),
        url=None if body.url is None else await _checked(here, body.url),
        description=body.description,
        events=None if body.events is None else sorted(body.events),
        active=body.active,
    )
    return _shown(changed)


@router.delete(
    "/{webhook_id}",
    status_code=HTTPStatus.NO_CONTENT,
    responses=documented(401, 403, 404, 422),
    operation_id="delete_webhook",
)
async def delete(here: Here, who: Writes, webhook_id: WebhookId) -> None:
    """Remove a webhook, its log, and what is on its way to it."""
    await here.store.webhooks.delete(who.id, str(webhook_id))


@router.post("/{webhook_id}/secret", responses=documented(401, 403, 404, 422), operation_id="change_webhook_secret")
async def change_secret(here: Here, who: Writes, webhook_id: WebhookId) -> SecretMade:
    """Sign with a new secret; for 24 hours messages carry the signatures of both, so that none is refused meanwhile."""
    secret, now = new_webhook_secret(), datetime.now(UTC)
    sealed = here.sealer.seal(SECRET_PURPOSE, secret)
    await here.store.webhooks.change_secret(who.id, str(webhook_id), sealed, now)
    return SecretMade(secret=secret, both_sign_until=now + BOTH_SIGN)


@router.post("/{webhook_id}/test", responses=documented(401, 403, 404, 422, 429), operation_id="test_webhook")
async def test(here: Here, who: Writes, webhook_id: WebhookId) -> TestResult:
    """Send `webhook.test` now, once, also where the webhook is switched off; the answer tells what became of it."""
    tried = await here.teller.test_webhook(who.id, str(webhook_id))
    return TestResult(delivered=tried.delivered, answer_code=tried.code, note=tried.note)


@router.get("/{webhook_id}/deliveries", responses=documented(401, 403, 404, 422), operation_id="list_deliveries")
async def deliveries(
    here: Here, who: Reads, webhook_id: WebhookId, limit: PageSize = 50, cursor: Cursor = None
) -> Page[DeliveryShown]:
    """What was sent to a webhook in the last 30 days, newest first."""
    identity = str(webhook_id)
    await here.store.webhooks.get(who.id, identity)
    rows = await here.store.deliveries.log(who.id, identity, place(cursor), limit + 1)
    return page(rows, limit, _line, lambda row: Place(row.created_at, row.id))


async def _checked(here: Context, url: str) -> str:
    """The URL, if messages may be sent there. Raises `InputError`."""
    try:
        return await check_url(url, allow_private=here.settings.allow_private_addresses)
    except SourceError as error:
        raise InputError(
            error.message, hint="Give an http or https address of the public Internet, without a name or password."
        ) from error


def _shown(row: Webhook) -> WebhookShown:
    return WebhookShown(
        id=row.id,
        url=row.url,
        description=row.description,
        events=list(row.events),
        active=row.active,
        failures=row.failures,
        disabled_reason=row.disabled_reason,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _line(row: Delivery) -> DeliveryShown:
    return DeliveryShown(
        id=row.id,
        event=row.event,
        job_id=row.job_id,
        status=row.status,
        tries=row.attempts,
        answer_code=row.answer_code,
        note=row.note,
        next_try_at=row.due_at,
        created_at=row.created_at,
        finished_at=row.finished_at,
    )
