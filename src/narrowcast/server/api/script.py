"""`/podcasts/{id}/script`: what an episode says, to read and to change before, or after, it is paid for in sound."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from http import HTTPStatus
from itertools import count
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from narrowcast.accounts.roles import Role
from narrowcast.keys.hosts import check_hosts
from narrowcast.keys.profile_keys import seal_keys
from narrowcast.keys.sealing import Sealer
from narrowcast.pipeline.publish import flagged
from narrowcast.pipeline.recall import recall
from narrowcast.script.dialogue import MAX_TURN_CHARACTERS, MAX_TURNS, Script, later_turn_id
from narrowcast.script.editing import check_edit
from narrowcast.script.hidden_keys import hidden_in_script, restored
from narrowcast.script.one_line import one_line
from narrowcast.script.profile import Speaker
from narrowcast.script.script_file import dump_script, parse_script, script_of
from narrowcast.script.source import Passage, Source, SourceReference
from narrowcast.server.api.revisions import script_of_revision
from narrowcast.server.conditions import IfMatch, IfNoneMatch, changed_meanwhile, is_known, require_match
from narrowcast.server.context import Context, Here
from narrowcast.server.describing import bears
from narrowcast.server.problems import documented
from narrowcast.server.who import Reads, Writes
from narrowcast.store.episodes.scripts import KeptScript, being_made
from narrowcast.writers.base import Plan

router = APIRouter(tags=["Scripts"])
EpisodeId = Annotated[UUID, Path(description="The episode's id.")]

PLACE = "The script"
EXAMPLE: dict[str, Any] = {
    "title": "On bees",
    "language": "en",
    "speakers": [{"name": "Maya", "voice_id": "en-us+f3"}, {"name": "Sam", "voice_id": "en-us+m3"}],
    "segments": [
        {
            "title": "The hive",
            "turns": [
                {"id": "s1t1", "speaker": "Maya", "text": "How does a hive know where the flowers are?", "cites": []},
                {"speaker": "Sam", "text": "One bee dances, and the others watch.", "cites": []},
            ],
        }
    ],
}


_MARKS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control characters, and marks that turn the order of letters around: they cannot be said, and hide what is."""


def _without_marks(text: str) -> str:
    return _MARKS.sub("", text)


class TurnText(BaseModel):
    """One turn. Keep the `id` of a turn that was there; a new one is given its own."""

    model_config = ConfigDict(extra="forbid")

    id: Annotated[str | None, Field(max_length=40)] = None
    speaker: Annotated[str, Field(max_length=100)]
    text: Annotated[str, Field(min_length=1, max_length=MAX_TURN_CHARACTERS), AfterValidator(_without_marks)]
    cites: list[Annotated[int, Field(ge=1)]] = []


class SegmentText(BaseModel):
    """A part of the episode, which becomes a chapter; one without turns is left out."""

    model_config = ConfigDict(extra="forbid")

    title: Annotated[str, Field(max_length=300)]
    turns: list[TurnText]


