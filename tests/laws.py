"""What must hold of the queue once it rests, looked up from outside: in rows, in files, in the provider's own ledger.

`look` reads; each law is a function of frozen values that yields what breaks it, so that each can be seen to fail.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from sqlalchemy import create_engine, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from ledger import Call
from narrowcast.audio.clip import decode
from narrowcast.store.tables import job, job_event, provider_slot, result, revision

ENDED = frozenset({"completed", "failed", "cancelled"})
STATUSES = ENDED | {"scheduled", "queued", "running"}
MS = 30
"""How far a clip's length may lie from what its row says."""
LANDING_S = 10.0
"""How long after a provider's answer it may take, on a machine that others use too, until it is on the disk."""


@dataclass(frozen=True)
class JobRow:
    """A job as it stands."""

    id: str
    owner_id: str
    status: str
    epoch: int
    episode_id: str | None = None
    lease_owner: str | None = None


@dataclass(frozen=True)
class Told:
    """A status that a job was told to have, in the order in which that was committed."""

    job_id: str
    status: str
    epoch: int


@dataclass(frozen=True)
class Published:
    """A rendering, whose name tells by which claim it was made."""

    episode_id: str
    audio_key: str
    sha256: str


@dataclass(frozen=True)
class Kept:
    """A paid result."""

    key: str
    kind: str
    status: str
    lease_owner: str | None = None
    blob_key: str | None = None
    sha256: str | None = None
    ms: int | None = None


@dataclass(frozen=True)
class Seen:
    """Everything that the laws speak of."""

    jobs: tuple[JobRow, ...] = ()
    told: tuple[Told, ...] = ()
    published: tuple[Published, ...] = ()
    results: tuple[Kept, ...] = ()
    slots: int = 0


@dataclass(frozen=True)
class Disturbance:
    """Something that was killed, or stood still, from one monotonic time to another (seconds)."""

    what: str
    begun: float
    ended: float


def look(url: str) -> Seen:
    """What is in the database at `url`, as the settings name it."""
    parsed = make_url(url)
    driver = "sqlite" if parsed.drivername.startswith("sqlite") else "postgresql+psycopg"
    engine = create_engine(parsed.set(drivername=driver), poolclass=NullPool)
    clip = select(
        *(result.c[name] for name in ("key", "kind", "status", "lease_owner", "blob_key", "sha256")),
        result.c.meta["ms"].as_integer().label("ms"),
    )
    told = select(job_event.c.job_id, job_event.c.kind, job_event.c.data["epoch"].as_integer())
    with engine.connect() as connection:
        return Seen(
            jobs=tuple(
                JobRow(*row) for row in connection.execute(select(*(job.c[name] for name in JobRow.__annotations__)))
            ),
            told=tuple(
                Told(*row)
                for row in connection.execute(told.where(job_event.c.kind.in_(STATUSES)).order_by(job_event.c.id))
            ),
            published=tuple(
                Published(*row)
                for row in connection.execute(select(revision.c.episode_id, revision.c.audio_key, revision.c.sha256))
            ),
            results=tuple(Kept(**row._mapping) for row in connection.execute(clip)),
            slots=connection.scalar(select(func.count()).select_from(provider_slot)) or 0,
        )


def all_broken(
    seen: Seen,
    *,
    blobs: Path,
    homes: Iterable[Path],
    acknowledged: Collection[str],
    caps: Mapping[str, int],
    calls: Sequence[Call],
    disturbances: Sequence[Disturbance] = (),
) -> list[str]:
    """Whatever breaks a law; `caps` are how many jobs each owner may run, `homes` the folders of all processes."""
    return [
        *lost_or_endless(seen, acknowledged),
        *published_without_end(seen),
        *epochs_astray(seen),
        *beyond_caps(seen, caps),
        *paid_again(calls, disturbances),
        *unsound(seen, blobs),
        *left_behind(seen, blobs, homes),
    ]


def lost_or_endless(seen: Seen, acknowledged: Collection[str]) -> Iterator[str]:
    """Each acknowledged request exists, and came to one end; and nobody else's does."""
    status = {each.id: each.status for each in seen.jobs}
    for job_id in sorted(acknowledged):
        if job_id not in status:
            yield f"job {job_id} was acknowledged and is lost"
    for job_id in sorted(set(status) - set(acknowledged)):
        yield f"job {job_id} was made by nobody's wish"
    for job_id, now in sorted(status.items()):
        if now not in ENDED:
            yield f"job {job_id} is {now} for ever"


