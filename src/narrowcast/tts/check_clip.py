"""Whether a clip can be what it should be: a pure judgement that catches only what is plainly wrong."""

from __future__ import annotations

import unicodedata
from typing import Any

import numpy as np
import numpy.typing as npt

from narrowcast.audio.clip import Samples
from narrowcast.audio.level import peak as peak_of
from narrowcast.audio.level import span

SILENT_PEAK = 0.004
"""-48 dBFS: nothing that anyone would hear beside a voice at -16 LUFS."""
FASTEST = 45.0
"""Letters a second. Lively speech has 15-20; the fastest setting of the built-in voice 40."""
SLOWEST = 4.0
"""Letters a second, with `SLACK_S` on top. A slow reader has 10."""
SLACK_S = 3.0
SHORT = 25
"""Texts with fewer letters are not judged too short: "No." may take a quarter of a second."""
FRAME_MS = 20
CLIPPED = 0.999
"""Full scale, but for rounding."""
CUT_OFF_RATIO = 0.4
"""Speech fades out; a last frame of this share of the loudest frames' level was cut."""


def speakable(text: str) -> bool:
    """Whether there is anything in `text` to say: a letter or a digit."""
    return any(character.isalnum() for character in text)


def reject_reason(samples: Samples, rate: int, text: str, pace: float = 1.0) -> str | None:
    """Why this clip cannot be `text` spoken, none when it may be.

    `pace` is how many times as fast as usual it was asked for. The bounds are generous, so that no voice is ever
    refused for its manner.
    """
    if not len(samples):
        return "it is empty"
    if len(samples) / rate > longest_s(text, pace):
        return f"it is too long for its text ({len(samples) / rate:.1f} s for {_letters(text)[0]:.0f} letters)"
    if not bool(np.isfinite(samples).all()):
        return "it holds values that are no numbers"
    mean = float(samples.mean())
    peak = max(float(samples.max()) - mean, mean - float(samples.min()))
    if peak < SILENT_PEAK:
        return "it is silent"
    frames = _frames(samples, rate)
    levels = _levels(frames, mean)
    loud = float(np.percentile(levels, 90)) or peak
    return (
        _damaged(samples, frames, levels, mean, loud)
        or _too_short(samples, rate, text, mean, peak, pace)
        or _cut_off(samples, rate, mean, loud)
    )


def longest_s(text: str, pace: float = 1.0) -> float:
    """How many seconds a clip of `text` may last, `pace` times as fast as usual."""
    return SLACK_S + _letters(text)[1] / SLOWEST / pace


def _damaged(samples: Samples, frames: Samples, levels: npt.NDArray[Any], mean: float, loud: float) -> str | None:
    if peak_of(samples) >= CLIPPED and float(np.mean(np.abs(samples) >= CLIPPED)) > 0.05:
        return "it is clipped"
    if len(frames) < 5:
        return None
    voiced = np.flatnonzero(levels >= loud / 4)
    # Some hundred frames, spread over the clip, say as much as all.
    signs = frames[voiced[:: max(1, len(voiced) // 200)]] < mean
    crossings = np.mean(signs[:, 1:] != signs[:, :-1], axis=1)
    # White noise crosses zero at every second sample; speech at 16 kHz and more does so only in its hisses.
    if float(np.median(crossings)) > 0.35:
        return "it is noise"
    return None


def _too_short(samples: Samples, rate: int, text: str, mean: float, peak: float, pace: float) -> str | None:
    heard = span(samples, max(peak * 0.01, SILENT_PEAK / 4), around=mean)
    heard_s = (heard[1] - heard[0]) / rate if heard else 0.0
    least, _ = _letters(text)
    if least >= SHORT and heard_s < least / FASTEST / pace:
        return f"it is too short for its text ({heard_s:.1f} s for {least:.0f} letters)"
    return None


def _cut_off(samples: Samples, rate: int, mean: float, loud: float) -> str | None:
    size = _frame_size(rate)
    if len(samples) < 4 * size:
        return None
    last = float(_levels(samples[None, -size // 2 :], mean)[0])
    return "it is cut off at its end" if last >= CUT_OFF_RATIO * loud else None


def _frame_size(rate: int) -> int:
    return max(1, rate * FRAME_MS // 1000)


def _frames(samples: Samples, rate: int) -> Samples:
    """The samples in frames of `FRAME_MS`, shape (frames, n): one shorter frame where there is no whole one."""
    size = min(_frame_size(rate), len(samples))
    return samples[: len(samples) // size * size].reshape(-1, size)


def _levels(frames: Samples, mean: float) -> npt.NDArray[Any]:
    """The root mean square of each frame around `mean`: without a copy, by the mean of squares."""
    squares = np.einsum("ij,ij->i", frames, frames, dtype=np.float32).astype(np.float64) / frames.shape[1]
    sums = frames.mean(axis=1).astype(np.float64)
    return np.asarray(np.sqrt(np.maximum(squares - 2 * mean * sums + mean * mean, 0.0)))


def _letters(text: str) -> tuple[float, float]:
    """How many letters of sound `text` is at least and at most.

    Digits are words, capitals may be spelled; a sign of a script that stands for a syllable or a word counts double,
    and any letter may be named by a voice of another language. The language is not asked: an English text may quote
    Chinese.
    """
    least = most = 0.0
    for character in text:
        if character.isdigit():
            least, most = least + 1, most + 8
        elif character.isalpha():
            wide = unicodedata.east_asian_width(character) in {"W", "F"}
            foreign = ord(character) > 0x24F
            least += 2 if wide else 1
            most += 8 if foreign else 3 if character.isupper() else 1
        elif not character.isspace():
            most += 3
    return least, most
