"""What was read lately: how long it is taken for true."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text

from narrowcast.store.database import open_database
from narrowcast.store.recent import KEPT_S, Recent


async def test_an_answer_is_kept_until_something_is_written_or_a_second_passed(tmp_path: Path) -> None:
    database = await open_database(f"sqlite+aiosqlite:///{tmp_path / 'narrowcast.db'}")
    now, asked = 0.0, list[str]()
    recent: Recent[str] = Recent(database, clock=lambda: now)

    async def look(key: str, answer: str | None = "there") -> str | None:
        async def ask() -> str | None:
            asked.append(key)
            return answer

        return await recent(key, ask)

    assert [await look("mine"), await look("mine"), await look("yours")] == ["there"] * 3
    assert asked == ["mine", "yours"]
    now = KEPT_S
    await look("mine")
    assert asked == ["mine", "yours", "mine"]
    async with database.write() as connection:
        await connection.execute(text("delete from token"))
    await look("mine")
    assert len(asked) == 4
    assert [await look("nobody's", None), await look("nobody's", None)] == [None, None]
    assert len(asked) == 6, "what is not there may come at any time"
    await database.aclose()


async def test_what_was_read_while_something_was_written_is_not_kept(tmp_path: Path) -> None:
    database = await open_database(f"sqlite+aiosqlite:///{tmp_path / 'narrowcast.db'}")
    recent: Recent[str] = Recent(database)

    async def ask_while_it_changes() -> str:
        async with database.write() as connection:
            await connection.execute(text("delete from token"))
        return "old"

    async def ask() -> str:
        return "new"

    assert await recent("key", ask_while_it_changes) == "old"
    assert await recent("key", ask) == "new"
    await database.aclose()
