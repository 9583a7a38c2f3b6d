"""All servers that share a database have one secret; one that has another does not start."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from narrowcast.accounts.one_secret import accept_secret, shared_secret
from narrowcast.accounts.server_secret import Purpose, server_secret
from narrowcast.errors import SettingError
from narrowcast.server.context import open_context
from narrowcast.settings import read_settings
from narrowcast.store.home import Store
from narrowcast.store.places import Places
from narrowcast.store.tables import installation

ONE, OTHER = "one secret of many characters here", "another secret of many characters"


async def test_servers_of_one_database_agree_on_a_secret_and_a_stranger_does_not_start(
    tmp_path: Path, postgresql_url: str
) -> None:
    def settings(home: str, secret: str | None = None) -> dict[str, str]:
        given = {"NARROWCAST_SECRET_KEY": secret} if secret else {}
        places = {"NARROWCAST_HOME": str(tmp_path / home), "NARROWCAST_DATABASE_URL": postgresql_url}
        return {**places, "NARROWCAST_JOBS_AT_ONCE": "0", **given}

    # Without the setting, the first machine's file holds; a second machine has another.
    async with open_context(read_settings(settings("a"))), open_context(read_settings(settings("a"))):
        pass
    with pytest.raises(SettingError, match="another secret") as refused:
        async with open_context(read_settings(settings("b"))):
            pytest.fail("it has started")
    assert "NARROWCAST_SECRET_KEY" in refused.value.hint
    assert "accept-secret" in refused.value.hint
    secret = (tmp_path / "a" / "secret.key").read_text()
    async with open_context(read_settings(settings("b", secret))) as context:
        assert context.secret.key(Purpose.FEEDS) == server_secret(tmp_path / "a").key(Purpose.FEEDS)


async def test_who_comes_first_is_agreed_with_and_a_new_secret_is_accepted_on_demand(
    tmp_path: Path, postgresql_url: str
) -> None:
    store = await Store.open(tmp_path, Places(database=postgresql_url))
    asked = await asyncio.gather(
        *(shared_secret(store, tmp_path, given) for given in [ONE, OTHER] * 3), return_exceptions=True
    )
    assert sorted(isinstance(each, SettingError) for each in asked) == [False] * 3 + [True] * 3
    await accept_secret(store, tmp_path, OTHER)
    await shared_secret(store, tmp_path, OTHER)
    with pytest.raises(SettingError) as refused:
        await shared_secret(store, tmp_path, ONE)
    async with store._database.read() as connection:
        kept = (await connection.execute(installation.select())).all()
    assert not any(secret in f"{refused.value}{kept}" for secret in (ONE, OTHER))
    await store.aclose()


async def test_a_sqlite_file_is_one_machines_so_nothing_is_refused(tmp_path: Path) -> None:
    store = await Store.open(tmp_path)
    await shared_secret(store, tmp_path, ONE)
    assert (await shared_secret(store, tmp_path, OTHER)).key(Purpose.PUSH)
    await store.aclose()
