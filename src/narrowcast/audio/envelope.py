"""How loud music is from sample to sample: pure curves, in linear gain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from narrowcast.audio.clip import Samples

SETTLE_MS = 150
"""Music stays down so long after a word, which may have an echo, and is down so long before the next."""


@dataclass(frozen=True)
class Ducking:
    """How far the music rises in a pause, and how fast it comes (`release_ms`) and goes (`attack_ms`)."""

    lift_db: float
    attack_ms: int
    release_ms: int


def lifted(pause: int, rate: int, ducking: Ducking, *, opening: bool = False) -> Samples:
    """The gain over a pause of so many samples, 1 where voices are near; `opening`: nobody spoke before it.

    It rises and falls by straight lines in dB, as far as there is time for; a pause too short for the music to come up
    by a third of what it may is left alone, so that it does not pump.
    """
    whole: Samples = np.ones(pause, np.float32)
    settle = rate * SETTLE_MS // 1000
    start, end = (0 if opening else settle), pause - settle
    up, down = rate * ducking.release_ms / 1000, rate * ducking.attack_ms / 1000
    if end <= start or not ducking.lift_db:
        return whole
    place = np.arange(end - start, dtype=np.float32)
    rising = np.full(len(place), 1.0, np.float32) if opening else place / np.float32(up)
    share = np.minimum(np.minimum(rising, place[::-1] / np.float32(down)), 1)
    if share.max() < 1 / 3:
        return whole
    whole[start:end] = 10 ** (share * np.float32(ducking.lift_db / 20))
    return whole


def crossfade(length: int) -> Samples:
    """The rising side of a crossfade of equal power; the falling one is its mirror image."""
    return np.sin(np.linspace(0, np.pi / 2, length, endpoint=False, dtype=np.float32))


def tail(length: int) -> Samples:
    """A fade-out that sounds even: a quarter of a cosine, squared."""
    return np.cos(np.linspace(0, np.pi / 2, length, dtype=np.float32)) ** 2
