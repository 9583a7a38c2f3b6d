"""Whether what is asked for can cost anything, as far as names, keys and addresses tell."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from narrowcast.script.hosts import is_loopback
from narrowcast.studio.request import EpisodeRequest
from narrowcast.tts.casting import AUTO, HOSTED
from narrowcast.writers.choose import NONE

_VOICES_ONLY = frozenset({"elevenlabs"})


def may_spend(request: EpisodeRequest, keys: Collection[str], base_urls: Mapping[str, str]) -> bool:
    """Whether anybody who wants to be paid may be asked for this. `keys` are the providers that have one.

    In doubt it may: who really wants nothing says so (`llm` none, a voice of this machine).
    """

    def paid(provider: str) -> bool:
        """Whether calls to it may cost: it is hosted, or somebody else's server."""
        url = base_urls.get(provider)
        return not is_loopback(url) if url else provider in keys

    asked = {*keys, *base_urls}
    writers = {name for name in asked if paid(name)} - _VOICES_ONLY
    voices = {name for name in HOSTED if paid(name)}
    writing = request.script_key is None and _may_ask(request.llm, NONE, writers, paid)
    speaking = not request.stop_after_script and _may_ask(request.tts, "", voices, paid, _speakers_own(request))
    return writing or speaking


def _may_ask(
    wanted: str, nobody: str, paid_for: Collection[str], paid: Callable[[str], bool], own: Collection[str] = (AUTO,)
) -> bool:
    """Whether one of `paid_for` may be asked; with `auto`, for those whose own choice (`own`) is no free one."""
    if wanted == nobody:
        return False
    if wanted != AUTO:
        return paid(wanted.partition(":")[0])
    return bool(paid_for) and any(name == AUTO or paid(name) or name in HOSTED for name in own)


def _speakers_own(request: EpisodeRequest) -> set[str]:
    """The providers that the speakers name; `auto` where that is the script's to say."""
    if request.speakers is None:
        return {AUTO}
    return {speaker.tts_provider or request.speakers.tts_provider for speaker in request.speakers.speakers}
