"""A YouTube video by its own captions.

The path is youtube-transcript-api's (1.2): the page for the key, then what an Android app asks the player. No sign-in,
no cookies; where the site wants one, the message names the way out.
"""

from __future__ import annotations

from dataclasses import replace

from narrowcast.errors import SourceError
from narrowcast.net import Fetched, FetchLimits, fetch
from narrowcast.sources.blocks import Document
from narrowcast.sources.from_subtitles import read_subtitles
from narrowcast.sources.youtube.answers import SITE, WAY_OUT, Video, page_date, page_key, read_player

_ANDROID = {"client": {"clientName": "ANDROID", "clientVersion": "20.10.38"}}
_LIMITS = FetchLimits(max_bytes=12_000_000)


async def fetch_captions(
    video: str, place: str, *, language: str | None = None, allow_private: bool = False, site: str = SITE
) -> tuple[Video, bytes]:
    """What is known of a video, and its captions as WebVTT.

    `language` is the one that captions are wanted in, if there are any; `site` is where the video lies. Raises
    `SourceError` naming `place`.
    """

    async def ask(url: str, json: object = None) -> Fetched:
        try:
            return await fetch(url, _LIMITS, allow_private=allow_private, json=json)
        except SourceError as error:
            raise SourceError(f"{place} cannot be read. {error.message}", hint=WAY_OUT) from error

    page = (await ask(f"{site}/watch?v={video}")).body.decode("utf-8", errors="replace")
    key = page_key(page)
    if key is None and 'class="g-recaptcha"' in page:
        raise SourceError(f"{place} is not given to programs now: the site asks who is there.", hint=WAY_OUT)
    query = f"?key={key}" if key else ""
    answer = await ask(f"{site}/youtubei/v1/player{query}", {"context": _ANDROID, "videoId": video})
    found = read_player(answer.body, place, site, language)
    captions = (await ask(found.captions_url)).body
    if not captions.strip():
        raise SourceError(f"{place} gives its captions to browsers only.", hint=WAY_OUT)
    return replace(found, published=page_date(page)), captions


def read_video(captions: str, video: Video, name: str) -> Document:
    """The document of a video's captions. Raises `SourceError` with `name` for too many cues."""
    document = read_subtitles(captions, name, video.chapters)
    return replace(
        document,
        format="youtube",
        title=video.title or None,
        author=video.author or None,
        language=video.language or document.language,
        published=video.published,
    )
