"""Where voices may be downloaded from."""

from __future__ import annotations

from pathlib import Path

import pytest

from narrowcast.errors import SettingError
from narrowcast.settings import read_settings


@pytest.mark.parametrize(
    "url", ["http://voices.example", "ftp://voices.example", "voices.example", "http://127.0.0.1.a"]
)
def test_voices_come_from_where_nobody_can_change_them_on_the_way(tmp_path: Path, url: str) -> None:
    with pytest.raises(SettingError, match="NARROWCAST_VOICES_URL"):
        read_settings({"NARROWCAST_HOME": str(tmp_path), "NARROWCAST_VOICES_URL": url})


@pytest.mark.parametrize("url", ["https://voices.example/hub", "http://127.0.0.1:8080"])
def test_a_server_of_ones_own_may_have_them(tmp_path: Path, url: str) -> None:
    settings = read_settings({"NARROWCAST_HOME": str(tmp_path), "NARROWCAST_VOICES_URL": f"{url}/"})
    assert settings.voices_url == url
