"""`/admin`: people, providers, the queue and the room of the whole server; for its owners."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from narrowcast.accounts.roles import Role
from narrowcast.server.context import Here
from narrowcast.server.overseeing import DAYS, overview
from narrowcast.server.web import show
from narrowcast.server.who import Admins

router = APIRouter(include_in_schema=False)

MOST = 500


@router.get("/admin")
async def admin(request: Request, here: Here, who: Admins) -> Response:
    """Everything at one look."""
    seen = await overview(here)
    figures = {person.user_id: person for person in seen.people}
    users = await here.store.accounts.page(None, MOST)
    tiers = here.settings.tiers
    return show(
        request, "admin", who, here="admin",
        seen=seen, users=users, figures=figures, roles=list(Role), tiers=tiers.names, days=DAYS,
        budgets={name: tiers.tier(name).monthly_budget_usd for name in tiers.names},
    )  # fmt: skip
