"""`narrowcast gc`, with the real program."""

from __future__ import annotations

import json
import os
import time

from tests.acceptance.program import MAKE, Program


def test_only_what_nothing_names_is_removed(made: Program) -> None:
    orphan = made.home / "blobs" / "clips" / "orphan.flac"
    orphan.write_bytes(b"x" * 1000)
    then = time.time() - 3 * 86_400
    for path in (made.home / "blobs").rglob("*"):
        os.utime(path, (then, then))
    assert "1 files would be removed" in made.run("gc", "--dry-run").done().err
    assert orphan.is_file()
    assert "1 files removed" in made.run("gc").done().err
    assert not orphan.exists()
    assert json.loads(made.run(*MAKE, "--json").done().out)["characters"] == 0


def test_nonsense_is_refused(program: Program) -> None:
    assert program.run("gc", "--unused-days", "0").code == 2
