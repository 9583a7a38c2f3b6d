"""No key goes to a stranger's host: a profile that names a host carries its own key."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrowcast.errors import ProfileError
from narrowcast.keys.hosts import check_hosts
from narrowcast.profiles.catalogue import shipped_episode_profiles, shipped_speaker_profiles
from narrowcast.script.own_server import own_server, without_server

KEYED = {"base_url": "https://voices.example.org/v1/", "api_key": "k-own"}


def _profile(config: dict[str, Any]) -> dict[str, Any]:
    return {"name": "p", "speakers": [{"name": "A", "tts_config": config}], "outline_config": config}


def test_a_server_with_its_own_key_passes() -> None:
    check_hosts(_profile(KEYED), private_allowed=False)
    server = own_server(KEYED, "tts_config")
    assert server is not None
    assert (server.base_url, server.api_key) == ("https://voices.example.org/v1", "k-own")
    assert "k-own" not in repr(server)
    assert without_server(KEYED | {"speed": 1.1}) == {"speed": 1.1}


@pytest.mark.parametrize(
    "config",
    [
        {"base_url": "https://stranger.example"},
        {"base_url": "https://stranger.example", "api_key": ""},
        {"base_url": "https://stranger.example", "api_key": None},
        {"BASE_URL": "https://stranger.example", "api_key": "x"},
        {"api_base": "https://stranger.example", "api_key": "x"},
        {"endpoint": "stranger.example", "api_key": "x"},
        {"azure_endpoint": "https://stranger.example"},
        {"proxy": "socks5://stranger.example:1080"},
        {"proxies": "stranger.example:1080"},
        {"anything": "https://stranger.example/v1"},
        {"anything": "//stranger.example/v1"},
        {"client": {"base_url": "https://stranger.example"}, "api_key": "x"},
        {"extra": [{"deeper": {"host": "stranger.example"}}]},
        {"base_url": "ftp://stranger.example", "api_key": "x"},
        {"base_url": "https://name:word@stranger.example", "api_key": "x"},
        {"base_url": "https://[half", "api_key": "x"},
        {"base_url": "stranger.example", "api_key": "x"},
    ],
)
def test_a_host_without_its_own_key_is_refused_however_it_is_named(config: dict[str, Any]) -> None:
    with pytest.raises(ProfileError):
        check_hosts(_profile(config), private_allowed=True)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1:8880", "localhost", "10.0.0.4", "[::1]", "169.254.169.254", "nas.local", "nas", "2130706433", "127.1"],
)
def test_only_the_owner_names_a_private_server(host: str) -> None:
    profile = _profile({"base_url": f"http://{host}/v1", "api_key": "x"})
    with pytest.raises(ProfileError, match="private network"):
        check_hosts(profile, private_allowed=False)
    check_hosts(profile, private_allowed=True)


def test_prose_lexicons_and_settings_name_no_host() -> None:
    config = {"instructions": "Speak as on https://example.org, calmly.", "speed": 1.2, "temperature": 0.7}
    speaker = {"name": "A", "backstory": "https://example.org/about-her", "tts_config": config}
    check_hosts({"lexicon": {"url": "you are ell"}, "speakers": [speaker]}, private_allowed=False)


def test_every_shipped_profile_passes() -> None:
    for profile in (*shipped_episode_profiles().values(), *shipped_speaker_profiles().values()):
        check_hosts(profile.model_dump(mode="json"), private_allowed=False)


@given(
    st.recursive(st.none() | st.text() | st.integers(), lambda inner: st.dictionaries(st.text(), inner), max_leaves=8)
)
def test_anything_passes_or_is_refused_in_words(value: object) -> None:
    with suppress(ProfileError):
        check_hosts({"outline_config": value}, private_allowed=False)


def test_endless_nesting_is_refused() -> None:
    nested: dict[str, Any] = {}
    for _ in range(5_000):
        nested = {"a": nested}
    with pytest.raises(ProfileError, match="too deep"):
        check_hosts(nested, private_allowed=True)
