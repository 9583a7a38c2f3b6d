"""`narrowcast voices sample`: hear voices before choosing one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from narrowcast.cli.telling import tell
from narrowcast.cli.voices.lists import Provider, checked_language

if TYPE_CHECKING:
    from narrowcast.audio.clip import Samples
    from narrowcast.pipeline.order import Order
    from narrowcast.pipeline.trying import Phrase
    from narrowcast.studio import Studio


def sample(
    voices: Annotated[
        list[str] | None, typer.Argument(metavar="VOICE", help="Ids or names, as listed.", show_default=False)
    ] = None,
    tts: Provider = "espeak",
    language: Annotated[str, typer.Option(metavar="LANGUAGE", help="Such as en or de.")] = "en",
    text: Annotated[str | None, typer.Option(metavar="TEXT", help="What to say. Default: a text of ours.")] = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="FILE", help="Write a .wav or .mp3 instead of playing.")
    ] = None,
    everyone: Annotated[bool, typer.Option("--all", help="Every voice of the provider for the language.")] = False,
) -> None:
    """Play voices, or write them to a file, one after another.

    What is hosted costs a little, once: the price is said first.

    Examples:

      narrowcast voices sample en-us+f2 en-us+m3

      narrowcast voices sample nova onyx --tts openai --language de -o voices.mp3
    """
    from narrowcast.cli.playing import check_way_out
    from narrowcast.cli.running import run_async
    from narrowcast.errors import InputError
    from narrowcast.tts.sample_texts import sample_text

    language = checked_language(language)
    if bool(voices) == everyone:
        raise InputError(
            "Name the voices to hear, or use --all.", hint="See: narrowcast voices LANGUAGE --tts PROVIDER"
        )
    said = sample_text(language) if text is None else text
    if said is None:
        raise InputError(f"There is no sample text for the language {language!r}.", hint="Give one with --text TEXT.")
    check_way_out(out)
    run_async(_sample(voices or [], tts, language, said, out))


async def _sample(voices: list[str], tts: str, language: str, text: str, out: Path | None) -> None:
    from narrowcast.cli.playing import let_hear
    from narrowcast.pipeline.trying import levelled
    from narrowcast.studio import Studio

    async with Studio.open() as studio:
        provider = tts.partition(":")[0]
        listed = {voice.id: voice.name for voice in await studio.voices(provider, language)}
        wanted = [_id(voice, listed) for voice in voices] or list(listed)
        orders = [_order(voice, tts, provider) for voice in wanted]
        phrases = [phrase for order in orders for phrase in await studio.phrases(order, text, language)]
        tell_price(phrases)
        clips: list[tuple[Samples, int]] = []
        for order, phrase in zip(orders, phrases, strict=True):
            clips += await _heard(studio, order, phrase, listed, play=out is None)
        if out:
            let_hear(*levelled(clips), out)


async def _heard(
    studio: Studio, order: Order, phrase: Phrase, listed: dict[str, str], *, play: bool
) -> list[tuple[Samples, int]]:
    import asyncio

    from narrowcast.cli.playing import let_hear
    from narrowcast.pipeline.trying import levelled

    clips = await studio.hear(order, [phrase])
    about = listed.get(phrase.name, "")
    tell(f"{phrase.name}  {about}".rstrip())
    if play:
        await asyncio.to_thread(let_hear, *levelled(clips), None)
    return clips


def tell_price(phrases: list[Phrase]) -> None:
    """Say what comes, before it is paid; nothing where it is free."""
    from narrowcast.pipeline.estimate import total
    from narrowcast.pipeline.notes import cost

    new = [phrase for phrase in phrases if not phrase.there]
    price = total(phrase.cost_usd for phrase in new)
    if price == 0:
        return
    characters = sum(len(phrase.spoken) for phrase in new)
    names = ", ".join(sorted({phrase.voice.tts.name for phrase in new}))
    tell(f"{characters:,} characters spoken by {names}: {'the price is not known' if price is None else cost(price)}.")


def _id(wanted: str, listed: dict[str, str]) -> str:
    """The id of the voice of that id or name; what is not listed may still be one."""
    if wanted in listed:
        return wanted
    return next((known for known, name in listed.items() if name.casefold() == wanted.casefold()), wanted)


def _order(voice: str, tts: str, provider: str) -> Order:
    from narrowcast.pipeline.wishes import order
    from narrowcast.script.profile import Speaker, SpeakerProfile

    speakers = SpeakerProfile(
        name="sample", tts_provider=provider, speakers=(Speaker(name=voice[:100] or "nobody", voice_id=voice),)
    )
    return order("-", speakers=speakers, tts=tts)
