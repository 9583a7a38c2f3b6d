"""Loudness by EBU R 128 (ITU-R BS.1770-4), measured by ffmpeg's `ebur128`: of each speaker while mixing, and of a file.

Mono sound counts as one channel, as players and ffmpeg's own meter have it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np

from narrowcast.audio.clip import Samples
from narrowcast.audio.formats import FORMATS
from narrowcast.audio.level import TruePeak, block_peaks
from narrowcast.errors import EpisodeError

if TYPE_CHECKING:
    from av import AudioFrame

TARGET_LUFS = -16.0
"""What a finished episode should measure; the level that podcast directories ask for."""

NOTHING_LUFS = -70.0
"""What the meter shows while it has heard nothing above its absolute gate."""

MAX_GAIN_DB = 30.0
"""A voice that would need more is noise."""

MAX_STEP_DB = 1.5
"""How much a speaker's gain may change from one turn to the next, once enough was heard of them."""

SETTLED_S = 10.0
"""How much of a speaker must be heard before their gain only changes in small steps."""

ENOUGH_S = 1.0
"""With less than this of a speaker, the meter's blocks hold more pause than voice."""

NO_SAMPLES: Samples = np.zeros(0, np.float32)

PAUSE_DBFS = -50.0
"""Sound below this is a pause."""


class Meter:
    """Integrated loudness of all that was fed so far, gated, in constant memory."""

    def __init__(self, rate: int) -> None:
        from av.filter import Graph

        self._rate = rate
        self._fed = 0
        self._graph = Graph()
        self._graph.threads = 1
        source = self._graph.add_abuffer(sample_rate=rate, format="flt", layout="mono", time_base=Fraction(1, rate))
        meter = self._graph.add("ebur128", "metadata=1:framelog=quiet")
        self._graph.link_nodes(source, meter, self._graph.add("abuffersink")).configure()
        self.integrated_lufs = NOTHING_LUFS

    def feed(self, samples: Samples) -> float:
        """Hear `samples`, and say the integrated loudness so far in LUFS.

        The meter moves every 100 ms; what is left of the last piece counts with the next `feed`.
        """
        for start in range(0, len(samples), self._rate):
            self._graph.push(_frame(samples[start : start + self._rate], self._rate, self._fed))
            self._fed += len(samples[start : start + self._rate])
            self._drain()
        return self.integrated_lufs

    def close(self) -> None:
        """Hear the rest: the piece shorter than 100 ms that no `feed` follows."""
        self._graph.push(None)
        self._drain()

    def _drain(self) -> None:
        import av

        last: AudioFrame | None = None
        while True:
            try:
                last = cast("AudioFrame", self._graph.pull())
            except (av.BlockingIOError, EOFError):
                break
        if last is not None:
            self.integrated_lufs = float(last.metadata.get("lavfi.r128.I", self.integrated_lufs))


@dataclass
class _Speaker:
    meter: Meter
    heard_s: float = 0.0
    gain_db: float | None = None


class Leveller:
    """Brings every speaker to `TARGET_LUFS`.

    Causal: the gain of a turn depends on this and on earlier clips of the same speaker only, in the order of calls.
    """

    def __init__(self) -> None:
        self._speakers: dict[tuple[str, int], _Speaker] = {}

    def gain_db(self, speaker: str, samples: Samples, rate: int, pause: Samples = NO_SAMPLES) -> float:
        """The gain for this clip of `speaker`, who has their own meter at each sample rate.

        `pause` is the silence that will stand before the clip: the meter's blocks reach over it in the finished file
        too, which makes short turns measure quieter.
        """
        known = self._speakers.setdefault((speaker, rate), _Speaker(Meter(rate)))
        known.meter.feed(pause)
        loudness = known.meter.feed(samples)
        known.heard_s += len(samples) / rate
        if known.heard_s < ENOUGH_S:
            loudness = _loudness_of_short(samples, rate)
        known.gain_db = next_gain_db(known.gain_db, loudness, known.heard_s)
        return known.gain_db


