"""Taking documents in for their owner: read once, when they are given, and kept."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from narrowcast.audio.recording import Recording, examine_apart
from narrowcast.errors import InputError, LimitError, SourceError
from narrowcast.script.one_line import one_line
from narrowcast.script.pasted import title_of_text
from narrowcast.script.source import Source
from narrowcast.script.words import count_words
from narrowcast.sources.apart import read_apart
from narrowcast.sources.kinds import HEAD, text_kind
from narrowcast.sources.opened import open_url
from narrowcast.sources.raw import Raw
from narrowcast.store.files.incoming import IncomingFile
from narrowcast.store.home import Store
from narrowcast.store.library.sources import NewSource, StoredSource

AT_ONCE = 2
"""Documents that are read at the same time; each takes a processor and up to 500 MB."""
FETCHES_AT_ONCE = 4
"""Pages that are fetched at the same time; each takes up to 100 MB of memory."""
WAIT_S = 30.0
TEXT = "text"
LONGEST_URL = 2_000


@dataclass(frozen=True)
class Wishes:
    """What the giver of a document says of it. `most_bytes` is what all of theirs may take, episodes too."""

    title: str | None = None
    language: str | None = None
    notebook_id: str | None = None
    most_bytes: int | None = None


@dataclass(frozen=True)
class Taken:
    """A source that was taken in. `new` is false where the owner had it; `notes` tell what of it was not read."""

    source: StoredSource
    new: bool
    notes: tuple[str, ...] = ()


class ReadingRoom:
    """Reads what people give, some at a time."""

    def __init__(self, store: Store, *, allow_private: bool, at_once: int = AT_ONCE, wait_s: float = WAIT_S) -> None:
        self._store = store
        self._allow_private = allow_private
        self._seats = asyncio.Semaphore(at_once)
        self._fetches = asyncio.Semaphore(FETCHES_AT_ONCE)
        self._wait_s = wait_s

    async def take_file(self, owner_id: str, path: Path, name: str, wishes: Wishes) -> Taken:
        """The document in the file at `path`, which may be shown as `name`. The file is copied.

        Raises `SourceError`, `NotFoundError` (notebook), `TooLargeError` (quota), `LimitError` (all seats taken).
        """
        return await self._take(owner_id, Raw(name, path), path, wishes)

    async def take_text(self, owner_id: str, text: str, wishes: Wishes) -> Taken:
        """A text as it was pasted: plain, or Markdown if it looks so. Raises as `take_file`."""
        data = text.encode()
        if not text.strip():
            raise SourceError("The text is blank.", hint="Give a text.")
        kind = text_kind(data[:HEAD], TEXT)
        async with self._kept(data) as file:
            title = wishes.title or title_of_text(text) or "Text"
            return await self._take(
                owner_id, Raw(TEXT, file.path, kind=kind), None, replace(wishes, title=title), size=len(data)
            )

    async def take_url(self, owner_id: str, url: str, wishes: Wishes) -> Taken:
        """What lies behind an http(s) address of the public Internet. Raises as `take_file`."""
        if not re.match(r"(?i)https?://", url) or len(url) > LONGEST_URL:
            raise SourceError("This is no address of a page.", hint="It should look like https://host/page.")
        async with AsyncExitStack() as kept:
            async with self._seat(self._fetches):
                raw = await open_url(url, language=wishes.language, allow_private=self._allow_private)
                if not isinstance(raw.data, bytes) or not raw.data:
                    raise SourceError(f"{one_line(url)} is empty.", hint="Check the address.")
                file = await kept.enter_async_context(self._kept(raw.data))
                raw = replace(raw, data=file.path)
            # What was fetched is no file that anybody gave: only what was read of it is kept.
            return await self._take(owner_id, raw, None, wishes, size=0)

    async def look_at(self, path: Path) -> Recording:
        """What the recording in the file at `path` is. Raises `InputError`, `LimitError` (all seats taken)."""
        async with self._seat(self._seats):
            return await examine_apart(path)

    @asynccontextmanager
    async def _kept(self, data: bytes) -> AsyncIterator[IncomingFile]:
        async with self._store.incoming.file() as file:
            await file.write(data)
            await file.close()
            yield file

    async def _take(self, owner_id: str, raw: Raw, file: Path | None, wishes: Wishes, *, size: int = 0) -> Taken:
        size = size if file is None else (await asyncio.to_thread(file.stat)).st_size
        if not size and file:
            raise SourceError(f"{raw.origin} is empty.", hint="Give a document with text in it.")
        if wishes.notebook_id:
            await self._store.sources.check_notebook(owner_id, wishes.notebook_id)
        await self._store.sources.check_room(owner_id, size, wishes.most_bytes)
        async with self._seat(self._seats):
            source, notes = await read_apart(raw, language=wishes.language)
        new = await asyncio.to_thread(_new, source, file, wishes)
        stored, is_new = await self._store.sources.add(owner_id, new, wishes.notebook_id)
        return Taken(stored, is_new, tuple(notes))

    @asynccontextmanager
    async def _seat(self, seats: asyncio.Semaphore) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._wait_s):
                await seats.acquire()
        except TimeoutError:
            raise LimitError(
                "Many documents and recordings are being read just now.",
                hint="Try again soon.",
                retry_after_s=10,
                everyone=True,
            ) from None
        try:
            yield
        finally:
            seats.release()


async def read_back(store: Store, stored: StoredSource) -> Source:
    """What was read of a source. Raises `InputError` where it is gone, or was kept by a newer version."""
    data = await store.blobs.get(stored.read_key)
    try:
        return await asyncio.to_thread(Source.model_validate_json, data or b"")
    except ValueError as error:
        raise InputError(
            "What was read of this source is not there any more.", hint="Delete the source, and give it again."
        ) from error


def _new(source: Source, file: Path | None, wishes: Wishes) -> NewSource:
    title = one_line(wishes.title or source.title)[:300] or "Untitled"
    author = one_line(source.author or "")[:300] or None
    titled = source.model_copy(update={"title": title, "author": author, "origin": one_line(source.origin)})
    # Of what is drawn on, not of the bytes: a page comes with other bytes each time. The title is the person's; the
    # format decides whether passages have pages or times.
    digest = source.model_copy(update={"title": source.format}).digest
    read = titled.model_dump_json().encode()
    return NewSource(
        title=title,
        format=source.format,
        origin=titled.origin,
        language=source.language,
        author=author,
        words=sum(count_words(passage.text) for passage in source.passages),
        passages=len(source.passages),
        characters=sum(len(passage.text) for passage in source.passages),
        digest=digest,
        read=read,
        file=file,
        size_bytes=len(read) + (file.stat().st_size if file else 0),
        most_bytes=wishes.most_bytes,
    )
