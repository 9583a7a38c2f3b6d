"""Text made ready to be spoken: once, in one place. Pure."""

from __future__ import annotations

import re

from narrowcast.tts.spoken import table_for
from narrowcast.tts.spoken.clean import clean, one_line, tidy, without_pictures
from narrowcast.tts.spoken.figures import say_figures
from narrowcast.tts.spoken.links import say_links

_ROUNDS = 8
"""What one rule leaves may be what an earlier one looks for; a text settles after one or two rounds."""
_DASH = re.compile(r"\s*—\s*|\s+(?:--?|–)\s+|(?<=\w)--(?=\w)")
_SLASH_OF_DIGITS = re.compile(r"(?<=\d)/(?=\d)")
_LEFT_OVER = re.compile(r"[*_^~|\\<>={}¦¬©®™]|(?<!\d)/|/(?!\d)|(?<!\w)#(?!\d)|(?<=\w)@(?=\w)")
"""A slash between digits stays where there is no table: its voice may know what it means."""
_BRACKETS = str.maketrans("[]", "()")


def for_speech(text: str, language: str) -> str:
    """`text` as it is to be said: no markup, addresses and figures in words where a voice would stumble, pauses as
    plain punctuation. English, German, French and Spanish; any other language (BCP 47) is only cleaned.

    Idempotent. No figure is lost but within the path of an address, which nobody wants to hear.
    """
    for _ in range(_ROUNDS):
        before, text = text, _once(text, language)
        if text == before:
            break
    return text


def _once(text: str, language: str) -> str:
    table = table_for(language)
    text = say_links(one_line(clean(text)), table)
    if table is not None:
        text = _SLASH_OF_DIGITS.sub(" ", say_figures(text, table))
    text = without_pictures(text)
    text = _DASH.sub(", ", " ".join(text.split())).replace("–", "-")
    return tidy(_LEFT_OVER.sub(" ", text.translate(_BRACKETS)))
