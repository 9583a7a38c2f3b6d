"""What of Kokoro can be downloaded, known without asking: https://huggingface.co/onnx-community/Kokoro-82M-v1.0-ONNX."""

from __future__ import annotations

from collections.abc import Iterator

from narrowcast.tts.downloads.fetch import RemoteFile
from narrowcast.tts.downloads.offers import Offer
from narrowcast.tts.kokoro.voices import MODELS, REVISION, VOICE_BYTES, VOICES

REPOSITORY = "onnx-community/Kokoro-82M-v1.0-ONNX"


def kokoro_offers(base_url: str) -> Iterator[Offer]:
    """Its models, then its voices by language, the best graded first."""
    below = f"{REPOSITORY}/resolve/{REVISION}"
    card = f"{base_url}/{REPOSITORY}"
    for model in MODELS:
        file = RemoteFile(f"{below}/onnx/{model.name}.onnx", f"{model.name}.onnx", model.size, f"sha256:{model.sha256}")
        yield Offer(
            f"kokoro:{model.name}", "", "", 0, card, (file,), f"the model that every voice needs, {model.description}"
        )
    for voice in sorted(VOICES, key=lambda voice: (voice.language, voice.rank, voice.id)):
        digest = f"sha256:{voice.sha256}" if voice.sha256 else ""
        file = RemoteFile(f"{below}/voices/{voice.id}.bin", f"voices/{voice.id}.bin", VOICE_BYTES, digest)
        yield Offer(f"kokoro:{voice.id}", voice.language, voice.grade, 1, card, (file,), voice.gender)
