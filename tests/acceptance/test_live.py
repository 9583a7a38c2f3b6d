"""A player of somebody else's plays an episode while it is made: by a link alone, from its first word to its last."""

from __future__ import annotations

import shutil
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest
from tests.acceptance.client import Client
from tests.acceptance.listening import Samples
from tests.acceptance.program import Program
from tests.acceptance.server import free_port, serving

from running import StartSimulator


def recorded(path: Path, rate: int) -> Samples:
    """The sound in a file, in mono at that rate."""
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-ac", "1", "-ar", str(rate), "-f", "f32le", "-"]
    return np.frombuffer(subprocess.run(command, check=True, capture_output=True).stdout, np.float32)


def test_mpv_plays_the_playlist_while_the_job_runs(program: Program, start_simulator: StartSimulator) -> None:
    simulator = start_simulator(speed=2.5)
    program = Program(program.folder, program.home, {**simulator.env, "NARROWCAST_TTS_CONCURRENCY": "1"})
    token = program.run("token", "create", "mpv").done().out.strip()
    port = free_port()
    mpv = shutil.which("mpv")
    if mpv is None:
        pytest.skip("there is no mpv here: apt-get install mpv")
    out = program.folder / "heard.wav"
    with Client(port, token=token) as olga, serving(program, "--port", port):
        wish = {"content": program.path("canal.md").read_text("utf-8"), "minutes": 2, "num_segments": 2}
        asked = olga.post("podcasts/generate", json={**wish, "format": "m4a", "llm": "openai:sim", "tts": "openai:sim"})
        episode = f"podcasts/{asked['episode_id']}"
        link = olga.post(f"{episode}/links", json={"live": True})["url"]
        end = time.monotonic() + 180
        while olga.http.get(olga.where(link)).status_code == 503:
            assert time.monotonic() < end, "there is no first sound"
        command = [mpv, "--no-config", "--no-video", "--ao=pcm", f"--ao-pcm-file={out}", "--really-quiet"]
        # ffmpeg begins near the end of what there is, unless it is told.
        command += ["--demuxer-lavf-o=live_start_index=0", olga.where(link)]
        player = subprocess.Popen(command, stdin=subprocess.DEVNULL)
        try:
            end = time.monotonic() + 180
            while not out.exists() or out.stat().st_size < 200_000:
                assert time.monotonic() < end
                assert player.poll() is None, "it plays"
                time.sleep(0.05)
            assert olga.get(f"podcasts/jobs/{asked['job_id']}")["status"] == "running", "while it is made"
            assert olga.ended(asked["job_id"])["status"] == "completed"
            assert player.wait(180) == 0
        finally:
            player.kill()
            player.wait(10)
        final = program.path("final.m4a")
        final.write_bytes(olga.audio(f"{episode}/audio"))
    rate = 24_000
    heard, there = (recorded(path, rate) for path in (out, final))
    assert abs(len(heard) - len(there)) < 0.2 * rate, "from the first word to the last"
    # Players leave the encoder's own delay in or out.
    shifts = range(0, 2 * 1024, 2)
    best = max(shifts, key=lambda shift: float(np.dot(heard[shift : shift + rate * 3], there[: rate * 3])))
    size = min(len(heard) - best, len(there))
    assert np.corrcoef(heard[best : best + size], there[:size])[0, 1] > 0.99
