"""Every page shows what sources, models and people wrote as words: nothing of it runs, and the page still fits."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from tests.acceptance.contract import sound
from tests.acceptance.server import Server
from tests.browser.conftest import PHONE, Person, Sits, finished

from narrowcast.server.web import POLICY
from narrowcast.server.web.pages import page_routers

EVIL = "\"><img src=x onerror=alert(1)><script>alert(2)</script>'{{7*7}} javascript:alert(3) \u202e\u0645"
LONG = "W" * 5_000
NAME = f"{EVIL}{LONG}"[:200]
WORDS = f"{EVIL} {LONG} and the water in the lock."
NOT_PAGES = {"/manifest.webmanifest", "/service-worker.js", "/icons/{name}"}
WRONG = {"/nowhere": 404, "/episodes/no-id": 422, f"/library?cursor={quote(NAME)}": 422, "/start": 200}
RAN = """() => [...document.querySelectorAll('img[src=x], script:not([src]), [onerror], [href^="javascript:alert"]')]
  .map((one) => one.outerHTML.slice(0, 200))"""
WIDE = """() => {
  const all = [...document.querySelectorAll("body *")];
  const over = all.filter((one) => one.getBoundingClientRect().right > innerWidth + 1);
  const wide = document.documentElement.scrollWidth - innerWidth;
  return wide > 0 ? `${wide} px, by ${over.at(-1)?.outerHTML.slice(0, 150)}` : "";
}"""


def _furnished(person: Person) -> dict[str, list[str]]:
    """Put hostile words wherever words go; what stands for the names in pages' paths."""
    made = _rendered(person)
    person.api("PATCH", "me", json={"name": NAME})
    notebook = person.api("POST", "notebooks", json={"name": NAME})["id"]
    text = {"title": NAME, "text": f"# {EVIL}\n\n{WORDS}\n\n{LONG}", "notebook_id": notebook}
    source = person.api("POST", "sources", json=text)["id"]
    person.api("POST", "sources/batch", files={"file": (f"{EVIL}.md", WORDS.encode())})
    host = {"name": EVIL[:60], "voice_id": "en-gb", "backstory": WORDS, "personality": WORDS}
    voices = {"name": NAME[:90], "description": WORDS, "tts_provider": "espeak", "speakers": [host]}
    speaker = person.api("POST", "speaker-profiles", json=voices)["id"]
    copy = {"name": NAME[:90]}
    profile = person.api("POST", "episode-profiles/tech_discussion/duplicate", json=copy)["id"]
    change = {"description": WORDS, "default_briefing": WORDS, "speaker_config": NAME[:90]}
    person.api("PATCH", f"episode-profiles/{profile}", json=change)
    said = [{"speaker": EVIL, "startTime": 0.0, "endTime": 1.5, "body": WORDS}]
    form = {
        "audio_file": (f"{EVIL}.wav", sound()),
        "transcript_file": (f"{EVIL}.json", json.dumps({"version": "1.0.0", "segments": said}).encode()),
    }
    upload = person.api("POST", "podcasts", data={"title": NAME, "description": WORDS}, files=form)["episode_id"]
    for episode in (made, upload):
        person.api("PATCH", f"podcasts/{episode}", json={"tags": [EVIL[:40]], "description": WORDS})
        person.api("POST", f"podcasts/{episode}/bookmarks", json={"position": 0.5, "note": WORDS[:1_900]})
    wish = {"content": WORDS * 3, "episode_name": NAME, "llm": "none", "tts": "espeak"}
    later = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    planned = person.api("POST", "podcasts/generate", json={**wish, "run_at": later})["episode_id"]
    person.api("POST", "feeds", json={"title": NAME})
    person.api("POST", "feeds", json={"tag": EVIL[:40], "title": NAME})
    person.api("POST", "tokens", json={"name": NAME[:90]})
    person.api(
        "POST", "webhooks", json={"url": f"https://93.184.216.34/{quote(EVIL)}/{'w' * 900}", "description": NAME}
    )
    person.api("POST", "users", json={"email": "w@example.org", "name": NAME, "password": "three quiet green boats"})
    moment = person.api("POST", f"podcasts/{made}/moments", json={"start": 0.2})["url"].rpartition("/")[2]
    return {
        "episode_id": [made, upload, planned],
        "source_id": [source],
        "notebook_id": [notebook],
        "episodes/profile_id": [profile],
        "speakers/profile_id": [speaker],
        "token": [moment],
        "secret": ["nothing"],
    }


def _rendered(person: Person) -> str:
    """The episode, rendered with hostile words."""
    (episode,) = person.api("GET", "podcasts")["items"]
    identity = str(episode["episode_id"])
    script = person.api("GET", f"podcasts/{identity}/script")
    script["title"] = NAME
    first = script["segments"][0]
    first["title"] = NAME
    first["turns"] = first["turns"][:2]
    first["turns"][0]["text"] = f"{EVIL} {LONG[:200]} In 1793 the lock held 4711 barges."
    script["segments"] = [first]
    person.api("PUT", f"podcasts/{identity}/script", json=script, headers={"If-Match": "*"})
    person.api("PATCH", f"podcasts/{identity}", json={"title": NAME})
    job = finished(person, person.api("POST", f"podcasts/{identity}/render", json={})["job_id"])
    assert job["status"] == "completed", job
    return identity


def _pages(ids: dict[str, list[str]]) -> list[str]:
    """Where every page is, with those ids in its path."""
    paths: list[Any] = [route for router in page_routers() for route in router.routes]
    out: list[str] = []
    for path in (route.path for route in paths if "GET" in route.methods and route.path not in NOT_PAGES):
        before, brace, rest = path.partition("{")
        name, _, after = rest.partition("}")
        if name == "profile_id":
            name = f"{before.split('/')[-2]}/{name}"
        out += [f"{before}{one}{after}" for one in ids[name]] if brace else [path]
    return out


def test_hostile_words_are_shown_and_nothing_else(stocked: Server, sits: Sits) -> None:
    person = sits(stocked, viewport=PHONE)
    page = person.page
    page.on("dialog", lambda dialog: person.faults.append(f"it ran: {dialog.message}"))
    ids = _furnished(person)
    evil = quote(NAME)
    queries = [
        f"/library?q={evil}",
        f"/library?tag={quote(EVIL[:40])}",
        f"/sources?q={evil}",
        f"/?add={evil}",
        f"/?notebook={evil}",
        f"/save?url={quote('javascript:alert(1)')}&title={evil}",
        f"/save?url={quote('http://' + EVIL)}",
        "/sign-in?redirect=//evil.example",
        f"/episodes/{ids['episode_id'][0]}?t={evil}",
    ]
    faults = []
    for path in [*_pages(ids), *queries, *WRONG]:
        with person.expecting("the server responded with a status of 4"):
            answer = page.goto(stocked.address + path, wait_until="load")
            assert answer is not None
            if page.locator("main[data-module]:not([data-module=''])").count():
                page.wait_for_selector("main[data-mounted]", state="attached")
            if answer.headers["content-security-policy"] != POLICY:
                faults.append(f"{path} has a policy of its own")
            faults += [f"{path} took words for HTML: {one}" for one in page.evaluate(RAN)]
            if wide := page.evaluate(WIDE):
                faults.append(f"{path} is too wide: {wide}")
            if answer.status >= 500:
                faults.append(f"{path}: {answer.status}")
    assert not faults, "\n".join(faults)
