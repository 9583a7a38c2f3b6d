"""How an episode is shared between its sources. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping


def fair_shares(weights: Mapping[int, float]) -> dict[int, float]:
    """Each source's share of an episode, by the square root of its length; together 1.

    By length alone, two pages beside a book of four hundred would have a two-hundredth of the episode and not be heard;
    by heads, the book would have half. By the root they have one part in fifteen.
    """
    roots = {source: math.sqrt(weight) for source, weight in weights.items() if weight > 0}
    total = sum(roots.values())
    return {source: root / total for source, root in roots.items()}
