"""Taking in what was heard, and telling how far a listener is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from narrowcast.errors import ChangedError, InputError
from narrowcast.listening.carrying import Passage, Spoken, carried
from narrowcast.listening.days import parts, summed
from narrowcast.listening.heat import ever
from narrowcast.listening.intervals import Offered, Renderings, by_our_clock, credited_ms, judged
from narrowcast.listening.progress import completed, heard, is_finished, marked, segments, share, sought
from narrowcast.listening.resume import resume_ms
from narrowcast.script.cue_sheet import CueSheet
from narrowcast.store.home import Store
from narrowcast.store.listening.hearing import Ledger
from narrowcast.store.listening.records import Listened, Played, Progress, Spans
from narrowcast.studio.cue_sheets import sheet_of

TRIES = 5
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NOTHING = CueSheet(duration=0, speakers=(), chapters=(), turns=())


class Taken(StrEnum):
    """What became of an interval."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REFUSED = "refused"


@dataclass(frozen=True)
class Verdict:
    """What became of one interval that was sent, and why it was refused."""

    event_id: str
    status: Taken
    reason: str = ""


@dataclass(frozen=True)
class Change:
    """What a listener does besides listening; none leaves it as it is."""

    position_ms: int | None = None
    rate: float | None = None
    finished: bool | None = None


@dataclass(frozen=True)
class HowFar:
    """How far a listener is in the newest rendering of an episode; places in milliseconds."""

    listened: Listened
    progress: Progress
    resume_ms: int
    segments: Spans
    completed: tuple[int, ...]
    share: float
    finished: bool

    @property
    def ever(self) -> Spans:
        """What the listener ever heard of it."""
        return ever(self.progress.heat)


