"""An episode whose sound is in a bucket: it plays from there, with seeking, and is kept for want of a network."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.acceptance.program import Program
from tests.acceptance.server import serving
from tests.browser.conftest import Sits
from tests.browser.test_offline import keep, no_network_told, plays

from servers import ObjectStore

SEEK = """async () => {
    const { player } = await import(document.documentElement.dataset.static + "player/player.js");
    player.seek(player.state.duration / 2);
}"""


def test_it_plays_from_the_bucket_and_is_kept_from_the_server(
    stocked_home: Path, tmp_path: Path, object_store: ObjectStore, sits: Sits
) -> None:
    shutil.copytree(stocked_home, tmp_path / "home")
    (tmp_path / "work").mkdir()
    url = f"s3://{object_store.bucket()}/kept"
    program = Program(tmp_path / "work", tmp_path / "home", {**object_store.env, "NARROWCAST_STORAGE_URL": url})
    program.run("storage", "move", str(tmp_path / "home" / "blobs"), url, "--delete").done()
    with serving(program) as server:
        person = sits(server)
        page = person.page
        fetched: list[str] = []
        page.on("request", lambda request: fetched.append(request.url))
        [episode] = person.api("GET", "podcasts")["items"]
        person.go(f"/episodes/{episode['episode_id']}")
        page.get_by_role("button", name="Play", exact=True).click()
        plays(page, 0.2)
        page.evaluate(SEEK)
        plays(page, episode["duration"] / 2)
        assert [one for one in fetched if one.startswith(object_store.endpoint)]
        # That is a request of somebody else, and the only one that there may be.
        person.faults[:] = [fault for fault in person.faults if f"somebody else: {object_store.endpoint}" not in fault]

        keep(person, episode)
        fetched.clear()
        person.context.set_offline(True)
        page.reload()
        of_episode = page.get_by_role("region", name="Player of this episode")
        of_episode.get_by_role("button", name="Play", exact=True).click()
        plays(page, 0.2)
        assert not [one for one in fetched if one.startswith(object_store.endpoint)]
        person.context.set_offline(False)
        no_network_told(person)
