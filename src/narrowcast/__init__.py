"""Narrowcast turns what a person has to read into episodes to listen to.

As a library: `async with Studio.open() as studio: episode = await studio.make(order("paper.pdf"))`.
docs/library.md tells the rest.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from narrowcast.version import __version__

if TYPE_CHECKING:
    from narrowcast.errors import BudgetError, EpisodeError, InputError, NarrowcastError, ProviderError
    from narrowcast.pipeline.estimate import EpisodeEstimate
    from narrowcast.pipeline.events import Episode, Event
    from narrowcast.pipeline.order import Order
    from narrowcast.pipeline.wishes import order
    from narrowcast.script.dialogue import Script, Segment, Turn
    from narrowcast.script.profile import EpisodeProfile, Speaker, SpeakerProfile
    from narrowcast.script.script_file import read_script
    from narrowcast.settings import Settings, read_settings
    from narrowcast.studio import Studio

__all__ = [
    "BudgetError",
    "Episode",
    "EpisodeError",
    "EpisodeEstimate",
    "EpisodeProfile",
    "Event",
    "InputError",
    "NarrowcastError",
    "Order",
    "ProviderError",
    "Script",
    "Segment",
    "Settings",
    "Speaker",
    "SpeakerProfile",
    "Studio",
    "Turn",
    "__version__",
    "order",
    "read_script",
    "read_settings",
]

_HOMES = {
    "errors": ("BudgetError", "EpisodeError", "InputError", "NarrowcastError", "ProviderError"),
    "pipeline.estimate": ("EpisodeEstimate",),
    "pipeline.events": ("Episode", "Event"),
    "pipeline.order": ("Order",),
    "pipeline.wishes": ("order",),
    "script.dialogue": ("Script", "Segment", "Turn"),
    "script.profile": ("EpisodeProfile", "Speaker", "SpeakerProfile"),
    "script.script_file": ("read_script",),
    "settings": ("Settings", "read_settings"),
    "studio": ("Studio",),
}


def __getattr__(name: str) -> Any:
    """The public names, imported when they are first used: `narrowcast --help` needs none of them."""
    for module, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"narrowcast.{module}"), name)
    raise AttributeError(f"module 'narrowcast' has no attribute {name!r}")
