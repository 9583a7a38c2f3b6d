"""Settings: read once, at the top; below, everything is an argument.

From the environment, or the same names in `narrowcast.toml` in the home folder, or `NAME_FILE` for a file that holds
the value. The file in the current folder is never read: whoever can place a file there could send keys elsewhere.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, Field, ValidationError

from narrowcast.errors import SettingError
from narrowcast.settings.accounts import AccountSettings
from narrowcast.settings.providers import ProviderSettings
from narrowcast.settings.queueing import QueueSettings
from narrowcast.settings.scaling import ScalingSettings
from narrowcast.settings.serving import ServingSettings
from narrowcast.settings.storing import storage_of
from narrowcast.settings.telling import TellingSettings
from narrowcast.store.places import Places


class Settings(ProviderSettings, ServingSettings, AccountSettings, TellingSettings, QueueSettings, ScalingSettings):
    """Every setting; the alias is its name in the environment and in `narrowcast.toml`."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    home: Path = Field(alias="NARROWCAST_HOME")
    allow_private_addresses: bool = Field(default=False, alias="NARROWCAST_ALLOW_PRIVATE_ADDRESSES")
    prompts: Path | None = Field(default=None, alias="NARROWCAST_PROMPTS")

    @property
    def places(self) -> Places:
        """Where the store is to look. Raises `SettingError`."""
        url = self.database_url.get_secret_value() if self.database_url else None
        return Places(database=url, storage=storage_of(self))


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings from the environment and the home folder's `narrowcast.toml`. Raises `SettingError`."""
    environ = os.environ if environ is None else environ
    names = {str(field.alias) for field in Settings.model_fields.values()}
    home = Path(environ.get("NARROWCAST_HOME") or _default_home()).expanduser().absolute()
    values: dict[str, Any] = {**_toml(home / "narrowcast.toml", names), "NARROWCAST_HOME": home}
    for name in names - {"NARROWCAST_HOME"}:
        if file := environ.get(f"{name}_FILE"):
            values[name] = _secret(name, Path(file))
        if value := environ.get(name, "").strip():
            values[name] = value
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        reason = first["msg"].removeprefix("Value error, ")
        # What is wrong between several settings names them itself.
        message = f"The setting {first['loc'][0]} is wrong: {reason}." if first["loc"] else f"{reason}."
        raise SettingError(
            message,
            hint="Correct it in the environment or in narrowcast.toml, or unset it.",
        ) from error


def _default_home() -> Path:
    from platformdirs import user_data_path

    return user_data_path("narrowcast", appauthor=False)


def _toml(path: Path, names: set[str]) -> dict[str, Any]:
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except NotADirectoryError as error:
        raise SettingError(
            f"NARROWCAST_HOME is to be a folder, and {path.parent} is none.", hint="Name a folder that can be written."
        ) from error
    except (OSError, ValueError) as error:
        raise SettingError(f"Cannot read {path}: {error}.") from error
    if unknown := sorted(set(values) - names):
        raise SettingError(f"{path} has an unknown setting: {unknown[0]}.", hint=f"Known: {', '.join(sorted(names))}.")
    return values


def _secret(name: str, path: Path) -> str:
    try:
        return path.read_text("utf-8").strip()
    except (OSError, ValueError) as error:
        raise SettingError(f"{name}_FILE names {path}, which cannot be read.") from error
