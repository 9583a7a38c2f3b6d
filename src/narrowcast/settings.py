"""Settings: read once, at the top; below, everything is an argument.

From the environment, or the same names in `narrowcast.toml` in the home folder, or `NAME_FILE` for a file that holds
the value. The file in the current folder is never read: whoever can place a file there could send keys elsewhere.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError

from narrowcast.errors import SettingError
from narrowcast.script.hosts import is_loopback


def _http_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("it should look like https://host/v1")
    return value.rstrip("/")


def _safe_url(value: str) -> str:
    if urlsplit(value).scheme != "https" and not is_loopback(value):
        raise ValueError("it should begin with https://, or name this machine")
    return value


def _model_name(value: str) -> str:
    provider, _, name = value.partition(":")
    if not provider.strip() or not name.strip():
        raise ValueError("it should look like openai:text-embedding-3-small")
    return value.strip()


ModelName = Annotated[str, AfterValidator(_model_name)]
HttpUrl = Annotated[str, AfterValidator(_http_url)]
VoicesUrl = Annotated[HttpUrl, AfterValidator(_safe_url)]
"""What is downloaded from there is run, so nobody on the way may change it."""


class Settings(BaseModel):
    """Every setting; the alias is its name in the environment and in `narrowcast.toml`."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    home: Path = Field(alias="NARROWCAST_HOME")
    allow_private_addresses: bool = Field(default=False, alias="NARROWCAST_ALLOW_PRIVATE_ADDRESSES")
    prompts: Path | None = Field(default=None, alias="NARROWCAST_PROMPTS")
    embeddings: ModelName | None = Field(default=None, alias="NARROWCAST_EMBEDDINGS")
    tts_concurrency: int | None = Field(default=None, alias="NARROWCAST_TTS_CONCURRENCY", ge=1, le=64)
    llm_concurrency: int = Field(default=8, alias="NARROWCAST_LLM_CONCURRENCY", ge=1, le=64)

    voices_url: VoicesUrl | None = Field(default=None, alias="NARROWCAST_VOICES_URL")

    openai_api_key: SecretStr | None = Field(default=None, alias="OPENAI_API_KEY")
    openai_base_url: HttpUrl | None = Field(default=None, alias="OPENAI_BASE_URL")
    elevenlabs_api_key: SecretStr | None = Field(default=None, alias="ELEVENLABS_API_KEY")
    elevenlabs_base_url: HttpUrl | None = Field(default=None, alias="ELEVENLABS_BASE_URL")
    anthropic_api_key: SecretStr | None = Field(default=None, alias="ANTHROPIC_API_KEY")
    google_api_key: SecretStr | None = Field(default=None, alias="GOOGLE_API_KEY")
    groq_api_key: SecretStr | None = Field(default=None, alias="GROQ_API_KEY")
    mistral_api_key: SecretStr | None = Field(default=None, alias="MISTRAL_API_KEY")
    openrouter_api_key: SecretStr | None = Field(default=None, alias="OPENROUTER_API_KEY")
    deepseek_api_key: SecretStr | None = Field(default=None, alias="DEEPSEEK_API_KEY")
    ollama_base_url: HttpUrl = Field(default="http://127.0.0.1:11434/v1", alias="OLLAMA_BASE_URL")

    def keys(self) -> dict[str, str]:
        """The providers' keys that are set, by provider."""
        found = {
            "openai": self.openai_api_key,
            "elevenlabs": self.elevenlabs_api_key,
            "anthropic": self.anthropic_api_key,
            "google": self.google_api_key,
            "groq": self.groq_api_key,
            "mistral": self.mistral_api_key,
            "openrouter": self.openrouter_api_key,
            "deepseek": self.deepseek_api_key,
        }
        return {name: key.get_secret_value() for name, key in found.items() if key and key.get_secret_value()}

    def base_urls(self) -> dict[str, str]:
        """The providers' base URLs, by provider, where they are not the provider's own."""
        urls = {"ollama": self.ollama_base_url}
        if self.openai_base_url:
            urls["openai"] = self.openai_base_url
        if self.elevenlabs_base_url:
            urls["elevenlabs"] = self.elevenlabs_base_url
        return urls


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
        raise SettingError(
            f"The setting {first['loc'][0]} is wrong: {first['msg'].removeprefix('Value error, ')}.",
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
