"""Music around and under the voices. Causal: what it is at a moment depends on what was said so far alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from narrowcast.audio.clip import Samples
from narrowcast.audio.envelope import SETTLE_MS, Ducking, lifted, tail
from narrowcast.audio.limiter import limit
from narrowcast.audio.loop import Loop
from narrowcast.audio.loudness import TARGET_LUFS
from narrowcast.audio.music_file import MusicFile, check_music, decoded
from narrowcast.audio.resample import resample
from narrowcast.script.music import Music

CEILING_DB = -2.5
"""The mix does not rise above this. MP3 at 64 kbit/s was seen to add up to 0.85 dB to limited speech; 1.5 are left."""

MUSIC_LUFS = TARGET_LUFS
"""Intro and outro measure what the voices do: so the whole does, however much of it is music."""

BED_LEAD_S = 1.5
"""A bed without an intro is heard so long before the first word."""

BED_IN_S = 1.0
"""A bed comes up in this time, or while an intro goes out under the first words."""

FALL_S = 1.0
"""The intro goes down before the first word in this time: a hand on a fader takes as long."""

OUTRO_AFTER_S = 0.6
FADE_OUT_S = 3.0


@dataclass(frozen=True)
class Score:
    """A profile's music whose files were decoded once and found good."""

    wanted: Music
    intro: MusicFile | None
    outro: MusicFile | None
    bed: MusicFile | None

    @property
    def rates(self) -> tuple[int, ...]:
        """The files' own rates in Hz."""
        return tuple(file.rate for file in (self.intro, self.outro, self.bed) if file)

    @property
    def alone_s(self) -> float:
        """For how long about it is heard without voices, at the start and the end."""
        before = max(0.0, self.intro.seconds - self.wanted.overlap_s) if self.intro else BED_LEAD_S
        return before + (self.outro.seconds + OUTRO_AFTER_S if self.outro else FADE_OUT_S)


def open_score(music: Music) -> Score:
    """Decode every file of a profile's music once, to know its loudness and that it is whole. Raises `ProfileError`."""
    return Score(
        music,
        check_music(Path(music.intro), music.intro_s) if music.intro else None,
        check_music(Path(music.outro), music.outro_s) if music.outro else None,
        check_music(Path(music.bed)) if music.bed else None,
    )


class Accompaniment:
    """The music of one mix at `rate` Hz, in mono as the voices are: asked for piece by piece, in playing order.

    `lead_in`: how many samples it is heard before the first word. `most_under_voices`: how high it may rise (linear)
    while somebody speaks; so much lower the voices must be limited. Only intro and outro are held in memory.
    """

    def __init__(self, score: Score, rate: int) -> None:
        wanted = score.wanted
        self._rate = rate
        self._ducking = Ducking(wanted.lift_db, wanted.attack_ms, wanted.release_ms)
        self._bed = Loop(score.bed, rate, _gain(score.bed, TARGET_LUFS - wanted.bed_below_db)) if score.bed else None
        bed_peak = self._bed.peak if self._bed else 0.0
        room = 10 ** (CEILING_DB / 20) - bed_peak * 10 ** (wanted.lift_db / 20)
        under = 10 ** ((TARGET_LUFS - wanted.bed_below_db - MUSIC_LUFS) / 20)
        intro = _loaded(score.intro, rate, wanted.intro_s, room)
        overlap = min(round(wanted.overlap_s * rate), len(intro) // 2)
        self._intro = intro * _intro_gain(len(intro), overlap, rate, under)
        self._outro = _ended(_loaded(score.outro, rate, wanted.outro_s, room), score.outro, wanted.outro_s, rate)
        self.lead_in = len(intro) - overlap if len(intro) else round(BED_LEAD_S * rate)
        self.most_under_voices = bed_peak + float(np.abs(self._intro[self.lead_in :]).max(initial=0.0))
        self._bed_from = self.lead_in if len(intro) else 0
        self._bed_rise = max(overlap, round(BED_IN_S * rate))
        self._position = 0

    def under(self, pause: int, voice: int) -> Samples:
        """What lies under a pause of so many samples and the words that follow it."""
        first = not self._position
        gain = np.concatenate([lifted(pause, self._rate, self._ducking, opening=first), np.ones(voice, np.float32)])
        return self._next(gain)

    def ending(self) -> Samples:
        """What follows the last word: the bed goes, the outro comes."""
        fading = tail(round(FADE_OUT_S * self._rate))
        after = round(OUTRO_AFTER_S * self._rate) if len(self._outro) else 0
        gain = np.zeros(max(len(fading), after + len(self._outro)), np.float32)
        gain[: len(fading)] = fading
        sound = self._next(gain)
        sound[after : after + len(self._outro)] += self._outro
        return sound

    def close(self) -> None:
        """Close the bed's file; may be called twice."""
        if self._bed:
            self._bed.close()

    def _next(self, gain: Samples) -> Samples:
        """Bed at this gain, and what is left of the intro."""
        place = self._position
        self._position += len(gain)
        sound = self._bed.take(len(gain)) * gain if self._bed else np.zeros(len(gain), np.float32)
        if self._bed and place < self._bed_from + self._bed_rise:
            since = np.arange(place, self._position) - self._bed_from
            sound *= (since / self._bed_rise).clip(0, 1).astype(np.float32)
        rest = self._intro[place : self._position]
        sound[: len(rest)] += rest
        return sound


def _gain(file: MusicFile, lufs: float) -> float:
    return float(10 ** ((lufs - file.lufs) / 20))


def _loaded(file: MusicFile | None, rate: int, most_s: float, ceiling: float) -> Samples:
    """An intro or outro at its level, limited; nothing for none."""
    if file is None:
        return np.zeros(0, np.float32)
    parts = [piece for piece, _ in decoded(file.path, most_s)]
    sound = resample(np.concatenate(parts), file.rate, rate) * np.float32(_gain(file, MUSIC_LUFS))
    return limit(sound, rate, ceiling)


def _intro_gain(length: int, overlap: int, rate: int, under: float) -> Samples:
    """Full, then down to `under` before the first word, then out until the end; out at once without an overlap."""
    gain = np.ones(length, np.float32)
    if not length:
        return gain
    word = length - overlap
    if not overlap:
        fading = tail(min(round(FADE_OUT_S * rate), length))
        gain[-len(fading) :] = fading
        return gain
    down = max(0, word - rate * SETTLE_MS // 1000)
    fall = min(round(FALL_S * rate), down)
    gain[down - fall : down] = under ** np.linspace(0, 1, fall, dtype=np.float32)
    gain[down:] = under
    gain[word:] *= tail(overlap)
    return gain


def _ended(outro: Samples, file: MusicFile | None, most_s: float, rate: int) -> Samples:
    """An outro that was cut off fades out; one that ends by itself is only kept from clicking."""
    cut = file is not None and file.seconds > most_s - 0.1
    fading = tail(min(round((FADE_OUT_S if cut else 0.02) * rate), len(outro)))
    outro[len(outro) - len(fading) :] *= fading
    return outro
