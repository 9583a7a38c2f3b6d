"""What an episode would take, before anything is spent."""

from __future__ import annotations

import math
from dataclasses import dataclass

from narrowcast.script.source import passage_room

CHARACTERS_PER_WORD = 6.0
"""English prose with its spaces and marks; within a fifth for other languages written with spaces."""
CHARACTERS_PER_TOKEN = 4
OUTLINE_OVERHEAD_TOKENS = 550
"""Instructions, speakers and briefing of the outline prompt, as the shipped templates and profiles have them."""
OUTLINE_MATERIAL_TOKENS = 8_000
OUTLINE_MATERIAL_TOKENS_PER_SEGMENT = 600
OUTLINE_ENTRY_TOKENS = 95
SEGMENT_OVERHEAD_TOKENS = 900
"""Instructions, speakers, briefing, segment names, and the end of the dialogue so far."""
TURN_OVERHEAD_TOKENS = 18
WORDS_PER_TURN = 45
FIRST_WORD_S = 1.0
TOKENS_PER_SECOND = 60.0
JOINING_S = 1.0
"""From the first clip to the first sound at a listener's."""


@dataclass(frozen=True)
class PlanFigures:
    """What is known of an episode before it is written. `words` are those of the whole; `sources` in characters."""

    words: int
    num_segments: int
    source_characters: int
    parallel: bool = False
    uses_model: bool = True


@dataclass(frozen=True)
class Prices:
    """USD; none where a price is not known. Local models and voices cost 0."""

    outline_prompt_token: float | None = 0.0
    outline_completion_token: float | None = 0.0
    transcript_prompt_token: float | None = 0.0
    transcript_completion_token: float | None = 0.0
    voice_character: float | None = 0.0


@dataclass(frozen=True)
class VoiceSpeed:
    """How long voicing takes: `overhead_s` a call and `per_audio_s` of work a second of sound, in `slots` at once."""

    words_per_minute: float = 150.0
    overhead_s: float = 0.4
    per_audio_s: float = 0.15
    slots: int = 8


@dataclass(frozen=True)
class Estimate:
    """What an episode would take. Costs are none where a price is not known; `cost_usd` needs both parts.

    `first_words_s` is from when making begins until it can be heard.
    """

    prompt_tokens: int
    completion_tokens: int
    characters: int
    writing_usd: float | None
    voices_usd: float | None
    audio_seconds: float
    seconds: float
    first_words_s: float = 0.0

    @property
    def cost_usd(self) -> float | None:
        """All of it."""
        if self.writing_usd is None or self.voices_usd is None:
            return None
        return self.writing_usd + self.voices_usd


def estimate(figures: PlanFigures, prices: Prices, speed: VoiceSpeed) -> Estimate:
    """Tokens and characters by the prompts' own bounds, money by `prices`, time by `speed`; a pure function."""
    outline_in, outline_out = _outline_tokens(figures) if figures.uses_model else (0, 0)
    turns_in, turns_out = _turn_tokens(figures) if figures.uses_model else (0, 0)
    characters = round(figures.words * CHARACTERS_PER_WORD)
    audio_seconds = figures.words / speed.words_per_minute * 60
    return Estimate(
        prompt_tokens=outline_in + turns_in,
        completion_tokens=outline_out + turns_out,
        characters=characters,
        writing_usd=_sum(
            _cost(outline_in, prices.outline_prompt_token),
            _cost(outline_out, prices.outline_completion_token),
            _cost(turns_in, prices.transcript_prompt_token),
            _cost(turns_out, prices.transcript_completion_token),
        ),
        voices_usd=_cost(characters, prices.voice_character),
        audio_seconds=audio_seconds,
        seconds=_seconds(figures, outline_out, turns_out, audio_seconds, speed),
        first_words_s=_first_words_s(figures, outline_out, speed),
    )


def _outline_tokens(figures: PlanFigures) -> tuple[int, int]:
    material = min(
        OUTLINE_MATERIAL_TOKENS,
        OUTLINE_MATERIAL_TOKENS_PER_SEGMENT * figures.num_segments,
        figures.source_characters // CHARACTERS_PER_TOKEN,
    )
    return OUTLINE_OVERHEAD_TOKENS + material, OUTLINE_ENTRY_TOKENS * figures.num_segments


def _turn_tokens(figures: PlanFigures) -> tuple[int, int]:
    words = figures.words / figures.num_segments
    passages = min(passage_room(round(words)), figures.source_characters)
    prompt = figures.num_segments * (SEGMENT_OVERHEAD_TOKENS + passages / CHARACTERS_PER_TOKEN)
    text = figures.words * CHARACTERS_PER_WORD / CHARACTERS_PER_TOKEN
    return round(prompt), round(text + TURN_OVERHEAD_TOKENS * figures.words / WORDS_PER_TURN)


def _seconds(figures: PlanFigures, outline_out: int, turns_out: int, audio_seconds: float, speed: VoiceSpeed) -> float:
    """The longer of writing (after the first outline entry, segment by segment) and voicing, which overlap."""
    clips = max(1, math.ceil(figures.words / WORDS_PER_TURN))
    voicing = (clips * speed.overhead_s + audio_seconds * speed.per_audio_s) / speed.slots
    if not figures.uses_model:
        return voicing
    first_entry = FIRST_WORD_S + outline_out / figures.num_segments / TOKENS_PER_SECOND
    one_segment = FIRST_WORD_S + turns_out / figures.num_segments / TOKENS_PER_SECOND
    writing = first_entry + one_segment * (1 if figures.parallel else figures.num_segments)
    last_clip = speed.overhead_s + audio_seconds / clips * speed.per_audio_s
    return max(writing, voicing) + last_clip


def _first_words_s(figures: PlanFigures, outline_out: int, speed: VoiceSpeed) -> float:
    """The first outline entry, the first turn, its clip: nothing waits for the rest of any of them."""
    words = min(WORDS_PER_TURN, figures.words)
    voicing = speed.overhead_s + words / speed.words_per_minute * 60 * speed.per_audio_s + JOINING_S
    if not figures.uses_model:
        return voicing
    turn_out = words * CHARACTERS_PER_WORD / CHARACTERS_PER_TOKEN + TURN_OVERHEAD_TOKENS
    tokens = outline_out / figures.num_segments + turn_out
    return 2 * FIRST_WORD_S + tokens / TOKENS_PER_SECOND + voicing


def _cost(amount: int, price: float | None) -> float | None:
    if amount == 0:
        return 0.0
    return None if price is None else amount * price


def _sum(*costs: float | None) -> float | None:
    known = [cost for cost in costs if cost is not None]
    return sum(known) if len(known) == len(costs) else None
