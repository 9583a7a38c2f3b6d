"""Downloading voices: from a server with the true shapes, cut, changed, full of traps."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.integration.tts.tiny_models import make_kokoro, make_piper
from tests.integration.tts.voice_hub import Hub, running

from narrowcast.errors import NarrowcastError, OutputError, ProviderError, SettingError, VoiceError
from narrowcast.tts.base import SpeechRequest
from narrowcast.tts.downloads import fetch as fetching
from narrowcast.tts.downloads.catalogue import catalogue, download, installed, remove
from narrowcast.tts.kokoro import offers as kokoro_offers
from narrowcast.tts.kokoro import voices as kokoro_voices
from narrowcast.tts.kokoro.provider import Kokoro
from narrowcast.tts.kokoro.voices import KokoroVoice, ModelFile
from narrowcast.tts.piper.provider import Piper

PIPER = "rhasspy/piper-voices/resolve/v1.0.0"
VOICE = "piper:en_US-tones-medium"
MODEL = "en_US-tones-medium.onnx"
PLACE = f"{PIPER}/en/en_US/tones/medium"


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def entry(name: str, place: str, data: dict[str, bytes]) -> dict[str, Any]:
    """An entry of `voices.json`."""
    code = name.partition("-")[0]
    return {
        "key": name,
        "name": name.split("-")[1],
        "language": {
            "code": code,
            "family": code[:2],
            "region": code[3:],
            "name_native": "English",
            "name_english": "English",
            "country_english": "United States",
        },
        "quality": "medium",
        "num_speakers": 4,
        "speaker_id_map": {},
        "files": {
            f"{place}/{file}": {"size_bytes": len(content), "md5_digest": hashlib.md5(content).hexdigest()}  # noqa: S324 - the list's own
            for file, content in data.items()
        },
        "aliases": [],
    }


@pytest.fixture(scope="module")
def voice_data(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    path = make_piper(tmp_path_factory.mktemp("made"))
    return {each.name: each.read_bytes() for each in (path, path.with_name(f"{path.name}.json"))}


@pytest.fixture
def hub(voice_data: dict[str, bytes]) -> Iterator[Hub]:
    with running() as hub:
        place = "en/en_US/tones/medium"
        listed = {
            "en_US-tones-medium": entry("en_US-tones-medium", place, {**voice_data, "MODEL_CARD": b"# Card"}),
            "pt_PT-tugão-medium": entry(
                "pt_PT-tugão-medium",
                "pt/pt_PT/tugão/medium",
                {f"pt_PT-tugão-medium{end}": b"x" for end in (".onnx", ".onnx.json")},
            ),
        }
        hub.files[f"{PIPER}/voices.json"] = json.dumps(listed).encode()
        for name, data in voice_data.items():
            hub.files[f"{PIPER}/{place}/{name}"] = data
        yield hub


async def test_the_catalogue_tells_what_there_is(hub: Hub) -> None:
    found = {offer.id: offer for offer in await catalogue(base_url=hub.url)}
    tones = found[VOICE]
    assert (tones.language, tones.quality, tones.speakers, tones.provider) == ("en-US", "medium", 4, "piper")
    assert tones.size == sum(len(data) for path, data in hub.files.items() if "tones" in path)
    assert tones.card == f"{hub.url}/rhasspy/piper-voices/blob/v1.0.0/en/en_US/tones/medium/MODEL_CARD"
    assert found["kokoro:model"].size == 325_532_232
    assert found["kokoro:af_heart"].files[0].size == 522_240
    assert {offer.id for offer in await catalogue("piper", "pt", hub.url)} == {"piper:pt_PT-tugão-medium"}
    assert {offer.id for offer in await catalogue("kokoro", "it")} == {
        "kokoro:model", "kokoro:model_quantized", "kokoro:if_sara", "kokoro:im_nicola",
    }  # fmt: skip


async def test_a_voice_comes_whole_and_speaks(hub: Hub, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    paths = await download(VOICE, tmp_path, lambda done, whole: told.append((done, whole)), hub.url)
    assert [path.read_bytes() for path in paths] == [hub.files[f"{PLACE}/{p.name}"] for p in paths]
    whole = sum(path.stat().st_size for path in paths)
    assert told[-1] == (whole, whole)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    tts = Piper(tmp_path / "piper")
    speech = await tts.speak(SpeechRequest("It is here.", "en_US-tones-medium#1", "en"))
    assert len(speech.samples) > 1000
    await tts.aclose()
    assert [(each.id, each.size) for each in installed(tmp_path)] == [(VOICE, whole)]
    asked = len(hub.ranges_asked(".onnx"))
    await download(VOICE, tmp_path, base_url=hub.url)
    assert len(hub.ranges_asked(".onnx")) == asked, "what is there is not fetched again"
    assert remove(VOICE, tmp_path) == whole
    assert installed(tmp_path) == ()
    assert names(tmp_path / "piper") == []
    with pytest.raises(VoiceError, match="not downloaded"):
        remove(VOICE, tmp_path)


@pytest.mark.parametrize("ranges", [True, False])
async def test_a_cut_connection_is_taken_up_where_it_was_cut(hub: Hub, tmp_path: Path, *, ranges: bool) -> None:
    hub.cut_after, hub.ranges = [700, 100], ranges
    paths = await download(VOICE, tmp_path, base_url=hub.url)
    assert hub.ranges_asked(".onnx") == ["", "bytes=700-", "bytes=800-" if ranges else "bytes=100-"]
    assert paths[-1].read_bytes() == hub.files[f"{PLACE}/{MODEL}"]


async def test_a_connection_that_keeps_being_cut_is_told_and_gone_on_from_later(hub: Hub, tmp_path: Path) -> None:
    hub.cut_after = [300, 0, 0, 0]
    with pytest.raises(ProviderError, match=MODEL) as caught:
        await download(VOICE, tmp_path, base_url=hub.url)
    assert caught.value.retryable
    assert "same command" in caught.value.hint
    assert installed(tmp_path) == ()
    assert not await Piper(tmp_path / "piper").speaks()
    await download(VOICE, tmp_path, base_url=hub.url)
    assert hub.ranges_asked(".onnx")[-1] == "bytes=300-"
    assert [each.id for each in installed(tmp_path)] == [VOICE]


async def test_of_two_that_download_the_same_at_once_one_is_refused(hub: Hub, tmp_path: Path) -> None:
    hub.hold_s = 0.2
    ends = await asyncio.gather(
        *(download(VOICE, tmp_path, base_url=hub.url) for _ in range(3)), return_exceptions=True
    )
    faults = [str(end) for end in ends if isinstance(end, ProviderError)]
    assert len(faults) == 2
    assert all("Another program is downloading" in fault for fault in faults)
    assert [each.id for each in installed(tmp_path)] == [VOICE]
    assert names(tmp_path / "piper") == [MODEL, f"{MODEL}.json"]
    assert (tmp_path / "piper" / MODEL).read_bytes() == hub.files[f"{PLACE}/{MODEL}"]


async def test_a_refused_download_leaves_no_empty_part_and_no_lock(hub: Hub, tmp_path: Path) -> None:
    hub.status[f"{PLACE}/{MODEL}"] = 503
    with pytest.raises(ProviderError, match="answered 503"):
        await download(VOICE, tmp_path, base_url=hub.url)
    assert names(tmp_path / "piper") == [f"{MODEL}.json"]
    hub.status.clear()
    await download(VOICE, tmp_path, base_url=hub.url)


@pytest.mark.parametrize("change", [lambda data: data[:-1] + b"!", lambda data: data + b"more"])
async def test_what_is_not_what_was_published_is_thrown_away(hub: Hub, tmp_path: Path, change: Any) -> None:
    path = f"{PLACE}/{MODEL}"
    right = hub.files[path]
    hub.files[path] = change(right)
    with pytest.raises(ProviderError, match="thrown away"):
        await download(VOICE, tmp_path, base_url=hub.url)
    assert names(tmp_path / "piper") == [f"{MODEL}.json"]
    hub.files[path] = right
    await download(VOICE, tmp_path, base_url=hub.url)


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [(404, VoiceError, "has no"), (503, ProviderError, "answered 503"), (429, ProviderError, "answered 429")],
)
async def test_refusals_are_told(
    hub: Hub, tmp_path: Path, status: int, kind: type[NarrowcastError], words: str
) -> None:
    hub.status[f"{PLACE}/{MODEL}"] = status
    with pytest.raises(kind, match=words) as caught:
        await download(VOICE, tmp_path, base_url=hub.url)
    assert caught.value.hint


async def test_it_is_not_sent_on_to_where_the_way_is_open(hub: Hub, tmp_path: Path) -> None:
    hub.send_on[f"{PLACE}/{MODEL}"] = "http://voices.example/file"
    with pytest.raises(ProviderError, match="without encryption"):
        await download(VOICE, tmp_path, base_url=hub.url)
    hub.send_on[f"{PLACE}/{MODEL}"] = f"/{PLACE}/{MODEL}"
    with pytest.raises(ProviderError, match="without end"):
        await download(VOICE, tmp_path, base_url=hub.url)
    with pytest.raises(SettingError, match=r"http://voices\.example"):
        await download(VOICE, tmp_path, base_url="http://voices.example")


async def test_a_full_disk_is_told_before_and_while(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=1000))
        with pytest.raises(OutputError, match="MB are needed"):
            await download(VOICE, tmp_path, base_url=hub.url)
    assert hub.ranges_asked(".onnx") == []

    def full(*_args: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(fetching, "_open_part", full)
    with pytest.raises(OutputError, match="No space left"):
        await download(VOICE, tmp_path, base_url=hub.url)
    assert names(tmp_path / "piper") == []


@pytest.mark.parametrize(
    ("name", "place", "change"),
    [
        ("en_US-x-low", "../../../home", {}),
        ("en_US-x-low", "/etc", {}),
        ("en_US-x-low", "en/..", {}),
        ("../en_US-x-low", "en", {}),
        ("en_US-x-low", "https://evil.example", {}),
        ("en_US-x-low", "en", {"size_bytes": 10**12}),
        ("en_US-x-low", "en", {"size_bytes": -1}),
        ("en_US-x-low", "en", {"md5_digest": "none"}),
    ],
)
async def test_a_list_with_traps_offers_none_of_them(
    hub: Hub, tmp_path: Path, name: str, place: str, change: Any
) -> None:
    trap = entry(name, place, {f"{name}.onnx": b"a", f"{name}.onnx.json": b"b"})
    for file in trap["files"].values():
        file.update(change)
    listed = json.loads(hub.files[f"{PIPER}/voices.json"]) | {name: trap, "broken": 7}
    hub.files[f"{PIPER}/voices.json"] = json.dumps(listed).encode()
    assert {offer.id for offer in await catalogue("piper", base_url=hub.url)} == {VOICE, "piper:pt_PT-tugão-medium"}
    with pytest.raises(VoiceError):
        await download(f"piper:{name}", tmp_path, base_url=hub.url)
    assert names(tmp_path) == []


@pytest.mark.parametrize("answer", [b"<html>", b"[]", b"[" * 100_000, b'{"a":' * 2000, b" " * 6_000_000])
async def test_a_list_that_is_none_is_told(hub: Hub, answer: bytes) -> None:
    hub.files[f"{PIPER}/voices.json"] = answer
    with pytest.raises(ProviderError, match="list of"):
        await catalogue("piper", base_url=hub.url)


async def test_a_server_that_is_not_there_is_told() -> None:
    with pytest.raises(ProviderError, match=r"127\.0\.0\.1") as caught:
        await catalogue("piper", base_url="http://127.0.0.1:9")
    assert "NARROWCAST_VOICES_URL" in caught.value.hint


@pytest.mark.parametrize(
    "voice", ["en_US-tones-medium", "espeak:en", "piper:", "piper:../x", "piper:nobody", "kokoro:jf_alpha"]
)
async def test_what_cannot_be_had_is_refused(hub: Hub, tmp_path: Path, voice: str) -> None:
    with pytest.raises(VoiceError) as caught:
        await download(voice, tmp_path, base_url=hub.url)
    assert caught.value.hint
    with pytest.raises(VoiceError):
        remove(voice, tmp_path)


async def test_a_kokoro_voice_brings_the_model_with_it(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_kokoro(tmp_path / "made", ("af_heart", "am_michael"))
    below = f"onnx-community/Kokoro-82M-v1.0-ONNX/resolve/{kokoro_voices.REVISION}"
    model = made.read_bytes()
    hub.files[f"{below}/onnx/model.onnx"] = model
    voices = []
    for voice in ("af_heart", "am_michael"):
        data = (made.parent / "voices" / f"{voice}.bin").read_bytes()
        hub.files[f"{below}/voices/{voice}.bin"] = data
        voices.append(KokoroVoice(voice, "A", hashlib.sha256(data).hexdigest()))
    # The published files' hashes cannot be those of a tiny model.
    monkeypatch.setattr(
        kokoro_offers, "MODELS", (ModelFile("model", len(model), hashlib.sha256(model).hexdigest(), "tiny"),)
    )
    monkeypatch.setattr(kokoro_offers, "VOICES", tuple(voices))
    home = tmp_path / "home"
    paths = await download("kokoro:af_heart", home, base_url=hub.url)
    assert [path.name for path in paths] == ["model.onnx", "af_heart.bin"]
    paths = await download("kokoro:am_michael", home, base_url=hub.url)
    assert [path.name for path in paths] == ["am_michael.bin"]
    tts = Kokoro(home / "kokoro")
    assert [voice.id for voice in await tts.voices("en")] == ["af_heart", "am_michael"]
    await tts.aclose()
    assert [each.id for each in installed(home)] == ["kokoro:af_heart", "kokoro:am_michael", "kokoro:model"]
    remove("kokoro:af_heart", home)
    assert [each.id for each in installed(home)] == ["kokoro:am_michael", "kokoro:model"]
