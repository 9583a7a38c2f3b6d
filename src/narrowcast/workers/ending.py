"""How a fault ends a job, and in which words its owner is told: pure."""

from __future__ import annotations

import re

from narrowcast.errors import BudgetError, EpisodeError, NarrowcastError, OutputError, ProviderError, SettingError
from narrowcast.queue.outcome import Failed

COMMAND_LINE = re.compile(r"(^|\s)--?[a-z]|command|NARROWCAST_|[A-Z]+_API_KEY", re.MULTILINE)
"""Hints for who sits at a terminal are none for who asked a server."""
SERVER_HINT = "Tell whoever runs this server; what was made so far is kept, and a retry goes on from there."
OUR_FAULT = f"Something went wrong inside Narrowcast. {SERVER_HINT}"


def outcome_of(fault: NarrowcastError) -> Failed:
    """What a fault means for its job.

    A provider's wish to wait is a pause. Its other passing faults, and a disk or a database that fails, are tried
    again. The rest would come again.
    """
    match fault:
        case ProviderError(retryable=True, retry_after_s=float() | int() as wish):
            return Failed(words(fault), retryable=True, retry_after_s=wish, pause=True)
        case ProviderError(retryable=retryable):
            return Failed(words(fault), retryable=retryable)
        case OutputError() | EpisodeError():
            return Failed(words(fault), retryable=True)
        case _:
            return Failed(words(fault), retryable=False)


def words(fault: NarrowcastError) -> str:
    """The fault and the way out, for somebody who sees neither this machine's files nor its command line."""
    match fault:
        case OutputError():
            return f"This server cannot keep what it makes: its disk is full, or fails. {SERVER_HINT}"
        case ProviderError():
            hint = "What was made so far is kept: a retry goes on from there."
        case BudgetError():
            hint = "What was paid for is kept: allow more, then retry to go on from there."
        case SettingError():
            hint = SERVER_HINT
        case _:
            hint = ""
    if fault.hint and not COMMAND_LINE.search(fault.hint):
        hint = fault.hint
    return f"{fault.message} {hint}".strip()
