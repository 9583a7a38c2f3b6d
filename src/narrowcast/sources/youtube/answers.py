"""What a YouTube page and its player's answer say: which video, captions and chapters. Everything here is pure."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from narrowcast.errors import SourceError
from narrowcast.script.language import primary
from narrowcast.sources.subtitles.cues import clock_ms

_HOSTS = frozenset({"youtube.com", "www.youtube.com", "m.youtube.com", "music.youtube.com", "gaming.youtube.com"})
_OTHER_HOSTS = frozenset({"youtube-nocookie.com", "www.youtube-nocookie.com"})
_ID = re.compile(r"[\w-]{11}", re.ASCII)
_IN_PATH = frozenset({"shorts", "live", "embed", "v", "e"})
_KEY = re.compile(r'"INNERTUBE_API_KEY":\s*"([\w-]{10,100})"', re.ASCII)
_DATE = re.compile(r'itemprop="datePublished"\s+content="(\d{4}-\d{2}-\d{2})|"publishDate":"(\d{4}-\d{2}-\d{2})')
_CHAPTER = re.compile(r"\W{0,4}((?:\d{1,2}:)?\d{1,2}:\d{2})\W{1,5}(\w.{0,149})")
_FEWEST_CHAPTERS = 3
_MOST_CHAPTERS = 100
SITE = "https://www.youtube.com"
WAY_OUT = "Save its captions and give that file, for example: yt-dlp --skip-download --write-subs --write-auto-subs URL"


@dataclass(frozen=True)
class Video:
    """What is known of a video. `chapters` are starts in milliseconds with titles; `captions_url` asks for WebVTT."""

    title: str
    author: str
    captions_url: str
    language: str | None
    chapters: tuple[tuple[int, str], ...]
    published: str | None = None


def video_id(url: str) -> str | None:
    """The video that a URL leads to; none for any other page, also one of the same site."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return None
    steps = [step for step in parts.path.split("/") if step]
    wanted = ""
    if parts.scheme.lower() not in {"http", "https"}:
        return None
    if host in {"youtu.be", "www.youtu.be"}:
        wanted = steps[0] if steps else ""
    elif host in _HOSTS | _OTHER_HOSTS:
        if steps == ["watch"]:
            wanted = parse_qs(parts.query).get("v", [""])[0]
        elif len(steps) > 1 and steps[0] in _IN_PATH:
            wanted = steps[1]
    return wanted if _ID.fullmatch(wanted) else None


def page_key(html: str) -> str | None:
    """The key that the page gives its player."""
    found = _KEY.search(html)
    return found.group(1) if found else None


def page_date(html: str) -> str | None:
    """The ISO date of publication."""
    found = _DATE.search(html)
    return (found.group(1) or found.group(2)) if found else None


def read_player(answer: bytes, place: str, site: str, language: str | None = None) -> Video:
    """The video of a player's answer, with the captions to take.

    Those that people made go before automatic ones; those in `language` before those in the video's own. Raises
    `SourceError` naming `place` when there are none or the site refuses.
    """
    try:
        found = json.loads(answer)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise SourceError(f"{place} cannot be read: the site's answer is not what it used to be.", hint=WAY_OUT)
    _check_playable(_at(found, "playabilityStatus"), place)
    tracks = [
        track
        for track in _list(_at(found, "captions", "playerCaptionsTracklistRenderer", "captionTracks"))
        if isinstance(track, dict) and isinstance(track.get("baseUrl"), str) and track["baseUrl"]
    ]
    if not tracks:
        raise SourceError(
            f"{place} has no captions, and its sound is not listened to.", hint="Give a transcript of it, or a text."
        )
    track = _choose(tracks, primary(language))
    url = urlsplit(urljoin(f"{site}/", track["baseUrl"]))
    fields = [(key, value) for key, value in parse_qsl(url.query, keep_blank_values=True) if key != "fmt"]
    if ("exp", "xpe") in fields:
        raise SourceError(f"{place} gives its captions to browsers only.", hint=WAY_OUT)
    return Video(
        title=_text(_at(found, "videoDetails", "title")),
        author=_text(_at(found, "videoDetails", "author")),
        captions_url=urlunsplit(url._replace(query=urlencode([*fields, ("fmt", "vtt")]))),
        language=primary(_text(track.get("languageCode"))),
        chapters=chapters(_text(_at(found, "videoDetails", "shortDescription"))),
    )


def chapters(description: str) -> tuple[tuple[int, str], ...]:
    """The chapters that a description lists, by the site's rule: three or more, in order, from 0:00 on."""
    found: list[tuple[int, str]] = []
    for line in description.splitlines()[:1_000]:
        if match := _CHAPTER.match(line):
            start_ms = clock_ms(match.group(1))
            if start_ms is not None and (start_ms > found[-1][0] if found else start_ms == 0):
                found.append((start_ms, match.group(2).strip()))
    return tuple(found[:_MOST_CHAPTERS]) if len(found) >= _FEWEST_CHAPTERS else ()


def _choose(tracks: list[dict[str, Any]], language: str | None) -> dict[str, Any]:
    """In the language asked, made by people; then automatic; then in the video's own language; then the first."""
    spoken = next((primary(_text(t.get("languageCode"))) for t in tracks if t.get("kind") == "asr"), None)

    def rank(track: dict[str, Any]) -> tuple[bool, bool, bool]:
        tongue = primary(_text(track.get("languageCode")))
        return (language is not None and tongue != language, tongue != spoken, track.get("kind") == "asr")

    return min(tracks, key=rank)


def _check_playable(status: object, place: str) -> None:
    state, reason = _text(_at(status, "status")), " ".join(_text(_at(status, "reason")).split())[:200]
    if state in {"OK", ""}:
        return
    if state == "LOGIN_REQUIRED" and "bot" in reason:
        raise SourceError(f"{place} is not given to programs now: the site asks for a sign-in.", hint=WAY_OUT)
    if "inappropriate" in reason or "age" in reason.casefold().split():
        raise SourceError(f"{place} is shown only to adults who sign in.", hint=WAY_OUT)
    if state == "LOGIN_REQUIRED":
        raise SourceError(f"{place} is private: {reason or 'it asks for a sign-in'}", hint=WAY_OUT)
    raise SourceError(f"{place} cannot be played: {reason or state}", hint="Check the address in a browser.")


def _at(value: object, *steps: str) -> object:
    for step in steps:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
