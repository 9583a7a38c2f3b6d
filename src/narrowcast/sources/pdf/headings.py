"""Which paragraphs of a PDF are headings, and how deep."""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from narrowcast.sources.pdf.lines import Bookmark
from narrowcast.sources.pdf.paragraphs import Form, Paragraph

_NUMBER = re.compile(r"^(?:\d{1,3}(?:\.\d{1,3})*\.?|[A-Z]\.(?:\d{1,3}\.?)*|[IVXLC]+\.)\s+(?=\S)")
_NUMBERED = re.compile(r"^(\d{1,2}(?:\.\d{1,2}){0,4})\.?\s+[^\W\d_]")
_LABEL = re.compile(
    r"(?:chapter|part|appendix|section|kapitel|teil|anhang|chapitre|partie|annexe|capítulo|parte|apéndice)?\s*"
    r"(?:\d{1,3}|[ivxlc]{1,6}|[a-z]|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|"
    r"fifteen|sixteen|seventeen|eighteen|nineteen|twenty)?[.:]?",
    re.IGNORECASE,
)


_Entries = dict[tuple[int, str], deque[Bookmark]]
"""The outline by page and bare title."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A paragraph with its text; `level` is that of a heading, from 1, and 0 for anything else."""

    paragraph: Paragraph
    text: str
    level: int = 0


def mark_headings(items: Sequence[tuple[Paragraph, str]], outline: Sequence[Bookmark], size: float) -> list[Marked]:
    """The paragraphs in order, headings marked, labels such as `Chapter 2` taken off the heading that they announce.

    With an outline, its entries are found again by page and title and give the levels, and other headings stand one
    deeper than the last of them. Without, levels are the numbers' depth, else the rank of the size.
    """
    entries = _by_page(outline)
    sizes = sorted({_rank(p.first.size) for p, text in items if is_heading_like(p, text, size)}, reverse=True)
    trusted = len(outline) >= 3
    marked: list[Marked] = []
    depth = 0
    for paragraph, text in items:
        entry = _entry(entries, paragraph, text)
        if entry:
            depth = entry.level
            marked.append(Marked(paragraph, _better(text, entry.title), entry.level))
        elif not is_heading_like(paragraph, text, size):
            marked.append(Marked(paragraph, text))
        elif trusted:
            marked.append(Marked(paragraph, text, depth + 1))
        else:
            marked.append(Marked(paragraph, text, _level(paragraph, text, sizes, size)))
    return list(_without_labels(marked))


def is_heading_like(paragraph: Paragraph, text: str, size: float) -> bool:
    """Whether a paragraph is set like a heading: larger than the body, or short, bold or numbered and no sentence."""
    if paragraph.form not in {Form.TEXT, Form.ITEM} or not any(char.isalpha() for char in text):
        return False
    first = paragraph.first
    if text[-1] in ".,;" or len(text) > 160 or len(paragraph.lines) > 3 or text[0].islower():
        return False
    if first.size >= 1.12 * size:
        return len(text) > 1
    if first.size < 0.92 * size or text[-1] in ":!":
        return False
    if paragraph.form is Form.ITEM:
        return first.bold and bool(_NUMBERED.match(text)) and len(text) <= 90
    if all(line.bold for line in paragraph.lines):
        return len(text) <= 90 and len(paragraph.lines) <= 2
    return len(paragraph.lines) == 1 and len(text) <= 80 and bool(re.match(r"\d{1,2}(?:\.\d{1,2})+\.?\s+[A-Z]", text))


def _level(paragraph: Paragraph, text: str, sizes: Sequence[float], size: float) -> int:
    number = _NUMBERED.match(text)
    base = 1 if any(rank >= 1.6 * size for rank in sizes[:1]) else 0
    if number:
        return number.group(1).count(".") + 1 + base
    return sizes.index(_rank(paragraph.first.size)) + 1


def _rank(size: float) -> float:
    return round(size)


def _by_page(outline: Sequence[Bookmark]) -> _Entries:
    entries: _Entries = defaultdict(deque)
    for entry in outline:
        if entry.page is not None:
            entries[entry.page, _bare(entry.title)].append(entry)
    return entries


def _entry(entries: _Entries, paragraph: Paragraph, text: str) -> Bookmark | None:
    """The outline's entry that a paragraph is the heading of; each is found once."""
    if paragraph.form in {Form.CODE, Form.TABLE} or len(text) > 250:
        return None
    own = _bare(text)
    if not own:
        return None
    for page in (paragraph.first.page, paragraph.first.page - 1):
        if same := entries.get((page, own)):
            return same.popleft()
    return None


def _bare(title: str) -> str:
    """A title without number, case, marks and spaces."""
    text = _NUMBER.sub("", title[:300].strip())
    return "".join(char for char in text.casefold() if char.isalnum())


def _better(text: str, title: str) -> str:
    """The heading as printed, but the outline's words where it is printed in capitals."""
    return title if text.isupper() and not title.isupper() else text


def _without_labels(marked: Sequence[Marked]) -> Iterator[Marked]:
    """Labels on lines of their own go when a heading follows them."""
    kept: list[Marked] = []
    heading_follows = False
    for item in reversed(marked):
        label = _is_label(item)
        if not (label and heading_follows):
            kept.append(item)
        if not label:
            heading_follows = bool(item.level)
    return reversed(kept)


def _is_label(item: Marked) -> bool:
    return len(item.text) <= 30 and bool(_LABEL.fullmatch(item.text.strip())) and item.paragraph.form is not Form.CODE
