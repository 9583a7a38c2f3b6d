"""Whether a clip can be what it should be: a pure judgement that catches only what is plainly wrong."""

from __future__ import annotations

import unicodedata
from typing import Any

import numpy as np
import numpy.typing as npt

from narrowcast.audio.clip import Samples

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
    if not bool(np.isfinite(samples).all()):
        return "it holds values that are no numbers"
    centred = samples - np.float32(samples.mean())
    peak = float(np.abs(centred).max())
    if peak < SILENT_PEAK:
        return "it is silent"
    levels = _levels(centred, rate)
    loud = float(np.percentile(levels, 90)) or peak
    return (
        _damaged(samples, centred, levels, loud, rate)
        or _wrong_length(centred, rate, text, peak, pace)
        or _cut_off(centred, rate, loud)
    )


def _damaged(samples: Samples, centred: Samples, levels: npt.NDArray[Any], loud: float, rate: int) -> str | None:
    if float(np.mean(np.abs(samples) >= 0.999)) > 0.05:
        return "it is clipped"
    size = max(1, rate * FRAME_MS // 1000)
    frames = len(centred) // size
    if frames < 5:
        return None
    signs = np.signbit(centred[: frames * size].reshape(frames, size))
    crossings = np.mean(signs[:, 1:] != signs[:, :-1], axis=1)
    # White noise crosses zero at every second sample; speech at 16 kHz and more does so only in its hisses.
    if float(np.median(crossings[levels[:frames] >= loud / 4])) > 0.35:
        return "it is noise"
    return None


def _wrong_length(samples: Samples, rate: int, text: str, peak: float, pace: float) -> str | None:
    heard = np.flatnonzero(np.abs(samples) >= max(peak * 0.01, SILENT_PEAK / 4))
    heard_s = (int(heard[-1]) - int(heard[0]) + 1) / rate
    least, most = _letters(text)
    if least >= SHORT and heard_s < least / FASTEST / pace:
        return f"it is too short for its text ({heard_s:.1f} s for {least:.0f} letters)"
    if len(samples) / rate > SLACK_S + most / SLOWEST / pace:
        return f"it is too long for its text ({len(samples) / rate:.1f} s for {least:.0f} letters)"
    return None


def _cut_off(samples: Samples, rate: int, loud: float) -> str | None:
    size = max(1, rate * FRAME_MS // 1000)
    if len(samples) < 4 * size:
        return None
    last = float(np.sqrt(np.mean(np.square(samples[-size // 2 :], dtype=np.float64))))
    return "it is cut off at its end" if last >= CUT_OFF_RATIO * loud else None


def _levels(samples: Samples, rate: int) -> npt.NDArray[Any]:
    """The root mean square of each frame."""
    size = max(1, rate * FRAME_MS // 1000)
    frames = max(1, len(samples) // size)
    squares = np.square(samples[: frames * size].reshape(frames, -1), dtype=np.float64)
    return np.asarray(np.sqrt(squares.mean(axis=1)))


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
