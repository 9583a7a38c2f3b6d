"""The hours when work is cheap or disturbs nobody."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from narrowcast.errors import SettingError

_WINDOW = re.compile(r"([01]\d|2[0-3]):([0-5]\d)\s*-\s*([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True)
class OffPeak:
    """From `begin` to `end` by the clocks of a zone, over midnight where `end` is the earlier one."""

    begin: time
    end: time
    zone: ZoneInfo

    @classmethod
    def parse(cls, window: str, zone: ZoneInfo) -> Self:
        """From words such as `22:00-06:00`. Raises `SettingError`."""
        match = _WINDOW.fullmatch(window.strip())
        if not match:
            raise SettingError(f"{window} is no window of hours.", hint="It should look like 22:00-06:00.")
        begin, end = time(int(match[1]), int(match[2])), time(int(match[3]), int(match[4]))
        if begin == end:
            raise SettingError(f"{window} is no window of hours: it ends when it begins.")
        return cls(begin, end, zone)

    def next_start(self, now: datetime) -> datetime:
        """When off-peak work may begin: `now` inside the window, else its next beginning; in UTC.

        A time that the clocks leap over in spring counts as if they leapt later; one that they show twice is the first.
        """
        day = now.astimezone(self.zone).date()
        for offset in (-1, 0, 1, 2):
            begin, end = self._on(day + timedelta(days=offset))
            # A leap can swallow a short window: then there is none that day.
            if begin < end and now < end:
                return max(begin, now.astimezone(UTC))
        raise AssertionError("a window begins every day")

    def _on(self, day: date) -> tuple[datetime, datetime]:
        """The window that begins on a day, in UTC."""
        last = day if self.end > self.begin else day + timedelta(days=1)
        return (
            datetime.combine(day, self.begin, self.zone).astimezone(UTC),
            datetime.combine(last, self.end, self.zone).astimezone(UTC),
        )
