"""Which bytes of something stored a request gets: conditions and ranges, by RFC 9110. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

_RANGE = re.compile(r"bytes=[ \t]*(?:(\d{1,18})-(\d{1,18})?|-(\d{1,18}))[ \t]*", re.IGNORECASE)
_TAG = re.compile(r'(W/)?("[\x21\x23-\x7e\x80-\xff]*")')


@dataclass(frozen=True)
class Stored:
    """What lies there: its strong `etag` with its quotes, its size in bytes, and since when it is as it is."""

    etag: str
    size: int
    modified: datetime


@dataclass(frozen=True)
class Share:
    """The answer: its status, and which bytes go with it, from `start` to before `stop`."""

    status: HTTPStatus
    start: int = 0
    stop: int = 0


def share_of(stored: Stored, method: str, headers: Mapping[str, str]) -> Share:
    """What `method` gets that comes with `headers` (names in lower case).

    In the order of section 13.2.2: 412, 304, then the range. A range counts for GET alone, and only one at a time: what
    asks for several, or is no range of bytes, gets everything, as 14.2 allows.
    """
    if _refused(stored, headers):
        return Share(HTTPStatus.PRECONDITION_FAILED)
    if _is_known(stored, headers):
        return Share(HTTPStatus.NOT_MODIFIED)
    whole = Share(HTTPStatus.OK, 0, stored.size)
    asked = headers.get("range")
    if method != "GET" or asked is None or not _still_the_same(stored, headers.get("if-range")):
        return whole
    found = _RANGE.fullmatch(asked)
    if not found:
        return whole
    first, last, suffix = found.groups()
    if suffix is not None:
        start, stop = max(0, stored.size - int(suffix)), stored.size
    else:
        start, stop = int(first), min(stored.size, int(last) + 1) if last is not None else stored.size
        if last is not None and int(last) < start:
            return whole
    if start >= stop:
        return Share(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
    return Share(HTTPStatus.PARTIAL_CONTENT, start, stop)


def may_follow(stored: Stored, headers: Mapping[str, str]) -> bool:
    """Whether a storage that is asked in our place gives a request with `headers` what it asks for.

    Clients send their conditions on to where they are sent, and the storage knows tags and times of its own alone.
    """
    if "if-unmodified-since" in headers:
        return False
    named = [headers[name] for name in ("if-match", "if-range") if name in headers]
    return not any(value.strip() == "*" or stored.etag in value or _date(value) for value in named)


def _refused(stored: Stored, headers: Mapping[str, str]) -> bool:
    if (wanted := headers.get("if-match")) is not None:
        return wanted.strip() != "*" and not any(tag == stored.etag for weak, tag in _TAG.findall(wanted) if not weak)
    at = _date(headers.get("if-unmodified-since"))
    return at is not None and _seconds(stored.modified) > at


def _is_known(stored: Stored, headers: Mapping[str, str]) -> bool:
    if (known := headers.get("if-none-match")) is not None:
        return known.strip() == "*" or any(tag == stored.etag for _, tag in _TAG.findall(known))
    at = _date(headers.get("if-modified-since"))
    return at is not None and _seconds(stored.modified) <= at


def _still_the_same(stored: Stored, condition: str | None) -> bool:
    """Whether `If-Range` holds: the strong tag, or exactly the time."""
    if condition is None or condition.strip() == stored.etag:
        return True
    return _date(condition) == _seconds(stored.modified)


def _date(text: str | None) -> datetime | None:
    """An HTTP date; what is none counts as if it were not there."""
    if text is None:
        return None
    try:
        at = parsedate_to_datetime(text)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _seconds(at: datetime) -> datetime:
    """HTTP dates know whole seconds only."""
    return at.replace(microsecond=0)
