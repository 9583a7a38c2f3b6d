"""Mixing clips one after the other, causally: what is out stays as it is, whatever comes later."""

from __future__ import annotations

import numpy as np

from narrowcast.audio.clip import Samples, faded
from narrowcast.audio.level import peak, span
from narrowcast.audio.limiter import limit
from narrowcast.audio.loudness import Leveller
from narrowcast.audio.music import CEILING_DB, Accompaniment
from narrowcast.audio.resample import resample

CLOSING_MS = 500
"""The silence that closes an episode, so that no player swallows its last word."""

MAX_MAKEUP_DB = 6.0
"""As much is given back at most of the loudness that the limiter takes from a peaky voice."""

MEASURED_PAUSE_S = 2
"""As much of a pause reaches into the meter's blocks at most; an intro is longer."""

EDGE_DB = -45.0
"""So far below the loudest of the clip, its first and last samples count as part of the pause beside it."""


class Mixer:
    """Mixes turns in playing order at `rate` Hz; holds one clip at a time.

    Law: after any number of turns, what was returned so far is, sample by sample, the beginning of the whole mix.
    """

    def __init__(self, rate: int, music: Accompaniment | None = None) -> None:
        self._rate = rate
        self._music = music
        self._ceiling = 10 ** (CEILING_DB / 20) - (music.most_under_voices if music else 0.0)
        self._leveller = Leveller()
        self._makeup: dict[str, float] = {}
        self._position = 0
        self._quiet_end = 0

    def push(self, samples: Samples, rate: int, speaker: str, gap_ms: int) -> tuple[Samples, int, int]:
        """The next turn: the pause before it and its sound, levelled; and where the sound starts and ends.

        Both places are samples of the whole mix. The pause is `gap_ms` as it is heard: silence that the clips already
        have at their edges is counted, though never cut off. The first turn's pause is before it as well: with
        music, under which all of it lies, it is at least as long as the music is heard alone.
        """
        clip = resample(samples, rate, self._rate)
        quiet_start, quiet_end = _quiet_edges(clip)
        gap = round(gap_ms * self._rate / 1000)
        if self._music and not self._position:
            gap = max(gap, self._music.lead_in)
        pause = np.zeros(max(0, gap - self._quiet_end - quiet_start), np.float32)
        self._quiet_end = quiet_end
        start = self._position + len(pause)
        self._position = start + len(clip)
        sound = np.concatenate([pause, self._level(clip, speaker, pause[-self._rate * MEASURED_PAUSE_S :])])
        if self._music:
            sound += self._music.under(len(pause), len(clip))
        return sound, start, self._position

    def flush(self) -> Samples:
        """What closes the mix: the end of the music, or silence."""
        closing = self._music.ending() if self._music else np.zeros(self._rate * CLOSING_MS // 1000, np.float32)
        self._position += len(closing)
        return closing

    def _level(self, samples: Samples, speaker: str, pause: Samples) -> Samples:
        """`samples` at the speaker's gain, limited, with what the limiter takes of their loudness given back.

        What it takes is known from the speaker's turns so far; at their first turn, by trying.
        """
        gain = self._leveller.gain_db(speaker, samples, self._rate, pause)
        clip = faded(samples, self._rate)
        tries = 1 if speaker in self._makeup else 4
        makeup = self._makeup.get(speaker, 0.0)
        sound = clip
        for _ in range(tries):
            self._makeup[speaker] = makeup
            raised = clip * np.float32(10 ** ((gain + makeup) / 20))
            sound = limit(raised, self._rate, self._ceiling)
            makeup += (min(MAX_MAKEUP_DB, _loss_db(raised, sound)) - makeup) * (0.8 if tries > 1 else 0.5)
        self._makeup[speaker] = makeup
        return sound


def _loss_db(before: Samples, after: Samples) -> float:
    """How much quieter `after` is, by energy: near to what a meter of loudness says, as gain has no colour."""
    if before is after:
        return 0.0
    return float(10 * np.log10(_energy(before) / _energy(after)))


def _energy(samples: Samples) -> float:
    # Not `np.dot`: it wakes a thread for each core, which then wait in a loop.
    return float(np.einsum("i,i->", samples, samples))


def _quiet_edges(samples: Samples) -> tuple[int, int]:
    """How many samples are silent at the start and at the end; a silent clip is all end."""
    highest = peak(samples)
    heard = span(samples, highest * 10 ** (EDGE_DB / 20)) if highest else None
    return (heard[0], len(samples) - heard[1]) if heard else (0, len(samples))
