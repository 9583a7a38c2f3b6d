"""Providers: their keys and addresses, under the names that they have everywhere."""

from __future__ import annotations

from pydantic import BaseModel, Field, SecretStr

from narrowcast.settings.kinds import HttpUrl, ModelName, VoicesUrl


class ProviderSettings(BaseModel):
    """Keys and addresses of those who write and speak."""

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
