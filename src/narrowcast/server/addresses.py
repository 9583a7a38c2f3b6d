"""Where an episode's files are found, as answers name them. Pure."""

from __future__ import annotations

from typing import Any

API = "/api/v1"
TRANSCRIPTS = ("txt", "vtt", "srt", "json")
SUFFIXES = {
    "audio/mpeg": ".mp3",
    "audio/mp4": ".m4a",
    "audio/ogg": ".ogg",
    "audio/opus": ".opus",
    "audio/aac": ".aac",
    "audio/flac": ".flac",
    "audio/wav": ".wav",
}


def suffix_of(media_type: str, audio_key: str = "") -> str:
    """The ending of an audio file's name: that of its key where it has one of ours, else its type's."""
    ending = f".{audio_key.rpartition('.')[2]}"
    return ending if ending in SUFFIXES.values() else SUFFIXES.get(media_type.partition(";")[0], ".mp3")


def file_name(episode_id: str, number: int, suffix: str) -> str:
    """The name of a rendering below `/audio/`: it ends as what it is, and changes with the revision."""
    return f"{episode_id}-{number}{suffix}"


def parsed_name(name: str) -> tuple[str, int, str] | None:
    """The episode, revision and ending of such a name."""
    stem, dot, ending = name.rpartition(".")
    episode_id, dash, number = stem.rpartition("-")
    if not (dot and dash and episode_id and number.isascii() and number.isdigit() and len(number) < 10):
        return None
    return episode_id, int(number), f".{ending}"


def addresses(base: str, episode_id: str, revision: int, suffix: str, endings: frozenset[str]) -> dict[str, Any]:
    """The addresses of an episode's newest rendering; nothing where there is none."""
    if not revision:
        return {}
    here = f"{base}{API}/podcasts/{episode_id}"
    texts = {kind: f"{here}/transcript.{kind}" for kind in TRANSCRIPTS if transcript_ending(kind) in endings}
    return {
        "audio_url": f"{base}/audio/{file_name(episode_id, revision, suffix)}",
        "transcript_urls": texts,
        "chapters_url": f"{here}/chapters.json" if ".chapters.json" in endings else None,
        "notes_url": f"{here}/notes.md" if ".notes.md" in endings else None,
    }


def transcript_ending(kind: str) -> str:
    """Under which ending a transcript is kept."""
    return ".transcript.json" if kind == "json" else f".{kind}"
