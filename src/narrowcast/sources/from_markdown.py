"""Markdown (CommonMark with tables), by markdown-it-py."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from narrowcast.sources.blocks import Block, BlockKind, Document
from narrowcast.sources.bounds import MAX_CELLS, MAX_LINKS, MAX_MARKDOWN_LINES, MAX_MARKS, check_count
from narrowcast.sources.from_text import iso_date

if TYPE_CHECKING:
    from markdown_it.token import Token

_FRONT = re.compile(r"\A\s*---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FIELD = re.compile(r"^([A-Za-z_-]+):[ \t]*(.*)$")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")
_MOST_FRONT = 100_000
_MOST_TOKENS = 300_000
_DEEPEST = 96
_MOST_ROWS = 20_000
_MOST_INLINE = 20_000
_MARKS = "*_`<&\\"


def read_markdown(text: str, name: str = "The document") -> Document:
    """The document. Front matter may give `title`, `author` or `authors`, `date`, `lang` or `language`.

    Raises `SourceError` with `name` for one of more lines, blocks or table cells than are read.
    """
    fields, body = front_matter(text)
    check_count(body.count("\n"), MAX_MARKDOWN_LINES, "lines", name)
    check_count(body.count("|"), MAX_CELLS, "table cells", name)
    check_count(body.count("["), MAX_LINKS, "links", name)
    check_count(sum(map(body.count, _MARKS)), MAX_MARKS, "marks", name)
    collector = _Collector()
    for token in _tokens(body, name):
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


def _tokens(text: str, name: str) -> Iterator[Token]:
    """markdown-it's tokens, the inline ones parsed one at a time and in bounded pieces, so that memory is bounded."""
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock, table

    def bounded(state: StateBlock, _start: int, _end: int, _silent: bool) -> bool:  # noqa: FBT001 - their protocol
        check_count(len(state.tokens), _MOST_TOKENS, "blocks", name)
        # Beyond its own bound the parser drops the rest of the document without a word.
        check_count(state.level, _DEEPEST, "levels of lists and quotes in each other", name)
        return False

    def bounded_table(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001
        if not table(state, start, min(end, start + _MOST_ROWS), silent):
            return False
        check_count(state.line - start, _MOST_ROWS - 1, "rows in one table", name)
        return True

    parser = MarkdownIt("commonmark", {"maxNesting": _DEEPEST + 4}).enable("table")
    parser.core.ruler.enableOnly(["normalize", "block"])
    parser.block.ruler.before("table", "bounded", bounded)
    parser.block.ruler.at("table", bounded_table, {"alt": ["paragraph", "reference"]})
    inline = MarkdownIt("commonmark")  # looks for links within links at most 20 deep: each level costs time
    references: dict[str, object] = {}
    tokens = parser.parse(text, references)
    tokens.reverse()
    while tokens:
        token = tokens.pop()
        if token.type == "inline":
            token.children = []
            for piece in _inline_pieces(token.content):
                inline.inline.parse(piece, inline, references, token.children)
        yield token


def _inline_pieces(text: str) -> Iterator[str]:
    """A paragraph whole, or one longer than any that was written in pieces."""
    start = 0
    while len(text) - start > _MOST_INLINE:
        end = text.rfind(" ", start + _MOST_INLINE // 2, start + _MOST_INLINE) + 1 or start + _MOST_INLINE
        yield text[start:end]
        start = end
    yield text[start:]


def front_matter(text: str) -> tuple[dict[str, str], str]:
    """The plain fields of a YAML front matter, and the text after it. A list becomes its items with commas."""
    found = _FRONT.match(text, 0, _MOST_FRONT)
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
        self._items: list[list[str]] = []
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
        self._add(BlockKind.LIST, "\n".join(map(" ".join, self._items)))
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
        # Beyond the last end of a comment nothing opens one: looking for its end again and again would take long.
        last = token.content.rfind("-->") + 3
        text = _COMMENT.sub(" ", token.content[:last]) + token.content[last:] if last > 2 else token.content
        self._add(BlockKind.PROSE, " ".join(html.unescape(_TAG.sub(" ", text)).split()))

    def _on_inline(self, token: Token) -> None:
        text = inline_text(token)
        if self._in_cell:
            self._cells.append(text)
        elif self._level:
            self._flush_items()
            self._add(BlockKind.HEADING, text, self._level)
        elif self._depth and (self._opens_item or not self._items):
            self._items.append([text])
            self._opens_item = False
        elif self._depth:
            self._items[-1].append(text)
        else:
            self._add(BlockKind.PROSE, text)


def inline_text(token: Token) -> str:
    """What an inline token says: links by their text, no images, no markup."""
    parts: list[str] = []
    for child in token.children or []:
        if child.type in {"text", "text_special", "code_inline"}:
            parts.append(child.content)
        elif child.type in {"softbreak", "hardbreak"}:
            parts.append(" ")
    return " ".join("".join(parts).split())
