"""Lines out of a PDF, page by page: their text, where they stand, and how they are set. The only place with PDFium."""

from __future__ import annotations

import ctypes
import logging
import math
import re
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from narrowcast.errors import SourceError
from narrowcast.sources.bounds import MAX_PAGE_CHARACTERS, MAX_PAGES, MAX_PDF_CHARACTERS, check_count
from narrowcast.sources.joining import SUPERSCRIPTS

# PDFium is not thread-safe, in whatever thread and document: one reader at a time in this process.
_ONE_AT_A_TIME = threading.Lock()

_HYPHENS = frozenset({"\x02", "\ufffe"})  # PDFium's own marks for a hyphen at a line's end
_BREAKS = _HYPHENS | {"\r", "\n"}
_LIGATURES = str.maketrans(
    {
        "\ufb00": "ff",
        "\ufb01": "fi",
        "\ufb02": "fl",
        "\ufb03": "ffi",
        "\ufb04": "ffl",
        "\ufb05": "st",
        "\ufb06": "st",
        "\u00a0": " ",
        "\u200b": "",
        "\uf0b7": "•",
        "\uf0a7": "▪",
    }
)
_UNITS = frozenset({"m", "cm", "mm", "km", "s", "dm", "ft", "in"})
_MONO = re.compile(
    r"mono|courier|consol|typewriter|menlo|fixed|inconsolata|lettergothic|nimbusmonl|tt\d*$", re.IGNORECASE
)
_BOLD = re.compile(r"bold|black|heavy|demi|cmbx|medi$|-bd", re.IGNORECASE)
_GAP = 1.8
_MOST_BOOKMARKS = 10_000
_MOSTLY = 0.8
_FEW_LETTERS = 60
_MOST_IMAGES = 100


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text. Places are in points from the page's lower left; `baseline` falls as one reads on.

    `size` is the size that most of it is set in. `cells` are its parts where wide gaps divide it, else none.
    """

    text: str
    page: int
    left: float
    right: float
    baseline: float
    size: float
    bold: bool = False
    mono: bool = False
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """One page, from 1, with its lines in the order of the file.

    `is_picture` says that an image takes up most of it and that there are few letters; `unreadable` is
    about how many characters there are of which the file does not say which letters they are.
    """

    number: int
    width: float
    height: float
    lines: tuple[Line, ...]
    is_picture: bool = False
    unreadable: int = 0


@dataclass(frozen=True, slots=True)
class Bookmark:
    """An entry of the outline: level from 1, page from 1 where it leads to one."""

    title: str
    level: int
    page: int | None


@dataclass(frozen=True)
class Pdf:
    """What a file holds. `fields` are its metadata by PDF's names (`Title`, `Author`, `CreationDate`)."""

    pages: tuple[Page, ...]
    outline: tuple[Bookmark, ...] = ()
    fields: dict[str, str] = field(default_factory=dict)
    language: str | None = None


def read_lines(source: bytes | Path, name: str) -> Pdf:
    """All lines of a PDF. One page is held open at a time.

    Raises `SourceError` naming the file when it is encrypted or broken.
    """
    import pypdfium2 as pdfium
    from pypdfium2 import raw

    with _ONE_AT_A_TIME:
        try:
            document = pdfium.PdfDocument(source)
        except pdfium.PdfiumError as error:
            if error.err_code == raw.FPDF_ERR_PASSWORD:
                raise SourceError(
                    f"{name} is encrypted: it opens only with a password.",
                    hint="Save a copy without a password and give that.",
                ) from error
            raise SourceError(
                f"{name} is a broken PDF: it cannot be opened.", hint="Get it again, or print it to a new PDF."
            ) from error
        try:
            check_count(len(document), MAX_PAGES, "pages", name)
            pages = tuple(_pages(document, name))
            if not pages:
                raise SourceError(f"{name} is a PDF without pages.", hint="Get it again.")
            return Pdf(
                pages=pages,
                outline=tuple(_outline(document)),
                fields={key: value for key, value in document.get_metadata_dict().items() if value.strip()},
                language=_language(document, raw),
            )
        except pdfium.PdfiumError as error:
            raise SourceError(
                f"{name} is a broken PDF: {error}.", hint="Get it again, or print it to a new PDF."
            ) from error
        finally:
            document.close()


