"""Trying voices out: a phrase in some of them, through the same store and checks as an episode's turns."""

from __future__ import annotations

import asyncio
import os
import wave
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from narrowcast.audio.clip import Samples, decode
from narrowcast.audio.encode import Encoder
from narrowcast.audio.mix import Mixer
from narrowcast.errors import EpisodeError, InputError, OutputError
from narrowcast.pipeline.draft import Placed
from narrowcast.pipeline.keys import clip_key
from narrowcast.pipeline.order import Parts
from narrowcast.pipeline.prepare import check_voices
from narrowcast.pipeline.speak import Speaking
from narrowcast.script.dialogue import MAX_TURN_CHARACTERS, Turn, turn_id
from narrowcast.tts.casting import SpeakerVoice

GAP_MS = 600
"""Between one voice and the next."""
ENDINGS = (".wav", ".mp3")
RATES = (24_000, 48_000)
"""In Hz; every kind of file can have both."""


@dataclass(frozen=True)
class Phrase:
    """A text in one voice, before it is spoken: what the voice will be given, and what that costs.

    `there` tells that it was spoken before and costs nothing; `cost_usd` is none where the price is not known.
    """

    name: str
    voice: SpeakerVoice
    text: str
    language: str
    spoken: str
    there: bool
    cost_usd: float | None
    key: str
    """Under which its sound is stored."""


async def phrases(
    voices: Mapping[str, SpeakerVoice], text: str, language: str, parts: Parts, *, check: bool = True
) -> list[Phrase]:
    """`text` in each of `voices`. Spends nothing. Without `check` no provider is asked whether it can.

    Raises `InputError` for a text that nobody would listen to, `VoiceError`, `SettingError`, and `ProviderError` for a
    provider that is not reachable.
    """
    if not text.strip() or len(text) > MAX_TURN_CHARACTERS:
        raise InputError(f"A phrase has 1 to {MAX_TURN_CHARACTERS:,} characters.", hint="Give another text.")
    if check:
        await check_voices(voices, language)
    found = []
    for name, voice in voices.items():
        request = voice.request(text, language)
        key = clip_key(voice.maker, request)
        there = bool(await parts.store.results.many_ready([key]))
        cost = 0.0 if there else voice.tts.cost_usd(len(request.text), voice.model)
        found.append(Phrase(name, voice, text, language, request.text, there, cost, key))
    return found


async def heard(wanted: Sequence[Phrase], parts: Parts) -> list[tuple[Samples, int]]:
    """The phrases as sound, each with its rate in Hz; every one that is paid for is kept. Raises as `Speaking` does."""
    clips: list[tuple[Samples, int]] = []
    if not wanted:
        return clips
    voices = {phrase.name: phrase.voice for phrase in wanted}
    speaking = Speaking(voices, parts, wanted[0].language, lambda _event: None)
    try:
        for number, phrase in enumerate(wanted, start=1):
            turn = Turn(id=turn_id(1, number), speaker=phrase.name, text=phrase.text)
            clip = await speaking.clip(Placed(1, number, turn))
            stored = await parts.store.results.get(clip.key)
            if stored is None:
                raise EpisodeError("A stored clip is gone.", hint="Run the same command again: it is made anew.")
            clips.append(await asyncio.to_thread(decode, stored.data))
    finally:
        await speaking.finish()
    return clips


def levelled(clips: Sequence[tuple[Samples, int]]) -> tuple[Samples, int]:
    """All clips one after another, as loud as in an episode, and their rate in Hz."""
    rate = RATES[0] if all(own <= RATES[0] for _, own in clips) else RATES[1]
    mixer = Mixer(rate)
    pieces = [
        mixer.push(samples, own, str(number), GAP_MS if number else 0)[0] for number, (samples, own) in enumerate(clips)
    ]
    return np.concatenate([*pieces, mixer.flush()]), rate


def check_sample_file(out: Path) -> None:
    """Refuse a place where no sample can be written. Raises `OutputError`."""
    if out.suffix.lower() not in ENDINGS:
        raise OutputError(f"The output {out} does not end in .wav or .mp3.", hint="Try -o sample.wav.")
    if out.is_dir() or out.is_symlink():
        raise OutputError(f"The output {out} is a {'folder' if out.is_dir() else 'link'}.", hint="Name a file with -o.")
    if not out.parent.is_dir():
        raise OutputError(
            f"The output folder {out.parent} does not exist.", hint=f"Make it first: mkdir -p {out.parent}"
        )


def write_sound(out: Path, samples: Samples, rate: int) -> None:
    """Write WAV or MP3, as `out` ends, whole or not at all. Raises `OutputError`."""
    partial = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        if out.suffix.lower() == ".mp3":
            with Encoder(partial, "mp3", rate) as encoder:
                encoder.write(samples)
        else:
            with partial.open("wb") as file, wave.open(file, "wb") as target:
                target.setnchannels(1)
                target.setsampwidth(2)
                target.setframerate(rate)
                target.writeframes(np.rint(samples * np.float32(32767)).clip(-32768, 32767).astype("<i2").tobytes())
        partial.replace(out)
    except OSError as error:
        raise OutputError(
            f"Cannot write {out}: {error.strerror}.", hint="Make room or choose another place with -o FILE."
        ) from error
    finally:
        partial.unlink(missing_ok=True)
