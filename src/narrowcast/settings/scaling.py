"""Where things are kept and who works on them, when one folder and one process are not enough."""

from __future__ import annotations

from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, SecretStr, model_validator

from narrowcast.settings.kinds import HttpUrl


class ScalingSettings(BaseModel):
    """Database, storage and engine. URLs may hold passwords, so they are secrets."""

    database_url: SecretStr | None = Field(default=None, alias="NARROWCAST_DATABASE_URL")
    """`postgresql://…`; unset: a SQLite file in the home folder."""
    storage_url: SecretStr | None = Field(default=None, alias="NARROWCAST_STORAGE_URL")
    """`s3://…`, `gs://…`, `az://…`, `replit://…` or a folder; unset: a folder in the home folder."""
    storage_public_url: HttpUrl | None = Field(default=None, alias="NARROWCAST_STORAGE_PUBLIC_URL")
    """Where listeners reach the bucket, such as a CDN's address. What they fetch there is signed all the same."""
    s3_bucket: str | None = Field(default=None, alias="AWS_S3_BUCKET")
    """Taken where no storage URL is set and S3's keys are there."""
    engine: Literal["local", "celery"] = Field(default="local", alias="NARROWCAST_ENGINE")
    redis_url: SecretStr | None = Field(default=None, alias="NARROWCAST_REDIS_URL")
    celery_share: int = Field(default=100, alias="NARROWCAST_CELERY_SHARE", ge=0, le=100)
    """Of 100 jobs, how many are for Celery's hands; the others are for local ones."""

    @model_validator(mode="after")
    def _celery_has_redis(self) -> Self:
        if self.redis_url and urlsplit(self.redis_url.get_secret_value()).scheme not in {"redis", "rediss", "unix"}:
            raise ValueError("NARROWCAST_REDIS_URL should look like redis://HOST:6379/0")
        if self.engine == "celery" and not self.redis_url:
            raise ValueError("NARROWCAST_ENGINE is celery, which needs NARROWCAST_REDIS_URL")
        return self
