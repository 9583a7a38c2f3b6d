"""One clip of sound in memory: decoding what a provider or the store hands over, and keeping it losslessly."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from av import AudioFrame
    from av.container import InputContainer

Samples = npt.NDArray[np.float32]
"""Mono sound, shape (n,), full scale ±1.0."""

FADE_MS = 3
"""The fade at an edge of a clip: no click, and too short to hear."""

MAX_SAMPLES = 30 * 60 * 48_000
"""The longest clip that is taken: 30 minutes at 48 kHz."""

RATES = range(4_000, 192_001)
"""Sample rates that a clip may have, in Hz."""

_OPEN_LENGTH = 0x7FFF_0000
"""A WAV length from here on, or 0, is what servers write that stream and do not know it yet."""


def decode(data: bytes, most_s: float | None = None) -> tuple[Samples, int]:
    """The sound in `data`, mixed down to mono, and its own sample rate in Hz; nothing of it beyond `most_s` seconds.

    The container is told by its first bytes (WAV, FLAC, MP3, Ogg, M4A) and never guessed: playlists, session
    descriptions and other text that would make a reader open something else are refused. Raises `ValueError` for
    these and for sound that is empty, damaged, cut off or longer than `MAX_SAMPLES`.
    """
    kind = container_of(data)
    if kind == "wav" and (plain := _plain_wav(data, most_s)):
        return plain
    if kind == "ogg" and not _ogg_ends(data):
        raise ValueError("the Ogg sound is cut off")
    return _decode_with_av(data, kind, most_s)


def container_of(data: bytes) -> str:
    """`wav`, `flac`, `mp3`, `ogg` or `mp4`, by the first bytes. Raises `ValueError` for anything else."""
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return "wav"
    if data[:4] == b"fLaC":
        return "flac"
    if data[:4] == b"OggS":
        return "ogg"
    if data[4:8] == b"ftyp":
        return "mp4"
    # An MPEG audio frame of layer III: eleven bits of sync, any version but the reserved one, layer bits 01.
    if data[:3] == b"ID3" or (len(data) > 3 and data[0] == 0xFF and data[1] & 0xE6 == 0xE2 and data[1] & 0x18 != 0x08):
        return "mp3"
    raise ValueError("there is no sound in it" if not data else "it is none of WAV, FLAC, MP3, Ogg and M4A")


def faded(samples: Samples, rate: int, *, start: bool = True, end: bool = True) -> Samples:
    """A copy that fades in at its start and out at its end, in `FADE_MS` or in half of it."""
    copy = samples.copy()
    if length := min(rate * FADE_MS // 1000, len(samples) // 2):
        ramp = np.linspace(0, 1, length, endpoint=False, dtype=np.float32)
        if start:
            copy[:length] *= ramp
        if end:
            copy[-length:] *= ramp[::-1]
    return copy


def encode_flac(samples: Samples, rate: int) -> bytes:
    """`samples` as FLAC of 16 bits. `decode` gives them back exactly where they had 16 bits, else the nearest value.

    Raises `ValueError` for no samples at all.
    """
    import av

    if not samples.size:
        raise ValueError("there is no sound to keep")
    file = io.BytesIO()
    with av.open(file, "w", format="flac", options={"metadata_header_padding": "0"}) as container:
        stream = container.add_stream(
            "flac",
            rate=rate,
            layout="mono",
            format="s16",
            time_base=Fraction(1, rate),
            options={"compression_level": "3"},
        )
        for start in range(0, len(samples), rate):
            whole = np.rint(samples[None, start : start + rate] * np.float32(32768)).clip(-32768, 32767)
            frame = av.AudioFrame.from_ndarray(whole.astype(np.int16), format="s16", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()


def _plain_wav(data: bytes, most_s: float | None) -> tuple[Samples, int] | None:
    """A WAV of 16-bit PCM read by hand, as most providers send it; none for other encodings."""
    rate = channels = bits = 0
    place = 12
    while place + 8 <= len(data):
        name, length = data[place : place + 4], int.from_bytes(data[place + 4 : place + 8], "little")
        place += 8
        if name == b"fmt " and length >= 16:
            encoding, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", data.ljust(place + 16, b"\0"), place)
            if encoding != 1 or bits != 16:
                return None
        elif name == b"data":
            if not rate or not channels:
                raise ValueError("the WAV sound has no format")
            there = len(data) - place
            if length == 0 or length >= _OPEN_LENGTH:
                length = there
            if length > there:
                raise ValueError(f"the WAV sound is cut off after {there} of {length} bytes")
            _check_rate(rate)
            samples = min(length // 2 // channels, _most(rate, most_s))
            whole = np.frombuffer(data, "<i2", count=samples * channels, offset=place)
            return _checked(mono(whole.reshape(-1, channels).T)), rate
        place += length + length % 2
    raise ValueError("the WAV sound is cut off before its samples")


def _ogg_ends(data: bytes) -> bool:
    """Whether the last page has the end-of-stream flag (RFC 3533, section 6)."""
    last = data.rfind(b"OggS")
    return len(data) > last + 5 and bool(data[last + 5] & 4)


def _decode_with_av(data: bytes, kind: str, most_s: float | None) -> tuple[Samples, int]:
    import av

    try:
        with av.open(io.BytesIO(data), "r", format=kind, io_open=refuse_open) as container:
            if not container.streams.audio:
                raise ValueError("there is no sound in it")
            rate = container.streams.audio[0].rate
            _check_rate(rate)
            if kind == "flac":
                # Makes a frame with a wrong checksum missing; otherwise it is decoded to noise.
                container.streams.audio[0].codec_context.options = {"err_detect": "crccheck+explode"}
            most = _most(rate, most_s)
            parts = list(_frames(container, rate, most))
            samples = np.concatenate(parts)[:most] if parts else np.zeros(0, np.float32)
            if (missing := min(_promised(container, kind), most) - len(samples)) > 0:
                raise ValueError(f"the sound is damaged or cut off: {missing / rate:.2f} s are missing")
    except (av.FFmpegError, EOFError) as error:
        raise ValueError(f"the sound is damaged or cut off: {error}") from error
    return _checked(samples), rate


def _frames(container: InputContainer, rate: int, most: int) -> Iterator[Samples]:
    """The container's frames until they hold `most` samples."""
    total = 0
    for frame in container.decode(container.streams.audio[0]):
        if frame.sample_rate != rate:
            raise ValueError("the sound changes its sample rate")
        total += frame.samples
        yield mono(channels_of(frame))
        if total >= most:
            return


