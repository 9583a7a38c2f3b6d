"""One try at one message: to a webhook, by e-mail or to a browser."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address

from narrowcast.errors import InputError
from narrowcast.keys.sealing import Sealer
from narrowcast.net import PostLimits, Resolver, post, resolve_host
from narrowcast.notify import push
from narrowcast.notify.events import EMAIL_TEST, PUSH_TEST, WEBHOOK_DISABLED, WEBHOOK_TEST, EventType
from narrowcast.notify.mail import Letter, compose
from narrowcast.notify.mail_server import MailServer
from narrowcast.notify.retries import Attempt, again_after_s, is_hopeless
from narrowcast.notify.smtp import send
from narrowcast.notify.unsubscribing import unsubscribe_token
from narrowcast.notify.webhooks import SECRET_PURPOSE, attempt_of, body_of, signed_headers
from narrowcast.notify.weekly import EVENT as WEEKLY
from narrowcast.notify.words import Words, of_disabled_webhook
from narrowcast.store.telling.deliveries import Browser, Claimed, Settlement, Target

SWITCHED_OFF = Attempt(delivered=False, note="The webhook was switched off.", final=True)
NO_ACCOUNT = Attempt(delivered=False, note="The account is deactivated.", final=True)
NO_BROWSER = Attempt(delivered=False, note="The browser is not subscribed any more.", final=True)
NO_MAIL = Attempt(delivered=False, note="This server sends no e-mail.", final=True)
UNREADABLE = Attempt(
    delivered=False,
    note="The webhook's secret cannot be read: the server's own secret is another now. "
    "Make a new secret for the webhook.",
    final=True,
)
NOWHERE = "The account's e-mail address cannot be written to."


@dataclass(frozen=True)
class Channels:
    """What is needed to reach people and programs. Without `mail` and `mail_from` no e-mail is sent.

    `sealer` opens webhooks' secrets; `signing_key` is for addresses in e-mail, `push_key` for push services.
    `public_url` none: messages hold no links. `ssl_context` none: push services are checked as everybody is.
    """

    sealer: Sealer
    signing_key: bytes = field(repr=False)
    push_key: push.PushKey = field(repr=False)
    public_url: str | None = None
    mail: MailServer | None = None
    mail_from: Address | None = None
    allow_private: bool = False
    limits: PostLimits = field(default_factory=PostLimits)
    resolve: Resolver = resolve_host
    ssl_context: ssl.SSLContext | None = None

    @property
    def sends_mail(self) -> bool:
        """Whether e-mail can be sent."""
        return self.mail is not None and self.mail_from is not None


async def deliver(claimed: Claimed, channels: Channels, now: Callable[[], datetime]) -> Attempt:
    """Try it once. A fault of the other end is told in the result."""
    if not claimed.owner_active:
        return NO_ACCOUNT
    if claimed.target:
        return await _to_webhook(claimed, claimed.target, channels, now())
    if claimed.channel == "push":
        return await _to_browser(claimed, claimed.browser, channels, now()) if claimed.browser else NO_BROWSER
    return await _by_mail(claimed, channels)


def settlement(claimed: Claimed, attempt: Attempt, now: datetime, chance: float) -> Settlement:
    """What becomes of a message, and of its webhook, after a try; `chance` is within [0, 1)."""
    test = claimed.event in {WEBHOOK_TEST, EMAIL_TEST, PUSH_TEST}
    late = claimed.channel == "push" and claimed.tries >= push.MAX_TRIES
    last = attempt.delivered or attempt.final or test or late
    wait_s = None if last else again_after_s(claimed.tries, chance, attempt.wait_s)
    again_at = now + timedelta(seconds=wait_s) if wait_s is not None else None
    reason = _reason_to_disable(claimed.target, attempt, now) if claimed.target and not test else None
    notice = None
    if claimed.target and reason:
        words = of_disabled_webhook(claimed.target.description, reason)
        notice = (WEBHOOK_DISABLED, words.title, words.body)
    return Settlement(
        delivered=attempt.delivered,
        code=attempt.code,
        note=attempt.note,
        again_at=None if reason else again_at,
        counts=not test and attempt not in {SWITCHED_OFF, NO_ACCOUNT},
        disabled_reason=reason,
        notice=notice,
        forget_browser=claimed.browser is not None and attempt.gone,
    )


def _reason_to_disable(target: Target, attempt: Attempt, now: datetime) -> str | None:
    if attempt.delivered or not target.active:
        return None
    if attempt.gone or attempt.final:
        return attempt.note if attempt not in {SWITCHED_OFF, NO_ACCOUNT} else None
    if is_hopeless(target.failures + 1, target.failing_since, now):
        return f"nothing that was sent to it arrived for days. The last try: {attempt.note}"
    return None


async def _to_webhook(claimed: Claimed, target: Target, channels: Channels, now: datetime) -> Attempt:
    if not target.active and claimed.event != WEBHOOK_TEST:
        return SWITCHED_OFF
    opened = [channels.sealer.open(SECRET_PURPOSE, sealed) for sealed in target.sealed]
    keys = [key for key in opened if key is not None]
    if len(keys) < len(opened):
        return UNREADABLE
    body = body_of(claimed.payload)
    posted = await post(
        target.url,
        body,
        signed_headers(claimed.id, now.astimezone(UTC), body, keys),
        channels.limits,
        allow_private=channels.allow_private,
        resolve=channels.resolve,
    )
    return attempt_of(posted)


async def _to_browser(claimed: Claimed, browser: Browser, channels: Channels, now: datetime) -> Attempt:
    to = push.Subscription(browser.endpoint, browser.public_key, browser.auth_secret)
    said = {name: str(claimed.payload.get(name, "")) for name in ("title", "body", "path", "tag")}
    contact = push.contact_of(channels.public_url, channels.mail_from.addr_spec if channels.mail_from else None)
    posted = await post(
        to.endpoint,
        push.body_of(said, to),
        push.headers_of(claimed.id, to, channels.push_key, contact, now),
        channels.limits,
        allow_private=channels.allow_private,
        resolve=channels.resolve,
        ssl_context=channels.ssl_context,
    )
    return push.attempt_of(posted)


async def _by_mail(claimed: Claimed, channels: Channels) -> Attempt:
    if channels.mail is None or channels.mail_from is None:
        return NO_MAIL
    base = channels.public_url
    token = unsubscribe_token(claimed.owner_id, channels.signing_key)
    letter = Letter(
        identity=claimed.id,
        to=claimed.email,
        words=Words(claimed.payload["title"], claimed.payload["body"]),
        at=claimed.created_at,
        link=link_of(claimed.event, claimed.payload.get("episode_id"), base),
        unsubscribe=f"{base}/api/v1/unsubscribe/{token}" if base else "",
    )
    try:
        message = compose(letter, channels.mail_from)
    except InputError:
        return Attempt(delivered=False, note=NOWHERE, final=True)
    return await send(message, channels.mail)


def link_of(event: str, episode_id: str | None, public_url: str | None) -> str:
    """The page of an episode that something became of, or of the week; empty where there is nothing to open."""
    if event == WEEKLY and public_url:
        return f"{public_url}/stats"
    if event not in set(EventType) or not episode_id or not public_url:
        return ""
    return f"{public_url}/episodes/{episode_id}"
