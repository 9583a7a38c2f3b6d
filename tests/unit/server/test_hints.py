"""What a hint for the command line becomes for who has a page before them."""

from __future__ import annotations

import pytest

from narrowcast.server.hints import without_flags


@pytest.mark.parametrize(
    ("hint", "told"),
    [
        (
            "Set it, or choose another provider with --tts.",
            "Enter it under Settings, Keys, or choose another provider in the speaker profile.",
        ),
        ("Set it, or make do with --llm none.", "Enter it under Settings, Keys, or make do without a language model."),
        (
            "Give a source with running text, or let a language model write (--llm PROVIDER:MODEL).",
            "Give a source with running text, or let a language model write.",
        ),
        (
            "Choose another with --tts openai:MODEL or in the speaker profile.",
            "Choose another in the speaker profile.",
        ),
        (
            "leave --language away or say --language en, or choose a model with --llm",
            "leave the language away or say en, or choose a model in the episode profile",
        ),
        (
            "Leave it at --tts espeak. A voice is chosen with each speaker's voice_id in a speaker profile "
            "(--speakers FILE).",
            "A voice is chosen with each speaker's voice_id in a speaker profile.",
        ),
        ("Get it with: narrowcast voices download kokoro:af_heart", None),
        ("Give a document with text in it.", None),
        ("", None),
    ],
)
def test_a_hint_names_no_option_of_the_command_line(hint: str, told: str | None) -> None:
    assert without_flags(hint) == (hint if told is None else told)
