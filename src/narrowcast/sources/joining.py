"""Lines back into paragraphs: what a line break cut in two is one word again."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from itertools import islice

SUPERSCRIPTS = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
"""Raised figures, so that 10⁶ does not become 106."""

_HYPHENS = ("-", "\u2010", "\u00ad")
_DROP = "\b"
_TAIL = 300
_WORDS = 300_000
_LETTERS = re.compile(r"[^\W\d_]+")
_LAST_LETTERS = re.compile(r"(?<![^\W\d_])[^\W\d_]+$")
_WORD = re.compile(r"[^\W\d_]+(?:[-\u2010'’][^\W\d_]+)*")
_ADDRESS_CUT = re.compile(r"(?:(?:[a-z]+://|www\.)\S*[/._=&?]|(?:^|[\s(])/\w\S*[/_]|https?:)$")
_SUSPENDED = frozenset(
    ("und", "oder", "bzw", "and", "or", "to", "et", "ou", "y", "o", "e", "of", "och", "og", "eller", "tai")
)
_NO_SPACES = ("CJK", "HIRAGANA", "KATAKANA", "IDEOGRAPHIC", "FULLWIDTH", "THAI", "LAO", "KHMER", "MYANMAR")


def vocabulary(lines: Sequence[str]) -> frozenset[str]:
    """The words that stand whole in the lines, folded; the first and last of a broken line are left out.

    Of a text with more words than any language has only the first `_WORDS` different ones count, so that the memory for
    them is bounded.
    """
    words: set[str] = set()
    broken = False
    for line in lines:
        found = [word.group() for word in islice(_WORD.finditer(line.casefold()), _WORDS)]
        if broken:
            found = found[1:]
        broken = line.endswith(_HYPHENS)
        words.update(found[:-1] if broken else found)
        if len(words) >= _WORDS:
            break
    return frozenset(words)


def join_lines(lines: Sequence[str], known: Collection[str] = frozenset()) -> str:
    """One paragraph out of its lines.

    A hyphen at a line's end goes when the joined word stands elsewhere in the document (`known`) or when neither
    part stands for itself; it stays in `well-known`, in `Haupt- und Nebensatz`, in front of capitals and figures, and
    inside addresses.
    """
    parts: list[str] = []
    tail = ""
    for raw in lines:
        line = raw.strip()
        if not line:
            continue
        seam = _seam(tail, line, known) if parts else ""
        if seam == _DROP:
            parts[-1] = parts[-1][:-1]
            tail = tail[:-1]
        added = line if seam == _DROP else seam + line
        parts.append(added)
        tail = (tail + added)[-_TAIL:]
    return "".join(parts).replace("\u00ad", "")


def _seam(tail: str, line: str, known: Collection[str]) -> str:
    """What comes between the end of a text and its next line: a space, nothing, or `_DROP`: its last sign goes."""
    if tail.endswith(_HYPHENS) and len(tail) > 1 and tail[-2].isalpha():
        return _mend(tail, line, known)
    last = tail.rpartition(" ")[2]
    if re.match(r"[a-z0-9_/]", line) and _ADDRESS_CUT.search(last):
        return ""
    if last.endswith("/-") and "://" in last:
        return _DROP
    return "" if without_spaces(tail[-1]) and without_spaces(line[0]) else " "


def _mend(tail: str, line: str, known: Collection[str]) -> str:
    start = _LETTERS.match(line)
    first = start.group() if start else ""
    if not first:
        return ""
    if first.casefold() in _SUSPENDED:
        return " "
    if tail[-1] == "\u00ad":
        return _DROP
    head = tail[:-1].rsplit(maxsplit=1)[-1]
    part = _LAST_LETTERS.search(head)
    before = part.group() if part else ""
    if any(mark in head for mark in "/@_:") or first[0].isupper():
        return ""
    whole = (before + first).casefold()
    if whole in known:
        return _DROP
    pair = f"{before}-{first}".casefold()
    if "-" in head or pair in known or (before.casefold() in known and first.casefold() in known and len(first) > 2):
        return ""
    return _DROP


def without_spaces(char: str) -> bool:
    """Whether the character belongs to a script that sets no spaces between words."""
    return ord(char) > 0xE00 and unicodedata.name(char, "").startswith(_NO_SPACES)
