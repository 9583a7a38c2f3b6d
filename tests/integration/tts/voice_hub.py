"""A server on this machine that holds voices as the hub does: a list, large files by way of a redirect, ranges."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote


@dataclass
class Hub:
    """Its files by path, what was asked of it, and how it misbehaves."""

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    cut_after: list[int] = field(default_factory=list)
    status: dict[str, int] = field(default_factory=dict)
    send_on: dict[str, str] = field(default_factory=dict)
    ranges: bool = True
    hold_s: float = 0.0

    def ranges_asked(self, ending: str) -> list[str]:
        """The Range header of each request for a file, empty where there was none."""
        return [wanted for path, wanted in self.asked if path.endswith(ending)]


@contextmanager
def running() -> Iterator[Hub]:
    """A hub that listens until the end of the block."""
    hub = Hub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (_Handler,), {"hub": hub}))
    server.daemon_threads = True
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    hub: Hub
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: object) -> None:
        """Says nothing."""

    def do_GET(self) -> None:
        path = unquote(self.path).lstrip("/")
        wanted = self.headers.get("Range", "")
        stored = path.removeprefix("stored/")
        if stored == path:
            if status := self.hub.status.get(path):
                return self._answer(status, b"{}")
            if path in self.hub.send_on:
                return self._answer(302, b"", {"Location": self.hub.send_on[path]})
            if path not in self.hub.files:
                return self._answer(404, b"Entry not found")
            if path.endswith((".onnx", ".bin")):
                return self._answer(302, b"", {"Location": f"/stored/{self.path.lstrip('/')}"})
        time.sleep(self.hub.hold_s)
        self.hub.asked.append((path, wanted))
        data = self.hub.files[stored]
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and self.hub.ranges else 0
        headers = {"Content-Range": f"bytes {start}-{len(data) - 1}/{len(data)}"} if start else {}
        return self._answer(206 if start else 200, data[start:], headers, cut=stored != path)

    def _answer(self, status: int, body: bytes, headers: dict[str, str] | None = None, *, cut: bool = False) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if cut and self.hub.cut_after:
            body = body[: self.hub.cut_after.pop(0)]
            self.close_connection = True
        # Who downloads hangs up when more comes than should.
        with suppress(ConnectionError):
            self.wfile.write(body)
