"""Zip files within bounds: what a document's archive holds, read into memory and never written to a disk."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from narrowcast.errors import SourceError
from narrowcast.sources.bounds import (
    MAX_DIRECTORY_BYTES,
    MAX_MEMBERS,
    MAX_PART_BYTES,
    MAX_RATIO,
    MAX_UNPACKED_BYTES,
    check_count,
)

_END = struct.Struct("<4s4H2LH")
"""The end of central directory record (APPNOTE.TXT 6.3.10, 4.3.16)."""

_LOCATOR = 20
_LONGEST_COMMENT = 0xFFFF
_ENCRYPTED = 0x1
_SMALL = 1_000_000
_CHUNK = 1 << 16
_FAULTS = (BadZipFile, zlib.error, OSError, ValueError, NotImplementedError, EOFError, struct.error, RuntimeError)


class Archive:
    """An open zip file. Headers are not believed: what is read is counted while it is unpacked."""

    def __init__(self, zipped: ZipFile, name: str) -> None:
        self._zip = zipped
        self._name = name
        self._left = MAX_UNPACKED_BYTES
        self._members = {info.filename: info for info in zipped.infolist() if info.filename and not info.is_dir()}
        self._folded = {member.casefold(): member for member in self._members}

    @property
    def members(self) -> frozenset[str]:
        """The names of all files in it."""
        return frozenset(self._members)

    def find(self, member: str) -> str | None:
        """The name as it stands in the archive: itself, or one that differs in case only."""
        return member if member in self._members else self._folded.get(member.casefold())

    def read(self, member: str) -> bytes:
        """The bytes of one file, which must be there.

        Raises `SourceError` when it is encrypted, broken, packed in a way that documents are not, or unpacks to more
        than is read: more than `MAX_PART_BYTES`, more than `MAX_RATIO` times its packed size, or with what was read
        before more than `MAX_UNPACKED_BYTES`.
        """
        info = self._members[member]
        if info.flag_bits & _ENCRYPTED:
            raise SourceError(f"{self._name} is locked with a password.", hint="Save a copy without the password.")
        if info.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
            raise self._broken(f"{member} is packed in a way that no document is")
        try:
            data = self._unpack(info)
        except _FAULTS as error:
            raise self._broken(f"{member} cannot be unpacked") from error
        self._left -= len(data)
        return data

    def _unpack(self, info: ZipInfo) -> bytes:
        most = min(MAX_PART_BYTES, self._left)
        parts: list[bytes] = []
        size = 0
        with self._zip.open(info) as file:
            while chunk := file.read(_CHUNK):
                size += len(chunk)
                if size > most or (size > _SMALL and size > MAX_RATIO * max(1, info.compress_size)):
                    raise SourceError(
                        f"{self._name} unpacks to more than can be read: {info.filename} alone to more than "
                        f"{(size - 1) / 1e6:,.1f} MB.",
                        hint="Save it anew, or split it and give the part you want.",
                    )
                parts.append(chunk)
        return b"".join(parts)

    def _broken(self, why: str) -> SourceError:
        return SourceError(
            f"{self._name} is a broken file: {why[:200]}.", hint="Fetch it again, or open and save it anew."
        )


@contextmanager
def open_archive(source: bytes | Path, name: str) -> Iterator[Archive]:
    """The zip file in `source`. Raises `SourceError` for one that is broken, in parts, or has too many files."""
    with _opened(source, name) as file:
        try:
            _check_directory(file, name)
            zipped = ZipFile(file)
        except _FAULTS as error:
            raise SourceError(
                f"{name} is a broken file: its table of contents is missing or damaged.",
                hint="Fetch it again, or open and save it anew.",
            ) from error
        with zipped:
            check_count(len(zipped.infolist()), MAX_MEMBERS, "files in it", name)
            yield Archive(zipped, name)


def _opened(source: bytes | Path, name: str) -> BinaryIO:
    if isinstance(source, bytes):
        return io.BytesIO(source)
    try:
        return source.open("rb")
    except OSError as error:
        raise SourceError(f"{name} cannot be read: {error.strerror}.", hint="Check the file.") from error


def _check_directory(file: BinaryIO, name: str) -> None:
    """Refuse a directory that would take much memory, before it is loaded, and Zip64, which no document needs."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - _LONGEST_COMMENT - _END.size - _LOCATOR))
    tail = file.read()
    at = tail.rfind(b"PK\5\6")
    if at < 0 or len(tail) - at < _END.size:
        raise BadZipFile
    _, disk, first_disk, _, count, directory, start, _ = _END.unpack_from(tail, at)
    if tail[max(0, at - _LOCATOR) :].startswith(b"PK\6\7") or directory == 0xFFFFFFFF or start == 0xFFFFFFFF:
        raise SourceError(
            f"{name} is a Zip64 file, made for more than 4 GB; no document is.", hint="Open and save it anew."
        )
    if disk or first_disk:
        raise SourceError(f"{name} is one part of a split zip file.", hint="Put the parts together first.")
    check_count(count, MAX_MEMBERS, "files in it", name)
    if directory > MAX_DIRECTORY_BYTES:
        raise BadZipFile
    file.seek(0)
