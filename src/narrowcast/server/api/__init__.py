"""One file a noun: its routes with the shapes that go in and out."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter


def routers() -> Sequence[APIRouter]:
    """The routes of `/api/v1`, noun by noun."""
    from narrowcast.server.api import (
        admin,
        analytics,
        audio,
        bookmarks,
        cues,
        episode_profiles,
        feeds,
        generate,
        inbox,
        jobs,
        live,
        me,
        moments,
        notebooks,
        notifications,
        podcasts,
        previews,
        progress,
        providers,
        push,
        render,
        revisions,
        script,
        sessions,
        source_batch,
        sources,
        speaker_profiles,
        tokens,
        up_next,
        upload,
        usage,
        users,
        voices,
        webhooks,
    )

    return (
        # Before the episodes by their ids: /podcasts/jobs is none.
        generate.router,
        jobs.router,
        inbox.router,
        me.router,
        moments.router,
        notifications.router,
        webhooks.router,
        analytics.router,
        progress.router,
        providers.router,
        push.router,
        previews.router,
        render.router,
        revisions.router,
        script.router,
        sessions.router,
        tokens.router,
        usage.router,
        users.router,
        admin.router,
        voices.router,
        feeds.router,
        notebooks.router,
        source_batch.router,
        sources.router,
        audio.router,
        cues.router,
        bookmarks.router,
        up_next.router,
        live.router,
        upload.router,
        # Last of all below `/podcasts/`: the routes of single episodes.
        podcasts.router,
        episode_profiles.router,
        speaker_profiles.router,
    )


def root_routers() -> Sequence[APIRouter]:
    """The routes at the server's root."""
    from narrowcast.server.api import audio, feed_files, metrics, moments

    return (audio.root, feed_files.router, moments.root, metrics.router)
