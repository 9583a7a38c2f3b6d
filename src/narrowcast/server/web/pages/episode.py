"""`/episodes/{id}`: an episode to listen to and to read along; or how its making stands."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from narrowcast.server.addresses import file_name, suffix_of
from narrowcast.server.context import Here
from narrowcast.server.web import show
from narrowcast.server.who import Reads
from narrowcast.store.episodes.revisions import Revision
from narrowcast.store.episodes.scripts import BEING_MADE

router = APIRouter(include_in_schema=False)

FILES = {
    "transcript.txt": (".txt", "Transcript", "text"),
    "transcript.vtt": (".vtt", "Transcript", "WebVTT"),
    "transcript.srt": (".srt", "Transcript", "SubRip"),
    "transcript.json": (".transcript.json", "Transcript", "JSON"),
    "chapters.json": (".chapters.json", "Chapters", "JSON"),
    "notes.md": (".notes.md", "Show notes", "Markdown"),
}


@router.get("/episodes/{episode_id}")
async def listen(
    request: Request, who: Reads, here: Here, episode_id: Annotated[UUID, Path(description="The episode's id.")]
) -> Response:
    """The sound, the words, and what they are drawn from; while it is made, how far that is."""
    episode = await here.store.shelf.get(who.id, str(episode_id))
    revisions = await here.store.revisions.all(who.id, episode.id) if episode.revision else []
    return show(
        request,
        "episode",
        who,
        here="library",
        episode=episode,
        made_with=await here.store.shelf.made_with(who.id, episode.id),
        making=episode.status in BEING_MADE,
        revisions=revisions,
        audio=_audio(revisions[0]) if revisions else None,
        files=[(name, kind, how) for name, (ending, kind, how) in FILES.items() if ending in episode.files],
    )


def _audio(newest: Revision) -> tuple[str, str, int]:
    """The newest rendering's file: its name, its kind and its bytes."""
    suffix = suffix_of(newest.media_type, newest.audio_key)
    return file_name(newest.episode_id, newest.number, suffix), suffix.lstrip(".").upper(), newest.size_bytes
