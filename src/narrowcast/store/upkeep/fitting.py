"""What SQLite keeps and PostgreSQL does not: made to fit, or told."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Column, String

from narrowcast.errors import OutputError

LOST = "\N{REPLACEMENT CHARACTER}"


def fitting_text(value: str) -> str:
    """A text without NUL, which PostgreSQL has no place for."""
    return value.replace("\0", LOST)


def fitting_json(value: str) -> str:
    """JSON without what its standard allows and `jsonb` does not (NUL, halves of surrogate pairs), nor NaN."""
    suspect = value.casefold()
    if not any(sign in suspect for sign in ("\\u0000", "\\ud", "nan", "infinity", "\0")):
        return value
    return json.dumps(_mended(json.loads(value, strict=False, parse_constant=lambda _name: None)), ensure_ascii=False)


def check_length(column: Column[Any], value: str) -> None:
    """SQLite bounds no text. Raises `OutputError` where one is longer than its column."""
    longest = column.type.length if isinstance(column.type, String) else None
    if longest is not None and len(value) > longest:
        raise OutputError(
            f"A {column.table.name}'s {column.name} is longer than the {longest} characters that fit.",
            hint="Shorten or remove it where it is now, then try again. Nothing was changed.",
        )


def _mended(value: Any) -> Any:
    match value:
        case str():
            return fitting_text(value).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case list():
            return [_mended(item) for item in value]
        case dict():
            return {_mended(name): _mended(item) for name, item in value.items()}
        case _:
            return value
