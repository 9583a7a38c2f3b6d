"""Answers of text, packed for who can unpack them: a page is a quarter of its size then."""

from __future__ import annotations

import gzip
import re

from starlette.requests import Request
from starlette.responses import Response

LEAST = 600
"""Bytes below which packing saves nothing."""
LEVEL = 5
TAKEN = re.compile(r"(?:^|,)\s*gzip\s*(?:;\s*q=(?!0(?:\.0*)?\s*(?:,|$))[^,]*)?(?:,|$)")
"""`gzip` among what is accepted, unless with a weight of 0 (RFC 9110, 12.5.3)."""


def packed(request: Request, answer: Response) -> Response:
    """The whole `answer`, with gzip where the client takes it.

    Not for an answer that holds a secret beside words of whoever sent the request: its size would tell of it (BREACH).
    """
    answer.headers["Vary"] = "Accept-Encoding"
    body = bytes(answer.body)
    if len(body) >= LEAST and TAKEN.search(request.headers.get("accept-encoding", "").lower()):
        answer.body = gzip.compress(body, LEVEL, mtime=0)
        answer.headers["Content-Encoding"] = "gzip"
        answer.headers["Content-Length"] = str(len(answer.body))
    return answer
