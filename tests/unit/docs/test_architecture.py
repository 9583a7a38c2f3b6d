"""What the first page for newcomers names is there."""

from __future__ import annotations

import re
from pathlib import Path

import narrowcast
from narrowcast import studio

ROOM = Path(narrowcast.__file__).parent
PAGE = Path(__file__).parents[3] / "docs" / "architecture.md"


def test_every_file_and_room_that_the_page_names_is_there() -> None:
    there = {f"/{path.relative_to(ROOM)}{'/' if path.is_dir() else ''}" for path in ROOM.rglob("*")}
    named = set(re.findall(r"`([a-z_/]+(?:\.py|/))`", PAGE.read_text()))
    assert len(named) > 50
    assert [name for name in sorted(named) if not any(path.endswith(f"/{name}") for path in there)] == []


def test_the_studio_says_what_each_of_its_modules_is_for() -> None:
    modules = {path.stem for path in (ROOM / "studio").glob("*.py")} - {"__init__"}
    assert set(re.findall(r"`([a-z_]+)`", studio.__doc__ or "")) == modules
