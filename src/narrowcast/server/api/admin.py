"""`/admin`: how the whole server does. For its owners; in figures, without anybody's titles or words."""

from __future__ import annotations

from contextlib import aclosing

from fastapi import APIRouter
from pydantic import BaseModel

from narrowcast.server.context import Here
from narrowcast.server.overseeing import Overview, overview
from narrowcast.server.problems import documented
from narrowcast.server.who import Admins
from narrowcast.studio.doctor import examine_running

router = APIRouter(prefix="/admin", tags=["Users"])


class FindingShown(BaseModel):
    """One thing that was looked at: `verdict` is `ok`, `note` or `problem`."""

    what: str
    verdict: str
    found: str
    hint: str


class Findings(BaseModel):
    """Everything that was looked at."""

    items: list[FindingShown]


@router.get("/overview", operation_id="get_overview", responses=documented(401, 403))
async def get_overview(here: Here, _who: Admins) -> Overview:
    """The queue, everybody in figures, the providers, and what room there is."""
    return await overview(here)


@router.get("/findings", operation_id="get_findings", responses=documented(401, 403))
async def get_findings(here: Here, _who: Admins) -> Findings:
    """What `narrowcast doctor` finds, from within. Nothing is spent; it may take some seconds."""
    async with aclosing(examine_running(here.studio, here.settings)) as findings:
        return Findings(
            items=[
                FindingShown(what=each.what, verdict=each.verdict, found=each.found, hint=each.hint)
                async for each in findings
            ]
        )
