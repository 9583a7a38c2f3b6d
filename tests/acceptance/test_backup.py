"""A home in one file, and back, with the real program."""

from __future__ import annotations

import io
import json
import sqlite3
import stat
import tarfile
from pathlib import Path

import pytest
from tests.acceptance.program import MAKE, Program
from tests.acceptance.server import serving


def clips(home: Path) -> dict[str, bytes]:
    found = {str(path.relative_to(home)): path.read_bytes() for path in (home / "blobs").rglob("*") if path.is_file()}
    # A restored storage is one of its own.
    found.pop("blobs/installation/storage", None)
    return found


def test_what_was_paid_for_is_there_again_on_another_machine(made: Program, tmp_path: Path) -> None:
    (made.home / "narrowcast.toml").write_text('NARROWCAST_LLM_CONCURRENCY = "3"\n')
    there = clips(made.home)
    told = made.run("backup", str(tmp_path / "all.tar")).done().err
    assert "1 episode," in told
    assert "keys" in told
    assert stat.S_IMODE((tmp_path / "all.tar").stat().st_mode) == 0o600

    elsewhere = Program(made.folder, tmp_path / "elsewhere" / "home", made.env)
    elsewhere.run("restore", str(tmp_path / "all.tar")).done()
    assert clips(elsewhere.home) == there
    assert (elsewhere.home / "narrowcast.toml").is_file()
    assert json.loads(elsewhere.run(*MAKE, "--json").done().out)["characters"] == 0
    assert [path.name for path in elsewhere.home.glob(".*")] == []


def test_what_was_there_is_moved_aside(made: Program, tmp_path: Path) -> None:
    made.run("backup", str(tmp_path / "all.tar")).done()
    (made.home / "mine.txt").write_text("kept")
    made.run("restore", str(tmp_path / "all.tar")).done()
    (aside,) = made.home.glob("before-*")
    assert (aside / "mine.txt").read_text() == "kept"
    assert (aside / "narrowcast.db").is_file()


def test_a_running_server_can_be_backed_up_but_not_overwritten(made: Program, tmp_path: Path) -> None:
    with serving(made):
        made.run("backup", str(tmp_path / "all.tar")).done()
        refused = made.run("restore", str(tmp_path / "all.tar"))
    refused.refused("in use", "narrowcast serve")


def test_a_broken_or_foreign_file_changes_nothing(made: Program, tmp_path: Path) -> None:
    whole = tmp_path / "all.tar"
    made.run("backup", str(whole)).done()
    bytes_ = whole.read_bytes()
    (tmp_path / "cut.tar").write_bytes(bytes_[: len(bytes_) // 2])
    (tmp_path / "noise.tar").write_bytes(b"\x00not a tar" * 1000)
    (tmp_path / "empty.tar").write_bytes(b"")
    missing(whole, tmp_path / "missing.tar")
    damaged(whole, tmp_path / "damaged.tar")
    before = clips(made.home)
    for name in ("cut", "noise", "empty", "absent", "missing", "damaged"):
        made.run("restore", str(tmp_path / f"{name}.tar")).refused(
            "not whole" if name in {"missing", "damaged"} else f"{name}.tar"
        )
        assert clips(made.home) == before
        assert not list(made.home.glob("before-*"))
        assert not list(made.home.glob(".restore*"))


@pytest.mark.parametrize("name", ["../escaped", "/escaped", "blobs/../../escaped", "run/x.alive", "link"])
def test_a_file_that_leads_elsewhere_is_refused(made: Program, tmp_path: Path, name: str) -> None:
    whole = tmp_path / "all.tar"
    made.run("backup", str(whole)).done()
    with tarfile.open(whole) as old, tarfile.open(tmp_path / "evil.tar", "w") as new:
        for entry in old:
            new.addfile(entry, old.extractfile(entry) if entry.isreg() else None)
        entry = tarfile.TarInfo("blobs/link" if name == "link" else name)
        if name == "link":
            entry.type, entry.linkname = tarfile.SYMTYPE, "/etc/passwd"
        new.addfile(entry, io.BytesIO())
    made.run("restore", str(tmp_path / "evil.tar")).refused("left alone")
    assert not list(tmp_path.rglob("escaped"))


def missing(whole: Path, to: Path) -> None:
    """Without one of its blobs."""
    with tarfile.open(whole) as old, tarfile.open(to, "w") as new:
        skipped = False
        for entry in old:
            if entry.name.startswith("blobs/") and not skipped:
                skipped = True
                continue
            new.addfile(entry, old.extractfile(entry) if entry.isreg() else None)


def damaged(whole: Path, to: Path) -> None:
    """With a database whose middle is overwritten."""
    with tarfile.open(whole) as old, tarfile.open(to, "w") as new:
        for entry in old:
            data = old.extractfile(entry).read() if entry.isreg() else b""  # type: ignore[union-attr]
            if entry.name == "narrowcast.db":
                assert data.startswith(b"SQLite format 3")
                data = data[:8192] + b"\xff" * (len(data) - 8192)
            new.addfile(entry, io.BytesIO(data))


def test_nothing_to_back_up_is_told(program: Program, tmp_path: Path) -> None:
    program.run("backup", str(tmp_path / "all.tar")).refused("nothing to back up")
    assert not (tmp_path / "all.tar").exists()


def test_the_tables_can_be_upgraded_by_hand(program: Program) -> None:
    assert "schema" in program.run("db", "upgrade").done().err
    with sqlite3.connect(program.home / "narrowcast.db") as database:
        assert database.execute("select count(*) from job").fetchone() == (0,)
