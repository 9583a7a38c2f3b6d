"""Encoding: a stream of samples into a file, and at the end its tags, chapters and cover.

What a file is about is known only when all of it is there. So the sound is encoded while it is mixed, into a file
beside the wanted one; `finish` copies its packets, unchanged, behind the tags.
"""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from narrowcast.audio.clip import Samples
from narrowcast.audio.disk import OutputFile, output_error
from narrowcast.audio.languages import iso_639_2
from narrowcast.errors import EpisodeError
from narrowcast.script.one_line import one_line
from narrowcast.script.timeline import Chapter

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer, OutputContainer


@dataclass(frozen=True)
class Format:
    """One kind of file: its container, codec, rates in Hz (ascending), and bits a second of mono speech at a rate.

    `gain` undoes what the encoder itself does to the level.
    """

    container: str
    codec: str
    sample_format: str
    rates: tuple[int, ...]
    bit_rate: Callable[[int], int]
    gain: float = 1.0
    options: Mapping[str, str] = field(default_factory=dict)
    container_options: Mapping[str, str] = field(default_factory=dict)


def _mp3_bit_rate(rate: int) -> int:
    """Constant, so that every player seeks exactly; what LAME's own -V4 comes to for speech, rounded up."""
    return 64_000 if rate <= 24_000 else 96_000


FORMATS: Mapping[str, Format] = {
    "mp3": Format(
        container="mp3",
        codec="libmp3lame",
        sample_format="fltp",
        rates=(16_000, 22_050, 24_000, 32_000, 44_100, 48_000),
        bit_rate=_mp3_bit_rate,
        # LAME multiplies by 0.95 whatever it encodes at a constant rate up to 160 kbit/s (abr_switch_map in presets.c).
        gain=1 / 0.95,
        options={"compression_level": "7"},
        container_options={"id3v2_version": "4"},
    ),
}
"""Every format that can be written, by the name that the command line and the file's ending have."""


@dataclass(frozen=True)
class Tags:
    """What a finished file says about itself; `date` is ISO, `language` a BCP 47 tag."""

    title: str
    artist: str = ""
    album: str = ""
    date: str = ""
    comment: str = ""
    language: str = ""


def mix_rate(name: str, voices: Iterable[int]) -> int:
    """The rate to mix at for voices of these rates, in Hz: the lowest of the format's that loses nothing of them."""
    rates = FORMATS[name].rates
    highest = max(voices, default=24_000)
    return next((rate for rate in rates if rate >= highest), rates[-1])


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
        self._container = av.open(self._file, "w", format=kind.container)
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
        """Encode what is still held back and complete the file."""
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
            av.open(str(temp), "r", format=kind.container) as source,
            av.open(file, "w", format=kind.container, options=dict(kind.container_options)) as target,
        ):
            _copy(source, target, tags, chapters, cover)
        file.sync()
        file.close()
        _replace(partial, out)
    except (av.FFmpegError, IndexError) as error:
        raise EpisodeError(f"The encoded file {temp} cannot be read back: {error}.") from error
    finally:
        file.close()
        partial.unlink(missing_ok=True)
    temp.unlink(missing_ok=True)


def _copy(
    source: InputContainer, target: OutputContainer, tags: Tags, chapters: Sequence[Chapter], cover: bytes | None
) -> None:
    target.metadata.update(metadata_of(tags))
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
    sound = target.add_stream_from_template(source.streams.audio[0])
    picture = _add_cover(target, cover) if cover else None
    for packet in source.demux(source.streams.audio[0]):
        if packet.dts is None:
            continue
        packet.stream = sound
        target.mux(packet)
        if picture:
            target.mux(picture)
            picture = None


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
