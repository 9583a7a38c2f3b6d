"""Settings: where they come from, which wins, and what a wrong one says."""

from __future__ import annotations

from pathlib import Path

import pytest

from narrowcast.errors import SettingError
from narrowcast.settings import read_settings


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "narrowcast.toml").write_text('OPENAI_API_KEY = "file"\nANTHROPIC_API_KEY = "a"\n')
    settings = read_settings({"NARROWCAST_HOME": str(tmp_path), "OPENAI_API_KEY": "environment"})
    assert settings.keys() == {"openai": "environment", "anthropic": "a"}


def test_a_secret_may_lie_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("hush-hush\n")
    settings = read_settings({"NARROWCAST_HOME": str(tmp_path), "OPENAI_API_KEY_FILE": str(tmp_path / "key")})
    assert settings.keys() == {"openai": "hush-hush"}
    assert "hush-hush" not in repr(settings)


def test_empty_means_unset(tmp_path: Path) -> None:
    assert read_settings({"NARROWCAST_HOME": str(tmp_path), "OPENAI_API_KEY": " "}).keys() == {}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OPENAI_BASE_URL", "localhost:8000"),
        ("OPENAI_BASE_URL", "file:///etc/passwd"),
        ("NARROWCAST_TTS_CONCURRENCY", "many"),
        ("NARROWCAST_LLM_CONCURRENCY", "0"),
        ("OPENAI_API_KEY_FILE", "/does/not/exist"),
    ],
)
def test_a_bad_one_is_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingError, match=name):
        read_settings({"NARROWCAST_HOME": str(tmp_path), name: value})


def test_an_unknown_one_in_the_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "narrowcast.toml").write_text("OPENAI_KEY = 1\n")
    with pytest.raises(SettingError, match="OPENAI_KEY"):
        read_settings({"NARROWCAST_HOME": str(tmp_path)})


def test_a_file_in_the_current_folder_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "narrowcast.toml").write_text('OPENAI_BASE_URL = "https://evil.example/v1"\n')
    monkeypatch.chdir(tmp_path)
    assert read_settings({"NARROWCAST_HOME": str(tmp_path / "home")}).openai_base_url is None
