"""Sound at another rate, by ffmpeg's resampler."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from narrowcast.audio.clip import Samples

if TYPE_CHECKING:
    from av import AudioFrame


def resample(samples: Samples, rate: int, wanted: int) -> Samples:
    """`samples` at another rate, without any shift; length in seconds kept within one sample."""
    if rate == wanted or not len(samples):
        return samples
    return np.concatenate(list(resampled(iter([(samples, rate)]), wanted)))


def resampled(pieces: Iterator[tuple[Samples, int]], wanted: int) -> Iterator[Samples]:
    """The same of sound that comes in pieces, each with its rate in Hz, which is the same for all."""
    from av import AudioFrame, AudioResampler

    resampler = AudioResampler(format="flt", layout="mono", rate=wanted)
    place = 0
    for samples, rate in pieces:
        if rate == wanted:
            yield samples
            continue
        frame = AudioFrame.from_ndarray(np.ascontiguousarray(samples)[None], format="flt", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = rate, place, Fraction(1, rate)
        place += len(samples)
        yield from _arrays(resampler.resample(frame))
    if place:
        yield from _arrays(resampler.resample(None))


def _arrays(frames: list[AudioFrame]) -> Iterator[Samples]:
    return (frame.to_ndarray()[0].astype(np.float32, copy=False) for frame in frames)
