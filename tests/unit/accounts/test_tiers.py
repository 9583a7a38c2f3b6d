"""What tiers get, and how settings change them."""

from __future__ import annotations

from pathlib import Path

import pytest

from narrowcast.accounts.tiers import BUILT_IN, LEAST, Tiers
from narrowcast.errors import SettingError
from narrowcast.settings import read_settings


def test_a_change_leaves_the_rest_of_a_tier_as_it_was(tmp_path: Path) -> None:
    settings = read_settings({"NARROWCAST_HOME": str(tmp_path), "NARROWCAST_TIERS": '{"free": {"running": 3}}'})
    assert settings.tiers.tier("free") == BUILT_IN["free"].model_copy(update={"running": 3})
    assert settings.tiers.tier("premium") == BUILT_IN["premium"]


def test_a_new_tier_is_as_the_standard_one_in_all_that_is_not_said(tmp_path: Path) -> None:
    (tmp_path / "narrowcast.toml").write_text("[NARROWCAST_TIERS.class_5b]\nqueued = 3\n")
    tiers = read_settings({"NARROWCAST_HOME": str(tmp_path)}).tiers
    assert tiers.tier("class_5b") == BUILT_IN["standard"].model_copy(update={"queued": 3})
    assert tiers.names == ("free", "standard", "premium", "class_5b")


def test_users_of_a_tier_that_is_no_more_get_the_least() -> None:
    assert Tiers().tier("gone") == BUILT_IN[LEAST]


@pytest.mark.parametrize(
    "wrong",
    [
        "{",
        "[]",
        '{"free": 1}',
        '{"free": {"runing": 2}}',
        '{"free": {"running": 0}}',
        '{"free": {"priority": 9}}',
        '{"free": {"monthly_budget_usd": -1}}',
        '{"free": {"monthly_budget_usd": NaN}}',
        '{"a b": {}}',
    ],
)
def test_what_is_no_tier_stops_the_start_and_names_the_setting(wrong: str, tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="NARROWCAST_TIERS"):
        read_settings({"NARROWCAST_HOME": str(tmp_path), "NARROWCAST_TIERS": wrong})
