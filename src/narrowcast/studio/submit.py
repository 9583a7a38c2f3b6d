"""Handing in work: what a user wishes for is checked at no cost, written down as one job with its episode, and told."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from pydantic import ValidationError

from narrowcast.accounts.tiers import Tier, Tiers
from narrowcast.errors import ConflictError, InputError, NotFoundError, TooLargeError
from narrowcast.pipeline.length import WORDS_PER_MEDIUM_SEGMENT
from narrowcast.profiles.catalogue import DEFAULT_EPISODE_PROFILE
from narrowcast.queue.queue import NewJob, Queue
from narrowcast.queue.standing import Standing
from narrowcast.script.dialogue import Script
from narrowcast.script.words import count_words
from narrowcast.store.episodes.new_episode import NewEpisode
from narrowcast.store.episodes.scripts import KeptScript, Unchanged, being_made
from narrowcast.store.home import Store
from narrowcast.store.jobs.rows import Beside, Job, JobStatus
from narrowcast.store.people.accounts import User
from narrowcast.studio.budgets import Budgets
from narrowcast.studio.means import Access
from narrowcast.studio.request import EpisodeRequest, Mode
from narrowcast.studio.wanted import Resolved, Resolving, Wanted

EPISODE = "episode"
LATEST = timedelta(days=366)
LIVE = (JobStatus.SCHEDULED, JobStatus.QUEUED, JobStatus.RUNNING)
WORDS_PER_MINUTE = 150
BYTES_PER_WORD = 12
"""Of a script file, with all that stands around the words."""
START_S = 8.0
"""Until the first turn can be voiced, and from the last to the end."""
SECONDS_A_MINUTE = 6.0
"""What a minute of an episode takes to make: 4.3 s measured with hosted voices (docs/figures.md), and some more.

