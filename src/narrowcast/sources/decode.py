"""Bytes into text, whatever the encoding; binary data is refused."""

from __future__ import annotations

import codecs
import unicodedata

from narrowcast.errors import SourceError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 1 << 16


def decode(data: bytes, origin: str, declared: str | None = None) -> str:
    """The text, NFC, with `\\n` line ends and without control characters; form feeds are paragraph breaks.

    Order: byte order mark, `declared` (a header's charset), UTF-8, UTF-16 by its zero bytes, then charset-normalizer
    on the first 64 KiB. Raises `SourceError` for binary data.
    """
    text = _decode(data, declared)
    if text is None or _is_binary(text):
        raise SourceError(
            f"{origin} holds binary data, not text.", hint="Give text, Markdown, HTML or PDF; convert it first."
        )
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n").replace("\v", "\n")
    text = text.replace("\x85", "\n").replace("\u2028", "\n").replace("\u2029", "\n\n").replace("\ufeff", "")
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    return "".join(char for char in text if char >= " " or char in "\n\t") if _has_controls(text) else text


def _decode(data: bytes, declared: str | None) -> str | None:
    for mark, name in _BOMS:
        if data.startswith(mark):
            return data.decode(name, errors="replace")
    for known in filter(_known, (declared or "utf-8", "utf-8")):
        try:
            return data.decode(known)
        except UnicodeError:
            continue
    sample = data[:_SAMPLE]
    if sample.count(0) > len(sample) // 5:
        name = "utf-16-le" if sample[1::2].count(0) > sample[0::2].count(0) else "utf-16-be"
        return data.decode(name, errors="replace")
    return _guess(data)


def _guess(data: bytes) -> str | None:
    from charset_normalizer import from_bytes

    best = from_bytes(data[:_SAMPLE]).best()
    return data.decode(best.encoding, errors="replace") if best else None


def _known(name: str) -> bool:
    try:
        return codecs.lookup(name)._is_text_encoding  # noqa: SLF001 - the only mark of codecs that are no charset
    except LookupError:
        return False


def _has_controls(text: str) -> bool:
    return any(chr(code) in text for code in (*range(9), 11, 12, *range(14, 32)))


def _is_binary(text: str) -> bool:
    """Whether the start holds so many control or unassigned characters that nobody wrote it as text."""
    sample = text[:_SAMPLE]
    odd = sum(
        char == "\ufffd" or (unicodedata.category(char) in {"Cc", "Cn", "Co"} and char not in "\n\r\t\f\v\x85\x1a\x1b")
        for char in sample
    )
    return odd > max(1, len(sample) // 50) or "\0" in sample[:512]
