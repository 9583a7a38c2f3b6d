"""How figures are put into words, as `static/parts/words.js` does in the browser. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType


def clock(seconds: float | None) -> str:
    """Seconds as on a clock: 4:05, 1:02:03."""
    whole = max(0, int(seconds or 0))
    hours, minutes, rest = whole // 3600, whole % 3600 // 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def span(seconds: float | None) -> str:
    """Seconds as a person says them, roughly: "40 s", "12 min", "1 h 5"."""
    whole = round(seconds or 0)
    if whole < 60:
        return f"{whole} s"
    minutes = round(whole / 60)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60}" if minutes % 60 else f"{minutes // 60} h"


def money(usd: float | None) -> str:
    """USD: "free", "under $0.01", "$0.04"."""
    if usd is None:
        return "cost not known"
    if usd == 0:
        return "free"
    return "under $0.01" if usd < 0.01 else f"${usd:.2f}"


def size(count: float | None) -> str:
    """Bytes: "3.4 MB"."""
    number, units = float(count or 0), ("B", "kB", "MB", "GB", "TB")
    unit = 0
    while number >= 1000 and unit < len(units) - 1:
        number, unit = number / 1000, unit + 1
    return f"{number:.1f} {units[unit]}" if number < 10 and unit else f"{round(number)} {units[unit]}"


def several(number: int, one: str, many: str = "") -> str:
    """ "1 turn", "3,000 turns"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("HeadlessChrome/", "Chromium"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
"""What stands in a browser's name for itself, and what people call it; the first that fits: most name others too."""
SYSTEMS = (
    ("iPhone", "an iPhone"),
    ("iPad", "an iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS", "a Mac"),
    ("Linux", "Linux"),
)


def device(user_agent: str) -> str:
    """A browser as a person would call it: "Firefox on Linux", "Safari on an iPhone"."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    if not browser:
        return user_agent.partition("/")[0][:40] or "A browser"
    return f"{browser} on {system}" if system else browser


FILTERS: Mapping[str, Callable[..., str]] = MappingProxyType(
    {"clock": clock, "span": span, "money": money, "size": size, "several": several, "device": device}
)
"""For templates: `{{ seconds | clock }}`."""