Where it takes more or less, the queue learns that from the latest jobs.
"""


@dataclass(frozen=True)
class Submitted:
    """The job that does it, and where it stands; `existing` when the same was asked for before and is on its way."""

    job: Job
    standing: Standing
    existing: bool

    @property
    def message(self) -> str:
        """`Queued: position 2, about 2 minutes.`"""
        match self.job.status:
            case JobStatus.QUEUED:
                return f"Queued: position {self.standing.position}, {self.standing.human}"
            case JobStatus.SCHEDULED if self.job.run_at:
                return f"Scheduled: begins {self.job.run_at:%Y-%m-%d %H:%M} UTC"
            case JobStatus.RUNNING:
                return f"Running: {self.standing.human}"
            case status:
                return status.capitalize()


@dataclass(frozen=True)
class Ids:
    """Of a job that is about to be written, and of its episode."""

    job: str
    episode: str


Besides = Callable[[Ids], Sequence[Beside]]
"""What is to be written in the same transaction."""


def _nothing(_ids: Ids) -> Sequence[Beside]:
    return ()


class Submitting:
    """The verbs that hand in work. `wake` is called with the kind of what there is to do at once.

    All raise `InputError`, `NotFoundError`, `BudgetError` (the month's money is used up), `TooLargeError` (so is the
    storage) and `LimitError` (too many wait); nothing was spent then, and no job is there.
    """

    def __init__(
        self, store: Store, queue: Queue, budgets: Budgets, tiers: Tiers, wake: Callable[[str], None], access: Access
    ) -> None:
        self.resolving = Resolving(store, access)
        self._store = store
        self._queue = queue
        self._budgets = budgets
        self._tiers = tiers
        self._wake = wake

    async def resolved(self, user: User, wanted: Wanted) -> Resolved:
        """What `wanted` comes to for that user."""
        return await self.resolving.resolve(user, self._tiers.tier(user.tier), wanted)

    async def generate(
        self, user: User, wanted: Wanted, besides: Besides = _nothing, *, anew: bool = False
    ) -> Submitted:
        """Make a new episode. The same that is on its way already is given instead, unless it is to be made `anew`."""
        tier = self._tiers.tier(user.tier)
        priority = _priority(wanted.priority, tier)
        run_at = _run_at(wanted.run_at)
        resolved = await self.resolved(user, wanted)
        await self._check(user, resolved.request)
        ids = Ids(str(uuid.uuid4()), str(uuid.uuid4()))
        episode = NewEpisode(
            id=ids.episode,
            owner_id=user.id,
            title=resolved.title,
            language=resolved.language,
            notebook_id=resolved.notebook_id,
            source_ids=resolved.source_ids,
            snapshot=resolved.snapshot,
        )
        job = NewJob(
            id=ids.job,
            owner_id=user.id,
            kind=EPISODE,
            params=resolved.request.model_dump(mode="json"),
            priority=priority,
            episode_id=episode.id,
            dedupe_key=None if anew else _fingerprint(resolved.request, str(run_at), str(wanted.off_peak)),
            run_at=run_at,
            off_peak=wanted.off_peak,
            estimate_s=expected_seconds(resolved.request, _words(wanted.script)),
        )
        return await self._enqueue(job, episode, *besides(ids))

    async def rendering(
        self, user: User, kept: KeptScript, audio: Literal["mp3", "m4a", "opus"] | None = None
    ) -> EpisodeRequest:
        """What the next revision of an episode is made from: its script as it is kept, and its own profile.

        `audio` none: that of the one before.
        """
        if earlier := kept.snapshot.get("request"):
            made = _request(earlier)
            profile, usual = made.profile, made.format
        else:
            profile, usual = await self.resolving.episode_profile(user.id, DEFAULT_EPISODE_PROFILE), "mp3"
        return EpisodeRequest(
            mode=Mode.RENDER,
            title=kept.title,
            profile=profile,
            script_key=kept.key,
            script_version=kept.version,
            format=audio or usual,
        )

    async def foreseen(self, user: User, wanted: Wanted, resolved: Resolved) -> Standing:
        """Where it would stand if it were handed in now; refuses priorities and times as `generate`."""
        job = NewJob(
            owner_id=user.id,
            kind=EPISODE,
            params={},
            priority=_priority(wanted.priority, self._tiers.tier(user.tier)),
            run_at=_run_at(wanted.run_at),
            off_peak=wanted.off_peak,
            estimate_s=expected_seconds(resolved.request, _words(wanted.script)),
        )
        return await self._queue.foreseen(job)

    async def render(
        self, user: User, kept: KeptScript, request: EpisodeRequest, priority: int | None, besides: Besides = _nothing
    ) -> Submitted:
        """Make the next revision of an episode, from the script that was read.

        Raises `ChangedError` when that was changed meanwhile, `ConflictError` while another job makes the episode.
        """
        await self._check(user, request)
        ids = Ids(str(uuid.uuid4()), kept.episode_id)
        job = NewJob(
            id=ids.job,
            owner_id=user.id,
            kind=EPISODE,
            params=request.model_dump(mode="json"),
            priority=_priority(priority, self._tiers.tier(user.tier)),
            episode_id=kept.episode_id,
            dedupe_key=_fingerprint(request, kept.episode_id),
            estimate_s=expected_seconds(request, len(kept.data) // BYTES_PER_WORD),
        )
        return await self._enqueue(job, Unchanged(user.id, kept), *besides(ids))

    async def retry(self, user: User, job_id: str) -> Submitted:
        """Do a failed or cancelled job again, with all that it was asked with.

        Raises `ConflictError` for another job, and where its episode was changed or is being made meanwhile.
        """
        earlier = await self._queue.get(user.id, job_id)
        if earlier is None:
            raise NotFoundError("There is no such job.")
        request = _request(earlier.params)
        await self._check(user, request)
        if earlier.episode_id and earlier.status.ended:
            await self._check_unchanged(user.id, earlier, request)
        enqueued = await self._queue.retry(user.id, job_id)
        self._wake(enqueued.job.kind)
        return Submitted(enqueued.job, await self._queue.standing(enqueued.job), enqueued.existing)

    async def _check(self, user: User, request: EpisodeRequest) -> None:
        """Refuse what there is no money or no room for."""
        await self._budgets.check(user, request)
        most = self._tiers.tier(user.tier).storage_bytes
        if most is None or request.stop_after_script:
            return
        # How much an episode will take is not known before it is made: one may come beyond, the next may not.
        if await self._store.stored_bytes(user.id) >= most:
            raise TooLargeError(
                f"Your documents and episodes take all of the {most / 1e6:,.0f} MB that you have.",
                hint="Delete some, or ask the owner of this server for more.",
            )

    async def _check_unchanged(self, owner_id: str, earlier: Job, request: EpisodeRequest) -> None:
        """A retry must not put an older script over one that was edited since."""
        others = await self._queue.history(owner_id, limit=1, statuses=LIVE, episode_id=earlier.episode_id)
        if others and others[0].retry_of != earlier.id:
            raise being_made()
        edited = await self._store.scripts.edited(owner_id, str(earlier.episode_id))
        if edited > (request.script_version or 0):
            raise ConflictError(
                "The script was changed after this job ended.",
                hint="Render the episode: that makes the script it has now.",
            )

    async def _enqueue(self, job: NewJob, *beside: Beside) -> Submitted:
        enqueued = await self._queue.enqueue(job, *beside)
        if not enqueued.existing:
            self._wake(enqueued.job.kind)
        return Submitted(enqueued.job, await self._queue.standing(enqueued.job), enqueued.existing)


def expected_seconds(request: EpisodeRequest, words: int | None = None) -> int:
    """About what an episode takes to make; `words` are those of its script where there is one."""
    minutes = request.minutes or request.profile.minutes
    if words is not None:
        minutes = words / WORDS_PER_MINUTE
    elif minutes is None:
        minutes = (request.num_segments or request.profile.num_segments) * WORDS_PER_MEDIUM_SEGMENT / WORDS_PER_MINUTE
    return round(START_S + minutes * SECONDS_A_MINUTE)


def _words(script: Script | None) -> int | None:
    return sum(count_words(turn.text) for turn in script.turns()) if script else None


def _priority(wanted: int | None, tier: Tier) -> int:
    if wanted is None:
        return tier.priority
    if not tier.lowest_priority <= wanted <= tier.highest_priority:
        raise InputError(
            f"You cannot ask for priority {wanted}.", hint=f"Ask for {tier.lowest_priority} to {tier.highest_priority}."
        )
    return wanted


def _run_at(wanted: datetime | None) -> datetime | None:
    now = datetime.now(UTC)
    if wanted and wanted > now + LATEST:
        raise InputError("That is more than a year away.", hint="Ask for an earlier time.")
    return wanted if wanted and wanted > now else None


def _fingerprint(request: EpisodeRequest, *more: str) -> str:
    """Equal for work that would come to the same."""
    return hashlib.sha256("\0".join([request.fingerprint, *more]).encode()).hexdigest()


def _request(params: object) -> EpisodeRequest:
    try:
        return EpisodeRequest.model_validate(params)
    except ValidationError as error:
        raise ConflictError(
            "This was asked for in a way that this version does not know any more.", hint="Generate a new episode."
        ) from error