def published_without_end(seen: Seen) -> Iterator[str]:
    """What completed was published, once, by the claim that completed it; and nothing else was."""
    due = Counter(
        f"episodes/{each.episode_id}/{each.id[:8]}-{each.epoch}" for each in seen.jobs if each.status == "completed"
    )
    there = Counter(each.audio_key.rpartition("/")[0] for each in seen.published)
    for place in sorted((due - there).keys()):
        yield f"{place} completed and is not published"
    for place in sorted((there - due).keys()):
        yield f"{place} is published once too often"


def epochs_astray(seen: Seen) -> Iterator[str]:
    """Each claim has the next epoch, what is told in between has that of its claim, and after an end nothing is."""
    at: Counter[str] = Counter()
    ended: set[str] = set()
    for each in seen.told:
        if each.job_id in ended:
            yield f"job {each.job_id} was {each.status} after its end"
        expected = at[each.job_id] + (each.status == "running")
        if each.epoch != expected:
            yield f"job {each.job_id} was {each.status} at epoch {each.epoch}, and it was at {expected}"
        at[each.job_id] = max(each.epoch, at[each.job_id])
        if each.status in ENDED:
            ended.add(each.job_id)
    for row in seen.jobs:
        if row.epoch != at[row.id]:
            yield f"job {row.id} has epoch {row.epoch}, and {at[row.id]} was told last"


def beyond_caps(seen: Seen, caps: Mapping[str, int]) -> Iterator[str]:
    """Nobody ever ran more than they may: events are committed with what they tell of, in the order of their ids."""
    owner = {each.id: each.owner_id for each in seen.jobs}
    running: defaultdict[str, set[str]] = defaultdict(set)
    for each in seen.told:
        mine = running[owner.get(each.job_id, "")]
        if each.status == "running":
            mine.add(each.job_id)
            if len(mine) > caps.get(owner.get(each.job_id, ""), 0):
                yield f"{len(mine)} jobs of {owner.get(each.job_id)} ran at once, with {each.job_id}"
        else:
            mine.discard(each.job_id)


def paid_again(calls: Sequence[Call], disturbances: Sequence[Disturbance]) -> Iterator[str]:
    """A clip is paid for again only if something was disturbed while its call was under way, or had just ended."""
    paid: defaultdict[str, list[Call]] = defaultdict(list)
    for call in calls:
        if call.ok and call.stage == "speech":
            paid[call.hash].append(call)
    for same in paid.values():
        for first, second in pairwise(sorted(same, key=lambda call: call.start)):
            landed = min((first.end or math.inf) + LANDING_S, second.start)
            if not any(each.begun <= landed and each.ended >= first.start for each in disturbances):
                yield f"{first.text[:60]!r} was paid for again, and nothing had happened to it"


def unsound(seen: Seen, blobs: Path) -> Iterator[str]:
    """What is kept is there, whole, and as long as its row says."""
    for each in seen.published:
        yield from _not_as_told(blobs / each.audio_key, each.sha256)
    for kept in seen.results:
        if kept.status != "ready" or not kept.blob_key:
            continue
        path = blobs / kept.blob_key
        yield from _not_as_told(path, kept.sha256)
        if kept.kind == "clip" and path.exists():
            samples, rate = decode(path.read_bytes())
            heard_ms = len(samples) * 1000 / rate
            if kept.ms is None or abs(heard_ms - kept.ms) > MS:
                yield f"clip {kept.key} lasts {heard_ms:.0f} ms, and its row says {kept.ms}"


def _not_as_told(path: Path, sha256: str | None) -> Iterator[str]:
    if not path.exists():
        yield f"{path.name} is gone"
    elif hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
        yield f"{path.name} is not what its row tells"


def left_behind(seen: Seen, blobs: Path, homes: Iterable[Path]) -> Iterator[str]:
    """At rest nothing is held, pending or unfinished."""
    for row in seen.jobs:
        if row.lease_owner:
            yield f"job {row.id} is held by {row.lease_owner}"
    for kept in seen.results:
        if kept.lease_owner:
            yield f"{kept.kind} {kept.key} is held by {kept.lease_owner}"
        elif kept.status != "ready" and all(row.status == "completed" for row in seen.jobs):
            yield f"{kept.kind} {kept.key} is {kept.status}"
    if seen.slots:
        yield f"{seen.slots} slots are held"
    for folder in [blobs / "incoming", *(home / name for home in homes for name in ("work", "run"))]:
        for path in sorted(folder.glob("*")):
            yield f"{path.parent.name}/{path.name} is left"
