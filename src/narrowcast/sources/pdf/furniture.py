"""What a page holds besides the text: running heads, page numbers, tables of contents, indexes, footnotes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from narrowcast.sources.pdf.lines import Line, Page

_EDGE = 0.13
"""The share of the page's height in which running lines stand, at its top and its bottom."""

_PAGE_NUMBER = re.compile(
    r"[-–—\[(\s]*(?:(?:page|seite|p\.)\s*)?(?:\d{1,4}|[ivxlc]{1,7})(?:\s*(?:/|of|von|sur|de)\s*\d{1,4})?[-–—\])\s]*",
    re.IGNORECASE,
)
_LEADER = re.compile(r"(?:[.·…‥]\s?){4}[.·…‥\s]*(?:\d{1,4}|[ivxlc]{1,7})?\s*$", re.IGNORECASE)
_ENDS_IN_NUMBER = re.compile(r"\s(?:\d{1,4}|[ivxlc]{1,7})$")
_CONTENTS = re.compile(
    r"(?:table of )?contents|inhalt(?:sverzeichnis)?|table des matières|sommaire|índice(?: general)?|contenido",
    re.IGNORECASE,
)
_INDEX_ENTRY = re.compile(r"[,\s]\s*\d{1,4}(?:\s*[-–]\s*\d{1,4})?(?:,\s*\d{1,4}(?:\s*[-–]\s*\d{1,4})?)*$")
_ENDING = 200
"""Characters at a line's end in which page numbers are looked for."""
_MOST_NOTES = 100
"""No page has more; what seems to be more are numbered lines."""
_NOTE = re.compile(r"^([\d⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3}|[*†‡§])\s*(?=\S)")


def body_size(pages: Sequence[Page]) -> float:
    """The size that most characters outside listings are set in, in points."""
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page.lines:
            if not line.mono:
                sizes[round(line.size * 2) / 2] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 10.0


def without_running_lines(pages: Sequence[Page]) -> list[Page]:
    """The pages without heads, feet and page numbers.

    A line at a page's edge runs when, its figures aside, it stands on three pages or more (on all, if there are two),
    when it is a page number, or when it stands at the height of running lines that a quarter of the pages have.
    """
    seen: Counter[str] = Counter(key for page in pages for key in {_key(line) for line in _edge_lines(page)})
    need = 3 if len(pages) > 2 else 2
    running = {key for key, count in seen.items() if count >= need}
    heights = Counter(
        round(line.baseline)
        for page in pages
        for line in _edge_lines(page)
        if _key(line) in running or _is_page_number(line)
    )
    bands = {height for height, count in heights.items() if count >= max(3, len(pages) / 4)}
    kept: list[Page] = []
    for page in pages:
        gone = {
            id(line)
            for line in _edge_lines(page)
            if _key(line) in running or _is_page_number(line) or _is_near(line.baseline, bands)
        }
        kept.append(replace(page, lines=tuple(line for line in page.lines if id(line) not in gone)))
    return kept


def _edge_lines(page: Page) -> Iterator[Line]:
    """The outermost lines of a page: two at the top and two at the bottom, where they stand near the edge."""
    lines = sorted(page.lines, key=lambda line: -line.baseline)
    for line in lines[:2]:
        if line.baseline > page.height * (1 - _EDGE):
            yield line
    for line in lines[2:][-2:]:
        if line.baseline < page.height * _EDGE:
            yield line


def _is_page_number(line: Line) -> bool:
    return len(line.text) <= 60 and bool(_PAGE_NUMBER.fullmatch(line.text))


def _key(line: Line) -> str:
    """The words without their figures, and the size: a title is not the running head that repeats it."""
    words = re.sub(r"\b(?:\d+|[ivxlc]+)\b", "#", line.text.casefold())
    return f"{line.size:.0f} {words}"


def _is_near(baseline: float, bands: set[int]) -> bool:
    return any(abs(baseline - band) <= 1.5 for band in bands)


def without_directories(pages: Sequence[Page]) -> list[Page]:
    """The pages without tables of contents and indexes: whole pages of them, and single lines with leaders."""
    kept: list[Page] = []
    in_contents = False
    for page in pages:
        share = sum(_has_leader(line) for line in page.lines) / max(1, len(page.lines))
        numbered = sum(bool(_ENDS_IN_NUMBER.search(line.text[-_ENDING:])) for line in page.lines) / max(
            1, len(page.lines)
        )
        opens = any(_CONTENTS.fullmatch(line.text[:60].strip()) for line in page.lines[:4])
        in_contents = (len(page.lines) > 2 and share >= 0.35) or ((opens or in_contents) and share + numbered >= 0.6)
        if in_contents or _is_index(page, len(pages)):
            kept.append(replace(page, lines=()))
        else:
            kept.append(replace(page, lines=tuple(line for line in page.lines if not _has_leader(line))))
    return kept if any(page.lines for page in kept) else list(pages)


def _has_leader(line: Line) -> bool:
    return bool(_LEADER.search(line.text[-_ENDING:]))


def _is_index(page: Page, count: int) -> bool:
    """Whether most of a page near the end is entries with page numbers."""
    if page.number < count * 0.7 or len(page.lines) < 8:
        return False
    return sum(bool(_INDEX_ENTRY.search(line.text[-_ENDING:])) for line in page.lines) * 2 >= len(page.lines)


def without_notes(page: Page, size: float) -> tuple[Page, list[list[Line]]]:
    """The page without its footnotes, and these: small print below the last line of the body, opened by a mark.

    Marks that a careless typesetter left in the body at full size, glued to a word or after a full stop, go as well.
    """
    at = len(page.lines)
    while at and page.lines[at - 1].size < 0.92 * size and not page.lines[at - 1].mono:
        at -= 1
    small = page.lines[at:]
    marked = [index for index, line in enumerate(small) if _NOTE.match(line.text)]
    start = marked[0] if 0 < len(marked) <= _MOST_NOTES else None
    if start is None or small[start].baseline > page.height * 0.6:
        return page, []
    notes: list[list[Line]] = []
    body = list(page.lines[: at + start])
    for line in small[start:]:
        if mark := _NOTE.match(line.text):
            notes.append([replace(line, text=line.text[mark.end() :])])
            body = _without_mark(body, mark.group(1), size)
        else:
            notes[-1].append(line)
    return replace(page, lines=tuple(body)), notes


def _without_mark(lines: list[Line], mark: str, size: float) -> list[Line]:
    if any(char in "⁰¹²³⁴⁵⁶⁷⁸⁹*†‡§" for char in mark):
        pattern = re.compile(rf"(?<![\d\s])\s?{re.escape(mark)}")
    else:
        pattern = re.compile(rf"(?:(?<=[a-z])|(?<=[^\d\s][.!?)”\"’,])\s?){re.escape(mark)}(?=\s+[A-Z]|\s*$)")
    for index, line in enumerate(lines):
        if abs(line.size - size) < 0.1 * size and pattern.search(line.text):
            return [*lines[:index], replace(line, text=pattern.sub("", line.text, count=1)), *lines[index + 1 :]]
    return lines
