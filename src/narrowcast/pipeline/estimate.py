"""What an order would take, spending nothing: what is stored already costs nothing, what is known is counted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from narrowcast.money.estimate import CHARACTERS_PER_TOKEN, Estimate, PlanFigures, Prices, VoiceSpeed
from narrowcast.money.estimate import estimate as estimated
from narrowcast.pipeline.draft import Draft, draft_of
from narrowcast.pipeline.keys import clip_key
from narrowcast.pipeline.order import Order, Parts
from narrowcast.pipeline.prepare import Prepared, prepare
from narrowcast.pipeline.produce import written
from narrowcast.pipeline.vectors import searched, unpaid_characters
from narrowcast.script.dialogue import Turn
from narrowcast.script.words import count_words


@dataclass(frozen=True)
class EpisodeEstimate:
    """What an episode would take. `unknown_price` names whose price is not known; then `cost_usd` is none.

    `exact` tells that the script is known, so that characters are counted, not guessed; `clips_there` of its clips
    are stored already, those of `turns_to_make` (their ids) are not. `first_words_s` is from when making begins
    until the first turn can be heard.
    """

    prompt_tokens: int
    completion_tokens: int
    characters: int
    cost_usd: float | None
    audio_seconds: float
    seconds: float
    exact: bool
    clips_there: int = 0
    unknown_price: str = ""
    turns_to_make: tuple[str, ...] = ()
    first_words_s: float = 0.0


async def estimate(order: Order, parts: Parts) -> EpisodeEstimate:
    """What `order` would take. Reads the sources, and asks providers only what is free. Raises `InputError`."""
    prepared = await prepare(order, parts, lambda _event: None)
    draft = await _known_script(prepared, parts)
    if draft is None:
        return await _with_vectors(_guess(prepared), prepared, parts)
    return await _count(prepared, [turn for turns in draft.turns for turn in turns], parts)


async def _known_script(prepared: Prepared, parts: Parts) -> Draft | None:
    """The script where it costs nothing to know it: it was given, or no model writes it."""
    if prepared.order.script:
        return await draft_of(prepared.order.script)
    if prepared.setup and not prepared.setup.uses_model:
        return await written(prepared, parts)
    return None


def _guess(prepared: Prepared) -> EpisodeEstimate:
    return _told(prepared, estimated(_figures(prepared, prepared.expected_words), _prices(prepared), _speed(prepared)))


async def _with_vectors(guess: EpisodeEstimate, prepared: Prepared, parts: Parts) -> EpisodeEstimate:
    """With the vectors of passages that have none yet, where vectors are asked for."""
    embedder = prepared.setup.embedder if prepared.setup else None
    if embedder is None:
        return guess
    texts = [searched(passage) for passage in prepared.plan.passages().values()]
    characters = await unpaid_characters(texts, embedder, parts.store.results)
    cost = embedder.cost_usd(characters)
    names = [guess.unknown_price, embedder.label if cost is None else ""]
    return replace(
        guess,
        prompt_tokens=guess.prompt_tokens + characters // CHARACTERS_PER_TOKEN,
        cost_usd=total([guess.cost_usd, cost]),
        unknown_price=" and ".join(dict.fromkeys(name for name in names if name)),
    )


async def _count(prepared: Prepared, turns: list[Turn], parts: Parts) -> EpisodeEstimate:
    order, voices = prepared.order, prepared.voices
    if order.stop_after_script:
        turns = []
    asked, keys = {}, {}
    for turn in turns:
        voice = voices[turn.speaker]
        request = voice.request(turn.text, prepared.plan.language)
        keys[turn.id] = clip_key(voice.maker, request)
        asked[keys[turn.id]] = (voice, request)
    there = await parts.store.results.many_ready(list(asked))
    new = [pair for key, pair in asked.items() if key not in there]
    cost = total(voice.tts.cost_usd(len(request.text), voice.model) for voice, request in new)
    words = sum(count_words(turn.text) for turn in turns)
    new_words = sum(count_words(request.text) for _, request in new)
    figures = replace(_figures(prepared, new_words), uses_model=False)
    guess = estimated(figures, _prices(prepared), _speed(prepared))
    return EpisodeEstimate(
        prompt_tokens=0,
        completion_tokens=0,
        characters=sum(len(request.text) for _, request in new),
        cost_usd=cost,
        audio_seconds=words / prepared.words_per_minute * 60,
        seconds=guess.seconds,
        exact=True,
        clips_there=len(there),
        unknown_price="the voices" if cost is None else "",
        turns_to_make=tuple(turn.id for turn in turns if keys[turn.id] not in there),
        first_words_s=guess.first_words_s,
    )


def _told(prepared: Prepared, guess: Estimate) -> EpisodeEstimate:
    silent = prepared.order.stop_after_script
    unknown = [
        name
        for name, cost in ((prepared.label, guess.writing_usd), ("the voices", 0.0 if silent else guess.voices_usd))
        if cost is None
    ]
    return EpisodeEstimate(
        prompt_tokens=guess.prompt_tokens,
        completion_tokens=guess.completion_tokens,
        characters=0 if silent else guess.characters,
        cost_usd=guess.writing_usd if silent else guess.cost_usd,
        audio_seconds=0.0 if silent else guess.audio_seconds,
        seconds=guess.seconds,
        exact=False,
        first_words_s=0.0 if silent else guess.first_words_s,
        unknown_price=" and ".join(unknown),
    )


def _figures(prepared: Prepared, words: int) -> PlanFigures:
    return PlanFigures(
        words=words,
        num_segments=prepared.plan.num_segments,
        source_characters=sum(len(passage.text) for passage in prepared.plan.passages().values()),
        parallel=prepared.plan.parallel,
        uses_model=bool(prepared.setup and prepared.setup.uses_model),
    )


def _prices(prepared: Prepared) -> Prices:
    """Prices of the models, and the mean of the speakers' voices."""
    voices = total(voice.tts.cost_usd(1_000_000, voice.model) for voice in prepared.voices.values())
    character = None if voices is None else voices / len(prepared.voices) / 1_000_000
    return replace(prepared.setup.prices if prepared.setup else Prices(), voice_character=character)


def _speed(prepared: Prepared) -> VoiceSpeed:
    slots = sum({voice.tts.name: voice.tts.limits.concurrency for voice in prepared.voices.values()}.values())
    local = all(voice.tts.free_to_try for voice in prepared.voices.values())
    own = {"overhead_s": 0.02, "per_audio_s": 0.005} if local else {}
    return VoiceSpeed(words_per_minute=prepared.words_per_minute, slots=slots, **own)


def total(costs: Iterable[float | None]) -> float | None:
    """The sum, none as soon as one is not known."""
    known = list(costs)
    return None if any(cost is None for cost in known) else sum(cost for cost in known if cost is not None)