class ScriptText(BaseModel):
    """A whole script, as a person has edited it. `sources` may be left out; they cannot be changed."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    title: Annotated[str, Field(max_length=300)]
    language: Annotated[str, Field(max_length=35)]
    speakers: Annotated[list[Speaker], Field(min_length=1, max_length=4)]
    lexicon: dict[str, str] = {}
    sources: list[SourceReference] | None = None
    segments: Annotated[list[SegmentText], Field(min_length=1, max_length=MAX_TURNS)]

    def script(self, before: Script | None, sealer: Sealer, version: int = 1) -> Script:
        """The script, its speakers' keys sealed. Sources that are left out, and keys that are hidden, are as `before`.

        `version` is the one that it becomes: from the second on, turns that are new are called by it, so that no id of
        a turn that was deleted comes again, to which bookmarks may point.
        Raises `ScriptError`, which names the turn that is wrong, and `ProfileError`.
        """
        document: dict[str, Any] = self.model_dump(mode="json", exclude_unset=True)
        earlier = before.model_dump(mode="json") if before else {"sources": [], "speakers": []}
        document["speakers"] = seal_keys(restored(document["speakers"], earlier["speakers"], "speakers"), sealer)
        if self.sources is None:
            document["sources"] = earlier["sources"]
        if version > 1:
            _name_new(document["segments"], version)
        return script_of(document, PLACE)


def _name_new(segments: Sequence[dict[str, Any]], version: int) -> None:
    """Give an id to each turn that has none, or that of one before it."""
    turns = [turn for segment in segments for turn in segment["turns"]]
    taken = {turn.get("id") for turn in turns}
    free = (name for number in count(1) if (name := later_turn_id(version, number)) not in taken)
    seen: set[str] = set()
    for turn in turns:
        if not turn.get("id") or turn["id"] in seen:
            turn["id"] = next(free)
        seen.add(turn["id"])


class CitedPassage(BaseModel):
    """A passage that turns cite: where it stands, and in which turns it is drawn on."""

    number: int
    source: str = Field(description="The title of its source.")
    origin: str
    text: str
    kind: str
    headings: list[str]
    page: int | None = None
    start_ms: int | None = Field(default=None, description="Where it begins to be said in a recording.")
    turns: list[str] = Field(description="The ids of the turns that cite it.")


class CitedPassages(BaseModel):
    """The passages that a script cites, by number."""

    items: list[CitedPassage]
    missing: list[int] = Field(description="Cited numbers whose source is not kept here any more.")
    next_cursor: str | None = None


class Claim(BaseModel):
    """A number or a name that a turn states and that the passages which it cites do not hold: worth a look."""

    turn: str
    kind: Literal["number", "name"]
    text: str
    offset: int = Field(description="Where it begins in the turn, in characters.")


class Claims(BaseModel):
    """What to check, in playing order."""

    items: list[Claim]


@router.get(
    "/podcasts/{episode_id}/script",
    response_model=Script,
    responses=documented(401, 403, 404, 409, 422)
    | {200: bears("ETag"), 304: {"description": "It is what you have.", **bears("ETag")}},
)
async def read_script(
    who: Reads,
    here: Here,
    episode_id: EpisodeId,
    revision: Annotated[
        int | None, Query(ge=1, le=1_000_000, description="As it was when this rendering was made of it.")
    ] = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """The script of an episode. Its `ETag` is what a change names in `If-Match`."""
    if revision is not None:
        data, etag = await script_of_revision(here, who.id, str(episode_id), revision)
        return Response(
            None if is_known(if_none_match, etag) else hidden_in_script(data),
            HTTPStatus.NOT_MODIFIED if is_known(if_none_match, etag) else HTTPStatus.OK,
            {"ETag": etag, "Cache-Control": "private, no-cache"},
            "application/json",
        )
    etag = await here.store.scripts.etag(who.id, str(episode_id))
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    if is_known(if_none_match, etag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return told(await here.store.scripts.get(who.id, str(episode_id)))


@router.put(
    "/podcasts/{episode_id}/script",
    response_model=Script,
    responses=documented(401, 403, 404, 409, 412, 422, 428) | {200: bears("ETag")},
)
async def change_script(
    who: Writes, here: Here, episode_id: EpisodeId, wanted: ScriptText, if_match: IfMatch = None
) -> Response:
    """Put an edited script in the place of the one that was read. Its sound follows with a render."""
    before = await here.store.scripts.get(who.id, str(episode_id))
    require_match(if_match, before.etag)
    if before.being_made:
        raise being_made()
    old = await asyncio.to_thread(parse_script, before.data.decode(), PLACE)
    new = await asyncio.to_thread(wanted.script, old, here.sealer, before.version + 1)
    if new.speakers != old.speakers:
        speakers = [speaker.model_dump(mode="json") for speaker in new.speakers]
        check_hosts({"speakers": speakers}, private_allowed=who.user.role == Role.OWNER)
        new = new.with_speakers(here.studio.access.seal(speakers))
    check_edit(old, new, (await _passages(here, old)).keys())
    if new == old:
        return told(before)
    kept = await here.store.scripts.replace(
        who.id, before, dump_script(new).encode(), title=one_line(new.title) if new.title != old.title else None
    )
    if kept is None:
        raise changed_meanwhile()
    return told(kept)


@router.get("/podcasts/{episode_id}/script/passages", responses=documented(401, 403, 404, 409, 422))
async def read_cited_passages(
    who: Reads,
    here: Here,
    episode_id: EpisodeId,
    turn: Annotated[str | None, Query(max_length=40, description="Only those that this turn cites.")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    cursor: Annotated[int, Query(ge=0, description="The `next_cursor` of the page before.")] = 0,
) -> CitedPassages:
    """What the turns cite: the passages' own words, so that each claim can be looked up."""
    kept = await here.store.scripts.get(who.id, str(episode_id))
    script = await asyncio.to_thread(parse_script, kept.data.decode(), PLACE)
    citing: dict[int, list[str]] = {}
    for said in script.turns():
        for number in dict.fromkeys(said.cites):
            if turn in {None, said.id}:
                citing.setdefault(number, []).append(said.id)
    passages = await _passages(here, script)
    found = [number for number in sorted(citing) if number in passages and number > cursor]
    return CitedPassages(
        items=[_cited(*passages[number], citing[number]) for number in found[:limit]],
        missing=[number for number in sorted(citing) if number not in passages],
        next_cursor=str(found[limit - 1]) if len(found) > limit else None,
    )


@router.get("/podcasts/{episode_id}/script/claims", responses=documented(401, 403, 404, 409, 422))
async def read_claims(who: Reads, here: Here, episode_id: EpisodeId) -> Claims:
    """Numbers and names of the script as it now is that do not stand in what its turns cite."""
    kept = await here.store.scripts.get(who.id, str(episode_id))
    script = await asyncio.to_thread(parse_script, kept.data.decode(), PLACE)
    sources = await recall(script.sources, here.store.results)
    plan = Plan(script.title, "", script.language, script.speakers, len(script.segments), sources)
    found = await asyncio.to_thread(flagged, script, plan)
    return Claims(
        items=[
            Claim(turn=turn, kind=flag.kind, text=flag.text, offset=flag.offset)
            for turn, flags in found.items()
            for flag in flags
        ]
    )


def told(kept: KeptScript) -> Response:
    """A script as it is kept, its speakers' own keys hidden, with what a change has to name."""
    return Response(
        hidden_in_script(kept.data),
        media_type="application/json",
        headers={"ETag": kept.etag, "Cache-Control": "private, no-cache"},
    )


async def _passages(here: Context, script: Script) -> dict[int, tuple[Source, Passage]]:
    """The passages of the sources that this home keeps, by number."""
    sources = await recall(script.sources, here.store.results)
    return {passage.number: (source, passage) for source in sources for passage in source.passages}


def _cited(source: Source, passage: Passage, turns: list[str]) -> CitedPassage:
    return CitedPassage(
        number=passage.number,
        source=source.title,
        origin=source.origin,
        text=passage.text,
        kind=passage.kind,
        headings=list(passage.headings),
        page=passage.page,
        start_ms=passage.start_ms,
        turns=turns,
    )