class Hearing:
    """What the listeners of one store hear. Raises `OutputError` when the disk or database fails."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def take(
        self, owner_id: str, episode_id: str, offered: Sequence[Offered], sent_at: datetime | None, now: datetime
    ) -> list[Verdict]:
        """Take in intervals of one of the owner's episodes: each once, whenever and in whatever order they come.

        Raises `NotFoundError`.
        """
        sent_at_ms = None if sent_at is None else _ms(sent_at)
        right = [by_our_clock(one, sent_at_ms, _ms(now)) for one in offered]
        asked = {one.revision for one in right}
        for _ in range(TRIES):
            found, before = await self._store.hearing.listened(owner_id, episode_id)
            passages = await self._passages(found, asked | ({before.revision} if before else set()))
            async with self._store.hearing.ledger(owner_id, episode_id) as ledger:
                found_now = await ledger.listened()
                progress = await ledger.progress() or Progress(found_now.revision)
                # A rendering may have come between: what leads to it is read before, not within, a transaction.
                if found_now.revision == found.revision and _leads(progress.revision, found_now, passages):
                    return await _write(ledger, found_now, progress, right, passages, now)
        raise ChangedError("The episode is being changed.", hint="Send it again.")

    async def how_far(self, owner_id: str, episode_id: str, now: datetime) -> HowFar:
        """How far the listener is, and where to go on. Raises `NotFoundError`."""
        found, progress = await self._store.hearing.listened(owner_id, episode_id)
        progress = progress or Progress(found.revision)
        passages = await self._passages(found, {progress.revision})
        return await self._told(found, _current(progress, found, passages), now)

    async def change(self, owner_id: str, episode_id: str, change: Change, now: datetime) -> HowFar:
        """Go to another place, change the speed, or mark it as finished or not heard yet. Raises `NotFoundError`.

        Raises `InputError` for a place behind the end.
        """
        for _ in range(TRIES):
            found, before = await self._store.hearing.listened(owner_id, episode_id)
            _check(change, found)
            passages = await self._passages(found, {before.revision} if before else set())
            async with self._store.hearing.ledger(owner_id, episode_id) as ledger:
                found_now = await ledger.listened()
                progress = await ledger.progress() or Progress(found_now.revision)
                if found_now.revision != found.revision or not _leads(progress.revision, found_now, passages):
                    continue
                after = _changed(_current(progress, found_now, passages), found_now, change, _ms(now))
                await ledger.keep(replace(after, heard_share=share(after, found_now.duration_ms)))
            return await self._told(found_now, after, now)
        raise ChangedError("The episode is being changed.", hint="Send it again.")

    async def _told(self, found: Listened, progress: Progress, now: datetime) -> HowFar:
        sheet = await self._sheet(found, found.revision)
        chapters = [round(chapter.start * 1000) for chapter in sheet.chapters]
        sentences = [round(sentence.start * 1000) for turn in sheet.turns for sentence in turn.sentences]
        pieces = segments(chapters, found.duration_ms)
        return HowFar(
            listened=found,
            progress=progress,
            resume_ms=resume_ms(
                progress.position_ms, _ms(now) - progress.position_at_ms, found.duration_ms, chapters, sentences
            ),
            segments=pieces,
            completed=completed(progress, pieces),
            share=share(progress, found.duration_ms),
            finished=is_finished(progress, found.duration_ms),
        )

    async def _passages(self, found: Listened, revisions: Iterable[int]) -> Mapping[int, Passage]:
        """From each of these renderings to the newest one; what is not known any more is taken as it was."""
        out = {}
        newest: CueSheet | None = None
        for number in sorted(set(revisions) - {found.revision}):
            newest = newest or await self._sheet(found, found.revision)
            before = await self._sheet(found, number) if number else NOTHING
            out[number] = Passage(_spoken(before), _spoken(newest), found.duration_ms)
        return out

    async def _sheet(self, found: Listened, number: int) -> CueSheet:
        if number not in found.files:
            return NOTHING
        return await sheet_of(self._store.blobs, found.files[number], found.durations_ms[number])


async def _write(
    ledger: Ledger,
    found: Listened,
    before: Progress,
    offered: Sequence[Offered],
    passages: Mapping[int, Passage],
    now: datetime,
) -> list[Verdict]:
    known = await ledger.known([one.event_id for one in offered])
    renderings = Renderings(found.episode_id, found.revision, found.durations_ms)
    verdicts: list[Verdict] = []
    taken: list[Played] = []
    for one in offered:
        if one.event_id in known:
            verdicts.append(Verdict(one.event_id, Taken.DUPLICATE))
            continue
        played = judged(one, renderings, _ms(now))
        if isinstance(played, str):
            verdicts.append(Verdict(one.event_id, Taken.REFUSED, played))
            continue
        known.add(one.event_id)
        taken.append(played)
        verdicts.append(Verdict(one.event_id, Taken.ACCEPTED))
    if taken:
        await ledger.add(taken, now)
        await _sum(ledger, {part.day for one in taken for part in parts(one, credited_ms(one))})
        told = [piece for one in taken for piece in _in_newest(one, found.revision, passages)]
        after = heard(_current(before, found, passages), told, _ms(now))
        await ledger.keep(replace(after, heard_share=share(after, found.duration_ms)))
    return verdicts


async def _sum(ledger: Ledger, days: Collection[date]) -> None:
    """Sum these days anew, of all that is known of them."""
    pieces = [part for one in await ledger.intervals_of(days) for part in parts(one, credited_ms(one))]
    for day in sorted(days):
        if found := summed(day, pieces):
            await ledger.put_day(*found)


def _in_newest(played: Played, newest: int, passages: Mapping[int, Passage]) -> list[Played]:
    if played.revision == newest:
        return [played]
    stretches = passages[played.revision].spans(((played.from_ms, played.to_ms),))
    return [replace(played, revision=newest, from_ms=start, to_ms=end) for start, end in stretches]


def _current(progress: Progress, found: Listened, passages: Mapping[int, Passage]) -> Progress:
    if progress.revision == found.revision:
        return progress
    return carried(progress, passages[progress.revision], found.revision)


def _leads(revision: int, found: Listened, passages: Mapping[int, Passage]) -> bool:
    return revision == found.revision or revision in passages


def _check(change: Change, found: Listened) -> None:
    length = found.duration_ms
    if change.position_ms is not None and length is not None and change.position_ms > length:
        raise InputError(
            "That place lies behind the end of the episode.", hint=f"It is {length / 1000:g} seconds long."
        )


def _changed(progress: Progress, found: Listened, change: Change, now_ms: int) -> Progress:
    if change.finished is not None:
        progress = marked(progress, found.duration_ms, now_ms, finished=change.finished)
    if change.position_ms is not None:
        progress = sought(progress, change.position_ms, now_ms)
    if change.rate is not None:
        progress = replace(progress, rate=change.rate, rate_at_ms=now_ms)
    return progress


def _spoken(sheet: CueSheet) -> tuple[Spoken, ...]:
    return tuple(
        Spoken(turn.turn_id, round(turn.start * 1000), round(turn.end * 1000)) for turn in sheet.turns if turn.turn_id
    )


def _ms(at: datetime) -> int:
    # Not by `astimezone`: a device's clock may show what no calendar of UTC has.
    return (at - EPOCH) // timedelta(milliseconds=1)
