"""What a text that nobody named is called: pure."""

from __future__ import annotations

import re

from narrowcast.script.one_line import one_line

LONGEST = 80
_SENTENCE = re.compile(r".+?[.?!](?=\s)")


def title_of_text(text: str) -> str:
    """The first line of `text` that is not blank, without a heading's marks; of a long one the first sentence, or as
    many words as fit into `LONGEST` characters. Empty where there is none."""
    line = next((told for line in text.splitlines() if (told := one_line(line).lstrip("# ").strip())), "")
    if len(line) <= LONGEST:
        return line
    sentence = _SENTENCE.match(line)
    if sentence and len(sentence[0]) <= LONGEST:
        return sentence[0].removesuffix(".")
    return (line[:LONGEST].rpartition(" ")[0] or line[: LONGEST - 1]) + "…"
