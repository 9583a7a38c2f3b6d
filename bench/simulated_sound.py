"""Sound that behaves like speech to meters and codecs: voiced words with pauses, rising and falling."""

from __future__ import annotations

import struct
import threading
import zlib
from functools import cache

import numpy as np
import numpy.typing as npt

RATE = 24_000
CHARACTERS_PER_SECOND = 15.0
BANK_SECONDS = 64.0
LEVEL_DBFS = -20.0
"""The loudness of the loudest voice, RMS over its words."""
TAIL_SECONDS = 0.12
MP3_FRAME = 576
"""Samples in a frame of MPEG-2 layer III (ISO/IEC 13818-3), which 24 kHz is."""

Samples = npt.NDArray[np.float32]

_one_at_a_time = threading.Lock()


def duration(text: str) -> float:
    """Seconds that `text` takes to say."""
    return max(0.25, len(text) / CHARACTERS_PER_SECOND)


def samples(seconds: float, voice: str, gain_db: float) -> Samples:
    """Mono samples of exactly `seconds`, ending as speech does: falling, then almost still."""
    count = round(seconds * RATE)
    with _one_at_a_time:
        bank = _bank(voice)
    sound = np.resize(bank, count) * np.float32(10 ** (gain_db / 20))
    attack, tail = min(count, RATE // 100), min(count, round(TAIL_SECONDS * RATE))
    sound[:attack] *= np.linspace(0, 1, attack, dtype=np.float32)
    sound[count - tail :] *= np.linspace(1, 0, tail, dtype=np.float32) ** 2
    return sound


def pcm16(sound: Samples) -> bytes:
    """Little-endian 16-bit PCM."""
    return (np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes()


def wav(pcm: bytes, claimed: int | None = None) -> bytes:
    """A WAV file around mono 16-bit `pcm`; `claimed` is the data length that its header tells, if not the true one."""
    size = len(pcm) if claimed is None else claimed
    head = struct.pack("<4sI4s4sIHHIIHH", b"RIFF", 36 + size, b"WAVE", b"fmt ", 16, 1, 1, RATE, RATE * 2, 2, 16)
    return head + struct.pack("<4sI", b"data", size) + pcm


def mp3(seconds: float, voice: str, gain_db: float) -> bytes:
    """An MP3 file of `seconds`, cut from frames that were encoded once: the simulator must cost little CPU."""
    with _one_at_a_time:
        frames = _frames(voice, gain_db)
    wanted = max(1, round(seconds * RATE / MP3_FRAME))
    return b"".join(frames[index % len(frames)] for index in range(wanted))


@cache
def _bank(voice: str) -> Samples:
    """A minute of one voice: words of 0.15-0.5 s, pauses of 0.04-0.12 s, a longer one after each sentence."""
    seed = zlib.crc32(voice.encode())
    chance = np.random.default_rng(seed)
    base = 95.0 + seed % 120
    sound = np.zeros(round(BANK_SECONDS * RATE), np.float32)
    at, words = 0, 0
    while True:
        count = round(chance.uniform(0.15, 0.5) * RATE)
        if at + count >= len(sound):
            break
        sound[at : at + count] = _word(count, base, chance)
        words += 1
        sentence_ends = words % 9 == 0
        at += count + round(chance.uniform(0.25, 0.4) * RATE if sentence_ends else chance.uniform(0.04, 0.12) * RATE)
    level = float(np.sqrt(np.mean(sound**2)))
    return (sound * np.float32(10 ** (LEVEL_DBFS / 20) / level)).astype(np.float32)


def _word(count: int, base: float, chance: np.random.Generator) -> Samples:
    """Harmonics of a gliding pitch under two formants, a little breath, syllables' rise and fall."""
    time = np.arange(count) / RATE
    pitch = base * (1 + chance.uniform(-0.12, 0.12) - 0.15 * time)
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    formants = chance.uniform(300, 800), chance.uniform(900, 2_300)
    sound = 0.02 * chance.standard_normal(count)
    for harmonic in range(1, 16):
        frequency = base * harmonic
        weight = sum(np.exp(-(((frequency - formant) / 250) ** 2)) for formant in formants) + 0.05
        sound += weight / np.sqrt(harmonic) * np.sin(harmonic * phase)
    envelope = np.sin(np.pi * np.arange(count) / count) ** 0.6
    return np.asarray(sound * envelope * (0.8 + 0.2 * np.sin(2 * np.pi * 6 * time)), np.float32)


@cache
def _frames(voice: str, gain_db: float) -> tuple[bytes, ...]:
    import av

    # No bit reservoir, so that each frame stands alone and any run of them is a file.
    encoder = av.CodecContext.create("libmp3lame", "w")
    encoder.sample_rate, encoder.layout, encoder.format = RATE, "mono", av.AudioFormat("fltp")
    encoder.bit_rate, encoder.options = 64_000, {"reservoir": "0"}
    resampler = av.AudioResampler("fltp", "mono", RATE, frame_size=MP3_FRAME)
    frame = av.AudioFrame.from_ndarray(_bank(voice)[None] * np.float32(10 ** (gain_db / 20)), "fltp", "mono")
    frame.sample_rate = RATE
    frames = [bytes(packet) for part in resampler.resample(frame) for packet in encoder.encode(part)]
    return tuple(frames[2:])
