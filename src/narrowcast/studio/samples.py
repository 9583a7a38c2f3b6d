"""A voice's sample: a short text in one voice, paid for once."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from narrowcast.errors import InputError
from narrowcast.money.paid import Purse
from narrowcast.pipeline.trying import levelled, write_sound
from narrowcast.pipeline.wishes import order
from narrowcast.script.profile import Speaker, SpeakerProfile
from narrowcast.studio.studio import Studio
from narrowcast.tts.sample_texts import sample_text

LONGEST = 400
"""Characters of a sample's text."""


async def sample(
    studio: Studio,
    purse: Purse,
    *,
    provider: str,
    voice_id: str,
    language: str,
    model: str | None = None,
    config: Mapping[str, Any] | None = None,
    text: str | None = None,
) -> bytes:
    """The voice saying `text`, or a text of ours, as MP3. The same sample is not paid for twice.

    Raises `InputError` (`VoiceError` for a voice that is not there), `SettingError`, `BudgetError`, `ProviderError`.
    """
    said = sample_text(language) if text is None else text.strip()
    if said is None:
        raise InputError(f"There is no sample text for the language {language!r}.", hint="Send a text.")
    if not 0 < len(said) <= LONGEST:
        raise InputError(f"A sample has 1 to {LONGEST} characters.", hint="Send another text.")
    speaker = Speaker(name="Sample", voice_id=voice_id)
    speakers = SpeakerProfile(
        name="sample", tts_provider=provider, tts_model=model, tts_config=dict(config or {}), speakers=(speaker,)
    )
    wanted = order("-", speakers=speakers, tts=provider)
    clips = await studio.hear(wanted, await studio.phrases(wanted, said, language), purse)
    return await asyncio.to_thread(mp3_of, *levelled(clips))


def mp3_of(samples: Any, rate: int) -> bytes:
    """Mono sound (±1.0) at `rate` Hz as the bytes of an MP3 file."""
    with tempfile.TemporaryDirectory(prefix="narrowcast-") as folder:
        path = Path(folder) / "sample.mp3"
        write_sound(path, samples, rate)
        return path.read_bytes()
