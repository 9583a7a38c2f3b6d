"""What can be downloaded, as values."""

from __future__ import annotations

import re
from dataclasses import dataclass

from narrowcast.tts.downloads.fetch import RemoteFile

NAME = re.compile(r"[^\W_]\w*(?:-\w+)*")
"""`en_US-lessac-medium`: letters of any script, no dots or slashes."""


@dataclass(frozen=True)
class Offer:
    """A voice that can be downloaded, or a model that voices need. `id` is `PROVIDER:NAME`; `card` tells its licence.

    `files` are in the order in which they are fetched: the last one makes it a voice.
    """

    id: str
    language: str
    quality: str
    speakers: int
    card: str
    files: tuple[RemoteFile, ...]
    description: str = ""

    @property
    def provider(self) -> str:
        """`piper` or `kokoro`."""
        return self.id.partition(":")[0]

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(file.size for file in self.files)
