"""A recording that somebody else made: what it is, and how long it truly is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from narrowcast.apart import ask_apart
from narrowcast.audio.clip import RATES, container_of, refuse_open
from narrowcast.errors import InputError

if TYPE_CHECKING:
    from av.container import InputContainer

LONGEST_MS = 24 * 3_600_000
TIMEOUT_S = 90.0
TASTED_FRAMES = 50
"""Frames that must decode, so that it is sound and not only looks so."""
MAX_CHANNELS = 8
HINT = "Send an MP3, M4A, AAC, Ogg, Opus, FLAC or WAV file that is whole and not protected against copying."

_KINDS = {
    "mp3": ("audio/mpeg", ".mp3"),
    "mp4": ("audio/mp4", ".m4a"),
    "aac": ("audio/aac", ".aac"),
    "flac": ("audio/flac", ".flac"),
    "wav": ("audio/wav", ".wav"),
    "ogg": ("audio/ogg", ".ogg"),
}
_OTHERS = (
    (b"#EXTM3U", "a playlist"),
    (b"ffconcat", "a list of other files"),
    (b"[playlist]", "a playlist"),
    (b"<", "a web page or another text with marks"),
    (b"PK", "a zip file"),
    (b"%PDF", "a PDF"),
    (b"\x1a\x45\xdf\xa3", "a Matroska or WebM video"),
    (b"\x1f\x8b", "a gzip file"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
)
"""What is sent in its place now and then, by its first bytes."""


@dataclass(frozen=True)
class Recording:
    """What a file holds. `duration_ms` is counted over its packets, whatever its header says."""

    media_type: str
    suffix: str
    duration_ms: int
    bit_rate: int
    rate: int
    channels: int


async def examine_apart(path: Path, timeout_s: float = TIMEOUT_S) -> Recording:
    """The same in a process apart: what opens a stranger's file is native code. Raises `InputError`."""
    with path.open("rb") as file:
        _kind(file.read(64))  # most of what is no sound is told at once
    try:
        found = await ask_apart("narrowcast.audio.child", {"path": str(path)}, timeout_s)
    except TimeoutError:
        raise InputError(f"The audio takes longer than {timeout_s:g} seconds to look at.", hint=HINT) from None
    if found is None:
        raise InputError("The audio cannot be used: what reads it broke down over it.", hint=HINT)
    if "fault" in found:
        raise InputError(found["fault"], hint=found["hint"])
    return Recording(**found)


def examine(path: Path, longest_ms: int = LONGEST_MS) -> Recording:
    """What is in the file at `path`; blocks, for a second or so an hour at most.

    Its container is told by its first bytes, and nothing else is opened for it. Raises `InputError` for what is no
    sound, a video, damaged, empty or longer than `longest_ms`.
    """
    import av

    with path.open("rb") as file:
        head = file.read(64)
        kind = _kind(head)
        file.seek(0)
        try:
            with av.open(file, "r", format=kind, io_open=refuse_open) as container:
                return _examined(container, kind, path.stat().st_size, longest_ms)
        except (OSError, EOFError, ValueError, av.FFmpegError) as error:
            # PyAV's faults are also of OSError or ValueError, and hold the number and the name of the file.
            reason = getattr(error, "strerror", None) or str(error)
            raise InputError(f"The audio cannot be used: {reason}.", hint=HINT) from error


def _kind(head: bytes) -> str:
    if not head:
        raise InputError("The audio file is empty.", hint=HINT)
    # ADTS: twelve bits of sync, layer 00 (ISO 13818-7, 6.2).
    if head[0] == 0xFF and len(head) > 1 and head[1] & 0xF6 == 0xF0:
        return "aac"
    try:
        return container_of(head)
    except ValueError:
        text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
        what = next((name for magic, name in _OTHERS if text.startswith(magic)), "nothing that holds sound")
        raise InputError(f"The audio file is {what}, whatever its name says.", hint=HINT) from None


def _examined(container: InputContainer, kind: str, size: int, longest_ms: int) -> Recording:
    import av

    if any(not stream.disposition & av.stream.Disposition.attached_pic for stream in container.streams.video):
        raise InputError("The file is a video.", hint="Send its sound alone.")
    if not container.streams.audio:
        raise InputError("There is no sound in the audio file.", hint=HINT)
    stream = container.streams.audio[0]
    if getattr(stream, "codec_context", None) is None:
        # A codec that ffmpeg does not know; the stream has none of its attributes then.
        raise ValueError("nobody knows how it is coded")
    rate, channels, codec = stream.rate, stream.channels, stream.codec_context.name
    if rate not in RATES or not 1 <= channels <= MAX_CHANNELS:
        raise ValueError(f"{rate} Hz on {channels} channels is no sound that can be played")
    frames, first, end = 0, None, 0.0
    for packet in container.demux(stream):
        if packet.size and frames < TASTED_FRAMES:
            frames += len(packet.decode())
        if packet.pts is None or not packet.size:
            continue
        first = packet.pts if first is None else first
        end = max(end, float((packet.pts - first + (packet.duration or 0)) * packet.time_base))
        if end * 1000 > longest_ms:
            raise InputError(f"The audio is longer than {longest_ms / 3_600_000:g} hours.", hint="Send a part of it.")
    if not frames or end <= 0:
        raise InputError("There is no sound in the audio file.", hint=HINT)
    media_type, suffix = _KINDS[kind]
    return Recording(
        media_type=media_type,
        suffix=".opus" if codec == "opus" else suffix,
        duration_ms=round(end * 1000),
        bit_rate=round(size * 8 / end),
        rate=rate,
        channels=channels,
    )
