"""Sound to test with, and ffmpeg's own tools to judge by."""

from __future__ import annotations

import json
import math
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from narrowcast.audio.clip import Samples

Voice = Callable[..., Samples]
Tool = Callable[..., str]


def voice(seconds: float, rate: int = 24_000, *, pitch: float = 120.0, seed: int = 0, level: float = 0.05) -> Samples:
    """Something like speech: pitch pulses through vowels, in syllables and words, with peaks far above its level."""
    rng = np.random.default_rng(seed)
    count = int(seconds * rate)
    time = np.arange(count) / rate
    wobble = pitch * (time + 0.004 * np.sin(2 * math.pi * 3 * time))
    sound = np.zeros(count)
    for harmonic in range(1, int(min(rate / 2 - 500, 5_000) / pitch)):
        tone = harmonic * pitch
        vowel = sum(1 / (1 + ((tone - centre) / 130) ** 2) for centre in (600, 1_300, 2_500)) + 0.02
        sound += vowel * np.cos(2 * math.pi * harmonic * wobble + 0.015 * harmonic**2)
    knots = np.where(rng.random(max(2, int(seconds * 8))) < 0.2, 0.0, rng.uniform(0.3, 1.0, max(2, int(seconds * 8))))
    knots[0] = knots[-1] = 0.6
    sound *= np.interp(time, np.linspace(0, seconds, len(knots)), knots)
    sound += rng.normal(0, 0.003, count)
    mixed: Samples = (sound * (level / np.sqrt(np.mean(sound**2)))).astype(np.float32)
    return mixed


@pytest.fixture(name="voice", scope="session")
def voice_fixture() -> Voice:
    """`voice`."""
    return voice


@pytest.fixture
def ffmpeg() -> Tool:
    """Run ffmpeg; returns what it says."""
    return _tool("ffmpeg")


@pytest.fixture
def probe() -> Callable[[Path], dict[str, Any]]:
    """What ffprobe sees in a file."""
    run = _tool("ffprobe")

    def look(path: Path) -> dict[str, Any]:
        shown: dict[str, Any] = json.loads(
            run("-v", "error", "-of", "json", "-show_format", "-show_streams", "-show_chapters", str(path))
        )
        return shown

    return look


@pytest.fixture
def judged(ffmpeg: Tool) -> Callable[[Path], tuple[float, float]]:
    """Integrated loudness in LUFS and true peak in dBTP of a file, by ffmpeg's command."""

    def judge(path: Path) -> tuple[float, float]:
        said = ffmpeg("-hide_banner", "-i", str(path), "-af", "ebur128=peak=true", "-f", "null", "-")
        loudness = re.findall(r"^\s+I:\s+(-?[\d.]+) LUFS", said, re.MULTILINE)
        peak = re.findall(r"^\s+Peak:\s+(-?[\d.]+) dBFS", said, re.MULTILINE)
        return float(loudness[-1]), float(peak[-1])

    return judge


def _tool(name: str) -> Tool:
    path = shutil.which(name)
    if not path:
        pytest.skip(f"{name} is not installed; it is only needed to judge our files from outside")

    def run(*arguments: str) -> str:
        done = subprocess.run([path, *arguments], capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL)
        return done.stdout + done.stderr

    return run
