"""A real podcast client subscribes to a feed of a real server and gets its very bytes; tokens stay out of the log."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import time
from pathlib import Path

import httpx2
import pytest
from tests.acceptance.conftest import DOCUMENT
from tests.acceptance.program import Program
from tests.acceptance.server import serving


def test_podget_subscribes_and_downloads(program: Program, tmp_path: Path) -> None:
    podget = shutil.which("podget")
    if podget is None:
        pytest.skip("there is no podget here: apt-get install podget")
    token = program.run("token", "create", "tests").done().out.strip()
    with serving(program, env={"NARROWCAST_LOG_FORMAT": "json", "NARROWCAST_LOG_LEVEL": "debug"}) as server:
        with httpx2.Client(base_url=server.api, headers={"Authorization": f"Bearer {token}"}, timeout=120) as client:
            wish = {
                "content": DOCUMENT.read_text("utf-8"),
                "episode_name": "The canal",
                "num_segments": 1,
                "minutes": 1,
            }
            asked = client.post("podcasts/generate", json=wish).raise_for_status().json()
            end = time.monotonic() + 120
            while client.get(f"podcasts/jobs/{asked['job_id']}").json()["status"] != "completed":
                assert time.monotonic() < end
                time.sleep(0.2)
            url = client.post("feeds", json={}).raise_for_status().json()["url"]
            audio = client.get(f"podcasts/{asked['episode_id']}/audio").content
            moment = client.post(f"podcasts/{asked['episode_id']}/moments", json={"start": 1}).json()["url"]
        config = tmp_path / "podget"
        library = tmp_path / "podcasts"
        library.mkdir()
        folders = ["-d", str(config), "--dir_session", str(tmp_path / "session"), "-l", str(library)]
        home = {**os.environ, "HOME": str(tmp_path)}

        def run(*arguments: str) -> str:
            ran = subprocess.run(
                [podget, *folders, *arguments], env=home, capture_output=True, text=True, timeout=120, check=False
            )
            return ran.stdout + ran.stderr

        config.mkdir()
        run("--create-config", "podgetrc")
        (config / "serverlist").write_text(f"{url} Narrowcast Library\n")
        told = run("-vv")
        files = list(library.rglob(f"{asked['episode_id']}-1.mp3"))
        assert len(files) == 1, told
        assert hashlib.sha256(files[0].read_bytes()).digest() == hashlib.sha256(audio).digest()
        again = run("-vv")
        assert "Downloading feed index" in again
        assert len(list(library.rglob("*.mp3"))) == 1
        # Whatever else happens to a token: it is not written down.
        secret, shared = url.rpartition("/")[2].removesuffix(".xml"), moment.rpartition("/")[2]
        with httpx2.Client(base_url=server.address) as stranger:
            assert stranger.get(f"/m/{shared}", headers={"Accept": "text/html"}).status_code == 200
            refused = [
                stranger.get(f"/feeds/{secret}/none.mp3"),
                stranger.post(f"/feeds/{secret}.xml"),
                stranger.get(f"/feeds/{secret}/%ff"),
                stranger.get(f"/m/{shared}/none"),
            ]
            assert [one.status_code for one in refused] == [404, 405, 404, 404]
            assert not [one for one in refused if secret in one.text or shared in one.text]
            figures = stranger.get("/metrics").text
        assert "/feeds/{token}.xml" in figures
        assert secret not in figures
        assert server.end() == 0
        for text in (server.told(), server.said()):
            assert secret not in text
            assert shared not in text
        assert "/feeds/{token}/{filename}" in server.told()
