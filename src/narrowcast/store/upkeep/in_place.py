"""What a backup holds for the home folder, put there; what was there is moved aside, never removed."""

from __future__ import annotations

import time
import tomllib
from pathlib import Path

from narrowcast.store.presence import IDENTITY
from narrowcast.store.upkeep.backup import BESIDES

TOML = "narrowcast.toml"
ELSEWHERE = frozenset({"NARROWCAST_DATABASE_URL", "NARROWCAST_STORAGE_URL", "AWS_S3_BUCKET"})
"""Settings by which a home is not where its backup was put back."""


def put_in_place(fresh: Path, home: Path, storage: Path | None = None) -> list[str]:
    """Put what is in `fresh` into `home`, and what was there aside; what is to be known of it. Raises `OSError`.

    Moved by entries, not the folder: it may be a volume of its own. A `storage` in it stays, as do the home's marks.
    """
    notes = _part_with_settings(fresh, home)
    kept = storage.relative_to(home.absolute()).parts[:1] if storage and storage.is_relative_to(home.absolute()) else ()
    there = [
        path
        for path in home.iterdir()
        if not path.name.startswith((".restore.", "before-"))
        and path.name not in {"run", IDENTITY, *kept}
        # One that leads elsewhere is not put in place, and none other is to be had.
        and not (notes and path.name == TOML)
    ]
    if there:
        aside = put_aside(home)
        for path in there:
            path.rename(aside / path.name)
    for path in fresh.iterdir():
        path.rename(home / path.name)
    return notes


def put_besides(fresh: Path, home: Path) -> list[str]:
    """Put the home's own part of a backup whose database is elsewhere into `home`; settings that are there stay.

    What is to be known of it. Raises `OSError`.
    """
    notes = _part_with_settings(fresh, home)
    if (home / TOML).exists() and (fresh / TOML).exists():
        (fresh / TOML).rename(fresh / f"{TOML}.restored")
        notes = [f"{home / TOML} stays as it is; that of the backup is {home / TOML}.restored."]
    aside = None
    for name in (*BESIDES, f"{TOML}.restored"):
        if (fresh / name).exists():
            if (home / name).exists():
                aside = aside or put_aside(home)
                (home / name).rename(aside / name)
            (fresh / name).rename(home / name)
    return notes


def _part_with_settings(fresh: Path, home: Path) -> list[str]:
    """Settings that lead to another database or storage than this was restored to are put beside, not in place."""
    path = fresh / TOML
    try:
        named = ELSEWHERE & tomllib.loads(path.read_text("utf-8")).keys() if path.exists() else ELSEWHERE & set()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        named = frozenset()
    if not named:
        return []
    path.rename(fresh / f"{TOML}.restored")
    return [f"The backup's settings name {', '.join(sorted(named))}: they are in {home / TOML}.restored, not in use."]


def put_aside(home: Path) -> Path:
    """A new folder `before-…` in the home for what was there. Raises `OSError`."""
    aside = home / f"before-{time.strftime('%Y%m%d-%H%M%S')}"
    number = 1
    while aside.exists():
        number += 1
        aside = home / f"before-{time.strftime('%Y%m%d-%H%M%S')}-{number}"
    aside.mkdir(mode=0o700)
    return aside