def _pages(document: Any, name: str) -> Iterator[Page]:
    characters = 0
    for index in range(len(document)):
        page = document[index]
        try:
            where = f"{name}, page {index + 1},"
            # Laying out a page takes PDFium 160 bytes a character: it is asked for none that has too many.
            check_count(_characters_at_least(page), MAX_PAGE_CHARACTERS, "characters", where)
            textpage = page.get_textpage()
            try:
                count = textpage.count_chars()
                check_count(count, MAX_PAGE_CHARACTERS, "characters", where)
                characters += count
                check_count(characters, MAX_PDF_CHARACTERS, "characters", name)
                chars = _chars(textpage)
                lines = tuple(_lines(textpage, chars, index + 1))
            finally:
                textpage.close()
            width, height = page.get_size()
            letters = sum(char.isalnum() for line in lines for char in line.text)
            yield Page(
                index + 1,
                width,
                height,
                lines,
                is_picture=letters < _FEW_LETTERS and _is_picture(page, width * height),
                unreadable=sum(map(_unreadable, chars)),
            )
        finally:
            page.close()


def _characters_at_least(page: Any) -> int:
    """About how many characters a page shows, by the lengths and heights of its runs of text; rather too few."""
    from pypdfium2 import raw

    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    total = 0.0
    for at in range(raw.FPDFPage_CountObjects(page.raw)):
        run = raw.FPDFPage_GetObject(page.raw, at)
        if raw.FPDFPageObj_GetType(run) == raw.FPDF_PAGEOBJ_TEXT:
            raw.FPDFPageObj_GetBounds(run, left, bottom, right, top)
            long, short = sorted((abs(right.value - left.value), abs(top.value - bottom.value)), reverse=True)
            total += max(1.0, long / short if short else 1.0)
    return int(total) if math.isfinite(total) else MAX_PAGE_CHARACTERS + 1


def _is_picture(page: Any, area: float) -> bool:
    """Whether images take up at least half of a page."""
    from pypdfium2 import raw

    covered = 0.0
    for image in islice(page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3), _MOST_IMAGES):
        left, bottom, right, top = image.get_bounds()
        covered += abs(right - left) * abs(top - bottom)
    return covered * 2 >= area


def _outline(document: Any) -> Iterator[Bookmark]:
    """The entries of the outline; one that leads in a circle ends where the circle closes."""
    # It warns of circles and of depth on standard error, which says nothing to a listener.
    logging.getLogger("pypdfium2").setLevel(logging.ERROR)
    for entry in islice(document.get_toc(max_depth=6), _MOST_BOOKMARKS):
        destination = entry.get_dest()
        index = destination.get_index() if destination else None
        title = " ".join((entry.get_title() or "").translate(_LIGATURES).split())
        if title:
            yield Bookmark(title, entry.level + 1, None if index is None else index + 1)


