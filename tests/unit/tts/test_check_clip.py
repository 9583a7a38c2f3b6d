"""Judging clips: what is plainly wrong, and what must pass."""

from __future__ import annotations

import numpy as np
import pytest

from narrowcast.audio.clip import Samples
from narrowcast.tts.check_clip import reject_reason, speakable
from narrowcast.tts.fake import Damage, damaged, hum

TEXT = "This is a sentence of a usual length, such as people say all day."
RATE = 24_000
GOOD = hum(TEXT, 150.0, RATE, 60.0).samples


def test_a_good_clip_passes() -> None:
    assert reject_reason(GOOD, RATE, TEXT) is None


@pytest.mark.parametrize(
    ("samples", "reason"),
    [
        (GOOD[:0], "empty"),
        (damaged(GOOD, Damage.SILENT), "silent"),
        (np.full(RATE, 0.5, np.float32), "silent"),
        (GOOD * np.float32(0.001), "silent"),
        (np.where(np.arange(len(GOOD)) == 9, np.float32("nan"), GOOD), "no numbers"),
        (damaged(GOOD, Damage.NOISE), "noise"),
        (np.clip(GOOD * 1000, -1, 1), "clipped"),
        (damaged(GOOD, Damage.TOO_SHORT), "too short"),
        (np.concatenate([damaged(GOOD, Damage.TOO_SHORT), np.zeros(len(GOOD), np.float32)]), "too short"),
        (np.tile(GOOD, 8), "too long"),
        (damaged(GOOD, Damage.CUT_OFF), "cut off"),
    ],
)
def test_a_damaged_clip_is_rejected(samples: Samples, reason: str) -> None:
    assert reason in (reject_reason(samples, RATE, TEXT) or "accepted")


@pytest.mark.parametrize("text", ["No.", "OK", "1,234,567", "A B C D E F G", "NATO, USA & WWW"])
def test_short_texts_are_judged_leniently(text: str) -> None:
    for seconds in (0.25, 3.0):
        clip = hum("a" * 10, 120.0, RATE, seconds * 100).samples
        assert reject_reason(clip, RATE, text) is None


def test_a_faster_pace_allows_shorter_clips() -> None:
    fast = hum(TEXT, 150.0, RATE, 12.0).samples
    assert reject_reason(fast, RATE, TEXT) is not None
    assert reject_reason(fast, RATE, TEXT, pace=4.0) is None


def test_what_can_be_said() -> None:
    assert speakable("… 5")
    assert speakable("é")
    assert not speakable("…!? 🙂")
