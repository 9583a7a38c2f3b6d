"""Who may hear an episode while it is made, and what there is to hear of it: a session, or what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Depends, Path, Query

from narrowcast.accounts.roles import Scope
from narrowcast.accounts.server_secret import Purpose
from narrowcast.accounts.signed_names import check_signature, signature
from narrowcast.errors import ForbiddenError, NotFoundError, SignInError
from narrowcast.live.session import Session
from narrowcast.server.addresses import file_name, suffix_of
from narrowcast.server.context import Context, Here
from narrowcast.server.who import Anyone
from narrowcast.store.episodes.revisions import Revision
from narrowcast.store.jobs.rows import Job

JOBS_LOOKED_AT = 5


@dataclass(frozen=True)
class LiveHearing:
    """An episode that may be heard while it is made; `expires` and `shown` are those of a signed link."""

    owner_id: str
    episode_id: str
    credential: str = ""
    expires: str = ""
    shown: str = ""

    def query(self, **more: str) -> str:
        """What the addresses below this one bear, so that whoever may hear this may hear those."""
        signed = {"expires": self.expires, "signature": self.shown} if self.shown else {}
        return f"?{urlencode({**more, **signed})}" if more or signed else ""


def live_name(episode_id: str) -> str:
    """What is signed for a link to an episode's live sound: no file below `/audio/` is called so."""
    return f"live/{episode_id}"


async def live_hearing(
    here: Here,
    who: Anyone,
    episode_id: Annotated[UUID, Path(description="The episode's id.")],
    expires: Annotated[str | None, Query(max_length=20, description="Of a signed link.")] = None,
    shown: Annotated[str | None, Query(alias="signature", max_length=100, description="Of a signed link.")] = None,
) -> LiveHearing:
    """What may be heard. Raises `SignInError`, `ForbiddenError` (a signature that is none), `NotFoundError`."""
    identity = str(episode_id)
    if shown is not None:
        key = here.secret.key(Purpose.SIGNED_URLS)
        check_signature(key, live_name(identity), expires or "", shown, datetime.now(UTC))
        owner_id = await here.store.shelf.owner_of(identity)
        if owner_id is None:
            raise NotFoundError("There is no such episode.")
        return LiveHearing(owner_id, identity, expires=expires or "", shown=shown)
    if who is None:
        raise SignInError("Sign in first.", hint="Or use a link that was signed: POST /podcasts/{id}/links.")
    if Scope.READ not in who.scopes:
        raise ForbiddenError("This needs the right to read.", hint="Use another token.")
    await here.store.shelf.title(who.id, identity)
    return LiveHearing(who.id, identity, who.credential)


HearsLive = Annotated[LiveHearing, Depends(live_hearing)]


async def job_of(here: Context, hears: LiveHearing, edition: str | None = None) -> Job | None:
    """The job that makes the episode's sound now, or the one that an `edition` is of."""
    jobs = await here.queue.history(hears.owner_id, limit=JOBS_LOOKED_AT, episode_id=hears.episode_id)
    if edition:
        named = edition.rpartition("-")[0]
        return next((job for job in jobs if named and job.id.startswith(named)), None)
    newest = jobs[0] if jobs else None
    return None if newest is None or newest.status.ended or newest.params.get("stop_after_script") else newest


async def heard_live(here: Context, hears: LiveHearing) -> Session | Revision:
    """The session of what is being made; the finished rendering where nothing is. A session that ended stays a while.

    Raises `NotFoundError` where there is neither, `LimitError`, `OutputError`.
    """
    if job := await job_of(here, hears):
        return await here.live.open(job)
    jobs = await here.queue.history(hears.owner_id, limit=1, episode_id=hears.episode_id)
    if jobs and (session := here.live.at(jobs[0].id)):
        session.touch()
        return session
    if found := await here.store.revisions.get(hears.owner_id, hears.episode_id):
        return found
    shelved = await here.store.shelf.get(hears.owner_id, hears.episode_id)
    raise NotFoundError("There is nothing to hear of this episode.", hint=f"Its status is {shelved.status}.")


async def session_of(here: Context, hears: LiveHearing, edition: str | None) -> Session:
    """The session that a playlist or an event named. Raises `NotFoundError` where its sound is another by now."""
    job = await job_of(here, hears, edition)
    if job is None:
        raise NotFoundError("This is not being made any more.", hint="Ask for the playlist again.")
    return await here.live.open(job)


def finished_address(here: Context, hears: LiveHearing, found: Revision) -> str:
    """The finished audio, as seen from `/api/v1/podcasts/{id}/live.m3u8`; signed for as long as the link was."""
    name = file_name(found.episode_id, found.number, suffix_of(found.media_type, found.audio_key))
    if not hears.shown:
        return f"../../../../audio/{name}"
    shown = signature(here.secret.key(Purpose.SIGNED_URLS), name, int(hears.expires))
    return f"../../../../audio/{name}?{urlencode({'expires': hears.expires, 'signature': shown})}"
