"""How long to wait before the next attempt."""

from __future__ import annotations

JITTER = 0.25
FIRST_PAUSE_S = 15.0
"""Where a provider names no time."""
LONGEST_OWN_PAUSE_S = 900.0


def after_failure(failures: int, first_s: float, chance: float) -> float:
    """Seconds after that many failures: `first_s`, twice that, four times, ± a quarter by `chance` in [0, 1)."""
    return first_s * 2.0 ** max(0, failures - 1) * _jitter(chance)


def after_pause(pauses: int, retry_after_s: float | None, longest_s: float, chance: float) -> float:
    """Seconds of a provider's pause: its own wish, and never less than our growing one, so that none is asked for ever.

    Up to a quarter is added by `chance`, so that those who wait for one provider do not all come at once.
    """
    own_s = min(LONGEST_OWN_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(pauses, 16)) if pauses or retry_after_s is None else 0.0
    return min(longest_s, max(own_s, retry_after_s or 0.0, 1.0)) * (1 + JITTER * chance)


def _jitter(chance: float) -> float:
    return 1 - JITTER + 2 * JITTER * chance
