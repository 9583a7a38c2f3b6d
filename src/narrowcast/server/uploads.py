"""Forms with files, received piece by piece: every file straight to the disk, counted while it comes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from narrowcast.errors import InputError, OutputError, TooLargeError
from narrowcast.server.bodies import allow_body
from narrowcast.server.texts import display_name
from narrowcast.store.files.incoming import Incoming, IncomingFile

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

FORM = "multipart/form-data"
MOST_PARTS = 50
FIELD_BYTES = 100_000
"""Bytes of one field that is not a file."""
AROUND = 64_000
"""Bytes of boundaries and headers in a form."""
ROOM = 200_000_000
"""Bytes that stay free on the disk, whatever is sent."""


@dataclass(frozen=True)
class UploadedFile:
    """A file that came whole. `name` may be shown, and is no path; `path` is where it lies until the block ends."""

    name: str
    path: Path
    size: int
    sha256: str


@dataclass(frozen=True)
class Form:
    """What a form held. `several` are the files that came under a name of which there may be more than one."""

    fields: Mapping[str, str]
    files: Mapping[str, UploadedFile]
    several: tuple[UploadedFile, ...] = ()


def is_form(request: Request) -> bool:
    """Whether a request says that it is a form with files."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() == FORM


@asynccontextmanager
async def received(
    request: Request,
    incoming: Incoming,
    *,
    files: Mapping[str, int],
    fields: frozenset[str] | set[str] = frozenset(),
    several: str = "",
    most_together: int = 0,
) -> AsyncIterator[Form]:
    """The form that a request brings; its files are removed when the block ends, however it ends.

    `files` are the names under which files may come, with the most bytes of each; `fields` those of texts. Under the
    name `several` there may be up to `MOST_PARTS` files, which may have `most_together` bytes in all. Call it
    where it is known who is asking: nothing of the body was read before. Raises `InputError` for what is no such form,
    is broken or holds anything else, `TooLargeError` as soon as there is too much, `OutputError` for a full disk.
    """
    if not is_form(request):
        raise InputError("This is no form with files.", hint=f"Send it as {FORM}.")
    most = max(sum(files.values()), most_together) + FIELD_BYTES * (len(fields) + 1) + AROUND
    allow_body(request, most)
    announced = request.headers.get("content-length", "")
    if await incoming.free() < (int(announced) if announced.isdigit() else 0) + ROOM:
        raise OutputError("There is no room on the server's disk for this.", hint="Its owner has to make room.")
    async with AsyncExitStack() as opened:
        parts = _Parts(incoming, opened, files, fields, several)
        try:
            parser = MultipartParser(_boundary(request), parts.callbacks())
            async for piece in request.stream():
                parser.write(piece)
                await parts.settle()
            parser.finalize()
            await parts.settle()
        except FormParserError as error:
            raise InputError("The form is broken.", hint="Send it again; each part needs its boundary.") from error
        except ClientDisconnect as error:
            raise HTTPException(400, "The sender went away.") from error
        if not parts.complete:
            raise InputError("The form ends in the middle of a part.", hint="Send it again, whole.")
        yield parts.form()


@dataclass
class _Part:
    """One part of a form while it comes."""

    headers: dict[bytes, bytes] = field(default_factory=dict)
    header: tuple[bytearray, bytearray] = field(default_factory=lambda: (bytearray(), bytearray()))
    name: str = ""
    file_name: str = ""
    is_file: bool = False
    text: bytearray = field(default_factory=bytearray)
    file: IncomingFile | None = None


class _Parts:
    """The parts so far. The parser calls back without waiting: what is to be written is gathered, then settled."""

    def __init__(
        self,
        incoming: Incoming,
        opened: AsyncExitStack,
        files: Mapping[str, int],
        fields: frozenset[str] | set[str],
        several: str,
    ) -> None:
        self.complete = False
        self._incoming, self._opened = incoming, opened
        self._most, self._fields, self._several = files, fields, several
        self._part = _Part()
        self._done: list[_Part] = []
        self._pending: list[tuple[_Part, bytes | None]] = []

    def callbacks(self) -> MultipartCallbacks:
        """What the parser calls."""
        return {
            "on_part_begin": self._begin,
            "on_header_field": lambda data, start, end: self._part.header[0].extend(data[start:end]),
            "on_header_value": lambda data, start, end: self._part.header[1].extend(data[start:end]),
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_finished,
            "on_part_data": lambda data, start, end: self._pending.append((self._part, bytes(data[start:end]))),
            "on_part_end": lambda: self._pending.append((self._part, None)),
            "on_end": self._end,
        }

    async def settle(self) -> None:
        """Write what came. Raises `InputError`, `TooLargeError`, `OutputError`."""
        pending, self._pending = self._pending, []
        for part, data in pending:
            if part.is_file:
                await self._settle_file(part, data)
            elif data is not None:
                part.text += data
                if len(part.text) > FIELD_BYTES:
                    raise TooLargeError(f"{part.name} has more than {FIELD_BYTES:,} bytes.")
            if data is None:
                self._done.append(part)

    async def _settle_file(self, part: _Part, data: bytes | None) -> None:
        if part.file is None:
            part.file = await self._opened.enter_async_context(self._incoming.file())
        if data is None:
            await part.file.close()
        elif part.file.size + len(data) > (most := self._most[part.name]):
            raise TooLargeError(
                f"{part.file_name} has more than {most / 1e6:g} MB, which is the most that is taken.",
                hint="Split it and send the part you want.",
            )
        else:
            await part.file.write(data)

    def form(self) -> Form:
        """What came. Raises `InputError` for text that is not UTF-8."""
        return Form(
            fields={part.name: _text(part) for part in self._done if not part.is_file},
            files={
                part.name: UploadedFile(part.file_name, part.file.path, part.file.size, part.file.sha256)
                for part in self._done
                if part.file and part.name != self._several
            },
            several=tuple(
                UploadedFile(part.file_name, part.file.path, part.file.size, part.file.sha256)
                for part in self._done
                if part.file and part.name == self._several
            ),
        )

    def _begin(self) -> None:
        self._part = _Part()
        if len(self._done) + len(self._pending) > MOST_PARTS:
            raise InputError(f"The form has more than {MOST_PARTS} parts.")

    def _header_end(self) -> None:
        name, value = self._part.header
        self._part.headers[bytes(name).strip().lower()] = bytes(value)
        self._part.header = bytearray(), bytearray()

    def _headers_finished(self) -> None:
        part = self._part
        _, options = parse_options_header(part.headers.get(b"content-disposition"))
        part.name = options.get(b"name", b"").decode("utf-8", "replace")
        part.is_file = part.name in self._most
        part.file_name = display_name(options.get(b"filename", b"").decode("utf-8", "replace"))
        known = sorted({*self._most, *self._fields})
        if part.name not in known:
            raise InputError("The form has a part that is not known here.", hint=f"Known: {', '.join(known)}.")
        if part.name == self._several:
            return
        if any(part.name == other.name for other in (*self._done, *(waiting for waiting, _ in self._pending))):
            raise InputError(f"The form has more than one {part.name}.", hint="Send one at a time.")

    def _end(self) -> None:
        self.complete = True


def _boundary(request: Request) -> bytes:
    _, options = parse_options_header(request.headers["content-type"])
    boundary = options.get(b"boundary", b"")
    if not boundary:
        raise InputError("The form names no boundary.", hint="Let your HTTP library write the Content-Type.")
    return boundary


def _text(part: _Part) -> str:
    try:
        return part.text.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{part.name} is not text in UTF-8.") from error
