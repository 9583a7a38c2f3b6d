"""Looking at a finished file from outside: ffmpeg's own tools, and its samples."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import pytest

Samples = npt.NDArray[np.float32]


def probe(path: Path) -> dict[str, Any]:
    """What ffprobe sees."""
    said = subprocess.run(
        [_tool("ffprobe"), "-v", "error", "-of", "json", "-show_format", "-show_streams", "-show_chapters", path],
        capture_output=True,
        check=True,
    )
    probed: dict[str, Any] = json.loads(said.stdout)
    return probed


def judged(path: Path) -> tuple[float, float]:
    """Integrated loudness in LUFS and true peak in dBTP, by ffmpeg's own ebur128."""
    said = subprocess.run(
        [_tool("ffmpeg"), "-hide_banner", "-nostdin", "-i", path, "-af", "ebur128=peak=true", "-f", "null", "-"],
        capture_output=True,
        check=True,
    ).stderr.decode()
    loudness = re.findall(r"^\s+I:\s+(-?[\d.]+) LUFS", said, re.MULTILINE)
    peak = re.findall(r"^\s+Peak:\s+(-?[\d.]+) dBFS", said, re.MULTILINE)
    return float(loudness[-1]), float(peak[-1])


def _tool(name: str) -> str:
    path = shutil.which(name)
    if not path:
        pytest.skip(f"{name} is not installed; it is only needed to judge our files from outside")
    return path


def decoded(path: Path) -> tuple[Samples, int]:
    """All samples, and their rate in Hz."""
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        frames = [frame.to_ndarray()[0] for frame in container.decode(stream)]
        return np.concatenate(frames), stream.rate


def onsets_s(samples: Samples, rate: int) -> list[float]:
    """Where sound begins after at least 120 ms of silence, in seconds; silence is below -50 dBFS."""
    hop = rate // 200
    frames = samples[: len(samples) // hop * hop].reshape(-1, hop)
    loud = np.abs(frames).max(axis=1) > 10 ** (-50 / 20)
    onsets, quiet = [], 1000
    for number, is_loud in enumerate(loud):
        if is_loud and quiet >= 24:
            onsets.append(number * hop / rate)
        quiet = 0 if is_loud else quiet + 1
    return onsets
