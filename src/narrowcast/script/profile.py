"""Episode and speaker profiles: who speaks, about what, with which models and voices.

The fields are those of podcast-creator's profiles, so that its files can be read as they are.
"""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from narrowcast.script.lexicon import Lexicon
from narrowcast.script.music import Music
from narrowcast.script.value import Config, Value

Name = Annotated[str, Field(min_length=1, max_length=100)]


class Speaker(Value):
    """One voice of an episode.

    `voice_id` and `tts_config` are the provider's own words. `tts_provider` and `tts_model`, where given, override
    those of the profile. `voices` names this speaker's voice for other providers than the profile's own
    (provider → voice id), so that an episode falls back to another provider with fitting voices.
    """

    name: Name
    voice_id: str = ""
    backstory: str = ""
    personality: str = ""
    tts_provider: str | None = None
    tts_model: str | None = None
    tts_config: Config | None = None
    voices: dict[str, str] = {}


class SpeakerProfile(Value):
    """One to four speakers and the voice provider that they share; `lexicon` goes before the episode profile's."""

    name: Name
    description: str = ""
    tts_provider: str
    tts_model: str | None = None
    tts_config: Config = {}
    speakers: Annotated[tuple[Speaker, ...], Field(min_length=1, max_length=4)]
    lexicon: Lexicon = {}

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        names = [speaker.name.casefold() for speaker in self.speakers]
        if len(set(names)) != len(names):
            raise ValueError("two speakers have the same name")
        return self


class EpisodeProfile(Value):
    """What kind of episode to make. `minutes` is the length asked for, none for what the content wants.

    `lexicon` tells how words are to be said (spelling → pronunciation in letters); texts keep the spelling.
    `cover` is a picture's file; it and those of `music` are relative to the profile's own file.
    `chapter_images` asks for a picture of each chapter beside the audio.
    """

    name: Name
    description: str = ""
    speaker_config: Name
    outline_provider: str
    outline_model: str
    transcript_provider: str
    transcript_model: str
    default_briefing: str = ""
    num_segments: Annotated[int, Field(ge=1, le=20)] = 5
    language: str | None = None
    minutes: Annotated[float, Field(gt=0, le=600)] | None = None
    outline_config: Config = {}
    transcript_config: Config = {}
    audio_gap_ms: Annotated[int, Field(ge=0, le=10_000)] | None = None
    lexicon: Lexicon = {}
    music: Music | None = None
    cover: str | None = None
    chapter_images: bool = False
    migrated_from_podcast_config: bool = False