def next_gain_db(before: float | None, loudness_lufs: float, heard_s: float) -> float:
    """The gain that brings `loudness_lufs` to the target, as far as one step from `before` goes.

    A clip in which there is nothing to hear keeps the gain that was, at first 0. Before `SETTLED_S` of a speaker were
    heard the step may be three times as wide.
    """
    if loudness_lufs <= NOTHING_LUFS:
        return before or 0.0
    wanted = max(-MAX_GAIN_DB, min(MAX_GAIN_DB, TARGET_LUFS - loudness_lufs))
    if before is None:
        return wanted
    step = MAX_STEP_DB if heard_s >= SETTLED_S else 3 * MAX_STEP_DB
    return max(before - step, min(before + step, wanted))


def _loudness_of_short(samples: Samples, rate: int) -> float:
    """Of a clip of a word or two, against the meter's blocks of 400 ms: as if it went on so for some seconds."""
    times = math.ceil(2 * rate / max(1, len(samples)))
    return Meter(rate).feed(np.tile(samples, times)) if len(samples) else NOTHING_LUFS


@dataclass(frozen=True)
class Measurement:
    """What a finished file measures. `longest_pause_ms` is its longest stretch below `PAUSE_DBFS`."""

    integrated_lufs: float
    true_peak_dbtp: float
    duration_ms: int
    longest_pause_ms: int


@dataclass
class _Pauses:
    """The longest run of silent blocks of 10 ms, over sound that comes in pieces."""

    block: int
    longest: int = 0
    running: int = 0
    rest: Samples = field(default_factory=lambda: np.zeros(0, np.float32))

    def feed(self, samples: Samples) -> None:
        sound = np.concatenate([self.rest, samples])
        whole = len(sound) // self.block * self.block
        self.rest = sound[whole:]
        peaks = block_peaks(sound[:whole], self.block)
        loud = np.flatnonzero(peaks >= 10 ** (PAUSE_DBFS / 20))
        if not loud.size:
            self.running += len(peaks)
        else:
            inside = int(np.diff(loud).max(initial=1)) - 1
            self.longest = max(self.longest, self.running + int(loud[0]), inside)
            self.running = len(peaks) - 1 - int(loud[-1])
        self.longest = max(self.longest, self.running)


def measure(path: Path) -> Measurement:
    """Decode a finished file piece by piece and measure it; its true peak between samples too.

    Raises `EpisodeError` when it cannot be decoded.
    """
    import av

    try:
        with av.open(str(path), "r", format=FORMATS[path.suffix.lstrip(".").lower()].demuxer) as container:
            stream = container.streams.audio[0]
            rate = stream.rate
            meter, peak, pauses, total = Meter(rate), TruePeak(rate), _Pauses(rate // 100), 0
            for samples in _seconds(container.decode(stream), rate):
                meter.feed(samples)
                peak.feed(samples)
                pauses.feed(samples)
                total += len(samples)
            meter.close()
            peak.close()
    except (av.FFmpegError, IndexError, OSError) as error:
        raise EpisodeError(f"The finished file {path} cannot be read back: {error}.") from error
    return Measurement(
        integrated_lufs=meter.integrated_lufs,
        true_peak_dbtp=20 * math.log10(max(peak.highest, 1e-6)),
        duration_ms=round(total * 1000 / rate),
        longest_pause_ms=pauses.longest * 10,
    )


def _seconds(frames: Iterator[AudioFrame], rate: int) -> Iterator[Samples]:
    """The first channel of the decoded frames, gathered into pieces of a second."""
    from av import AudioFifo

    fifo = AudioFifo()
    for frame in frames:
        # Without times of its own a frame is just the next one.
        frame.pts = None
        fifo.write(frame)
        if fifo.samples >= rate and (second := fifo.read(rate)):
            yield _first_channel(second)
    if rest := fifo.read(0, partial=True):
        yield _first_channel(rest)


def _first_channel(frame: AudioFrame) -> Samples:
    first: Samples = frame.to_ndarray()[0].astype(np.float32, copy=False)
    return first


def _frame(samples: Samples, rate: int, at: int) -> AudioFrame:
    from av import AudioFrame

    frame = AudioFrame.from_ndarray(np.ascontiguousarray(samples)[None], format="flt", layout="mono")
    frame.sample_rate, frame.pts, frame.time_base = rate, at, Fraction(1, rate)
    return frame
