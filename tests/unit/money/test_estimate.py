"""Estimates follow the prompts' bounds."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrowcast.money import estimate as figures
from narrowcast.money.estimate import PlanFigures, Prices, VoiceSpeed, estimate
from narrowcast.writers.llm import material

PLAN = PlanFigures(words=1_750, num_segments=5, source_characters=14_000)
PAID = Prices(1e-6, 4e-6, 2e-6, 8e-6, 15e-6)


def test_bounds_are_those_of_the_prompts() -> None:
    assert figures.OUTLINE_MATERIAL_TOKENS == material.OUTLINE_TOKENS
    assert figures.OUTLINE_MATERIAL_TOKENS_PER_SEGMENT == material.OUTLINE_TOKENS_PER_SEGMENT
    assert figures.WORDS_PER_TURN == material.WORDS_PER_TURN


def test_a_usual_episode() -> None:
    made = estimate(PLAN, PAID, VoiceSpeed())
    assert 8_000 < made.prompt_tokens < 15_000
    assert 3_000 < made.completion_tokens < 5_000
    assert made.characters == 10_500
    assert made.audio_seconds == 700
    assert made.voices_usd == pytest.approx(10_500 * 15e-6)
    assert made.cost_usd == pytest.approx((made.writing_usd or 0) + (made.voices_usd or 0))
    assert 15 < made.seconds < 120


def test_a_longer_book_costs_hardly_more() -> None:
    short, long = (estimate(replace(PLAN, source_characters=n), PAID, VoiceSpeed()) for n in (14_000, 140_000))
    assert long.prompt_tokens <= 1.2 * short.prompt_tokens


def test_side_by_side_is_sooner_done() -> None:
    assert (
        estimate(replace(PLAN, parallel=True), PAID, VoiceSpeed()).seconds < estimate(PLAN, PAID, VoiceSpeed()).seconds
    )


def test_without_a_model_only_voices_cost() -> None:
    made = estimate(replace(PLAN, uses_model=False), Prices(None, None, None, None, 1e-6), VoiceSpeed())
    assert (made.prompt_tokens, made.completion_tokens, made.writing_usd) == (0, 0, 0.0)
    assert made.cost_usd == pytest.approx(0.0105)


def test_an_unknown_price_leaves_the_whole_unknown() -> None:
    made = estimate(PLAN, replace(PAID, transcript_completion_token=None), VoiceSpeed())
    assert made.writing_usd is None
    assert made.cost_usd is None
    assert made.voices_usd is not None


@given(st.integers(0, 200_000), st.integers(1, 20), st.integers(0, 10_000_000), st.booleans())
def test_more_words_never_cost_less(words: int, segments: int, source: int, parallel: bool) -> None:
    less = estimate(PlanFigures(words, segments, source, parallel), PAID, VoiceSpeed())
    more = estimate(PlanFigures(words + 500, segments, source, parallel), PAID, VoiceSpeed())
    assert (more.cost_usd or 0) > (less.cost_usd or 0)
    assert more.seconds >= less.seconds
    assert more.prompt_tokens >= less.prompt_tokens