def _language(document: Any, raw: Any) -> str | None:
    size = raw.FPDFCatalog_GetLanguage(document.raw, None, 0)
    if size <= 2:
        return None
    buffer = (ctypes.c_ushort * (size // 2))()
    raw.FPDFCatalog_GetLanguage(document.raw, buffer, size)
    return bytes(buffer).decode("utf-16-le", errors="ignore").rstrip("\0") or None


def _chars(textpage: Any) -> list[str]:
    """The characters of a page; what is none by Unicode is empty."""
    from pypdfium2 import raw

    code = raw.FPDFText_GetUnicode
    handle = textpage.raw
    return [chr(point) if 0 < (point := code(handle, at)) < 0x110000 else "" for at in range(textpage.count_chars())]


def _unreadable(char: str) -> int:
    """Weighs a character that is no letter by what the file says.

    A control character weighs three: where a font's glyph numbers pass for letters, only the spaces look odd.
    """
    if not char or (char < " " and char not in "\t\r\n\f\x02"):
        return 3
    return int(char == "\ufffd" or "\ue000" <= char <= "\uf8ff")


def _lines(textpage: Any, chars: Sequence[str], page: int) -> Iterator[Line]:
    from pypdfium2 import raw

    handle = textpage.raw
    found: list[tuple[Line, bool]] = []
    start = 0
    for at, char in enumerate([*chars, "\n"]):
        if char in _BREAKS:
            stop = at + 1 if char in _HYPHENS else at
            line = _Setting(raw, handle, chars, start, stop).line(page)
            if line:
                found.append(line)
            start = at + 1
    upright = [line for line, turned in found if not turned]
    yield from upright if len(upright) * 2 > len(found) else (line for line, _ in found)


class _Setting:
    """How the characters from `start` to before `stop` are set."""

    def __init__(self, raw: Any, handle: Any, chars: Sequence[str], start: int, stop: int) -> None:
        self._raw = raw
        self._handle = handle
        self._chars = chars
        self._inked = [at for at in range(start, stop) if chars[at].strip()]

    def line(self, page: int) -> tuple[Line, bool] | None:
        """The line and whether it is turned; none where it is blank."""
        inked = self._inked
        if not inked:
            return None
        picks = sorted({inked[len(inked) * step // 8] for step in range(8)} | {inked[-1]})
        sizes = Counter(round(self._size(at), 1) for at in picks)
        size = max(sizes, key=lambda key: (sizes[key], key)) or 1.0
        plain = next((at for at in picks if abs(self._size(at) - size) < 0.1), inked[0])
        baseline = self._origin(plain)
        fonts = [self._font(at) for at in picks]
        text, cells = self._text(size, baseline)
        turned = abs(math.sin(self._raw.FPDFText_GetCharAngle(self._handle, plain))) > 0.1
        line = Line(
            text=text,
            page=page,
            left=self._box(inked[0])[0],
            right=self._box(inked[-1])[1],
            baseline=baseline,
            size=size,
            bold=all(bold for bold, _ in fonts),
            mono=sum(mono for _, mono in fonts) >= _MOSTLY * len(fonts),
            cells=cells,
        )
        return (line, turned) if text else None

    def _text(self, size: float, baseline: float) -> tuple[str, tuple[str, ...]]:
        """The text with notes' marks taken out and exponents as superscripts, and its cells."""
        parts: list[str] = []
        cuts: list[int] = []
        inked = self._inked
        at = inked[0]
        while at <= inked[-1]:
            char = self._chars[at]
            if char == " " and parts and self._chars[at - 1] != " " and self._gap(at) > _GAP * size:
                cuts.append(len(parts))
            if char.isdigit() and at > inked[0] and self._is_raised(at, size, baseline):
                end = at
                while end <= inked[-1] and self._chars[end].isdigit() and self._is_raised(end, size, baseline):
                    end += 1
                parts.append(_raised("".join(self._chars[at:end]), "".join(parts[-6:])))
                at = end
                continue
            parts.append("-" if char in _HYPHENS else char)
            at += 1
        pieces = ["".join(parts[a:b]) for a, b in zip([0, *cuts], [*cuts, len(parts)], strict=True)]
        cells = tuple(_tidy(piece) for piece in pieces)
        return _tidy("".join(parts)), cells if len(cells) > 1 else ()

    def _is_raised(self, at: int, size: float, baseline: float) -> bool:
        return self._size(at) < 0.87 * size and self._origin(at) > baseline + 0.15 * size

    def _gap(self, space: int) -> float:
        before = next((at for at in range(space - 1, self._inked[0] - 1, -1) if self._chars[at].strip()), None)
        after = next((at for at in range(space + 1, self._inked[-1] + 1) if self._chars[at].strip()), None)
        return self._box(after)[0] - self._box(before)[1] if before is not None and after is not None else 0.0

    def _size(self, at: int) -> float:
        """The font's size in points as it appears: its nominal size times the height of its matrix."""
        matrix = self._raw.FS_MATRIX()
        nominal = self._raw.FPDFText_GetFontSize(self._handle, at)
        if not self._raw.FPDFText_GetMatrix(self._handle, at, matrix):
            return float(nominal)
        return float(nominal * math.hypot(matrix.c, matrix.d))

    def _origin(self, at: int) -> float:
        x, y = ctypes.c_double(), ctypes.c_double()
        self._raw.FPDFText_GetCharOrigin(self._handle, at, x, y)
        return y.value

    def _box(self, at: int) -> tuple[float, float]:
        left, right, bottom, top = (ctypes.c_double() for _ in range(4))
        self._raw.FPDFText_GetCharBox(self._handle, at, left, right, bottom, top)
        return left.value, right.value

    def _font(self, at: int) -> tuple[bool, bool]:
        """Whether a character's font is bold, and whether it is monospaced."""
        buffer = ctypes.create_string_buffer(128)
        flags = ctypes.c_int()
        self._raw.FPDFText_GetFontInfo(self._handle, at, buffer, 128, flags)
        name = buffer.value.decode("utf-8", errors="ignore")
        # ISO 32000-1, table 123: bit 1 of a font's flags is FixedPitch
        return bool(_BOLD.search(name)), bool(flags.value & 1) or bool(_MONO.search(name))


def _raised(digits: str, before: str) -> str:
    """Raised digits: an exponent after a figure or unit stays, as superscript; the mark of a note goes."""
    word = re.search(r"\w+$", before)
    if word and (word.group()[-1].isdigit() or word.group() in _UNITS):
        return digits.translate(SUPERSCRIPTS)
    return ""


def _tidy(text: str) -> str:
    text = "".join(char for char in text.translate(_LIGATURES) if char >= " " and not "\ue000" <= char <= "\uf8ff")
    return " ".join(text.split())
