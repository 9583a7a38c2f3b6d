"""Replit's object storage, against a sidecar of the test's own: the real one cannot be reached from here."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

import pytest

from narrowcast.errors import OutputError
from narrowcast.store.files.replit import ReplitTokens, default_bucket


class Sidecar(BaseHTTPRequestHandler):
    """Gives the app's bucket, a subject token, and for that a token."""

    def do_GET(self) -> None:
        known = {
            "/object-storage/default-bucket": {"bucketId": "objstore-1"},
            "/credential": {"access_token": "subject"},
        }
        self._say(known.get(self.path))

    def do_POST(self) -> None:
        asked = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        right = self.path == "/token" and asked["subject_token"] == ["subject"] and asked["audience"] == ["replit"]
        self._say({"access_token": "given", "expires_in": 3600} if right else None)

    def _say(self, what: object) -> None:
        body = json.dumps(what).encode()
        self.send_response(200 if what else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def sidecar() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Sidecar) as server:
        serving = threading.Thread(target=server.serve_forever, args=(0.01,))
        serving.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        serving.join()


def test_the_sidecar_names_the_bucket_and_gives_tokens_for_it(sidecar: str) -> None:
    assert default_bucket(sidecar) == "objstore-1"
    credential = ReplitTokens(sidecar)()
    assert credential["token"] == "given"
    assert credential["expires_at"]


def test_without_a_sidecar_it_is_told() -> None:
    with pytest.raises(OutputError, match="sidecar does not answer") as caught:
        default_bucket("http://127.0.0.1:9")
    assert "Replit app" in caught.value.hint
