"""Where things are kept and who works on them, when one folder and one process are not enough."""

from __future__ import annotations

from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, SecretStr, model_validator

from narrowcast.settings.kinds import HttpUrl
from narrowcast.store.places import Places


class ScalingSettings(BaseModel):
    """Database, storage and engine. URLs may hold passwords, so they are secrets."""

    database_url: SecretStr | None = Field(default=None, alias="NARROWCAST_DATABASE_URL")
    """`postgresql://…`; unset: a SQLite file in the home folder."""
    storage_url: SecretStr | None = Field(default=None, alias="NARROWCAST_STORAGE_URL")
    """`s3://…`, `gs://…`, `az://…` or a folder; unset: a folder in the home folder."""
    storage_public_url: HttpUrl | None = Field(default=None, alias="NARROWCAST_STORAGE_PUBLIC_URL")
    """Where what is stored can be fetched without a signature, such as a CDN's address."""
    engine: Literal["local", "celery"] = Field(default="local", alias="NARROWCAST_ENGINE")
    redis_url: SecretStr | None = Field(default=None, alias="NARROWCAST_REDIS_URL")
    celery_share: int = Field(default=100, alias="NARROWCAST_CELERY_SHARE", ge=0, le=100)
    """Of 100 jobs, how many are for Celery's hands; the others are for local ones."""

    @property
    def places(self) -> Places:
        """Where the store is to look."""
        return Places(
            database=self.database_url.get_secret_value() if self.database_url else None,
            storage=self.storage_url.get_secret_value() if self.storage_url else None,
        )

    @model_validator(mode="after")
    def _celery_has_redis(self) -> Self:
        if self.redis_url and urlsplit(self.redis_url.get_secret_value()).scheme not in {"redis", "rediss", "unix"}:
            raise ValueError("NARROWCAST_REDIS_URL should look like redis://HOST:6379/0")
        if self.engine == "celery" and not self.redis_url:
            raise ValueError("NARROWCAST_ENGINE is celery, which needs NARROWCAST_REDIS_URL")
        return self
