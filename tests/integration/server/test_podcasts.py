"""The library: listed, searched, changed, tagged, deleted, and each person's own."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from sqlalchemy import func, insert, select
from tests.integration.server.conftest import Served
from tests.integration.server.shelving import owner_of, render, shelve

from narrowcast.store.episodes.episodes import EpisodeStatus
from narrowcast.store.people.spending import Spent
from narrowcast.store.tables import episode_tag, episode_text, job, revision


async def titles(served: Served, query: str = "", who: str = "sam") -> list[str]:
    answer = await getattr(served, who).get(f"podcasts{query}")
    assert answer.status_code == 200, answer.text
    return [item["title"] for item in answer.json()["items"]]


async def test_an_episode_tells_what_there_is_of_it(served: Served) -> None:
    identity = await shelve(served, description="In short")
    waiting = (await served.sam.get(f"podcasts/{identity}")).json()
    assert (waiting["status"], waiting["audio_url"], waiting["duration"]) == ("queued", None, None)
    await render(served, identity)
    await render(served, identity)
    told = (await served.sam.get(f"podcasts/{identity}")).json()
    assert told["title"] == "On bees"
    assert told["description"] == "In short"
    assert (told["status"], told["progress_percentage"], told["revision"]) == ("completed", 100, 2)
    assert (told["duration"], told["size_bytes"], told["media_type"]) == (61.5, 768_000, "audio/mpeg")
    assert told["chapters"] == [{"start": 0.0, "title": "The dance"}]
    assert [revision["number"] for revision in told["revisions"]] == [2, 1]
    assert told["transcript_status"] == "timed"
    assert told["total_plays"] == 0
    addresses = [
        told["audio_url"],
        told["chapters_url"],
        told["cover_url"],
        told["notes_url"],
        *(revision["audio_url"] for revision in told["revisions"]),
        *told["transcript_urls"].values(),
    ]
    assert len(addresses) == 10
    for address in addresses:
        answer = await served.sam.get(f"http://127.0.0.1:8484{address}")
        assert answer.status_code == 200, address


async def test_it_tells_what_it_was_paid_for(served: Served) -> None:
    identity, other = await shelve(served), await shelve(served)
    owner_id = await owner_of(served, "sam")
    calls = [
        Spent(owner_id, "openai", "gpt-4o-mini", 900, 100, 0, 0.02, episode_id=identity),
        Spent(owner_id, "openai", "tts", 0, 0, 400, None, episode_id=identity),
        Spent(owner_id, "openai", "tts", 0, 0, 70, 0.5, episode_id=other),
    ]
    await served.context.store.spending.add(calls)
    figures = (await served.sam.get(f"podcasts/{identity}")).json()["used"]
    assert (figures["calls"], figures["unknown_calls"], figures["cost_usd"]) == (2, 1, 0.02)
    assert (figures["prompt_tokens"], figures["completion_tokens"], figures["characters"]) == (900, 100, 400)


async def test_a_tag_may_hold_what_parts_a_path(served: Served) -> None:
    identity = await shelve(served)
    await served.sam.patch(f"podcasts/{identity}", json={"tags": ["Bees/Honey"]})
    renamed = await served.sam.patch("podcasts/tags/bees%2Fhoney", json={"name": "wax/honey"})
    assert renamed.json() == {"name": "wax/honey", "episodes": 1}
    assert (await served.sam.delete("podcasts/tags/wax%2Fhoney")).status_code == 204
    assert (await served.sam.get("podcasts/tags")).json()["items"] == []


async def test_its_latest_job_says_how_far_it_is(served: Served) -> None:
    identity = await shelve(served, status=EpisodeStatus.GENERATING)
    progress: dict[str, Any] = {
        "progress_percentage": 62.5,
        "current_step": "generating_audio",
        "step_details": {"total_turns": 16, "completed_turns": 5, "current_speaker": "Maya"},
        "estimated_time_remaining": 40,
    }
    now = datetime.now(UTC)
    owner_id = await owner_of(served, "sam")
    for number, told in enumerate(({}, progress)):
        async with served.context.store._database.write() as connection:
            await connection.execute(
                insert(job).values(
                    id=f"job-{number}",
                    owner_id=owner_id,
                    kind="episode",
                    status=("cancelled", "running")[number],
                    priority=0,
                    rank=0,
                    episode_id=identity,
                    params={},
                    progress=told,
                    started_at=now,
                    moved_at=now,
                    created_at=now.replace(microsecond=number),
                )
            )
    told = (await served.sam.get(f"podcasts/{identity}")).json()
    assert told["job_id"] == "job-1"
    assert 10 < told.pop("estimated_time_remaining") <= progress.pop("estimated_time_remaining")
    assert {name: told[name] for name in progress} == progress


async def test_lists_come_newest_first_and_page_by_page(served: Served) -> None:
    for number in range(5):
        await shelve(served, title=f"Number {number}", minutes_ago=number)
    await shelve(served, owner="nils", title="Not for Sam")
    found: list[str] = []
    cursor = ""
    while True:
        answer = (await served.sam.get(f"podcasts?limit=2{cursor}")).json()
        found += [item["title"] for item in answer["items"]]
        if not answer["next_cursor"]:
            break
        cursor = f"&cursor={answer['next_cursor']}"
    assert found == [f"Number {number}" for number in range(5)]


async def test_filters(served: Served) -> None:
    notebook = str(uuid.uuid4())
    done = await shelve(served, title="Done", status=EpisodeStatus.COMPLETED)
    await shelve(served, title="Failed", status=EpisodeStatus.FAILED, minutes_ago=1)
    await shelve(served, title="Waiting", minutes_ago=2)
    assert (await served.sam.patch(f"podcasts/{done}", json={"tags": ["Bees"]})).status_code == 200
    assert await titles(served, "?status=failed&status=queued") == ["Failed", "Waiting"]
    assert await titles(served, "?tag=bees") == ["Done"]
    assert await titles(served, "?tag=bee") == []
    assert await titles(served, f"?notebook_id={notebook}") == []
    assert (await served.sam.get("podcasts?status=lost")).status_code == 422
    assert (await served.sam.get("podcasts?cursor=@@")).status_code == 422


FOUND = [
    ("Der Zürcher Käse wird verkauft.", "zurcher KASE"),
    ("Crème brûlée", "creme brulee"),
    ("Straße", "STRASSE"),
    ("Smørrebrød og Łódź", "smorrebrod lodz"),
    ("人工智能正在改变世界", "智能"),
    ("ポッドキャストを聞く", "キャスト 聞く"),
    ("ｆｕｌｌ　ｗｉｄｔｈ", "full width"),
    ("Подкаст о пчёлах", "пчелах"),
    ("شَمْس", "شمس"),
    ("ราคาสินค้า", "สินค้า"),
    ("100% of_it", "100% of_it"),
    ("l’Île et la “plage”", "l'ile plage"),
    ("tell — Tom‑Tom said so", "tom-tom"),
    ("the bee on the wall", '"bee  ON the"'),
    ("a 'quoted' \"word\"; drop table", "'quoted' word\"; drop"),
    ("İstanbul", "istanbul"),
    ("e\u0301te\u0301", "été"),
]
"""What is said, and what finds it."""


async def test_search_finds_words_in_any_script(served: Served) -> None:
    for number, (said, _) in enumerate(FOUND):
        await shelve(served, title=f"Number {number}", said=said)
    await shelve(served, title="Not for Sam", owner="nils", said=" ".join(said for said, _ in FOUND))
    for number, (_, query) in enumerate(FOUND):
        assert await titles(served, f"?q={quote(query)}") == [f"Number {number}"], query


async def test_search_wants_every_word_and_no_wildcards(served: Served) -> None:
    await shelve(served, title="Bees", said="They dance at noon.", description="A hive in summer")
    assert await titles(served, "?q=dance%20HIVE%20bee") == ["Bees"]
    assert await titles(served, f"?q={quote('“at noon” dance')}") == ["Bees"]
    for absent in ("dance%20moon", "%22noon%20at%22", "d_nce", "%25", "noonbees", "beesa%20dance"):
        assert await titles(served, f"?q={absent}") == [], absent


async def test_changes_are_kept_and_found(served: Served) -> None:
    identity = await shelve(served, title="Bees", said="dance")
    change = {"title": "  Wésp\ts\u202e ", "description": "two\r\nlines", "tags": ["B", "a", "b"]}
    told = (await served.sam.patch(f"podcasts/{identity}", json=change)).json()
    assert (told["title"], told["description"], told["tags"]) == ("Wésp s", "two\nlines", ["a", "b"])
    assert await titles(served, "?q=wesp%20dance%20lines") == ["Wésp s"]
    assert await titles(served, "?q=bees") == []
    only = (await served.sam.patch(f"podcasts/{identity}", json={"tags": []})).json()
    assert (only["title"], only["tags"]) == ("Wésp s", [])


async def test_changes_that_make_no_sense_are_refused(served: Served) -> None:
    identity = await shelve(served)
    changes: list[object] = [
        {"title": " \u200e "},
        {"title": "x" * 301},
        {"tags": ["x" * 65]},
        {"tags": [" "]},
        {"tags": [str(n) for n in range(21)]},
        {"status": "completed"},
        {"notebook_id": "somewhere"},
        [],
    ]
    for change in changes:
        assert (await served.sam.patch(f"podcasts/{identity}", json=change)).status_code == 422, change
    assert await titles(served) == ["On bees"]


async def test_an_episode_goes_into_ones_own_notebook_only(served: Served) -> None:
    identity = await shelve(served)
    answer = await served.sam.patch(f"podcasts/{identity}", json={"notebook_id": str(uuid.uuid4())})
    assert answer.status_code == 404
    assert "notebook" in answer.json()["detail"]


async def test_tags_are_counted_renamed_and_removed(served: Served) -> None:
    for tags in (["a", "b"], ["b"]):
        identity = await shelve(served)
        await served.sam.patch(f"podcasts/{identity}", json={"tags": tags})
    theirs = await shelve(served, owner="nils")
    await served.nils.patch(f"podcasts/{theirs}", json={"tags": ["b"]})
    assert (await served.sam.get("podcasts/tags")).json()["items"] == [
        {"name": "a", "episodes": 1},
        {"name": "b", "episodes": 2},
    ]
    assert (await served.sam.patch("podcasts/tags/a", json={"name": "B"})).json() == {"name": "b", "episodes": 2}
    assert (await served.sam.delete("podcasts/tags/b")).status_code == 204
    assert (await served.sam.get("podcasts/tags")).json()["items"] == []
    assert (await served.sam.delete("podcasts/tags/b")).status_code == 404
    assert (await served.nils.get("podcasts/tags")).json()["items"] == [{"name": "b", "episodes": 1}]


async def test_deleting_leaves_nothing_of_it(served: Served) -> None:
    identity = await shelve(served)
    await render(served, identity)
    await served.sam.patch(f"podcasts/{identity}", json={"tags": ["a"]})
    assert (await served.sam.delete(f"podcasts/{identity}")).status_code == 204
    assert (await served.sam.delete(f"podcasts/{identity}")).status_code == 404
    assert (await served.sam.get(f"podcasts/{identity}/audio")).status_code == 404
    async with served.context.store._database.read() as connection:
        for table in (revision, episode_tag, episode_text):
            assert await connection.scalar(select(func.count()).select_from(table)) == 0


async def test_several_are_deleted_at_once_and_only_ones_own(served: Served) -> None:
    mine = [await shelve(served) for _ in range(3)]
    theirs = await shelve(served, owner="nils")
    answer = await served.sam.post("podcasts/bulk-delete", json={"ids": [mine[0], theirs, mine[2], mine[0]]})
    assert answer.json() == {"deleted": [mine[0], mine[2]], "not_found": [theirs]}
    assert len(await titles(served)) == 1
    assert len(await titles(served, who="nils")) == 1
    assert (await served.sam.post("podcasts/bulk-delete", json={"ids": []})).status_code == 422


async def test_nobody_else_sees_any_of_it(served: Served) -> None:
    identity = await shelve(served)
    await render(served, identity)
    await served.sam.patch(f"podcasts/{identity}", json={"tags": ["secret"]})
    below = ("", "/audio", "/transcript.txt", "/transcript.json", "/chapters.json", "/notes.md", "/cover.jpg")
    for client, status in ((served.nils, 404), (served.olga, 404), (served.nobody, 401)):
        for path in below:
            assert (await client.get(f"podcasts/{identity}{path}")).status_code == status, path
        assert (await client.get(f"http://127.0.0.1:8484/audio/{identity}-1.mp3")).status_code == status
        assert (await client.patch(f"podcasts/{identity}", json={"title": "Mine"})).status_code == status
        assert (await client.post(f"podcasts/{identity}/links", json={})).status_code == status
        assert (await client.delete(f"podcasts/{identity}")).status_code == status
    assert await titles(served, "?q=bees", who="nils") == []
    assert (await served.nils.get("podcasts/tags")).json()["items"] == []
    assert await titles(served) == ["On bees"]


async def test_a_listener_changes_nothing(served: Served) -> None:
    identity = await shelve(served, owner="lea")
    assert (await served.lea.get(f"podcasts/{identity}")).status_code == 200
    assert (await served.lea.patch(f"podcasts/{identity}", json={"title": "x"})).status_code == 403
    assert (await served.lea.delete(f"podcasts/{identity}")).status_code == 403


async def test_what_the_command_line_made_is_nobodys(served: Served) -> None:
    identity = await served.context.store.episodes.begin(title="At the terminal", language="en")
    assert await titles(served) == []
    assert (await served.olga.get(f"podcasts/{identity}")).status_code == 404


async def test_a_library_in_other_orders_loses_nothing_between_pages(served: Served) -> None:
    lengths = {"bees": 30_000, "Ants": 90_000, "cicadas " + "🐝" * 200: 30_000, "ants": None, "Zebras": 1}
    for title, duration_ms in lengths.items():
        await shelve(served, title=title, duration_ms=duration_ms)
    await shelve(served, owner="nils", title="Another's")

    async def all_of(sort: str) -> list[str]:
        titles: list[str] = []
        cursor: str | None = None
        while True:
            asked = {"sort": sort, "limit": "2"} | ({"cursor": cursor} if cursor else {})
            answer = await served.sam.get("podcasts", params=asked)
            assert answer.status_code == 200, answer.text
            titles += [one["title"] for one in answer.json()["items"]]
            cursor = answer.json()["next_cursor"]
            if cursor is None:
                return titles

    by_title = await all_of("title")
    assert [title.casefold()[:4] for title in by_title] == ["ants", "ants", "bees", "cica", "zebr"]
    by_length = await all_of("length")
    assert (by_length[0], by_length[3:]) == ("Ants", ["Zebras", "ants"])
    assert sorted(by_title) == sorted(by_length) == sorted(await all_of("newest")) == sorted(lengths)
    assert sorted(await all_of("played")) == sorted(lengths)
    other = (await served.sam.get("podcasts", params={"sort": "title", "limit": "1"})).json()["next_cursor"]
    for cursor in (other, "x", "WzEsMiwzXQ==", "bnVsbA=="):
        assert (await served.sam.get("podcasts", params={"sort": "length", "cursor": cursor})).status_code == 422
    assert (await served.sam.get("podcasts", params={"sort": "colour"})).status_code == 422
