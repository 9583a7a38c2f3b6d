"""Markdown (CommonMark with tables), by markdown-it-py."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from narrowcast.sources.blocks import Block, BlockKind, Document
from narrowcast.sources.from_text import iso_date

if TYPE_CHECKING:
    from markdown_it.token import Token

_FRONT = re.compile(r"\A\s*---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FIELD = re.compile(r"^([A-Za-z_-]+):[ \t]*(.*)$")
_TAG = re.compile(r"<!--.*?-->|<[^>]*>", re.DOTALL)


def read_markdown(text: str) -> Document:
    """The document. Front matter may give `title`, `author` or `authors`, `date`, `lang` or `language`."""
    from markdown_it import MarkdownIt

    fields, body = front_matter(text)
    collector = _Collector()
    for token in MarkdownIt("commonmark").enable("table").parse(body):
        collector.take(token)
    language = fields.get("lang") or fields.get("language")
    return Document(
        "markdown",
        tuple(collector.blocks),
        title=fields.get("title"),
        author=fields.get("author") or fields.get("authors"),
        published=iso_date(fields.get("date", "")),
        language=language,
    )


def front_matter(text: str) -> tuple[dict[str, str], str]:
    """The plain fields of a YAML front matter, and the text after it. A list becomes its items with commas."""
    found = _FRONT.match(text)
    if not found or not any(_FIELD.match(line) for line in found.group(1).split("\n")):
        return {}, text
    fields: dict[str, str] = {}
    key = ""
    for line in found.group(1).split("\n"):
        if field := _FIELD.match(line):
            key = field.group(1).lower()
            value = field.group(2).strip()
            parts = value[1:-1].split(",") if value.startswith("[") and value.endswith("]") else [value]
            fields[key] = ", ".join(_unquote(part) for part in parts)
        elif key and (item := re.match(r"\s*-\s+(.*)$", line)):
            fields[key] = ", ".join(filter(None, [fields[key], _unquote(item.group(1))]))
    return fields, text[found.end() :]


def _unquote(text: str) -> str:
    text = text.strip()
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text


class _Collector:
    """Blocks out of markdown-it's flat tokens: one method a token type that matters, named after it."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._items: list[str] = []
        self._rows: list[str] = []
        self._cells: list[str] = []
        self._depth = 0
        self._level = 0
        self._in_cell = False
        self._opens_item = False

    def take(self, token: Token) -> None:
        """The next token; those of other types say nothing."""
        handler: Callable[[Token], None] | None = getattr(self, f"_on_{token.type}", None)
        if handler:
            handler(token)

    def _add(self, kind: BlockKind, text: str, level: int = 0) -> None:
        if text.strip():
            self.blocks.append(Block(kind, text, level=level))

    def _flush_items(self) -> None:
        self._add(BlockKind.LIST, "\n".join(self._items))
        self._items = []

    def _on_bullet_list_open(self, _: Token) -> None:
        self._depth += 1

    def _on_bullet_list_close(self, _: Token) -> None:
        self._depth -= 1
        if not self._depth:
            self._flush_items()

    _on_ordered_list_open = _on_bullet_list_open
    _on_ordered_list_close = _on_bullet_list_close

    def _on_list_item_open(self, _: Token) -> None:
        self._opens_item = True

    def _on_heading_open(self, token: Token) -> None:
        self._level = int(token.tag[1])

    def _on_heading_close(self, _: Token) -> None:
        self._level = 0

    def _on_tr_open(self, _: Token) -> None:
        self._cells = []

    def _on_tr_close(self, _: Token) -> None:
        self._rows.append(" | ".join(self._cells))

    def _on_td_open(self, _: Token) -> None:
        self._in_cell = True

    def _on_td_close(self, _: Token) -> None:
        self._in_cell = False

    _on_th_open = _on_td_open
    _on_th_close = _on_td_close

    def _on_table_close(self, _: Token) -> None:
        self._add(BlockKind.TABLE, "\n".join(self._rows))
        self._rows = []

    def _on_fence(self, token: Token) -> None:
        self._flush_items()
        self._add(BlockKind.CODE, token.content.rstrip("\n"))

    _on_code_block = _on_fence

    def _on_html_block(self, token: Token) -> None:
        self._add(BlockKind.PROSE, " ".join(html.unescape(_TAG.sub(" ", token.content)).split()))

    def _on_inline(self, token: Token) -> None:
        text = inline_text(token)
        if self._in_cell:
            self._cells.append(text)
        elif self._level:
            self._flush_items()
            self._add(BlockKind.HEADING, text, self._level)
        elif self._depth and (self._opens_item or not self._items):
            self._items.append(text)
            self._opens_item = False
        elif self._depth:
            self._items[-1] = f"{self._items[-1]} {text}"
        else:
            self._add(BlockKind.PROSE, text)


def inline_text(token: Token) -> str:
    """What an inline token says: links by their text, no images, no markup."""
    parts: list[str] = []
    for child in token.children or []:
        if child.type in {"text", "code_inline"}:
            parts.append(child.content)
        elif child.type in {"softbreak", "hardbreak"}:
            parts.append(" ")
    return " ".join("".join(parts).split())
