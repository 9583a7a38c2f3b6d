"""Docs show pictures that are there, small, and no others are kept."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
MOST_BYTES = 6_000_000


def test_every_picture_is_shown_and_there() -> None:
    pictures = ROOT / "docs" / "pictures"
    shown = re.findall(r'"pictures/([^"]+)"', (ROOT / "docs" / "pages.md").read_text("utf-8"))
    kept = {path.name: path.stat().st_size for path in pictures.iterdir()}
    assert sorted(shown) == sorted(kept)
    assert sum(kept.values()) < MOST_BYTES
    for name in re.findall(r'"docs/pictures/([^"]+)"', (ROOT / "README.md").read_text("utf-8")):
        assert name in kept
