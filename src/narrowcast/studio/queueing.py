"""The queue, by the settings."""

from __future__ import annotations

from narrowcast.accounts.tiers import LEAST, Tier
from narrowcast.queue.limits import OwnerLimits, QueueLimits
from narrowcast.settings import Settings


def queue_limits(settings: Settings) -> QueueLimits:
    """The figures that the queue goes by."""
    tiers = {name: _of(settings.tiers.tier(name)) for name in settings.tiers.names}
    return QueueLimits(
        owner=tiers[LEAST],
        tiers=tiers,
        waiting_in_all=settings.queue_limit,
        hands=max(1, settings.jobs_at_once),
        off_peak=settings.off_peak,
        history_s=settings.history_days * 86400.0,
    )


def _of(tier: Tier) -> OwnerLimits:
    return OwnerLimits(running=tier.running, waiting=tier.queued)
