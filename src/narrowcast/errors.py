"""Every fault that Narrowcast names.

NarrowcastError
├── InputError              what the person gave cannot be used; nothing was spent
│   ├── SourceError         a document, folder, URL or standard input
│   ├── ProfileError        an episode or speaker profile
│   ├── ScriptError         a script file
│   ├── SettingError        a setting or key
│   ├── VoiceError          a voice, model or language that a provider does not have
│   ├── OutputError         the place to write to
│   └── TooLargeError       a file or a body beyond its limit
├── SignInError             who asks has not shown who they are
├── ForbiddenError          who asks may not do this
├── NotFoundError           there is no such thing, or it is somebody else's
├── ConflictError           it cannot be done as things stand
│   └── ChangedError        somebody else changed it meanwhile
├── LimitError              too much at once; says after how long to try again
├── BudgetError             going on would cost more than was allowed
├── ProviderError           a language model or voice provider failed; says whether and when to try again
└── EpisodeError            making failed for another reason; what was made so far is kept
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class NarrowcastError(Exception):
    """A fault with a message for the person, and the way out where there is one.

    `message` says what is wrong in one sentence and names the thing; `hint` says what to do about it.
    Neither ever holds a key.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class InputError(NarrowcastError):
    """What the person gave cannot be used; nothing was spent."""


class SourceError(InputError):
    """A document, folder, URL or standard input cannot be read."""


class ProfileError(InputError):
    """An episode or speaker profile is missing or wrong."""


class ScriptError(InputError):
    """A script file is broken."""


class SettingError(InputError):
    """A setting or key is missing or wrong; `message` names it."""


class VoiceError(InputError):
    """A voice, model or language that the provider does not have."""


class OutputError(InputError):
    """The output cannot be written there."""


class QuotaError(OutputError):
    """Whoever asks has no more room; there may be room for others."""


class TooLargeError(InputError):
    """A file or a body beyond its limit."""


class SignInError(NarrowcastError):
    """Who asks has not shown who they are, or what they showed is not valid any more."""


class ForbiddenError(NarrowcastError):
    """Who asks is known, and may not do this."""


class NotFoundError(NarrowcastError):
    """There is no such thing, or it is somebody else's: whoever asks cannot tell the two apart."""


class ConflictError(NarrowcastError):
    """It cannot be done as things stand."""


class ChangedError(ConflictError):
    """Somebody else changed it since it was read."""


class LimitError(NarrowcastError):
    """Too much at once. `retry_after_s` is when it may go through; `everyone` tells that it is not about who asks."""

    def __init__(
        self, message: str, *, hint: str = "", retry_after_s: float | None = None, everyone: bool = False
    ) -> None:
        super().__init__(message, hint=hint)
        self.retry_after_s = retry_after_s
        self.everyone = everyone


class BudgetError(NarrowcastError):
    """Going on would cost more than was allowed; what was paid for is kept."""


class ProviderError(NarrowcastError):
    """A provider failed.

    `retryable` is true where the same call may go through later (429, 5xx, a broken connection or answer), then
    `retry_after_s` is the provider's own wish in seconds, if it gave one.
    """

    def __init__(
        self,
        message: str,
        *,
        provider: str,
        retryable: bool,
        retry_after_s: float | None = None,
        hint: str = "",
    ) -> None:
        super().__init__(message, hint=hint)
        self.provider = provider
        self.retryable = retryable
        self.retry_after_s = retry_after_s


class EpisodeError(NarrowcastError):
    """Making failed for another reason; what was made so far is kept."""


@contextmanager
def one_fault() -> Iterator[None]:
    """Around a task group: of its faults the first is raised, alone; a group that holds anything else goes through.

    Not by `except*`: until 3.11.3 Python wraps what is raised there in a group again (gh-103590).
    """
    try:
        yield
    except ExceptionGroup as group:
        faults, others = group.split(NarrowcastError)
        if faults is None or others is not None:
            raise
        raise _first(faults) from group


def _first(group: ExceptionGroup[NarrowcastError]) -> NarrowcastError:
    """The first in a group, however deep."""
    first = group.exceptions[0]
    return _first(first) if isinstance(first, ExceptionGroup) else first
