"""What is indexed of a text and of a query."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from narrowcast.script.language import UNSPACED

_RUN = re.compile(rf"[{UNSPACED}]+|[^\W{UNSPACED}]+(?:[.,]\d+)*")
_UNSPACED = re.compile(f"[{UNSPACED}]")


def terms(text: str, stop: frozenset[str] = frozenset()) -> Iterator[str]:
    """Folded words without stop words, numbers whole; of runs in scripts without spaces each pair of characters.

    A text in several scripts is cut where the script changes: `GPUを使う` is `gpu`, `を使`, `使う`. Full-width and
    half-width forms are one, composed and decomposed accents too (NFKC).
    """
    folded = text.casefold()
    for run in _RUN.findall(folded if folded.isascii() else unicodedata.normalize("NFKC", folded)):
        if _UNSPACED.match(run):
            yield from (run[at : at + 2] for at in range(max(1, len(run) - 1)))
        elif run not in stop:
            yield run