def _most(rate: int, most_s: float | None) -> int:
    """How many samples are taken: without a limit of the caller's one more than may be, so that too many are seen."""
    return MAX_SAMPLES + 1 if most_s is None else min(MAX_SAMPLES, int(most_s * rate))


def _promised(container: InputContainer, kind: str) -> int:
    """How many samples there must be at least, where the container says so.

    FLAC tells exactly. MP4 tells to within what the
    encoder put around the sound.
    """
    stream = container.streams.audio[0]
    if kind not in {"flac", "mp4"} or stream.duration is None or stream.time_base is None:
        return 0
    promised = int(stream.duration * stream.time_base * stream.rate)
    return promised if kind == "flac" else promised - stream.rate // 10


def channels_of(frame: AudioFrame) -> npt.NDArray[Any]:
    """A frame's samples as they are, shape (channels, n)."""
    array: npt.NDArray[Any] = frame.to_ndarray()
    return array if frame.format.is_planar else array.reshape(-1, frame.layout.nb_channels).T


def mono(channels: npt.NDArray[Any]) -> Samples:
    """Samples of shape (channels, n), of any sample type, as mono floats."""
    one: npt.NDArray[Any] = channels[0] if len(channels) == 1 else channels.mean(axis=0, dtype=np.float64)
    mixed: Samples = one.astype(np.float32)
    if channels.dtype.kind == "u":
        mixed = (mixed - np.float32(128)) / np.float32(128)
    elif channels.dtype.kind == "i":
        mixed *= np.float32(2.0 ** -(8 * channels.dtype.itemsize - 1))
    return mixed


def _checked(samples: Samples) -> Samples:
    if not samples.size:
        raise ValueError("there is no sound in it")
    if samples.size > MAX_SAMPLES:
        raise ValueError(f"the sound is longer than {MAX_SAMPLES // 48_000 // 60} minutes")
    if not np.isfinite(samples).all():
        raise ValueError("it holds samples that are not numbers")
    return samples


def _check_rate(rate: int) -> None:
    if rate not in RATES:
        raise ValueError(f"a sample rate of {rate} Hz is not possible")


def refuse_open(*_: object) -> NoReturn:
    """What a reader gets that wants to open anything besides the sound itself."""
    raise ValueError("the sound refers to another file")
