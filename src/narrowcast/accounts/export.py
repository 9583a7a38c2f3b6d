"""All that is a user's own as one zip, made while it is sent: its size does not matter to our memory."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import AsyncIterator, Iterable
from pathlib import PurePosixPath
from typing import Any

from narrowcast.errors import NotFoundError
from narrowcast.script.hidden_keys import hidden, hidden_in_script
from narrowcast.store.files.blobs import Blobs
from narrowcast.store.home import Store
from narrowcast.store.people.takeout import KINDS

PIECE = 64 * 1024
"""Bytes that gather before they are sent."""


class _Sink(io.RawIOBase):
    """Where the zip is written to; it cannot be sought in, so sizes stand behind each entry."""

    def __init__(self) -> None:
        self._pieces = bytearray()

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, data: Any) -> int:
        """Gather."""
        self._pieces += data
        return len(data)

    def taken(self, at_least: int = 1) -> bytes:
        """What gathered, once it is that much; it is gone from here then."""
        if len(self._pieces) < at_least:
            return b""
        data = bytes(self._pieces)
        self._pieces.clear()
        return data


async def export(store: Store, owner_id: str) -> AsyncIterator[bytes]:
    """The zip, piece by piece: a JSON file for each kind of row, and every file that they name.

    A file that is missing is named in `missing.txt`; it stops nothing.
    """
    sink = _Sink()
    missing: list[str] = []
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        async for piece in _rows(store, owner_id, archive, sink):
            yield piece
        async for name, key in _scripts(store, owner_id):
            if data := await store.blobs.get(key):
                archive.writestr(name, hidden_in_script(data))
                yield sink.taken()
            else:
                missing.append(name)
        async for name, key in _files(store, owner_id):
            size = await store.blobs.size(key)
            if size is None:
                missing.append(name)
                continue
            try:
                with archive.open(zipfile.ZipInfo(name), "w", force_zip64=True) as entry:
                    async for piece in _read(store.blobs, key, size):
                        entry.write(piece)
                        yield sink.taken()
            except NotFoundError:
                # Removed while it was read: what came of it stays in the zip, and is named.
                missing.append(name)
        if missing:
            archive.writestr("missing.txt", "\n".join(missing) + "\n")
    yield sink.taken()


async def _rows(store: Store, owner_id: str, archive: zipfile.ZipFile, sink: _Sink) -> AsyncIterator[bytes]:
    """A JSON file for each kind of row."""
    for kind in KINDS:
        with archive.open(f"{kind}.json", "w", force_zip64=True) as entry:
            entry.write(b"[")
            between = b"\n"
            async for row in store.takeout.rows(owner_id, kind):
                entry.write(between + json.dumps(_shown(row), ensure_ascii=False).encode("utf-8", "replace"))
                between = b",\n"
                if piece := sink.taken(PIECE):
                    yield piece
            entry.write(b"\n]\n")


async def _read(blobs: Blobs, key: str, size: int) -> AsyncIterator[bytes]:
    if size:
        async for piece in blobs.read_range(key, 0, size):
            yield piece


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    """A row without the keys that profiles in it, and requests made of them, hold: they are sealed, but keys."""
    return {name: hidden(value) if isinstance(value, dict | list) else value for name, value in row.items()}


async def _scripts(store: Store, owner_id: str) -> AsyncIterator[tuple[str, str]]:
    """The same of scripts, whose speakers may have keys of their own."""
    async for row in store.takeout.rows(owner_id, "episodes"):
        if row["script_blob_key"]:
            yield f"files/episodes/{row['id']}/script.json", row["script_blob_key"]


async def _files(store: Store, owner_id: str) -> AsyncIterator[tuple[str, str]]:
    """Names in the zip, and keys, of all files besides scripts that the owner's rows name."""
    async for row in store.takeout.rows(owner_id, "sources"):
        for name, key in (("given", row["file_key"]), ("read", row["read_key"])):
            if key:
                yield f"files/sources/{row['id']}/{name}{_ending(key)}", key
    async for row in store.takeout.rows(owner_id, "revisions"):
        folder = f"files/episodes/{row['episode_id']}/revision-{row['number']}"
        for ending, key in _of_revision(row):
            yield f"{folder}/episode{ending}", key


def _of_revision(row: dict[str, Any]) -> Iterable[tuple[str, str]]:
    yield _ending(row["audio_key"]), row["audio_key"]
    yield from row["files"].items()


def _ending(key: str) -> str:
    return PurePosixPath(key).suffix
