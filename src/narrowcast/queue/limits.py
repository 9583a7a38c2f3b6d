"""How much at once, how long, and how often: every figure that the queue goes by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from narrowcast.errors import LimitError
from narrowcast.queue.off_peak import OffPeak
from narrowcast.store.jobs.jobs import Crowd


@dataclass(frozen=True)
class OwnerLimits:
    """How many jobs of one owner may run, and how many may wait (queued and scheduled)."""

    running: int = 2
    waiting: int = 50


@dataclass(frozen=True)
class QueueLimits:
    """The queue's figures; seconds where a name ends in `_s`."""

    owner: OwnerLimits = OwnerLimits()
    tiers: Mapping[str, OwnerLimits] = field(default_factory=dict)
    """Those of a tier, where they are not `owner`."""
    waiting_in_all: int = 10_000
    hands: int = 2
    """How many jobs run at once, over all workers, for estimates."""
    off_peak: OffPeak | None = None

    lease_s: float = 60.0
    max_failures: int = 4
    max_lost_leases: int = 3
    """A job that lost its hands so often is thought to be what kills them."""
    max_pauses: int = 50
    """Together with the delays of `backoff.py` at least half a day of a provider that never lets through."""
    backoff_s: float = 60.0
    """The first delay after a failure; each further one is twice as long."""
    max_pause_s: float = 6 * 3600.0
    hung_s: float = 600.0
    """Without any progress for so long, a job hangs."""
    longest_s: float = 45 * 60.0
    """How long a job may run in all, or `estimates` times its estimate if that is longer."""
    estimates: float = 3.0

    history_s: float = 90 * 86400.0
    events_s: float = 7 * 86400.0

    def of(self, tier: str) -> OwnerLimits:
        """The limits of an owner of that tier."""
        return self.tiers.get(tier, self.owner)


def refuse_crowd(crowd: Crowd, limits: QueueLimits) -> None:
    """Raise `LimitError` where too many wait already."""
    mine = limits.of(crowd.tier).waiting
    if crowd.of_owner >= mine:
        raise LimitError(
            f"{crowd.of_owner} of your jobs wait already, and {mine} may.",
            hint="Wait until some are done, or cancel some.",
            retry_after_s=60,
        )
    if crowd.in_all >= limits.waiting_in_all:
        raise LimitError("The queue is full.", hint="Try again in some minutes.", retry_after_s=60, everyone=True)
