"""A provider's own config, out of a speaker profile's `tts_config`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from narrowcast.errors import ProfileError


class TTSConfig(BaseModel):
    """The base of every provider's config shape: frozen, and what it does not know is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


Config = TypeVar("Config", bound=TTSConfig)


def read_config(shape: type[Config], config: Mapping[str, Any], provider: str) -> Config:
    """`config` in the provider's shape. Raises `ProfileError`, which names the field and those there are."""
    try:
        return shape.model_validate(dict(config))
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise ProfileError(
            f"tts_config for {provider} is wrong at {field}: {first['msg']}.",
            hint=f"{provider} knows {', '.join(shape.model_fields)}.",
        ) from error
