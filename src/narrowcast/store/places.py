"""Where a store's database and blobs are, when they are not in its home folder."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Places:
    """URLs, which may hold passwords; none: in the home folder."""

    database: str | None = field(default=None, repr=False)
    storage: str | None = field(default=None, repr=False)
