"""One episode that is heard while it is made: follows its job, and mixes what its hands have placed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from pathlib import Path

import structlog

from narrowcast.errors import NarrowcastError, NotFoundError
from narrowcast.live.making import Making, Mix
from narrowcast.live.segments import Segment, Segments
from narrowcast.live.stream import Stream
from narrowcast.live.track import S, Track
from narrowcast.store.home import Store
from narrowcast.store.jobs.rows import Job

EVERY_S = 0.15
"""How soon it is seen that a turn was placed, as long as nothing can be heard yet; then a third as often."""
IDLE_S = 20.0
"""Nothing is mixed any more where nobody has asked for anything for so long; HLS players ask every few seconds."""
CHECKED_EVERY_S = 5.0
BATCH = 10_000
MP3_PIECE = 64 * 1024

log = structlog.get_logger(__name__)


class Session:
    """The sound of one job's episode so far, shared by all who listen; between `open` and `aclose`.

    `making` is what the job's hands have told, `fault` what keeps the sound from going on, if anything does.
    """

    def __init__(self, store: Store, job: Job, *, every_s: float = EVERY_S, idle_s: float = IDLE_S) -> None:
        self.job = job
        self.making = Making(status=job.status)
        self.fault: NarrowcastError | None = None
        self.closed = False
        self._listeners = 0
        self._store = store
        self._every_s = every_s
        self._idle_s = idle_s
        self._looked = False
        self._segments: Track[Segments] | None = None
        self._stream: Track[Stream] | None = None
        self._news = asyncio.Event()
        self._asked = asyncio.Event()
        self._time = asyncio.get_running_loop().time
        self._touched_s = self._time()
        self._parts = AsyncExitStack()
        self._folder = Path()
        self._work: list[asyncio.Task[None]] = []
        self._streaming = False

    async def open(self) -> None:
        """Begin. Raises `OutputError`."""
        self._folder = await self._parts.enter_async_context(self._store.workplaces.open(f"live-{self.job.id}"))
        self._begin(self._watch())
        self._begin(self._mix_segments())

    async def aclose(self) -> None:
        """End it for all who listen; nothing of it stays on the disk. May be called twice."""
        self.closed = True
        for task in self._work:
            task.cancel()
        await asyncio.gather(*self._work, return_exceptions=True)
        self._work.clear()
        for track in (self._segments, self._stream):
            if track:
                track.give_up()
        await self._parts.aclose()
        self.tell()

    @property
    def edition(self) -> str:
        """Names this very sound: what was got of another one does not go together with it."""
        return f"{self.job.id[:8]}-{self.making.edition}"

    @property
    def segments(self) -> list[Segment]:
        """Those that can be played."""
        return self._segments.sink.made if self._segments else []

    @property
    def init(self) -> bytes:
        """What goes before the segments; empty as long as nothing is mixed."""
        return self._segments.sink.init if self._segments else b""

    @property
    def made_s(self) -> float:
        """How many seconds can be played."""
        return self._segments.sink.seconds if self._segments else 0.0

    @property
    def made_turns(self) -> int:
        """How many turns can be played whole."""
        return self._segments.turns if self._segments else 0

    @property
    def expected_s(self) -> float | None:
        """How long the whole will be about."""
        minutes = self.job.params.get("minutes")
        return self.making.expected_s(minutes, self.made_s, self.made_turns)

    @property
    def complete(self) -> bool:
        """Whether no further segment will come."""
        if self.closed or self.fault:
            return True
        if self._segments is None:
            return self._looked and self.making.status.ended and self.making.mix is None
        return self._segments.complete

    @property
    def caught_up(self) -> bool:
        """Whether all that was placed can be played."""
        return self.complete or (
            self._looked and self.made_turns == len(self.making.places) and not self.making.status.ended
        )

    @property
    def idle_s(self) -> float:
        """Since when nobody has listened."""
        return 0.0 if self._listeners else self._time() - self._touched_s

    def touch(self) -> None:
        """Somebody asks for something."""
        self._touched_s = self._time()
        self._asked.set()

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Somebody listens in the block."""
        self._listeners += 1
        self.touch()
        try:
            yield
        finally:
            self._listeners -= 1
            self.touch()

    async def until(self, reached: Callable[[], bool], wait_s: float | None) -> bool:
        """Wait until something of this session is so, at most `wait_s`; whether it is."""
        with suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                while not reached():
                    await self._news.wait()
        return reached()

    async def segment(self, number: int, wait_s: float) -> bytes | None:
        """The bytes of a segment; what was placed already is waited for. None where there is no such one yet."""
        await self.until(lambda: len(self.segments) >= number or self.caught_up, wait_s)
        track = self._segments
        if track is None or number > len(track.sink.made):
            return None
        return await asyncio.to_thread(track.sink.read, track.sink.made[number - 1])

    async def mp3(self) -> AsyncIterator[bytes]:
        """The whole as one MP3, from its start to its end, as it is made; encoded once for all who want it."""
        if not self._streaming:
            self._streaming = True
            self._begin(self._mix_stream())
        with self.listening():
            await self.until(lambda: self._stream is not None or self.complete, None)
            track, offset = self._stream, 0
            while track is not None and not self.closed:
                while (piece := await asyncio.to_thread(track.sink.read, offset, MP3_PIECE)) and not self.closed:
                    offset += len(piece)
                    yield piece
                if track.complete or track is not self._stream or self.fault:
                    return
                at = offset
                await self.until(lambda at=at: self._is_more(track, at), None)  # type: ignore[misc]

    def _is_more(self, track: Track[Stream], offset: int) -> bool:
        over = track.complete or track is not self._stream or self.fault is not None or self.closed
        return over or track.sink.size > offset

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        self._work.append(asyncio.create_task(self._guarded(work)))

    async def _guarded(self, work: Coroutine[None, None, None]) -> None:
        """What goes wrong is told to who listens; the finished episode does not depend on it."""
        try:
            await work
        except (NarrowcastError, OSError) as fault:
            log.warning("live listening fails", job_id=self.job.id, fault=str(fault))
            self.fault = fault if isinstance(fault, NarrowcastError) else NarrowcastError(str(fault))
            self.tell()

    async def _watch(self) -> None:
        """Take in what the job's hands tell, to its end."""
        seen, checked_s = 0, self._time()
        while True:
            await self._while_wanted()
            events = await self._store.job_events.sounding(self.job.id, seen, BATCH)
            making = self.making
            for event in events:
                making = making.after(event)
                seen = event.id
            self.making = making
            self._looked = len(events) < BATCH
            if events or not checked_s:
                self.tell()
            if self._looked and making.status.ended:
                self.tell()
                return
            if self._time() - checked_s > CHECKED_EVERY_S:
                checked_s = self._time()
                if await self._store.jobs.get(self.job.owner_id, self.job.id) is None:
                    raise NotFoundError("This episode was deleted.")
            if self._looked:
                await asyncio.sleep(3 * self._every_s if self.segments else self._every_s)

    async def _mix_segments(self) -> None:
        async for track in self._tracks(lambda mix, name: Segments(self._folder / f"{name}.m4s", mix.rate)):
            self._segments = track

    async def _mix_stream(self) -> None:
        async for track in self._tracks(lambda mix, name: Stream(self._folder / f"{name}.mp3", mix.rate)):
            self._stream = track

    async def _tracks(self, sink: Callable[[Mix, str], S]) -> AsyncIterator[Track[S]]:
        """A track for each edition, one after the other; each grows while the next is asked for."""
        while True:
            await self.until(lambda: self.making.mix is not None or (self._looked and self.making.status.ended), None)
            if self.making.mix is None:
                return
            edition = self.making.edition
            opened = await asyncio.to_thread(sink, self.making.mix, str(edition))
            track = Track(self.making.mix, opened, self._store.results, self.tell)
            yield track
            self.tell()
            try:
                await track.prepare()
                whole = await self._grown(track, edition)
            finally:
                track.give_up()
            if whole:
                return

    async def _grown(self, track: Track[S], edition: int) -> bool:
        """Mix what is placed, as it is placed; whether the sound came to its end, and not to another edition."""
        while True:
            await self._while_wanted()
            now = self.making
            if now.edition != edition:
                return False
            if track.turns < len(now.places):
                await track.add(now.places[track.turns])
            elif now.status.ended and self._looked:
                await track.finish(whole=now.status == "completed")
                return True
            else:
                turns = track.turns
                await self.until(lambda turns=turns: self._moves(edition, turns), None)  # type: ignore[misc]

    def _moves(self, edition: int, turns: int) -> bool:
        now = self.making
        return now.edition != edition or turns < len(now.places) or (now.status.ended and self._looked)

    async def _while_wanted(self) -> None:
        """Go on at once where somebody listens; else wait until somebody does."""
        while self.idle_s > self._idle_s:
            self._asked.clear()
            await self._asked.wait()

    def tell(self) -> None:
        """Have all who wait look again."""
        news, self._news = self._news, asyncio.Event()
        news.set()
