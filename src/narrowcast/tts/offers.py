"""What can be downloaded, as values; and Kokoro's part of it, which is known without asking.

Kokoro: https://huggingface.co/onnx-community/Kokoro-82M-v1.0-ONNX, listed in `kokoro_voices.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from narrowcast.tts.fetch import RemoteFile
from narrowcast.tts.kokoro_voices import MODELS, REVISION, VOICE_BYTES, VOICES

KOKORO = "onnx-community/Kokoro-82M-v1.0-ONNX"
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


def kokoro_offers(base_url: str) -> Iterator[Offer]:
    """Its models, then its voices by language, the best graded first."""
    below = f"{KOKORO}/resolve/{REVISION}"
    card = f"{base_url}/{KOKORO}"
    for model in MODELS:
        file = RemoteFile(f"{below}/onnx/{model.name}.onnx", f"{model.name}.onnx", model.size, f"sha256:{model.sha256}")
        yield Offer(
            f"kokoro:{model.name}", "", "", 0, card, (file,), f"the model that every voice needs, {model.description}"
        )
    for voice in sorted(VOICES, key=lambda voice: (voice.language, voice.rank, voice.id)):
        digest = f"sha256:{voice.sha256}" if voice.sha256 else ""
        file = RemoteFile(f"{below}/voices/{voice.id}.bin", f"voices/{voice.id}.bin", VOICE_BYTES, digest)
        yield Offer(f"kokoro:{voice.id}", voice.language, voice.grade, 1, card, (file,), voice.gender)
