"""When a message is sent again, and when an address is given up: decisions only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

DELAYS_S = (5, 5 * 60, 30 * 60, *(hours * 3600 for hours in (2, 5, 10, 14, 20, 24)))
"""After each failed try, as the Standard Webhooks specification proposes; ten tries over three days."""
MAX_TRIES = len(DELAYS_S) + 1
JITTER = 0.2
"""How much longer a delay may be, by chance: what failed together is not sent again together."""
GIVE_UP_AFTER = timedelta(days=5)
GIVE_UP_TRIES = 10
"""An address that took nothing for so long, in so many tries, is not told any more."""
GONE = 410


@dataclass(frozen=True)
class Attempt:
    """One try at a message: `code` is the answer's status (HTTP or SMTP), if there was one; `note` what to know of it.

    `final` where trying again is of no use; `gone` where the address asks to be told nothing any more. `wait_s` is how
    long it asks to be left alone.
    """

    delivered: bool
    code: int | None = None
    note: str = ""
    final: bool = False
    gone: bool = False
    wait_s: float | None = None


def again_after_s(tries: int, chance: float, wish_s: float | None = None) -> float | None:
    """Seconds until the next try after `tries` failed ones, or none after the last; `chance` is within [0, 1).

    `wish_s` is how long the other end asked for: no sooner, but for a wish of more than the longest delay.
    """
    if tries > len(DELAYS_S):
        return None
    return max(DELAYS_S[tries - 1], min(wish_s or 0.0, DELAYS_S[-1])) * (1 + JITTER * chance)


def is_hopeless(failures: int, failing_since: datetime | None, now: datetime) -> bool:
    """Whether an address that failed `failures` times in a row, the first at `failing_since`, is given up."""
    return failing_since is not None and failures >= GIVE_UP_TRIES and now - failing_since >= GIVE_UP_AFTER
