"""Two members with much of their own, for requests of one that must not touch the other's."""

from __future__ import annotations

import io
import time
import wave
from dataclasses import dataclass
from typing import Any

import httpx2
from tests.acceptance.program import Program
from tests.acceptance.server import Server, serving

MARK = "zymurgical"
"""A word in everything that Sam wrote, and in nothing else."""
PASSWORD = "three quiet green boats"
TEXT = """# The hive

A {} bee that has found flowers dances on the comb. The angle of the dance tells the others their direction.
The length of the dance tells them how far away the flowers are. Other bees follow the dancer, and fly there themselves.
"""
BROWSER_KEYS = {
    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
}
"""Of the browser in RFC 8291."""
TRANSCRIPT = b"Maya: The %s hive hums.\nSam: It does.\n"


@dataclass(frozen=True)
class Member:
    """A member, and the ids of what is theirs, by the names that the API's paths give them."""

    name: str
    token: str
    ids: dict[str, str]

    def below(self, path: str) -> dict[str, str]:
        """The ids for the names in a path: both kinds of profiles call theirs the same."""
        return self.ids | ({"profile_id": self.ids["episode_profile_id"]} if "/episode-profiles" in path else {})

    @property
    def headers(self) -> dict[str, str]:
        """What a request of theirs bears."""
        return {"Authorization": f"Bearer {self.token}"}


def member(server: Server, owner: str, name: str, mark: str) -> Member:
    """A new member, with at least one of everything that a member can have."""
    email = f"{name}@example.org"
    token = _token(server, owner, email, f"{name} {mark}")
    ids: dict[str, str] = {}
    with httpx2.Client(base_url=server.api, headers={"Authorization": f"Bearer {token}"}, timeout=120) as client:

        def made(path: str, **body: Any) -> dict[str, Any]:
            answer = client.post(path, **body)
            assert answer.status_code in {200, 201, 202}, answer.text
            shown: dict[str, Any] = answer.json()
            return shown

        ids["user_id"] = client.get("me").json()["id"]
        ids["notebook_id"] = made("notebooks", json={"name": f"A {mark} notebook"})["id"]
        text = {"title": f"A {mark} text", "text": TEXT.format(mark), "notebook_id": ids["notebook_id"]}
        ids["source_id"] = made("sources", json=text)["id"]
        ids["token_id"] = made("tokens", json={"name": f"Another {mark} token"})["id"]
        ids["session_id"] = made("sessions", json={"email": email, "password": PASSWORD})["session_id"]
        speaker = {"name": f"{mark} voices", "tts_provider": "espeak", "speakers": [{"name": "Ada", "voice_id": "en"}]}
        ids["profile_id"] = made("speaker-profiles", json=speaker)["id"]
        copy = made("episode-profiles/tech_discussion/duplicate", json={"name": f"{mark} episodes"})
        ids["episode_profile_id"] = copy["id"]
        form = {"audio_file": ("a.wav", sound()), "transcript_file": ("a.txt", TRANSCRIPT % mark.encode())}
        upload = made("podcasts", data={"title": f"A {mark} recording"}, files=form)
        ids["filename"] = upload["audio_url"].rpartition("/")[2]
        client.patch(f"podcasts/{upload['episode_id']}", json={"tags": [mark]}).raise_for_status()
        ids["tag"] = mark
        wish = {"source_ids": [ids["source_id"]], "num_segments": 1, "llm": "none", "tts": "espeak"}
        job = made("podcasts/generate", json={**wish, "episode_name": f"The {mark} hive"})
        ids |= {"job_id": job["job_id"], "episode_id": job["episode_id"]}
        until_s = time.monotonic() + 120
        while not (messages := client.get("inbox").json()["items"]):
            assert time.monotonic() < until_s
            time.sleep(0.1)
        assert messages[0]["kind"] == "episode.completed", messages
        script = client.get(f"podcasts/{job['episode_id']}/script").json()
        # A name of its own, so that it can be told from others' turns.
        ids["turn_id"] = script["segments"][0]["turns"][0]["id"] = f"turn-of-{name}"
        client.put(f"podcasts/{job['episode_id']}/script", json=script, headers={"If-Match": "*"}).raise_for_status()
        # After the job: nothing is delivered to it in the background.
        ids["webhook_id"] = made("webhooks", json={"url": f"https://93.184.216.34/{mark}"})["id"]
        note = {"position": 0.5, "note": f"A {mark} note"}
        ids["bookmark_id"] = made(f"podcasts/{job['episode_id']}/bookmarks", json=note)["bookmark_id"]
        ids["feed_id"] = made("feeds", json={"title": f"The {mark} feed"})["id"]
        browser = {"endpoint": f"https://93.184.216.34/push/{mark}", "keys": BROWSER_KEYS}
        ids["browser_id"] = made("me/push", json=browser)["id"]
        ids["message_id"] = messages[0]["id"]
    return Member(name, token, ids)


def _token(server: Server, owner: str, email: str, name: str) -> str:
    """A token of a new user's, who made it themselves in a browser's session."""
    new = {"email": email, "name": name, "password": PASSWORD}
    with httpx2.Client(base_url=server.api, headers={"Origin": server.address}, timeout=120) as browser:
        browser.post("users", json=new, headers={"Authorization": f"Bearer {owner}"}).raise_for_status()
        browser.post("sessions", json={"email": email, "password": PASSWORD}).raise_for_status()
        return str(browser.post("tokens", json={"name": f"Token of {name}"}).raise_for_status().json()["token"])


def sound() -> bytes:
    """Two seconds of sound, as WAV."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8_000)
        file.writeframes(b"\0\1" * 16_000)
    return out.getvalue()


def furnished(program: Program) -> tuple[Member, Member, Member]:
    """The owner, and Sam and Nils with all that is theirs, in a home whose server has ended again."""
    token = program.run("token", "create", "owner").done().out.strip()
    with serving(program) as server:
        sam, nils = member(server, token, "sam", MARK), member(server, token, "nils", "plain")
        assert server.end() == 0
    return Member("owner", token, {"user_id": nils.ids["user_id"]}), sam, nils
