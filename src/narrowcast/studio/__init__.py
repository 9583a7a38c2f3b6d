"""The composition root: builds the parts from the settings, and offers every verb."""

from __future__ import annotations

from narrowcast.studio.studio import Studio

__all__ = ["Studio"]
