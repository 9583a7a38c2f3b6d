"""What Kokoro reads: the numbers of its symbols, and espeak's IPA in its spelling. Pure.

The symbols: hexgrad/Kokoro-82M, `config.json`, `vocab`. The spelling: hexgrad/misaki, `misaki/espeak.py` (what Kokoro
itself falls back to for English words that are in no dictionary, and reads other languages with) and `misaki/en.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from narrowcast.tts.local.phonemes import SENTENCE_ENDS, Clause

TIE = "^"
MOST = 510
"""Symbols a call may have, besides the padding at both ends."""
PAD = 0

_RUNS = (
    (1, ";:,.!?"), (9, '—…"()“” \u0303ʣʥʦʨᵝ\uab67AI'), (31, "O"), (33, "Q"), (35, "ST"), (39, "W"), (41, "Yᵊabcdef"),
    (50, "hijklmnopqrstuvwxyzɑɐɒæ"), (75, "βɔɕç"), (80, "ɖðʤə"), (85, "ɚɛɜ"), (90, "ɟ"), (92, "ɡ"), (99, "ɥ"),
    (101, "ɨɪʝ"), (110, "ɯɰŋɳɲɴø"), (118, "ɸθœ"), (123, "ɹ"), (125, "ɾɻ"), (128, "ʁɽʂʃʈʧ"), (135, "ʊʋ"), (138, "ʌɣɤ"),
    (142, "χʎ"), (147, "ʒʔ"), (156, "ˈˌː"), (162, "ʰ"), (164, "ʲ"), (169, "↓"), (171, "→↗↘"), (177, "ᵻ"),
)  # fmt: skip
NUMBERS = {symbol: first + place for first, run in _RUNS for place, symbol in enumerate(run)}

_AMERICAN = (("o^ʊ", "O"), ("ɜːɹ", "ɜɹ"), ("ɜː", "ɜɹ"), ("ɪə", "iə"), ("ː", ""))
_BRITISH = (("e^ə", "ɛː"), ("i^ə", "ɪə"), ("iə", "ɪə"), ("ə^ʊ", "Q"))
_ENGLISH = (
    ("ʔˌn\u0329", "tᵊn"), ("ʔn\u0329", "tᵊn"), ("ʔn", "tᵊn"), ("a^ɪ", "I"), ("a^ʊ", "W"), ("d^ʒ", "ʤ"), ("e^ɪ", "A"),
    ("t^ʃ", "ʧ"), ("ɔ^ɪ", "Y"), ("ə^l", "ᵊl"), ("ʲO", "jO"), ("ʲQ", "jQ"), ("ʲ", ""), ("e", "A"), ("r", "ɹ"),
    ("x", "k"), ("ç", "k"), ("ɐ", "ə"), ("ɚ", "əɹ"), ("ɬ", "l"), ("ʔ", "t"), ("o", "ɔ"), ("\u0303", ""),
)  # fmt: skip
_OTHERS = (
    ("a^ɪ", "I"), ("a^ʊ", "W"), ("d^z", "ʣ"), ("d^ʒ", "ʤ"), ("e^ɪ", "A"), ("o^ʊ", "O"), ("ə^ʊ", "Q"), ("s^s", "S"),
    ("t^s", "ʦ"), ("t^ʃ", "ʧ"), ("ɔ^ɪ", "Y"),
)  # fmt: skip


def spelled(phonemes: str, kind: str) -> str:
    """espeak's IPA (letters of one phoneme joined by `TIE`) as Kokoro spells it; `kind` is a voice's first letter."""
    if kind not in {"a", "b"}:
        return _replaced(phonemes, _OTHERS).replace(TIE, "").replace("-", "")
    text = _replaced(_replaced(phonemes, _AMERICAN if kind == "a" else _BRITISH), _ENGLISH)
    text = re.sub(r"(\S)\u0329", r"ᵊ\1", text).replace("\u0329", "")
    if kind == "a":
        text = text.replace("ɾ", "T")
    return text.replace(TIE, "")


def numbers(clauses: Sequence[Clause], kind: str) -> list[list[int]]:
    """What the model reads, a list a call: whole sentences as far as they fit, else clauses, else words.

    Unknown symbols are left out, as Kokoro does; what holds no phoneme is left out whole.
    """
    calls: list[list[int]] = []
    space = NUMBERS[" "]
    ended = True
    for part, ends in _parts(clauses, kind):
        if not calls or len(calls[-1]) + 1 + len(part) > MOST or (ended and len(calls[-1]) > MOST // 2):
            calls.append(part)
        else:
            calls[-1] += [space, *part]
        ended = ends
    return calls


def _parts(clauses: Sequence[Clause], kind: str) -> Iterator[tuple[list[int], bool]]:
    """The clauses in pieces that fit into a call, and whether a sentence ends with each."""
    for clause in clauses:
        words = [
            [NUMBERS[symbol] for symbol in word if symbol in NUMBERS] for word in spelled(clause.phonemes, kind).split()
        ]
        words = [word[:MOST] for word in words if word]
        if not words:
            continue
        if clause.end:
            words[-1] = [*words[-1][: MOST - 1], NUMBERS[clause.end]]
        piece: list[int] = []
        for word in words:
            if piece and len(piece) + 1 + len(word) > MOST:
                yield piece, False
                piece = []
            piece += [NUMBERS[" "], *word] if piece else word
        yield piece, clause.end in SENTENCE_ENDS


def _replaced(text: str, pairs: Sequence[tuple[str, str]]) -> str:
    for old, new in pairs:
        text = text.replace(old, new)
    return text
