"""Taking no more of a clip than was asked for."""

from __future__ import annotations

import io

import av
import numpy as np
import pytest

from narrowcast.audio.clip import Samples, decode, encode_flac

RATE = 16_000
TONE: Samples = (np.sin(np.arange(RATE * 20) * 0.05) * 0.4).astype(np.float32)


def packed(kind: str) -> bytes:
    if kind == "flac":
        return encode_flac(TONE, RATE)
    file = io.BytesIO()
    codec = {"wav": "pcm_s16le", "float wav": "pcm_f32le", "mp3": "libmp3lame"}[kind]
    with av.open(file, "w", format=kind.removeprefix("float ")) as container:
        stream = container.add_stream(codec, rate=RATE, layout="mono")
        assert isinstance(stream, av.AudioStream)
        frame = av.AudioFrame.from_ndarray(TONE[None], format="fltp", layout="mono")
        frame.sample_rate = RATE
        resampler = av.AudioResampler(stream.format, stream.layout, RATE, frame_size=stream.frame_size or 1024)
        for piece in (*resampler.resample(frame), *resampler.resample(None)):
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
    return file.getvalue()


@pytest.mark.parametrize("kind", ["wav", "float wav", "flac", "mp3"])
def test_a_limit_gives_the_whole_clips_start(kind: str) -> None:
    data = packed(kind)
    whole, rate = decode(data)
    start, same_rate = decode(data, 2.5)
    assert (rate, same_rate) == (RATE, RATE)
    assert len(whole) > RATE * 19
    assert len(start) == RATE * 2.5
    assert np.array_equal(start, whole[: len(start)])


@pytest.mark.parametrize("kind", ["wav", "flac"])
def test_a_clip_that_is_cut_off_within_the_limit_is_still_refused(kind: str) -> None:
    data = packed(kind)
    with pytest.raises(ValueError, match="cut off"):
        decode(data[: len(data) // 2], 30.0)


@pytest.mark.parametrize("kind", ["wav", "flac", "mp3"])
def test_a_limit_beyond_the_clips_end_takes_nothing_away(kind: str) -> None:
    data = packed(kind)
    assert np.array_equal(decode(data, 60.0)[0], decode(data)[0])
