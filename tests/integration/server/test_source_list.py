"""Many sources: looked through, in an order of one's choice, and given several at a time."""

from __future__ import annotations

import base64
from typing import Any

from sqlalchemy import update
from tests.acceptance.conftest import DOCUMENT
from tests.integration.server.conftest import Served

from narrowcast.store.tables import source

WORDS = "The tide rises twice a day, because the moon pulls at the sea. Nobody can hold it back for long."
NAMES = ("Über das Meer", "Ada", "ada, again", "100% <b>salt</b>", "Zebra")


async def _stock(served: Served) -> list[dict[str, Any]]:
    items = [{"text": f"# {name}\n\n{WORDS} {'So it goes. ' * number}"} for number, name in enumerate(NAMES)]
    answer = await served.sam.post("sources/batch", json={"items": items})
    assert (answer.status_code, answer.json()["refused"]) == (200, [])
    taken: list[dict[str, Any]] = answer.json()["taken"]
    assert [one["title"] for one in taken] == list(NAMES)
    return taken


async def _titles(client: Any, **asked: Any) -> list[str]:
    """Through all pages, two at a time."""
    titles: list[str] = []
    cursor: str | None = None
    while True:
        params = {"limit": 2, **asked} | ({"cursor": cursor} if cursor else {})
        answer = await client.get("sources", params=params)
        assert answer.status_code == 200, answer.text
        titles += [one["title"] for one in answer.json()["items"]]
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            return titles


async def test_sources_are_found_by_words_and_listed_in_any_order(served: Served) -> None:
    taken = await _stock(served)
    order = sorted(NAMES, key=lambda name: name.casefold().replace("ü", "u"))
    assert await _titles(served.sam, sort="title") == order
    assert set(await _titles(served.sam)) == set(NAMES)
    assert await _titles(served.sam, sort="oldest") == (await _titles(served.sam))[::-1]
    by_size = sorted(taken, key=lambda one: -one["size_bytes"])
    assert await _titles(served.sam, sort="largest") == [one["title"] for one in by_size]
    for words, found in (("UBER", 1), ("ada", 2), ("ada again", 1), ("100%", 1), ("%", 1), ("_", 0), ("<b>", 1)):
        assert len(await _titles(served.sam, q=words)) == found, words
    assert await _titles(served.sam, format="pdf") == []
    assert len(await _titles(served.sam, format=["pdf", taken[0]["format"]])) == 5
    assert await _titles(served.nils, q="ada") == []


async def test_a_new_title_is_found_and_a_source_of_before_the_search_too(served: Served) -> None:
    taken = await _stock(served)
    (await served.sam.patch(f"sources/{taken[0]['id']}", json={"title": "Éclair"})).raise_for_status()
    assert (await _titles(served.sam, q="eclair"), await _titles(served.sam, q="uber")) == (["Éclair"], [])
    async with served.context.store.sources._database.write() as connection:
        await connection.execute(update(source).values(folded=None))
    assert await _titles(served.sam, q="ZEBRA") == ["Zebra"]
    assert len(await _titles(served.sam, sort="title")) == 5


async def test_a_cursor_of_another_list_is_refused(served: Served) -> None:
    await _stock(served)
    cursor = (await served.sam.get("sources", params={"limit": 2})).json()["next_cursor"]
    for asked in (
        {"cursor": cursor, "sort": "title"},
        {"cursor": "x"},
        {"cursor": "é"},
        *(
            {"cursor": base64.urlsafe_b64encode(inner).decode(), "sort": sort}
            for inner, sort in (
                (b'["newest", "never", "x"]', "newest"),
                (b'["newest", "2026-01-01", "x"]', "newest"),
                (b'["largest", "many", "x"]', "largest"),
                (b'["title", "a\\u0000", "x"]', "title"),
                (b"[" * 700, "title"),
                (b"7", "title"),
            )
        ),
        {"sort": "loudest"},
        {"format": "../"},
    ):
        answer = await served.sam.get("sources", params=asked)
        assert answer.status_code == 422, (asked, answer.text)
    assert (await served.sam.get("sources", params={"notebook_id": taken_of_nobody()})).status_code == 404


def taken_of_nobody() -> str:
    return "0f8fad5b-d9cb-469f-a165-70867728950e"


