"""Kinds of values that settings have."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator

from narrowcast.script.hosts import is_loopback


def _http_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("it should look like https://host/v1")
    return value.rstrip("/")


def _safe_url(value: str) -> str:
    if urlsplit(value).scheme != "https" and not is_loopback(value):
        raise ValueError("it should begin with https://, or name this machine")
    return value


def _model_name(value: str) -> str:
    provider, _, name = value.partition(":")
    if not provider.strip() or not name.strip():
        raise ValueError("it should look like openai:text-embedding-3-small")
    return value.strip()


def _listed(value: object) -> object:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


Names = Annotated[tuple[str, ...], BeforeValidator(_listed)]
"""Several, parted by commas in the environment, a list in `narrowcast.toml`."""
ModelName = Annotated[str, AfterValidator(_model_name)]
HttpUrl = Annotated[str, AfterValidator(_http_url)]
VoicesUrl = Annotated[HttpUrl, AfterValidator(_safe_url)]
"""What is downloaded from there is run, so nobody on the way may change it."""
