"""Lines of a PDF back into paragraphs, list items, listings and tables."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from narrowcast.sources.from_text import BULLET
from narrowcast.sources.pdf.lines import Line, Page

_ENDS = (".", "!", "?", ":", "。", "！", "？", ".”", '."', ".)", "?”", "!”", ".’", "…")


class Form(StrEnum):
    """What a run of lines looks like; whether it is a heading is decided later, from the whole document."""

    TEXT = "text"
    ITEM = "item"
    CODE = "code"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines that belong together."""

    form: Form
    lines: tuple[Line, ...]

    @property
    def first(self) -> Line:
        """The line that it starts with."""
        return self.lines[0]


@dataclass(frozen=True, slots=True)
class Measure:
    """What is usual in a document: the body's size and distance of lines, its right edge, all in points."""

    size: float
    pitch: float
    right: float


def measure(pages: Sequence[Page], size: float) -> Measure:
    """What is usual among the lines of the body's size."""
    gaps: list[float] = []
    rights: list[float] = []
    for page in pages:
        body = [line for line in page.lines if abs(line.size - size) <= 0.6 and not line.mono]
        rights.extend(line.right for line in body)
        for above, below in pairwise(body):
            if 0 < (gap := above.baseline - below.baseline) < 3 * size:
                gaps.append(gap)
    pitch = statistics.multimode(round(gap * 2) / 2 for gap in gaps)[0] if gaps else 1.2 * size
    rights.sort()
    return Measure(size, max(pitch, 0.9 * size), rights[int(len(rights) * 0.9)] if rights else 500.0)


def paragraphs(pages: Sequence[Page], usual: Measure) -> Iterator[Paragraph]:
    """The paragraphs in reading order; one that a page or column break cuts is whole again."""
    lines: list[Line] = []
    form = Form.TEXT
    for page in pages:
        forms = _forms(page.lines, usual)
        for line, own in zip(page.lines, forms, strict=True):
            if lines and not _parts(lines, line, form, own, usual):
                lines.append(line)
                continue
            if lines:
                yield Paragraph(form, tuple(lines))
            lines, form = [line], own
    if lines:
        yield Paragraph(form, tuple(lines))


def _forms(lines: Sequence[Line], usual: Measure) -> list[Form]:
    """The form of each line by itself and its neighbours."""
    forms: list[Form] = []
    for at, line in enumerate(lines):
        if line.mono and not _is_wrapped(lines[at - 1] if at else None, line, usual):
            forms.append(Form.CODE)
        elif line.cells and not BULLET.match(line.text) and _in_table(lines, at, usual):
            forms.append(Form.TABLE)
        elif BULLET.match(line.text) and line.size <= 1.1 * usual.size:
            forms.append(Form.ITEM)
        else:
            forms.append(Form.TEXT)
    return forms


def _is_wrapped(above: Line | None, line: Line, usual: Measure) -> bool:
    """Whether a monospaced line is no listing but the rest of a sentence that ran into it."""
    if above is None or above.mono:
        return False
    gap = above.baseline - line.baseline
    full = above.right > usual.right - 8 * usual.size
    return full and 0 < gap <= 1.25 * usual.pitch and abs(above.left - line.left) < usual.size and not _is_end(above)


def _in_table(lines: Sequence[Line], at: int, usual: Measure) -> bool:
    """Whether a line with cells has a neighbour with as many cells, near and of the same kind."""
    for other in (at - 1, at + 1):
        if 0 <= other < len(lines) and lines[other].cells and not lines[other].mono:
            gap = abs(lines[at].baseline - lines[other].baseline)
            if gap < 3 * usual.pitch and abs(len(lines[other].cells) - len(lines[at].cells)) <= 1:
                return True
    return False


def _parts(lines: Sequence[Line], line: Line, form: Form, own: Form, usual: Measure) -> bool:
    """Whether a new paragraph starts with `line`."""
    above = lines[-1]
    if own is Form.ITEM or (own is not form and not (form is Form.ITEM and own is Form.TEXT)):
        return True
    if abs(above.size - line.size) > 0.08 * max(above.size, line.size):
        return True
    if form in {Form.CODE, Form.TABLE}:
        return line.page != above.page
    if above.bold != line.bold and (len(lines) == 1 or not above.bold):
        return not _is_broken_sentence(above, line, usual)
    gap = above.baseline - line.baseline
    if line.page != above.page or gap < -0.5 * line.size:
        return not _goes_on(above, line, usual)
    return _starts_below(lines, line, gap, usual)


def _starts_below(lines: Sequence[Line], line: Line, gap: float, usual: Measure) -> bool:
    """Whether space, an indent or a short last line parts a line from the one above."""
    above = lines[-1]
    scale = max(1.0, line.size / usual.size)
    if gap > 1.3 * usual.pitch * scale:
        return True
    indent = line.left - above.left
    is_item = bool(BULLET.match(lines[0].text))
    if not is_item and 0.8 * line.size < indent < 6 * line.size and _is_end(above):
        return True
    if is_item and line.left < lines[0].left - 0.5 * line.size:
        return True
    return above.right < usual.right - 0.2 * (usual.right - above.left) and _is_end(above) and gap > 1.1 * usual.pitch


def _is_broken_sentence(above: Line, line: Line, usual: Measure) -> bool:
    """Whether a change of weight falls inside a sentence that fills its line."""
    return above.right > usual.right - 6 * usual.size and not _is_end(above) and line.text[:1].islower()


def _goes_on(above: Line, line: Line, usual: Measure) -> bool:
    """Whether a paragraph continues after a page or column break."""
    if _is_end(above) or BULLET.match(line.text) or above.size > 1.1 * usual.size:
        return False
    return line.text[:1].islower() or above.text.endswith(("-", ",", ";")) or above.right - above.left > 20 * usual.size


def _is_end(line: Line) -> bool:
    return line.text.rstrip().endswith(_ENDS)
