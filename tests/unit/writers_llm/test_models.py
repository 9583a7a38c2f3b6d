"""Opening models: names, keys, addresses, prices; nothing is sent."""

import pytest

from narrowcast.errors import SettingError
from narrowcast.script.hosts import is_loopback
from narrowcast.writers.models import ModelChoice, open_model

KEY = "sk-very-secret-key-0123456789"
KEYS = dict.fromkeys(("openai", "anthropic", "google", "groq", "mistral", "openrouter", "deepseek"), KEY)


async def opened(spec: str, base_urls: dict[str, str] | None = None, **config: object) -> ModelChoice:
    choice = open_model(spec, keys=KEYS, base_urls=base_urls, config=config)
    await choice.aclose()
    await choice.aclose()
    return choice


async def test_openai_has_prices() -> None:
    choice = await opened("openai:gpt-4o-mini")
    cost = choice.cost_usd(1_000_000, 100_000)
    prices = choice.prices()
    assert cost is not None
    assert prices is not None
    assert 0 < cost < 10
    assert cost == pytest.approx(prices[0] * 1_000_000 + prices[1] * 100_000)
    assert not choice.local
    assert choice.settings["openai_store"] is False
    assert (await opened("openai:gpt-nobody-knows")).prices() is None


@pytest.mark.parametrize(
    ("spec", "base_urls"),
    [
        ("openai:gpt-4o-mini", {"openai": "http://localhost:8000/v1"}),
        ("openai-compatible:any", {"openai": "http://[::1]:8000/v1"}),
        ("ollama:llama3", {}),
        ("ollama:llama3", {"ollama": "http://gpu.lan:11434/v1"}),
    ],
)
async def test_models_of_ones_own_cost_nothing(spec: str, base_urls: dict[str, str]) -> None:
    assert (await opened(spec, base_urls)).prices() == (0.0, 0.0)


async def test_another_hosts_prices_are_not_openais() -> None:
    choice = await opened("openai:gpt-4o-mini", {"openai": "https://gateway.example.org/v1"})
    assert choice.prices() is None
    assert type(choice.model).__name__ == "OpenAIChatModel"
    assert choice.foreign


async def test_a_foreign_server_needs_no_key() -> None:
    choice = open_model("openai:any", keys={}, base_urls={"openai": "http://127.0.0.1:1/v1"})
    await choice.aclose()


@pytest.mark.parametrize("provider", ["openai", "anthropic", "google", "groq", "mistral", "openrouter", "deepseek"])
def test_a_missing_key_is_named(provider: str) -> None:
    with pytest.raises(SettingError, match=f"{provider.upper()}_API_KEY is not set"):
        open_model(f"{provider}:m", keys={})


@pytest.mark.parametrize("spec", ["", "gpt-4o", "openai:", ":x", "nobody:x"])
def test_what_names_no_model_is_refused(spec: str) -> None:
    with pytest.raises(SettingError) as caught:
        open_model(spec, keys=KEYS)
    assert caught.value.hint


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "anthropic", None)
    monkeypatch.delitem(__import__("sys").modules, "pydantic_ai.providers.anthropic", raising=False)
    with pytest.raises(SettingError) as caught:
        open_model("anthropic:claude-sonnet-4-5", keys=KEYS)
    assert caught.value.hint == 'pip install "narrowcast[anthropic]"'


async def test_config_of_other_programs_is_read_as_far_as_it_is_ours() -> None:
    config = {
        "temperature": 0.7,
        "max_tokens": 5_000,
        "base_url": "https://thief.example",
        "api_key": "x",
        "streaming": 1,
    }
    choice = await opened("openai:gpt-4o-mini", None, **config)
    assert choice.settings["temperature"] == 0.7
    assert choice.base_url == "https://api.openai.com/v1", "a profile cannot send the key elsewhere"
    assert dict(choice.identity()["settings"]) == {"temperature": 0.7, "max_tokens": 5_000}
    assert choice.settings["max_retries"] == 0
    with pytest.raises(SettingError, match="temperature set for openai:gpt-4o-mini is wrong"):
        await opened("openai:gpt-4o-mini", None, temperature=9)


async def test_keys_are_not_shown() -> None:
    assert KEY not in repr(await opened("openai:gpt-4o-mini"))


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://localhost:1/v1", True),
        ("http://127.8.0.1/v1", True),
        ("http://[::1]/v1", True),
        ("http://10.0.0.1/v1", False),
        ("https://localhost.example.org/v1", False),
        ("", False),
    ],
)
def test_this_machine_is_known(url: str, here: bool) -> None:
    assert is_loopback(url) is here
