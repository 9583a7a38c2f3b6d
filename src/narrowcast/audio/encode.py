"""Encoding: a stream of samples into a file, and at the end its tags, chapters and cover.

What a file is about is known only when all of it is there. So the sound is encoded while it is mixed, into a file
beside the wanted one; `finish` copies its packets, unchanged, behind the tags.
"""

from __future__ import annotations

import base64
import contextlib
import io
import os
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, cast

import numpy as np

from narrowcast.audio.clip import Samples
from narrowcast.audio.disk import OutputFile, output_error
from narrowcast.audio.formats import FORMATS, Format
from narrowcast.audio.languages import iso_639_2
from narrowcast.errors import EpisodeError
from narrowcast.script.one_line import one_line
from narrowcast.script.timeline import Chapter

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer, OutputContainer


@dataclass(frozen=True)
class Tags:
    """What a finished file says about itself; `date` is ISO, `language` a BCP 47 tag."""

    title: str
    artist: str = ""
    album: str = ""
    date: str = ""
    comment: str = ""
    language: str = ""


class Encoder:
    """Encodes mono samples, as they come, into `path`, which is overwritten.

    How the samples are cut into pieces makes no difference to the file. `samples_written` is the place in the mix.
    Raises `OutputError` when the file cannot be written or the disk is full, `ValueError` for a format or a rate that
    is not in `FORMATS`.
    """

    def __init__(self, path: Path, format: str, rate: int) -> None:  # noqa: A002 - the word of the command line
        import av

        kind = FORMATS.get(format)
        if kind is None or rate not in kind.rates:
            raise ValueError(f"cannot encode {format} at {rate} Hz")
        self._path, self._kind, self._rate = path, kind, rate
        self.samples_written = 0
        self._file = OutputFile(path)
        self._container = av.open(self._file, "w", format=kind.muxer)
        stream = self._container.add_stream(
            kind.codec,
            rate=rate,
            layout="mono",
            format=kind.sample_format,
            bit_rate=kind.bit_rate(rate),
            time_base=Fraction(1, rate),
            options=dict(kind.options),
        )
        self._stream = cast("AudioStream", stream)

    def __enter__(self) -> Self:
        """Itself; the file is complete at the block's end, and removed when the block fails."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Close or abandon."""
        if kind is None:
            self.close()
        else:
            self.abandon()

    def write(self, samples: Samples) -> None:
        """Encode the next samples."""
        from av import AudioFrame

        for start in range(0, len(samples), self._rate):
            piece = samples[start : start + self._rate] * np.float32(self._kind.gain)
            frame = AudioFrame.from_ndarray(piece[None], format=self._kind.sample_format, layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = self._rate, self.samples_written, Fraction(1, self._rate)
            self.samples_written += len(piece)
            self._container.mux(self._stream.encode(frame))
            self._file.check()

    def close(self) -> None:
        """Encode what is still held back and complete the file, whose last frame is filled up with silence."""
        self.write(np.zeros(-self.samples_written % self._kind.frame, np.float32))
        self._container.mux(self._stream.encode(None))
        self._container.close()
        self._file.check()
        self._file.close()

    def abandon(self) -> None:
        """Give up: the file is removed. May be called at any time, also twice."""
        self._container.close()
        self._file.close()
        self._path.unlink(missing_ok=True)


def finish(temp: Path, out: Path, tags: Tags, chapters: Sequence[Chapter], cover: bytes | None) -> None:
    """Put the encoded `temp` at `out`, whole, with tags, chapters in the order given and a JPEG `cover`.

    Packets are copied as they are, and the note of how much silence the encoder put before and after the sound is
    kept, so that times in the file are times of the mix. `out` is replaced in one step and `temp` is then gone; on
    failure `out` is as it was and `temp` still there. Raises `OutputError`, and `EpisodeError` when `temp` is broken.
    """
    import av

    kind = FORMATS[out.suffix.lstrip(".").lower()]
    partial = out.with_name(f".{out.name}.{os.getpid()}.part")
    file = OutputFile(partial)
    try:
        with (
            av.open(str(temp), "r", format=kind.demuxer) as source,
            av.open(file, "w", format=kind.muxer, options=_options(kind, source), io_open=file.open_again) as target,
        ):
            _copy(source, target, kind, tags, chapters, cover)
        file.sync()
        file.close()
        _replace(partial, out)
    except (av.FFmpegError, IndexError) as error:
        raise EpisodeError(f"The encoded file {temp} cannot be read back: {error}.") from error
    finally:
        file.close()
        partial.unlink(missing_ok=True)
    temp.unlink(missing_ok=True)


def _options(kind: Format, source: InputContainer) -> dict[str, str]:
    """What the container is told. An M4A's own clock ticks with the samples: in ms its length would be rounded."""
    clock = {"movie_timescale": str(source.streams.audio[0].rate)} if kind.muxer == "mp4" else {}
    return {**kind.final_options, **clock}


def _copy(
    source: InputContainer,
    target: OutputContainer,
    kind: Format,
    tags: Tags,
    chapters: Sequence[Chapter],
    cover: bytes | None,
) -> None:
    target.metadata.update(metadata_of(tags))
    if kind.in_comments:
        target.metadata.update(chapter_comments(chapters))
        if cover:
            target.metadata["METADATA_BLOCK_PICTURE"] = picture_block(cover)
    else:
        _set_chapters(target, chapters)
    sound = target.add_stream_from_template(source.streams.audio[0])
    if language := iso_639_2(tags.language):
        sound.metadata["language"] = language
    picture = _add_cover(target, cover) if cover and not kind.in_comments else None
    for packet in source.demux(source.streams.audio[0]):
        if packet.dts is None:
            continue
        packet.stream = sound
        target.mux(packet)
        if picture:
            target.mux(picture)
            picture = None


def _set_chapters(target: OutputContainer, chapters: Sequence[Chapter]) -> None:
    target.set_chapters(
        [
            {
                "id": number,
                "start": chapter.start_ms,
                "end": chapter.end_ms,
                "time_base": Fraction(1, 1000),
                "metadata": {"title": one_line(chapter.title)},
            }
            for number, chapter in enumerate(chapters)
        ]
    )


def _add_cover(target: OutputContainer, cover: bytes) -> Any:
    import av
    from av.stream import Disposition

    with av.open(io.BytesIO(cover), "r", format="jpeg_pipe") as source:
        template = source.streams.video[0]
        stream = target.add_stream_from_template(template)
        stream.disposition = Disposition.attached_pic
        stream.metadata.update(title="Cover", comment="Cover (front)")
        packet = next(packet for packet in source.demux(template) if packet.size)
        packet.stream, packet.pts, packet.dts = stream, 0, 0
        return packet


def chapter_comments(chapters: Sequence[Chapter]) -> dict[str, str]:
    """Chapters as Ogg's comments hold them (https://wiki.xiph.org/Chapter_Extension).

    ffmpeg 8 writes them too, but rounds the seconds up from .5 and adds the milliseconds all the same: a second late.
    """
    found = {}
    for number, chapter in enumerate(chapters):
        seconds, thousandths = divmod(chapter.start_ms, 1000)
        minutes, seconds = divmod(seconds, 60)
        hours, minutes = divmod(minutes, 60)
        found[f"CHAPTER{number:03}"] = f"{hours:02}:{minutes:02}:{seconds:02}.{thousandths:03}"
        found[f"CHAPTER{number:03}NAME"] = one_line(chapter.title)
    return found


def picture_block(jpeg: bytes) -> str:
    """A front cover as Ogg's comments hold it: FLAC's picture block (RFC 9639, 8.8) in base 64.

    The picture's size and depth may be left open there, as 0; readers look into the picture.
    """
    kind, mime = 3, b"image/jpeg"
    head = struct.pack(">II", kind, len(mime)) + mime + struct.pack(">I", 0) + bytes(16) + struct.pack(">I", len(jpeg))
    return base64.b64encode(head + jpeg).decode("ascii")


def metadata_of(tags: Tags) -> dict[str, str]:
    """The tags as ffmpeg names them; empty ones are left out."""
    named = {
        "title": tags.title,
        "artist": tags.artist,
        "album": tags.album,
        "date": tags.date,
        "comment": tags.comment,
        "language": iso_639_2(tags.language),
        "genre": "Podcast",
    }
    return {name: text for name, value in named.items() if (text := one_line(value))}


def _replace(partial: Path, out: Path) -> None:
    """Put `partial` in the place of `out`, so that it lasts through a power cut where the system can."""
    try:
        partial.replace(out)
    except OSError as error:
        raise output_error(out, error) from error
    with contextlib.suppress(OSError):
        handle = os.open(out.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
