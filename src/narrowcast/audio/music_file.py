"""A person's own sound files: checked before they are used, and decoded piece by piece."""

from __future__ import annotations

import stat
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from narrowcast.audio.clip import RATES, Samples, channels_of, container_of, mono, refuse_open
from narrowcast.audio.level import TruePeak
from narrowcast.audio.loudness import NOTHING_LUFS, Meter
from narrowcast.errors import ProfileError

MAX_BYTES = 200_000_000
MAX_SECONDS = 30 * 60
MIN_SECONDS = 0.5
MAX_CHANNELS = 8


@dataclass(frozen=True)
class MusicFile:
    """A file that could be decoded from end to end: its rate in Hz, loudness, and true peak (linear, of full scale)."""

    path: Path
    rate: int
    seconds: float
    lufs: float
    peak: float


def check_music(path: Path, most_s: float | None = None) -> MusicFile:
    """Decode the file, or the first `most_s` seconds of it, and say what is in it, in mono.

    Raises `ProfileError` for what is missing, no sound, protected, damaged, silent, too short, long or large.
    """
    samples, meter, peak, rate = 0, None, None, 0
    for piece, rate in decoded(path, most_s):
        if meter is None or peak is None:
            meter, peak = Meter(rate), TruePeak(rate)
        samples += len(piece)
        if samples > MAX_SECONDS * rate:
            raise ProfileError(
                f"The music {path} is longer than {MAX_SECONDS // 60} minutes.", hint="Use a part of it."
            )
        if not np.isfinite(piece).all():
            raise ProfileError(f"The music {path} is damaged: it holds samples that are not numbers.")
        meter.feed(piece)
        peak.feed(piece)
    if meter is None or peak is None or samples < MIN_SECONDS * rate:
        raise ProfileError(f"The music {path} is shorter than {MIN_SECONDS} s.", hint="Name another file.")
    meter.close()
    peak.close()
    if meter.integrated_lufs <= NOTHING_LUFS:
        raise ProfileError(f"The music {path} is silent.", hint="Name another file.")
    return MusicFile(path, rate, samples / rate, meter.integrated_lufs, peak.highest)


def decoded(path: Path, most_s: float | None = None) -> Generator[tuple[Samples, int]]:
    """The file's sound in mono, frame by frame, each with its rate in Hz; at most `most_s` seconds of it.

    Its container is told by its first bytes and never guessed, nothing else is opened for it, and it is never held
    whole. Raises `ProfileError`.
    """
    import av

    _check_file(path)
    try:
        with path.open("rb") as file:
            kind = container_of(file.read(16))
            file.seek(0)
            with av.open(file, "r", format=kind, io_open=refuse_open) as container:
                if not container.streams.audio:
                    raise ValueError("there is no sound in it")
                rate, taken = container.streams.audio[0].rate, 0
                if rate not in RATES:
                    raise ValueError(f"a sample rate of {rate} Hz is not possible")
                left = int(most_s * rate) if most_s is not None else None
                for frame in container.decode(container.streams.audio[0]):
                    if frame.sample_rate != rate or frame.layout.nb_channels > MAX_CHANNELS:
                        raise ValueError("its rate changes, or it has too many channels")
                    piece = mono(channels_of(frame))[: None if left is None else left - taken]
                    taken += len(piece)
                    yield piece, rate
                    if left is not None and taken >= left:
                        return
    except (OSError, EOFError, ValueError, av.FFmpegError) as error:
        # PyAV's faults are also of OSError or ValueError, and hold the number and the name of the file.
        reason = getattr(error, "strerror", None) or str(error)
        raise ProfileError(
            f"The music {path} cannot be used: {reason}.",
            hint="Name a WAV, FLAC, MP3, Ogg or M4A file that is whole and not protected against copying.",
        ) from error


def _check_file(path: Path) -> None:
    try:
        found = path.stat()
    except OSError as error:
        raise ProfileError(
            f"The music {path} cannot be read: {error.strerror}.", hint="Correct its path in the profile."
        ) from error
    if not stat.S_ISREG(found.st_mode):
        raise ProfileError(f"The music {path} is not a file.", hint="Name a sound file in the profile.")
    if found.st_size > MAX_BYTES:
        raise ProfileError(f"The music {path} is larger than {MAX_BYTES // 1_000_000} MB.", hint="Use a part of it.")
