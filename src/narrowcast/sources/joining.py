"""Lines back into paragraphs: what a line break cut in two is one word again."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence

SUPERSCRIPTS = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
"""Raised figures, so that 10⁶ does not become 106."""

_HYPHENS = "-\u2010\u00ad"
_WORD = re.compile(r"[^\W\d_]+(?:[-\u2010'’][^\W\d_]+)*")
_ADDRESS_CUT = re.compile(r"(?:(?:[a-z]+://|www\.)\S*[/._=&?]|(?:^|[\s(])/\w\S*[/_]|https?:)$")
_SUSPENDED = frozenset(
    ("und", "oder", "bzw", "and", "or", "to", "et", "ou", "y", "o", "e", "of", "och", "og", "eller", "tai")
)
_NO_SPACES = ("CJK", "HIRAGANA", "KATAKANA", "IDEOGRAPHIC", "FULLWIDTH", "THAI", "LAO", "KHMER", "MYANMAR")


def vocabulary(lines: Sequence[str]) -> frozenset[str]:
    """The words that stand whole in the lines, folded; the first and last of a broken line are left out."""
    words: set[str] = set()
    broken = False
    for line in lines:
        found = _WORD.findall(line.casefold())
        if broken:
            found = found[1:]
        broken = line[-1:] in _HYPHENS if line else False
        words.update(found[:-1] if broken else found)
    return frozenset(words)


def join_lines(lines: Sequence[str], known: Collection[str] = frozenset()) -> str:
    """One paragraph out of its lines.

    A hyphen at a line's end goes when the joined word stands elsewhere in the document (`known`) or when neither
    part stands for itself; it stays in `well-known`, in `Haupt- und Nebensatz`, in front of capitals and figures, and
    inside addresses.
    """
    text = ""
    for raw in lines:
        line = raw.strip()
        if not line:
            continue
        text = _join(text, line, known) if text else line
    return text.replace("\u00ad", "")


def _join(text: str, line: str, known: Collection[str]) -> str:
    if text[-1] in _HYPHENS and len(text) > 1 and text[-2].isalpha():
        return _mend(text, line, known)
    if _ADDRESS_CUT.search(text) and re.match(r"[a-z0-9_/]", line):
        return text + line
    if text.endswith("/-") and "://" in text.rpartition(" ")[2]:
        return text[:-1] + line
    if without_spaces(text[-1]) and without_spaces(line[0]):
        return text + line
    return f"{text} {line}"


def _mend(text: str, line: str, known: Collection[str]) -> str:
    start = re.search(r"[^\W\d_]+", line)
    left = re.search(r"[^\s]+$", text[:-1])
    first = start.group() if start and start.start() == 0 else ""
    if not first or first.casefold() in _SUSPENDED:
        return f"{text} {line}" if first else text + line
    head = left.group() if left else ""
    if text[-1] == "\u00ad":
        return text[:-1] + line
    part = re.search(r"[^\W\d_]+$", head)
    before = part.group() if part else ""
    if any(mark in head for mark in "/@_:") or first[0].isupper():
        return text + line
    whole = (before + first).casefold()
    if whole in known:
        return text[:-1] + line
    pair = f"{before}-{first}".casefold()
    if "-" in head or pair in known or (before.casefold() in known and first.casefold() in known and len(first) > 2):
        return text + line
    return text[:-1] + line


def without_spaces(char: str) -> bool:
    """Whether the character belongs to a script that sets no spaces between words."""
    return ord(char) > 0xE00 and unicodedata.name(char, "").startswith(_NO_SPACES)
