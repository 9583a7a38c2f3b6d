"""French signs: the spaces that stand before a high sign and inside quotation marks."""

from __future__ import annotations

import re

_HARD = "\u00a0"


def typeset(text: str) -> str:
    """`text` with a no-break space before `; : ! ?` and inside `« »`, where a plain one or none stands; times such
    as `14:30`, addresses and marks that follow one another (`?!`) stay."""
    text = re.sub(r" ?(?<=[^\s!?«:;])[ \u202f\u00a0]?([;!?]+)(?=[\s»)”\"]|$)", rf"{_HARD}\1", text)
    text = re.sub(r"(?<=[^\s«])[ \u202f\u00a0]?:(?=\s|$)", rf"{_HARD}:", text)
    return re.sub(r"«[ \u202f\u00a0]?", f"«{_HARD}", re.sub(r"[ \u202f\u00a0]?»", f"{_HARD}»", text))
