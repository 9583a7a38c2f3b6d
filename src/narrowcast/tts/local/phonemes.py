"""Text to phonemes, by espeak-ng in its child process: what the neural voices that run here read.

Clauses and their ends as piper takes them (OHF-Voice/piper1-gpl, `espeakbridge.c` and `phonemize_espeak.py`). Its own
build of espeak tells which sign ended a clause; the released library does not, but shows how far it has read.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from narrowcast.errors import ProviderError, VoiceError
from narrowcast.tts.local.espeak_child import Child, ChildDiedError, plain

SENTENCE_ENDS = frozenset(".?!")
_SIGNS = {"…": ".", "。": ".", "！": "!", "？": "?", "，": ",", "、": ",", "；": ";", "：": ":", "–": ",", "—": ","}
"""How a sign is written for a voice that knows only those of Latin script."""
_END = re.compile(r"([.,:;!?…–—。！？，、；：])[^\w.,:;!?…–—。！？，、；：]*$")
_FLAG = re.compile(r"\([^)]+\)")
"""espeak marks a change of language: `(en)`."""


@dataclass(frozen=True)
class Clause:
    """Words that are said in one breath, in IPA, and the sign that ends them: one of `.,:;!?`, or none."""

    phonemes: str
    end: str = ""


class Phonemes:
    """One espeak-ng child, started when it is needed."""

    def __init__(self, provider: str) -> None:
        self._provider = provider
        self._child: Child | None = None
        self._turn = asyncio.Lock()

    async def clauses(self, text: str, voice: str, tie: str = "") -> tuple[Clause, ...]:
        """`text` as spoken by espeak's `voice`; `tie` joins the letters of one phoneme, such as a diphthong.

        Raises `VoiceError` for a voice that espeak does not have, `ProviderError` where it does not start or dies.
        """
        text = plain(text)
        header = await self._ask({"op": "phonemes", "voice": voice, "text": text, "tie": tie})
        if "error" in header:
            raise VoiceError(
                f"{self._provider} needs espeak-ng's language {voice!r}, which this espeak-ng does not have.",
                hint="Choose another voice, or reinstall the package espeakng-loader.",
            )
        return tuple(read_clauses(text, [(spoken, end) for spoken, end in header["clauses"]]))

    async def aclose(self) -> None:
        """Ends the child."""
        child, self._child = self._child, None
        if child is not None:
            await child.stop()

    async def _ask(self, request: dict[str, object]) -> dict[str, Any]:
        async with self._turn:
            child = self._child or await Child.start()
            self._child = None
            try:
                header, _ = await child.ask(request)
            except ChildDiedError as error:
                raise ProviderError(
                    "espeak-ng, which tells how the words are said, ended in the middle of a text.",
                    provider=self._provider,
                    retryable=True,
                    hint="If this goes on, reword this turn in the script file, or reinstall espeakng-loader.",
                ) from error
            else:
                self._child = child
            finally:
                if self._child is None:
                    await child.kill()
            return header


def read_clauses(text: str, answered: Iterable[tuple[str, int]]) -> Iterator[Clause]:
    """The clauses out of espeak's answer: IPA, and how far into `text` it had read. Pure."""
    start = 0
    for spoken, end in answered:
        phonemes = _FLAG.sub("", spoken).strip()
        # The last sign that was read belongs to the next clause, but for the last clause.
        written = text[start : end if end >= len(text) else max(start, end - 1)]
        sign = _END.search(written)
        mark = _SIGNS.get(sign[1], sign[1]) if sign else ""
        if phonemes:
            yield Clause(phonemes, mark)
        start = end


def sentences(clauses: Sequence[Clause]) -> Iterator[tuple[Clause, ...]]:
    """The clauses by sentence. Pure."""
    sentence: list[Clause] = []
    for clause in clauses:
        sentence.append(clause)
        if clause.end in SENTENCE_ENDS:
            yield tuple(sentence)
            sentence = []
    if sentence:
        yield tuple(sentence)
