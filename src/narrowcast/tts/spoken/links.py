"""Web and e-mail addresses as one would say them."""

from __future__ import annotations

import re

from narrowcast.tts.spoken.table import Table

_HOST = r"(?:[^\W_](?:[\w-]*[^\W_])?\.)+"
_TLD = (
    r"(?:com|org|net|io|dev|edu|gov|info|app|ai|eu|uk|de|fr|es|it|nl|ch|at|be|pl|se|ca|au|jp|cn|ru|br|in|us|co|me|tv)"
)
_EMAIL = re.compile(r"(?:mailto:)?\b([\w.+-]{1,64})@((?:[\w-]+\.)+[^\W\d]{2,})\b")
_URL = re.compile(
    rf"\b(?:https?|ftp)://([^\s/?#<>\"()]+)([^\s<>\"]*)|\bwww\.({_HOST}[^\W\d_]{{2,}})(/[^\s<>\"]*)?", re.IGNORECASE
)
_DOMAIN = re.compile(rf"(?<![\w@./-])({_HOST}{_TLD})(/[^\s<>\"]*)?(?![\w@-])", re.IGNORECASE)
_TRAILING = ".,;:!?)]'\""
_SHORT_PATH = re.compile(r"/([^\W\d_]{2,15})/?")


def say_links(text: str, table: Table | None) -> str:
    """Every address by its host, and a path where that is one plain word; what else it holds is not for the ear."""
    text = _EMAIL.sub(lambda found: _email(found[1], found[2], table), text)
    text = _URL.sub(lambda found: _url(found[1] or found[3], found[2] or found[4] or "", table), text)
    return _DOMAIN.sub(lambda found: _url(found[1], found[2] or "", table), text)


def _email(name: str, host: str, table: Table | None) -> str:
    if table is None:
        return f"{name} {host}"
    return f"{_dotted(name, table)} {table.at} {_dotted(host, table)}"


def _url(host: str, path: str, table: Table | None) -> str:
    path, tail = _without_trail(path)
    if not path and host[-1] in _TRAILING:
        host, tail = _without_trail(host)
    host = re.sub(r"^(?:[^@]*@)?(?:www\.)?|:\d+$", "", host, flags=re.IGNORECASE)
    if table is None:
        return host.replace(".", " ") + tail
    said = _dotted(host, table)
    if short := _SHORT_PATH.fullmatch(path):
        said = f"{said} {table.slash} {short[1]}"
    return said + tail


def _without_trail(text: str) -> tuple[str, str]:
    kept = text.rstrip(_TRAILING)
    return kept, text[len(kept) :]


def _dotted(host: str, table: Table) -> str:
    return " ".join(re.sub(r"\.", f" {table.dot} ", host).replace("_", " ").split())
