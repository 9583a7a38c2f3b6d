"""A person's program at a served API: asks, watches events as they come, waits for a job."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Self

import httpx2
from tests.acceptance.server import Server


@dataclass
class Watching:
    """What was told of one job so far, over one or more connections."""

    ids: list[int] = field(default_factory=list)
    told: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def kinds(self) -> list[str]:
        """Which events came, in order."""
        return [kind for kind, _ in self.told]

    def percentages(self) -> list[float]:
        """How far it was, each time that was told."""
        return [data["progress_percentage"] for _, data in self.told if "progress_percentage" in data]

    def until(self, true: Callable[[Watching], bool], timeout_s: float = 120) -> None:
        """Wait until what was told is such."""
        end = time.monotonic() + timeout_s
        while not true(self):
            assert time.monotonic() < end, self.told[-3:]
            time.sleep(0.01)


PASSWORD = "three quiet green boats"


class Client:
    """One person at a server, which may come and go meanwhile."""

    def __init__(self, port: str, *, token: str | None = None) -> None:
        self.address = address = f"http://127.0.0.1:{port}"
        bearer = {"Authorization": f"Bearer {token}"} if token else {}
        self.http = httpx2.Client(base_url=f"{address}/api/v1/", headers={"Origin": address, **bearer}, timeout=120)
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_fault: object) -> None:
        """Hang up, once the servers are gone that it watched."""
        for thread in self._threads:
            thread.join(60)
        self.http.close()

    def by_link(self, server: Server) -> None:
        """Sign in with the link that the server printed: its page has a button, which is pressed."""
        found = re.search(r"http://\S+/sign-in/\S+", server.told())
        assert found, server.told()
        for _ in range(2):  # looking at it uses nothing up
            shown = self.http.get(found[0])
            assert shown.status_code == 200
            assert 'method="post"' in shown.text
        assert self.http.post(found[0]).status_code == 303
        assert self.http.post(found[0]).status_code == 410, "it works once"

    def by_password(self, email: str) -> None:
        """Sign in as somebody who has `PASSWORD`."""
        self.http.post("sessions", json={"email": email, "password": PASSWORD}).raise_for_status()

    def get(self, path: str, **asked: Any) -> Any:
        """What is there."""
        return self.ask("GET", path, **asked)

    def post(self, path: str, **asked: Any) -> Any:
        """What comes of it."""
        return self.ask("POST", path, **asked)

    def ask(self, method: str, path: str, **asked: Any) -> Any:
        """The answer, which must be a good one."""
        answer = self.http.request(method, path, **asked)
        assert answer.is_success, (answer.status_code, answer.text)
        return answer.json() if answer.content else None

    def where(self, path: str) -> str:
        """A path of the server's root, as the API gives them, or one below the API."""
        return self.address + path if path.startswith("/") else path

    def audio(self, url: str) -> bytes:
        """A file whole, once it is the same piece by piece."""
        url = self.where(url)
        whole = self.http.get(url)
        assert whole.status_code == 200
        size = len(whole.content)
        cuts = [0, 1, size // 3, size - 1, size]
        pieces = [self.http.get(url, headers={"Range": f"bytes={a}-{b - 1}"}) for a, b in pairwise(cuts)]
        assert {piece.status_code for piece in pieces} == {206}
        assert b"".join(piece.content for piece in pieces) == whole.content
        return whole.content

    def watch(self, job_id: str, watching: Watching | None = None) -> Watching:
        """Have a thread take down what is told of a job, after what was told before, until the end of either side."""
        watching = watching or Watching()
        self._threads.append(threading.Thread(target=self._listen, args=(job_id, watching), daemon=True))
        self._threads[-1].start()
        return watching

    def ended(self, job_id: str, timeout_s: float = 180) -> dict[str, Any]:
        """A job once it has ended."""
        end = time.monotonic() + timeout_s
        while True:
            job: dict[str, Any] = self.get(f"podcasts/jobs/{job_id}")
            if job["finished_at"]:
                return job
            assert time.monotonic() < end, job
            time.sleep(0.05)

    def _listen(self, job_id: str, watching: Watching) -> None:
        headers = {"Last-Event-ID": str(watching.ids[-1])} if watching.ids else {}
        event: dict[str, str] = {}
        try:
            with self.http.stream("GET", f"podcasts/jobs/{job_id}/events", headers=headers) as answer:
                for line in answer.iter_lines():
                    name, _, value = line.partition(": ")
                    if line and name:
                        event[name] = value
                    elif not line and "data" in event:
                        watching.ids.append(int(event["id"]))
                        watching.told.append((event["event"], json.loads(event["data"])))
                        event = {}
        except httpx2.TransportError:
            return  # the server was killed
