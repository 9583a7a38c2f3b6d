"""A real Chromium at a real server: people who are signed in, and all that went wrong in their browsers."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    ViewportSize,
    expect,
    sync_playwright,
)
from tests.acceptance.conftest import DOCUMENT
from tests.acceptance.program import Program
from tests.acceptance.server import Server, serving

DESKTOP: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}

PATIENCE_MS = 60_000  # a machine at work on other tests takes its time
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests of this process; each person has a context of their own in it."""
    if shutil.which("chromium") is None:
        pytest.skip("there is no Chromium here: apt-get install chromium")
    with browsing() as browser:
        yield browser


@contextmanager
def browsing() -> Iterator[Browser]:
    """The system's Chromium, with nobody to see or hear it. Raises playwright's `Error` where there is none."""
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required", "--mute-audio"]
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=arguments)
        yield browser
        browser.close()


@dataclass
class Person:
    """Somebody at a browser. `faults` is all that went wrong in it: a page must be left without any."""

    server: Server
    context: BrowserContext
    page: Page
    faults: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        """Take down what goes wrong on a page: errors, breaks of the content policy, requests of third parties."""

        def said(message: ConsoleMessage) -> None:
            if message.type == "error":
                self.faults.append(f"{message.text} ({message.location.get('url')})")

        def asked(request: Request) -> None:
            if urlsplit(request.url).scheme in {"http", "https"} and not request.url.startswith(self.server.address):
                self.faults.append(f"a request of somebody else: {request.url}")

        page.on("console", said)
        page.on("pageerror", lambda error: self.faults.append(f"{error}"))
        page.on("request", asked)

    def go(self, path: str) -> Page:
        """Open a page of the server."""
        self.page.goto(self.server.address + path, wait_until="load")
        enlivened(self.page)
        return self.page

    def api(self, method: str, path: str, **asked: Any) -> Any:
        """Ask the API in this person's name, past the browser's window."""
        cookies = {cookie["name"]: cookie["value"] for cookie in self.context.cookies()}
        headers = {"Origin": self.server.address}
        with httpx2.Client(base_url=self.server.api, cookies=cookies, headers=headers, timeout=60) as client:
            answer = client.request(method, path, **asked)
        assert answer.is_success, (answer.status_code, answer.text)
        return answer.json() if answer.content else None

    @contextmanager
    def expecting(self, *parts: str) -> Iterator[None]:
        """Faults in the block that hold one of `parts` are wanted: what is refused is an error to a browser."""
        before = len(self.faults)
        yield
        self.faults[before:] = [f for f in self.faults[before:] if not any(part in f for part in parts)]

    def accessible(self, *rules: str) -> None:
        """Raise AssertionError where axe finds something serious on the page; of `rules` alone where they are named."""
        # Halfway between two colours a button has neither: nothing moves while it is looked at.
        self.page.emulate_media(reduced_motion="reduce")
        options: dict[str, Any] = {"resultTypes": ["violations"], **({"runOnly": list(rules)} if rules else {})}
        found = Axe().run(self.page, options=options).response["violations"]
        self.page.emulate_media(reduced_motion="no-preference")
        serious = [
            f"{rule['id']}: {node['html'][:200]} {node.get('failureSummary', '')}"
            for rule in found
            if rule["impact"] in {"serious", "critical"}
            for node in rule["nodes"]
        ]
        assert not serious, "\n".join(serious)

    def fits(self) -> None:
        """Raise AssertionError where the page is wider than the window."""
        wide = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{self.page.url} is {wide} px too wide"


@contextmanager
def at_browser(
    chromium: Browser, server: Server, *, link: str, viewport: ViewportSize | None = None, **options: Any
) -> Iterator[Person]:
    """Somebody who signs in by that link; their faults are looked at when they leave."""
    context = chromium.new_context(viewport=viewport or DESKTOP, **options)
    context.set_default_timeout(PATIENCE_MS)
    person = Person(server, context, context.new_page())
    person.watch(person.page)
    try:
        person.page.goto(link)
        person.page.get_by_role("button", name="Sign in").click()
        person.page.wait_for_url(re.compile(re.escape(server.address) + r"/(?!sign-in)"))
        enlivened(person.page)
        yield person
        assert not person.faults, person.faults
    finally:
        context.close()


def enlivened(page: Page) -> None:
    """Wait until the page's own module is at work, if it has one."""
    page.wait_for_selector('main:not([data-module]), main[data-module=""], main[data-mounted]', state="attached")


Sits = Callable[..., Person]


@pytest.fixture
def sits(chromium: Browser) -> Iterator[Sits]:
    """Seats the owner of a server at a browser: `sits(server, viewport=PHONE)`; each call is another device."""
    with ExitStack() as seats:
        yield lambda server, **options: seats.enter_context(
            at_browser(chromium, server, link=owner_link(server), **options)
        )


def owner_link(server: Server) -> str:
    """A fresh link that signs the owner in: the one that the server printed works once."""
    made = server.program.run("user", "link").done()
    found = re.search(r"/sign-in/\S+", made.out)
    assert found, made.out
    return server.address + found[0]


def finished(person: Person, job_id: str, timeout_s: float = 180) -> dict[str, Any]:
    """A job once it has ended."""
    end = time.monotonic() + timeout_s
    while True:
        job: dict[str, Any] = person.api("GET", f"podcasts/jobs/{job_id}")
        if job["finished_at"]:
            return job
        assert time.monotonic() < end, job
        time.sleep(0.1)


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """The program in an empty home, with no key: offline, whatever the machine has."""
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "canal.md").write_bytes(DOCUMENT.read_bytes())
    return Program(folder, tmp_path / "home")


@pytest.fixture
def server(program: Program) -> Iterator[Server]:
    """A server of its own."""
    with serving(program) as running:
        yield running


@pytest.fixture(scope="session")
def stocked_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one finished episode of two segments, made offline; copy it."""
    folder = tmp_path_factory.mktemp("stocked")
    (folder / "work").mkdir()
    program = Program(folder / "work", folder / "home")
    with serving(program) as running, httpx2.Client(base_url=running.api, timeout=60) as client:
        token = program.run("token", "create", "tests").done().out.strip()
        client.headers["Authorization"] = f"Bearer {token}"
        wish = {"content": DOCUMENT.read_text("utf-8"), "episode_name": "The canal", "num_segments": 2, "minutes": 1}
        asked = client.post("podcasts/generate", json=wish).raise_for_status().json()
        end = time.monotonic() + 120
        while client.get(f"podcasts/jobs/{asked['job_id']}").json()["status"] != "completed":
            assert time.monotonic() < end
            time.sleep(0.2)
        running.end()
    return folder / "home"


@pytest.fixture
def stocked(stocked_home: Path, tmp_path: Path) -> Iterator[Server]:
    """A server whose library holds "The canal"."""
    shutil.copytree(stocked_home, tmp_path / "home")
    (tmp_path / "work").mkdir()
    with serving(Program(tmp_path / "work", tmp_path / "home")) as running:
        yield running
