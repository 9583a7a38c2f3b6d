"""`/speaker-profiles`: a person's own, and the shipped ones."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Body, Response

from narrowcast.profiles.catalogue import shipped_speaker_profiles
from narrowcast.script.profile import SpeakerProfile
from narrowcast.script.value import Config
from narrowcast.server.context import Context, Here
from narrowcast.server.describing import bears
from narrowcast.server.problems import documented
from narrowcast.server.profile_shapes import (
    BrokenProfile,
    Duplicate,
    IfMatch,
    ProfileFile,
    ProfileKept,
    ProfileName,
    ProfileSent,
    Refused,
    Replace,
    given,
    may_name_private,
)
from narrowcast.server.who import Principal, Reads, Writes
from narrowcast.studio.profiles import ProfileShelf, Shown

router = APIRouter(prefix="/speaker-profiles", tags=["Profiles"])

EXAMPLE: dict[str, Any] = {
    "name": "Two teachers",
    "tts_provider": "espeak",
    "speakers": [{"name": "Ada", "voice_id": "en-gb"}, {"name": "Ben", "voice_id": "en-us"}],
}


class SpeakerProfilePut(ProfileSent, SpeakerProfile):
    """A profile as it is given, or as it was got."""


class SpeakerProfileOut(ProfileKept, SpeakerProfile):
    """A speaker profile that can be used."""


Out = SpeakerProfileOut | BrokenProfile


class SpeakerProfilesTaken(Refused):
    """What was imported, and what not."""

    imported: list[Out]


def _shelf(here: Context) -> ProfileShelf[SpeakerProfile]:
    return ProfileShelf(here.store.profiles, "speaker", SpeakerProfile, shipped_speaker_profiles, here.sealer)


def _out(shown: Shown[SpeakerProfile]) -> Out:
    if shown.profile is None:
        return BrokenProfile.of(shown)
    return SpeakerProfileOut.model_validate({**shown.profile.model_dump(), **ProfileKept.of(shown).model_dump()})


def _answered(shown: Shown[SpeakerProfile], response: Response) -> Out:
    response.headers["ETag"] = shown.etag
    if shown.copied_from:
        response.status_code = HTTPStatus.CREATED
    return _out(shown)


@router.get("", responses=documented(401, 403))
async def list_speaker_profiles(who: Reads, here: Here) -> list[Out]:
    """Your speaker profiles and the shipped ones, by name. One that cannot be used is listed with its fault."""
    return [_out(shown) for shown in await _shelf(here).all(who.id)]


@router.post(
    "", status_code=HTTPStatus.CREATED, responses=documented(401, 403, 409, 413, 422, 429) | {201: bears("ETag")}
)
async def create_speaker_profile(
    who: Writes, here: Here, response: Response, profile: Annotated[SpeakerProfile, Body(examples=[EXAMPLE])]
) -> Out:
    """Make a profile of your own. It names no files; a server that it names comes with its own `api_key`."""
    fields = profile.model_dump(exclude_unset=True)
    return _answered(await _shelf(here).add(who.id, fields, private_allowed=may_name_private(who)), response)


@router.get("/export", responses=documented(401, 403))
async def export_speaker_profiles(who: Reads, here: Here) -> ProfileFile:
    """Your own profiles in podcast-creator's format; keys in them are left out."""
    return ProfileFile(profiles=await _shelf(here).take_out(who.id))


@router.post("/import", responses=documented(401, 403, 413, 422))
async def import_speaker_profiles(
    who: Writes,
    here: Here,
    file: Annotated[ProfileFile, Body(examples=[{"profiles": {EXAMPLE["name"]: EXAMPLE}}])],
    replace: Replace = False,  # noqa: FBT002 - a query parameter
) -> SpeakerProfilesTaken:
    """Take profiles from podcast-creator's JSON. One that is wrong is told, and harms only itself."""
    done = await _shelf(here).bring_in(who.id, file.profiles, replace=replace, private_allowed=may_name_private(who))
    return SpeakerProfilesTaken(imported=[_out(shown) for shown in done.taken], refused=dict(done.refused))


@router.get("/{profile_id}", responses=documented(401, 403, 404, 422) | {200: bears("ETag")})
async def get_speaker_profile(who: Reads, here: Here, response: Response, profile_id: ProfileName) -> Out:
    """One profile by its id or name; yours go before the shipped ones."""
    return _answered(await _shelf(here).get(who.id, profile_id), response)


@router.put(
    "/{profile_id}",
    responses={
        200: bears("ETag"),
        201: {"model": Out, "description": "It is a shipped one: your copy was made", **bears("ETag")},
        **documented(401, 403, 404, 409, 412, 413, 422, 429),
    },
)
async def replace_speaker_profile(
    who: Writes,
    here: Here,
    response: Response,
    profile_id: ProfileName,
    profile: Annotated[SpeakerProfilePut, Body(examples=[EXAMPLE])],
    if_match: IfMatch = None,
) -> Out:
    """Put other fields in a profile's place. What a GET gave may be sent back. Of a shipped one your copy is made."""
    fields = profile.model_dump(exclude_unset=True)
    return await _put(who, here, response, profile_id, fields, if_match, patch=False)


@router.patch(
    "/{profile_id}",
    responses={
        200: bears("ETag"),
        201: {"model": Out, "description": "It is a shipped one: your copy was made", **bears("ETag")},
        **documented(401, 403, 404, 409, 412, 413, 422, 429),
    },
)
async def change_speaker_profile(
    who: Writes,
    here: Here,
    response: Response,
    profile_id: ProfileName,
    fields: Annotated[Config, Body(examples=[{"description": "For evenings."}])],
    if_match: IfMatch = None,
) -> Out:
    """Change some fields of a profile. Of a shipped one your copy is made, and `copied_from` says so."""
    return await _put(who, here, response, profile_id, fields, if_match, patch=True)


async def _put(
    who: Principal,
    here: Context,
    response: Response,
    profile_id: str,
    fields: dict[str, Any],
    if_match: str | None,
    *,
    patch: bool,
) -> Out:
    shown = await _shelf(here).put(
        who.id, profile_id, given(fields), private_allowed=may_name_private(who), if_match=if_match, patch=patch
    )
    return _answered(shown, response)


@router.delete("/{profile_id}", status_code=HTTPStatus.NO_CONTENT, responses=documented(401, 403, 404, 409, 412, 422))
async def delete_speaker_profile(who: Writes, here: Here, profile_id: ProfileName, if_match: IfMatch = None) -> None:
    """Delete a profile of yours; a shipped one of its name is seen again. Episodes keep what they were made with."""
    await _shelf(here).delete(who.id, profile_id, if_match)


@router.post(
    "/{profile_id}/duplicate",
    status_code=HTTPStatus.CREATED,
    responses=documented(401, 403, 404, 409, 422, 429) | {201: bears("ETag")},
)
async def duplicate_speaker_profile(
    who: Writes, here: Here, response: Response, profile_id: ProfileName, copy: Duplicate | None = None
) -> Out:
    """Copy a profile, shipped or yours, under another name."""
    return _answered(await _shelf(here).duplicate(who.id, profile_id, copy.name if copy else None), response)
