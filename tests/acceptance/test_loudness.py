"""Speakers whose providers differ by 12 dB come out equally loud."""

from __future__ import annotations

import json
from statistics import mean

import numpy as np
import pytest
from tests.acceptance.listening import decoded, judged
from tests.acceptance.program import MAKE, Program

from running import StartSimulator


def test_speakers_twelve_decibels_apart(start_simulator: StartSimulator, program: Program) -> None:
    """-16 LUFS within 1 and a true peak of at most -1 dBTP on the decoded file; neither speaker drowns the other."""
    simulator = start_simulator(options=["--level-spread=12"])
    simulated = Program(program.folder, program.home, simulator.env)
    simulated.run(*MAKE).done()
    loudness, peak = judged(simulated.path("out.mp3"))
    assert loudness == pytest.approx(-16, abs=1)
    assert peak <= -1
    samples, rate = decoded(simulated.path("out.mp3"))
    levels: dict[str, list[float]] = {}
    for cue in json.loads(simulated.path("out.transcript.json").read_text("utf-8"))["segments"]:
        said = samples[int(cue["startTime"] * rate) : int(cue["endTime"] * rate)]
        levels.setdefault(cue["speaker"], []).append(20 * float(np.log10(np.sqrt(np.mean(said**2)))))
    one, other = (mean(decibels) for decibels in levels.values())
    assert abs(one - other) < 2
