"""What lies behind an address, before it is read."""

from __future__ import annotations

from narrowcast.sources.raw import Raw
from narrowcast.sources.youtube.answers import SITE, video_id


async def open_url(url: str, *, language: str | None, allow_private: bool, youtube: str = SITE) -> Raw:
    """The page, file or captions behind an http(s) address.

    `language` is that of captions, where a video offers several. Raises `SourceError` as `net.fetch` does.
    """
    from narrowcast.net import FetchLimits, fetch
    from narrowcast.sources.youtube.captions import fetch_captions

    if video := video_id(url):
        found, captions = await fetch_captions(video, url, language=language, allow_private=allow_private, site=youtube)
        return Raw(url, captions, video=found)
    page = await fetch(url, FetchLimits(), allow_private=allow_private)
    return Raw(url, page.body, page.content_type, page.charset)
