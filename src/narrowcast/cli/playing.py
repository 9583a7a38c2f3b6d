"""Letting sound be heard: written where the person said, else played by a program found on the machine."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from narrowcast.cli.telling import tell
from narrowcast.errors import OutputError

if TYPE_CHECKING:
    from narrowcast.audio.clip import Samples

PLAYERS = (
    ("ffplay", "-nodisp", "-autoexit", "-loglevel", "error"),
    ("mpv", "--no-video", "--really-quiet"),
    ("paplay",),
    ("pw-play",),
    ("aplay", "-q"),
    ("afplay",),
)
"""Programs that play a WAV file and end."""
TRY_OUT = "Write a file instead: -o sample.wav"


def check_way_out(out: Path | None) -> None:
    """Refuse before anything is paid where the sound could not be heard. Raises `OutputError`."""
    from narrowcast.pipeline.trying import check_sample_file

    if out:
        check_sample_file(out)
    elif _player() is None:
        names = ", ".join(name for name, *_ in PLAYERS)
        raise OutputError(f"No program that plays sound is there ({names}).", hint=TRY_OUT)


def let_hear(samples: Samples, rate: int, out: Path | None) -> None:
    """Write the sound to `out`, or play it. Raises `OutputError`."""
    from narrowcast.pipeline.trying import write_sound

    if out:
        write_sound(out, samples, rate)
        tell(f"Written: {out}  ({len(samples) / rate:.1f} s)")
        return
    player = _player()
    if player is None:
        check_way_out(None)
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "sample.wav"
        write_sound(file, samples, rate)
        done = subprocess.run([*player, str(file)], stdin=subprocess.DEVNULL, capture_output=True, check=False)  # noqa: S603 - found on the person's own path
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise OutputError(f"{Path(player[0]).name} could not play it{f': {said[-1]}' if said else ''}.", hint=TRY_OUT)


def _player() -> list[str] | None:
    for name, *options in PLAYERS:
        if found := shutil.which(name):
            return [found, *options]
    return None
