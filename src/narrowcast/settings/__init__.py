"""Settings: read once, at the top; below, everything is an argument."""

from __future__ import annotations

from narrowcast.settings.settings import Settings, read_settings

__all__ = ["Settings", "read_settings"]
