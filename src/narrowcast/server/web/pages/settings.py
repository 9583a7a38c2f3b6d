"""`/settings`: oneself, what one is told, what programs may, and where else to go."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from narrowcast.accounts.roles import Scope
from narrowcast.notify.events import EMAILED_BY_DEFAULT, EventType
from narrowcast.server.context import Here
from narrowcast.server.web import show
from narrowcast.server.who import Admins, Reads
from narrowcast.version import __version__

router = APIRouter(include_in_schema=False, prefix="/settings")

MOST = 100
SECTIONS = (
    ("", "You"),
    ("/notifications", "Messages"),
    ("/programs", "Programs"),
    ("/keys", "Keys"),
    ("/about", "About"),
)
EVENTS = {
    EventType.COMPLETED: "An episode is ready",
    EventType.SCRIPT_READY: "A script is ready to review",
    EventType.FAILED: "An episode could not be made",
    EventType.CANCELLED: "An episode was cancelled",
}


@router.get("")
async def you(request: Request, here: Here, who: Reads) -> Response:
    """Name, password, look, where one is signed in; leading to everything else that is one's own."""
    sessions = await here.store.sessions.page(who.id, None, MOST)
    return show(request, "settings", who, here="settings", **_around(who.user.role, ""), sessions=sessions)


@router.get("/notifications")
async def notifications(request: Request, here: Here, who: Reads) -> Response:
    """What one is told of, and by which way."""
    chosen = (await here.store.preferences.get(who.id)).get("email_on", EMAILED_BY_DEFAULT)
    return show(
        request, "settings_notifications", who, here="settings", **_around(who.user.role, "/notifications"),
        events=[(event, EVENTS[event], event in chosen) for event in EventType],
        sends_mail=here.teller.channels.sends_mail,
    )  # fmt: skip


@router.get("/programs")
async def programs(request: Request, here: Here, who: Reads) -> Response:
    """Tokens and webhooks."""
    tokens = await here.store.tokens.page(who.id, None, MOST)
    webhooks = await here.store.webhooks.newest(who.id, None, MOST)
    logs = {hook.id: await here.store.deliveries.log(who.id, hook.id, None, 10) for hook in webhooks}
    return show(
        request, "settings_programs", who, here="settings", **_around(who.user.role, "/programs"),
        tokens=[token for token in tokens if not token.revoked_at], webhooks=webhooks, logs=logs,
        scopes=[scope for scope in Scope if scope in who.scopes], events=list(EventType),
    )  # fmt: skip


@router.get("/keys")
async def keys(request: Request, here: Here, who: Admins) -> Response:
    """Providers' keys; for the owner."""
    states = await here.keys.states()
    return show(request, "settings_keys", who, here="settings", **_around(who.user.role, "/keys"), providers=states)


@router.get("/about")
async def about(request: Request, who: Reads) -> Response:
    """Which version this is, and what it is made of."""
    return show(
        request, "settings_about", who, here="settings", **_around(who.user.role, "/about"), version=__version__
    )


def _around(role: str, section: str) -> dict[str, Any]:
    """What the frame of all these pages needs; keys are for who owns the server."""
    sections = [each for each in SECTIONS if each[0] != "/keys" or role == "owner"]
    return {"sections": sections, "section": section, "owner": role == "owner"}
