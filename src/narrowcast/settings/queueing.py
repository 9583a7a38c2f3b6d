"""How the queue is run."""

from __future__ import annotations

from typing import Annotated, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, Field, model_validator

from narrowcast.errors import SettingError
from narrowcast.queue.off_peak import OffPeak


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("it should be the name of a time zone, such as Europe/Berlin") from error
    return name


class QueueSettings(BaseModel):
    """When jobs run, how many may wait, and how long they are remembered."""

    time_zone: Annotated[str, AfterValidator(_known_zone)] = Field(default="UTC", alias="NARROWCAST_TIME_ZONE")
    off_peak_hours: str | None = Field(default=None, alias="NARROWCAST_OFF_PEAK")
    queue_limit: int = Field(default=10_000, alias="NARROWCAST_QUEUE_LIMIT", ge=1, le=10_000_000)
    """Jobs of all users that may wait."""
    history_days: int = Field(default=90, alias="NARROWCAST_HISTORY_DAYS", ge=1, le=36_500)

    @property
    def off_peak(self) -> OffPeak | None:
        """The hours of off-peak work, if there are any."""
        return OffPeak.parse(self.off_peak_hours, ZoneInfo(self.time_zone)) if self.off_peak_hours else None

    @model_validator(mode="after")
    def _hours_are_hours(self) -> Self:
        try:
            _ = self.off_peak
        except SettingError as error:
            # Pydantic names the setting only where the field itself is wrong.
            raise ValueError(f"NARROWCAST_OFF_PEAK: {error.message}") from error
        return self
