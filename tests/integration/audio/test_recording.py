"""Recordings of others: what they are and how long, and what is sent in their place."""

from __future__ import annotations

import io
import struct
import wave
import zipfile
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from narrowcast.audio.recording import examine, examine_apart
from narrowcast.errors import InputError

KINDS = {
    ".mp3": ("mp3", "libmp3lame", "fltp", "audio/mpeg"),
    ".m4a": ("mp4", "aac", "fltp", "audio/mp4"),
    ".aac": ("adts", "aac", "fltp", "audio/aac"),
    ".opus": ("ogg", "libopus", "flt", "audio/ogg"),
    ".flac": ("flac", "flac", "s16", "audio/flac"),
    ".wav": ("wav", "pcm_s16le", "s16", "audio/wav"),
}


def sound(suffix: str, seconds: float = 2.0) -> bytes:
    """A tone in one of the kinds."""
    muxer, codec, layout, _ = KINDS[suffix]
    rate = 48_000
    samples = (0.3 * np.sin(np.arange(round(rate * seconds)) * 2 * np.pi * 440 / rate)).astype(np.float32)
    data = samples if layout != "s16" else (samples * 32_767).astype(np.int16)
    file = io.BytesIO()
    with av.open(file, "w", format=muxer) as container:
        stream: Any = container.add_stream(codec, rate=rate, layout="mono")
        frame = av.AudioFrame.from_ndarray(data.reshape(1, -1), format=layout, layout="mono")
        frame.sample_rate = rate
        resampled = av.AudioResampler(format=layout, layout="mono", rate=rate, frame_size=stream.frame_size or 1024)
        for piece in [*resampled.resample(frame), *resampled.resample(None)]:
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
    return file.getvalue()


def kept(folder: Path, data: bytes) -> Path:
    path = folder / "recording"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("suffix", KINDS)
def test_every_kind_tells_what_it_is_and_how_long(tmp_path: Path, suffix: str) -> None:
    data = sound(suffix)
    found = examine(kept(tmp_path, data))
    assert (found.suffix, found.media_type) == (suffix, KINDS[suffix][3])
    assert abs(found.duration_ms - 2_000) < 120
    assert found.bit_rate == pytest.approx(len(data) * 8000 / found.duration_ms, rel=0.01)
    assert (found.rate, found.channels) == (48_000, 1)


def test_a_headers_word_for_the_length_does_not_count(tmp_path: Path) -> None:
    data = bytearray(sound(".wav"))
    at = data.index(b"data") + 4
    data[at : at + 4] = struct.pack("<I", 0x7FFF_0000)
    assert abs(examine(kept(tmp_path, bytes(data))).duration_ms - 2_000) < 120


def test_what_is_too_long_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="longer than"):
        examine(kept(tmp_path, sound(".flac")), longest_ms=1_000)


def _zip() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.mp3", b"x")
    return file.getvalue()


def _video() -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=5)
        stream.width = stream.height = 32
        frame = av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), format="rgb24")
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()


def _empty_wav() -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8_000)
    return file.getvalue()


def _cover_only() -> bytes:
    picture = b"\xff\xd8\xff\xe0" + bytes(300)
    frame = b"APIC" + struct.pack(">IH", len(picture) + 14, 0) + b"\0image/jpeg\0\3\0" + picture
    size = len(frame)
    syncsafe = bytes((size >> shift) & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\3\0\0" + syncsafe + frame


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty"),
        (b"#EXTM3U\nhttp://127.0.0.1/secret\n", "a playlist"),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", "a list of other files"),
        (b"<html><audio src=x></html>", "a web page"),
        (_zip(), "a zip file"),
        (_video(), "is a video"),
        (_empty_wav(), "no sound"),
        (_cover_only(), "cannot be used|no sound"),
        (b"just words", "nothing that holds sound"),
        (b"ID3\3\0\0\0\0\0\0" + bytes(4000), "cannot be used|no sound"),
        (b"OggS" + bytes(4000), "cannot be used|no sound"),
        (b"RIFF\0\0\0\0WAVEfmt " + bytes(100), "cannot be used|no sound"),
        (b"\0\0\0\x18ftypM4A " + bytes(1000), "cannot be used|no sound"),
    ],
)
def test_what_is_no_sound_is_named(tmp_path: Path, data: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message):
        examine(kept(tmp_path, data))


@pytest.mark.parametrize("suffix", [".m4a", ".flac", ".opus"])
def test_damage_is_refused_or_counted_never_a_crash(tmp_path: Path, suffix: str) -> None:
    data = sound(suffix)
    for place in range(0, len(data), max(1, len(data) // 25)):
        broken = data[:place] + b"\xff\x00\x7f" + data[place + 3 :]
        try:
            assert examine(kept(tmp_path, broken[: len(data) - place // 2])).duration_ms < 86_400_000
        except InputError:
            continue


async def test_a_recording_is_looked_at_in_a_process_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = kept(tmp_path, sound(".opus"))
    assert await examine_apart(path) == examine(path)
    kept(tmp_path, b"OggS" + bytes(4000))
    with pytest.raises(InputError, match=r"cannot be used|no sound"):
        await examine_apart(path)
    with pytest.raises(InputError, match="longer than"):
        await examine_apart(path, timeout_s=0.01)
    # As a codec would crash: the process is gone, this one is not.
    (tmp_path / "av.py").write_text("import os\nos.abort()\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=":")
    with pytest.raises(InputError, match="broke down"):
        await examine_apart(path)
