"""piper's published voices: https://huggingface.co/rhasspy/piper-voices, whose `voices.json` lists every one with its
files, their sizes and MD5.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from typing import Annotated, Any

import httpx2
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from narrowcast.answers import bounded
from narrowcast.errors import NarrowcastError, ProviderError
from narrowcast.tts.downloads.fetch import CONNECT_S, READ_S, RemoteFile, is_safe
from narrowcast.tts.downloads.offers import NAME, Offer
from narrowcast.tts.local.onnx_model import MOST_BYTES

REPOSITORY = "rhasspy/piper-voices"
REVISION = "v1.0.0"
LIST_S = 30.0
"""How long the list of voices may take in all."""
_PATH = re.compile(r"\w[\w.+-]*(?:/\w[\w.+-]*)*")
_MD5 = re.compile(r"[0-9a-f]{32}")


class _Listed(BaseModel):
    """One entry of `voices.json`."""

    model_config = ConfigDict(extra="ignore")

    class File(BaseModel):
        """One of its files."""

        size_bytes: Annotated[int, Field(gt=0, le=MOST_BYTES)]
        md5_digest: str

    class Language(BaseModel):
        """Its language."""

        code: Annotated[str, Field(max_length=20)]
        name_english: str = ""
        country_english: str = ""

    language: Language
    quality: str = ""
    num_speakers: Annotated[int, Field(ge=1)] = 1
    files: dict[str, File]


async def piper_offers(base_url: str) -> tuple[Offer, ...]:
    """The voices that the server lists, by name. Raises `ProviderError`."""
    return tuple(offers_in(await _listed(base_url), base_url))


async def _listed(base_url: str) -> dict[str, Any]:
    """`voices.json`, by name."""
    url = f"{base_url}/{REPOSITORY}/resolve/{REVISION}/voices.json"
    host = str(httpx2.URL(url).host)
    try:
        async with (
            asyncio.timeout(LIST_S),
            httpx2.AsyncClient(
                timeout=httpx2.Timeout(READ_S, connect=CONNECT_S),
                follow_redirects=True,
                event_hooks={"response": [bounded(), _stay_safe]},
            ) as lister,
        ):
            response = await lister.get(url)
        response.raise_for_status()
        value = json.loads(response.content)
    except (httpx2.HTTPError, TimeoutError) as error:
        why = (
            f"{error.response.status_code}" if isinstance(error, httpx2.HTTPStatusError) else str(error) or "no answer"
        )
        raise ProviderError(
            f"Cannot read the list of piper's voices from {host}: {why}.",
            provider="piper",
            retryable=True,
            hint="See that this machine reaches it; NARROWCAST_VOICES_URL names another server.",
        ) from error
    except (ValueError, RecursionError) as error:
        raise _no_list(host) from error
    if not isinstance(value, dict):
        raise _no_list(host)
    return value


async def _stay_safe(response: httpx2.Response) -> None:
    if not is_safe(str(response.url)):
        raise httpx2.RemoteProtocolError("it sends on to an address without encryption", request=response.request)


def _no_list(host: str) -> NarrowcastError:
    return ProviderError(
        f"{host} answered with something else than piper's list of voices.", provider="piper", retryable=False
    )


def offers_in(listed: dict[str, Any], base_url: str) -> Iterator[Offer]:
    """The entries that make sense; what does not, such as a path out of the folder, is left out."""
    below = f"{REPOSITORY}/resolve/{REVISION}"
    for name, entry in sorted(listed.items()):
        try:
            voice = _Listed.model_validate(entry)
        except ValidationError:
            continue
        files = []
        for ending in (".onnx.json", ".onnx"):
            path = next((path for path in voice.files if path.rpartition("/")[2] == f"{name}{ending}"), "")
            if path and _PATH.fullmatch(path) and _MD5.fullmatch(voice.files[path].md5_digest):
                own = voice.files[path]
                files.append(RemoteFile(f"{below}/{path}", f"{name}{ending}", own.size_bytes, f"md5:{own.md5_digest}"))
        if len(files) == 2 and NAME.fullmatch(name):
            place = files[0].path.removeprefix(f"{below}/").rpartition("/")[0]
            yield Offer(
                f"piper:{name}",
                voice.language.code.replace("_", "-"),
                voice.quality,
                voice.num_speakers,
                f"{base_url}/{REPOSITORY}/blob/{REVISION}/{place}/MODEL_CARD",
                tuple(files),
                f"{voice.language.name_english}, {voice.language.country_english}".strip(", "),
            )
