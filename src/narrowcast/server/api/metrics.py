"""`/metrics`: the server's figures, for Prometheus."""

from __future__ import annotations

import hmac
from ipaddress import ip_address
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response
from prometheus_client.exposition import choose_encoder

from narrowcast.accounts.roles import Scope
from narrowcast.errors import ForbiddenError, SignInError
from narrowcast.server.context import Context, Here
from narrowcast.server.problems import documented
from narrowcast.server.who import Anyone

router = APIRouter(tags=["Operating"])
PASSED_ON = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
FIGURES: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "In Prometheus' text format."}
}


@router.get(
    "/metrics",
    operation_id="get_metrics",
    response_class=Response,
    responses=FIGURES | documented(401, 403),
)
async def get_metrics(
    request: Request, here: Here, who: Anyone, accept: Annotated[str, Header(include_in_schema=False)] = ""
) -> Response:
    """The server's figures. For programs on the server's own machine, the owner, or whoever has the metrics token."""
    if not _has_token(request, here):
        if who and Scope.ADMIN not in who.scopes:
            raise ForbiddenError("This needs the right to admin.", hint="Use the metrics token, or ask the owner.")
        if not who and not _is_local(request, here):
            raise SignInError("Sign in first.", hint="Set NARROWCAST_METRICS_TOKEN and send it as a bearer token.")
    gates = here.studio.gates
    await here.metrics.look(gates.busy() if gates else {}, here.events.clients, here.hands.waker)
    encode, media_type = choose_encoder(accept)
    return Response(encode(here.metrics.registry), headers={"Content-Type": media_type})


def _has_token(request: Request, here: Context) -> bool:
    token = here.settings.metrics_token
    kind, _, shown = request.headers.get("authorization", "").partition(" ")
    if token is None or kind.lower() != "bearer":
        return False
    return hmac.compare_digest(shown.strip().encode(), token.get_secret_value().encode())


def _is_local(request: Request, here: Context) -> bool:
    """Whether a program on this machine asks, and none that passes on what others ask, as a proxy does."""
    settings = here.settings
    behind_proxy = settings.public_url or settings.trusted_proxies or any(name in request.headers for name in PASSED_ON)
    if behind_proxy or request.client is None or "authorization" in request.headers:
        return False
    try:
        return ip_address(request.client.host).is_loopback
    except ValueError:
        return False
