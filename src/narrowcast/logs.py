"""Structured logs: one event a line, with the request's or job's id, and without secrets."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

HIDDEN = "[hidden]"
SECRET_NAMES = re.compile(r"authorization|cookie|password|secret|token|api_?key|signature|sealed", re.IGNORECASE)
SECRET_TEXTS = re.compile(
    r"""
    \bnc_[\w-]{8,}                              # our tokens
    | \bwhsec_[\w+/=]{8,}                       # secrets of webhooks
    | \b(?:sk|rk|pk|gsk|xi)[-_][\w-]{12,}       # keys as providers shape them
    | \bAIza[\w-]{20,}                          # Google's
    | (?<=/sign-in/)[\w-]+                      # what stands in a URL instead of a password
    | (?<=/feeds/)[\w-]+
    | (?<=/m/)[\w-]+
    | (?<=[?&]signature=)[^&\s"']+
    | (?<=[?&]token=)[^&\s"']+
    | (?<=Bearer\ )\S+
    | (?<=://)[^/\s:@]+:[^/\s@]+(?=@)           # user:password@
    """,
    re.VERBOSE,
)


def without_secrets(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Hide what is named like a secret, and what looks like one wherever it stands."""
    for name, value in event.items():
        event[name] = HIDDEN if SECRET_NAMES.search(name) else _hidden(value)
    return event


def _hidden(value: Any) -> Any:
    if isinstance(value, str):
        return SECRET_TEXTS.sub(HIDDEN, value)
    if isinstance(value, Mapping):
        return {name: HIDDEN if SECRET_NAMES.search(str(name)) else _hidden(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_hidden(inner) for inner in value]
    return value


def set_up_logs(level: str = "info", *, as_json: bool = False) -> None:
    """Have every log line of this process, libraries' too, go to stderr in one shape. Call once, at the top."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    # A trace is turned into text first, so that what stands in it is hidden as well.
    faults = structlog.processors.format_exc_info
    shown: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), pad_event_to=0)
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                faults,
                without_secrets,
                shown,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    # What they tell of each request is told by our own line, with its id.
    for chatty in ("uvicorn.access", "httpx2", "httpcore2", "aiosqlite", "alembic", "asyncio", "openai"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