async def test_of_several_files_each_is_taken_or_refused_for_itself(served: Served) -> None:
    notebook = (await served.sam.post("notebooks", json={"name": "Sea"})).json()["id"]
    files = [
        ("file", ("tides.md", f"# Tides\n\n{WORDS}".encode())),
        ("file", ("<script>alert(1)</script>.txt", b"\x89PNG\r\n\x1a\n" + bytes(500))),
        ("file", ("more.txt", f"More. {WORDS}".encode())),
        ("file", ("blank.txt", b"  \n")),
    ]
    answer = await served.sam.post("sources/batch", files=files, data={"notebook_id": notebook})
    assert answer.status_code == 200, answer.text
    assert [one["origin"] for one in answer.json()["taken"]] == ["tides.md", "more.txt"]
    assert [one["name"] for one in answer.json()["refused"]] == ["script>.txt", "blank.txt"]
    assert all(one["detail"] for one in answer.json()["refused"])
    assert (await served.sam.get(f"notebooks/{notebook}")).json()["sources"] == 2


async def test_addresses_and_texts_together_and_what_is_no_such_thing(served: Served) -> None:
    items = [{"text": WORDS}, {"url": "http://127.0.0.1:9/"}, {"url": "javascript:alert(1)"}, {"text": " \n"}]
    answer = (await served.sam.post("sources/batch", json={"items": items})).json()
    assert (len(answer["taken"]), len(answer["refused"])) == (1, 3)
    assert [one["name"] for one in answer["refused"]] == ["http://127.0.0.1:9/", "javascript:alert(1)", "the text"]
    unlike: tuple[Any, ...] = (
        {"items": []},
        {"items": [{"text": "x"}] * 21},
        {"items": [{"path": "/etc/passwd"}]},
        {},
        [],
        7,
    )
    for wrong in unlike:
        assert (await served.sam.post("sources/batch", json=wrong)).status_code == 422, wrong
    theirs = (await served.nils.post("notebooks", json={"name": "Mine"})).json()["id"]
    given = {"items": [{"text": f"Other. {WORDS}"}], "notebook_id": theirs}
    assert (await served.sam.post("sources/batch", json=given)).status_code == 404
    assert (await served.lea.post("sources/batch", json={"items": items})).status_code == 403
    many = [("file", (f"{number}.txt", b"Sea. " * 9)) for number in range(21)]
    assert (await served.sam.post("sources/batch", files=many)).status_code == 422


async def test_a_notebook_tells_what_it_holds_and_a_source_where_it_is(served: Served) -> None:
    taken = await _stock(served)
    notebook = (await served.sam.post("notebooks", json={"name": "Sea"})).json()["id"]
    (await served.sam.put(f"notebooks/{notebook}/sources/{taken[0]['id']}")).raise_for_status()
    asked = await served.sam.post("podcasts/generate", json={"notebook_id": notebook})
    assert asked.status_code == 202, asked.text
    shown = (await served.sam.get(f"notebooks/{notebook}")).json()
    assert (shown["sources"], shown["episodes"]) == (1, 1)
    holding = await served.sam.get("notebooks", params={"source_id": taken[0]["id"]})
    assert [one["id"] for one in holding.json()["items"]] == [notebook]
    assert (await served.sam.get("notebooks", params={"source_id": taken[1]["id"]})).json()["items"] == []
    assert (await served.nils.get("notebooks", params={"source_id": taken[0]["id"]})).json()["items"] == []


async def test_an_estimate_tells_where_one_would_stand(served: Served) -> None:
    wish = {"content": DOCUMENT.read_text("utf-8"), "minutes": 1}
    first = (await served.sam.post("podcasts/estimate", json=wish)).json()
    assert (first["queue_position"], first["starts_in_seconds"]) == (1, 0)
    assert 0 < first["first_words_seconds"] <= 5
    assert first["ready_in"]["seconds"] > 0
    (await served.nils.post("podcasts/generate", json=wish)).raise_for_status()
    second = (await served.sam.post("podcasts/estimate", json=wish)).json()
    assert second["queue_position"] == 2
    assert second["ready_in"]["seconds"] >= first["ready_in"]["seconds"]
    assert (await served.sam.get("podcasts/jobs")).json()["items"] == []
    later = (await served.sam.post("podcasts/estimate", json=wish | {"run_at": "2090-01-01T00:00:00Z"})).json()
    assert "more than a year" in later["detail"]
    assert (await served.sam.post("podcasts/estimate", json=wish | {"priority": 99})).status_code == 422
    script = (await served.sam.post("podcasts/estimate", json=wish | {"stop_after": "script"})).json()
    assert (script["first_words_seconds"] >= 0, script["audio_seconds"]) == (True, 0)
