"""A real Chromium at a server, with the owner signed in."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, StorageState, sync_playwright

from serving import Server


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium, in which sound may begin by itself. Raises `FileNotFoundError`."""
    path = shutil.which("chromium")
    if path is None:
        raise FileNotFoundError("there is no Chromium here: apt-get install chromium")
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required", "--mute-audio"]
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


def signed_in(browser: Browser, server: Server) -> StorageState:
    """What a browser keeps of being signed in, for contexts that have nothing else in their cache."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(server.link())
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile(re.escape(server.url) + r"/(?!sign-in)"))
    state = context.storage_state()
    context.close()
    return StorageState(cookies=state["cookies"], origins=[])
