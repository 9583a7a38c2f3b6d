from __future__ import annotations

import pytest

from narrowcast.tts.sample_texts import TEXTS, sample_text
from narrowcast.tts.spoken.normalise import for_speech


@pytest.mark.parametrize("language", TEXTS)
def test_every_text_is_one_that_can_be_said(language: str) -> None:
    text = sample_text(f"{language}-XX") or ""
    assert 30 < len(text) < 140
    assert for_speech(text, language)


def test_a_language_without_one_has_none() -> None:
    assert (sample_text("nb"), sample_text("tlh"), sample_text("")) == (TEXTS["no"], None, None)
