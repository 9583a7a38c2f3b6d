"""One file a page, or a few that belong together: its route, and what its template is given."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter


def page_routers() -> Sequence[APIRouter]:
    """The routes of all pages."""
    from narrowcast.server.web.pages import (
        admin,
        editing,
        episode,
        feeds,
        inbox,
        installed,
        library,
        make,
        moment,
        profiles,
        queue,
        saving,
        settings,
        signing_in,
        sources,
        start,
        stats,
    )

    return (
        signing_in.router,
        episode.router,
        feeds.router,
        editing.router,
        inbox.router,
        installed.router,
        library.router,
        make.router,
        profiles.router,
        moment.router,
        queue.router,
        start.router,
        settings.router,
        stats.router,
        saving.router,
        sources.router,
        admin.router,
    )
