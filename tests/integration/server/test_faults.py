"""Faults of the server's own: told to who asks without what is only for whoever runs it."""

from __future__ import annotations

import shutil

from tests.integration.server.conftest import Served


async def test_a_storage_that_fails_is_told_without_its_place(served: Served) -> None:
    home = served.context.settings.home
    blobs = next(home.rglob("blobs"))
    shutil.rmtree(blobs)
    blobs.write_text("a file in its place")
    answer = await served.sam.post("sources", json={"text": "The moon pulls at the sea."})
    assert answer.status_code == 507
    assert str(home.parent) not in answer.text
    problem = answer.json()
    assert problem["detail"] == "This server cannot keep it: its disk is full, or fails."
    assert problem["request_id"]
