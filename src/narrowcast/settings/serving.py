"""What a server needs to know besides."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field, SecretStr

from narrowcast.settings.kinds import HttpUrl, Names

DEFAULT_PORT = 8484


class ServingSettings(BaseModel):
    """Where the server listens, what it is called from outside, and who owns it."""

    host: str = Field(default="127.0.0.1", alias="NARROWCAST_HOST")
    port: int = Field(default=DEFAULT_PORT, alias="NARROWCAST_PORT", ge=0, le=65535)
    public_url: HttpUrl | None = Field(default=None, alias="NARROWCAST_PUBLIC_URL")
    secret_key: SecretStr | None = Field(default=None, alias="NARROWCAST_SECRET_KEY")
    jobs_at_once: int = Field(default=2, alias="NARROWCAST_JOBS_AT_ONCE", ge=0, le=64)
    """How many jobs this process works on at a time; 0: others do."""
    trusted_proxies: Names = Field(default=(), alias="NARROWCAST_TRUSTED_PROXIES")
    """Addresses or networks of proxies whose `X-Forwarded-For` and `-Proto` are believed."""
    log_format: Literal["auto", "text", "json"] = Field(default="auto", alias="NARROWCAST_LOG_FORMAT")
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", alias="NARROWCAST_LOG_LEVEL")
    upload_bytes: int = Field(default=500_000_000, alias="NARROWCAST_UPLOAD_BYTES", ge=1)
    """The largest recording that may be uploaded."""
    metrics_token: SecretStr | None = Field(default=None, alias="NARROWCAST_METRICS_TOKEN", min_length=16)
    """Whoever shows it may read `/metrics`, and nothing else."""
    keep_unused_days: int | None = Field(default=None, alias="NARROWCAST_KEEP_UNUSED_DAYS", ge=1)
    """How long `gc` leaves paid results that nothing uses; unset: for ever."""
