"""The server's secret: made once, kept for its user alone, one key a purpose."""

from __future__ import annotations

import stat
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from narrowcast.accounts.server_secret import FILE, Purpose, server_secret
from narrowcast.errors import SettingError

GIVEN = "p" * 32


def _sealing_key(home: Path) -> bytes:
    return server_secret(home).sealing_key()


def test_it_is_made_once_and_for_its_user_alone(tmp_path: Path) -> None:
    first = server_secret(tmp_path).key(Purpose.SESSIONS)
    assert server_secret(tmp_path).key(Purpose.SESSIONS) == first
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


def test_processes_that_ask_at_once_get_the_same(tmp_path: Path) -> None:
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as pool:
        assert len(set(pool.map(_sealing_key, [tmp_path] * 12))) == 1


def test_each_purpose_has_a_key_of_its_own(tmp_path: Path) -> None:
    secret = server_secret(tmp_path, GIVEN)
    assert len({secret.key(purpose) for purpose in Purpose}) == len(Purpose)
    assert Fernet(secret.sealing_key()).decrypt(Fernet(secret.sealing_key()).encrypt(b"sealed")) == b"sealed"


def test_a_given_secret_goes_before_the_file_and_leaves_none(tmp_path: Path) -> None:
    assert server_secret(tmp_path, GIVEN).key(Purpose.FEEDS) == server_secret(tmp_path / "other", GIVEN).key(
        Purpose.FEEDS
    )
    assert not (tmp_path / FILE).exists()


def test_a_half_written_secret_of_a_process_that_died_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / f"{FILE}.new").write_bytes(b"half")
    server_secret(tmp_path)
    assert len((tmp_path / FILE).read_bytes()) > 32
    assert not (tmp_path / f"{FILE}.new").exists()


def test_what_is_too_short_is_refused_without_being_told(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="NARROWCAST_SECRET_KEY") as refused:
        server_secret(tmp_path, "hunter2")
    assert "hunter2" not in refused.value.message + refused.value.hint
    (tmp_path / FILE).write_bytes(b"\n")
    with pytest.raises(SettingError, match="holds no secret"):
        server_secret(tmp_path)
