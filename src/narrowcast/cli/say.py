"""`narrowcast say`: how a phrase is spoken, in letters and in sound. For trying a lexicon's entries."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from narrowcast.pipeline.order import Order


def say(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What to say.")],
    profile: Annotated[
        str | None, typer.Option(metavar="NAME|FILE", help="Episode profile, for its lexicon and language.")
    ] = None,
    speakers: Annotated[
        str | None, typer.Option(metavar="NAME|FILE", help="Speaker profile, for its voices and lexicon.")
    ] = None,
    speaker: Annotated[str | None, typer.Option(metavar="NAME", help="Whose voice. Default: the first.")] = None,
    tts: Annotated[str, typer.Option(metavar="PROVIDER[:MODEL]|auto", help="The voices.")] = "auto",
    language: Annotated[str | None, typer.Option(metavar="CODE", help="Default: the profile's, else en.")] = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="FILE", help="Write a .wav or .mp3 instead of playing.")
    ] = None,
    spoken: Annotated[bool, typer.Option("--spoken", help="Only print how it is spoken; make no sound.")] = False,
) -> None:
    """Say a phrase as an episode would: words by the profiles' lexicon, figures and signs in words.

    Prints what the voice is given, then plays it, or writes it to a file.

    Examples:

      narrowcast say "We moved to nginx in 2019." --spoken

      narrowcast say "We moved to nginx in 2019." --speakers mine.json -o nginx.wav
    """
    from narrowcast.cli.playing import check_way_out
    from narrowcast.cli.running import run_async
    from narrowcast.cli.voices.lists import checked_language
    from narrowcast.pipeline.wishes import order
    from narrowcast.script.lexicon import say_words
    from narrowcast.tts.spoken.normalise import for_speech

    wanted = order("-", profile=profile, speakers=speakers, tts=tts)
    said_in = checked_language(language or wanted.profile.language or "en")
    chosen = _only(wanted, speaker)
    if spoken:
        typer.echo(for_speech(say_words(text, wanted.lexicon), said_in))
        return
    check_way_out(out)
    run_async(_say(chosen, text, said_in, out))


def _only(order: Order, speaker: str | None) -> Order:
    """The order with one speaker. Raises `ProfileError`."""
    from dataclasses import replace

    from narrowcast.errors import ProfileError

    names = [each.name for each in order.speakers.speakers]
    found = [each for each in order.speakers.speakers if speaker is None or each.name.casefold() == speaker.casefold()]
    if not found:
        raise ProfileError(f"There is no speaker {speaker!r}.", hint=f"There are {', '.join(names)}.")
    return replace(order, speakers=order.speakers.model_copy(update={"speakers": (found[0],)}))


async def _say(order: Order, text: str, language: str, out: Path | None) -> None:
    import asyncio

    from narrowcast.cli.playing import let_hear
    from narrowcast.cli.telling import tell
    from narrowcast.cli.voices.sample import tell_price
    from narrowcast.pipeline.trying import levelled
    from narrowcast.studio import Studio

    async with Studio.open() as studio:
        phrases = await studio.phrases(order, text, language)
        typer.echo(phrases[0].spoken)
        tell(f"{phrases[0].name} ({phrases[0].voice.tts.name} {phrases[0].voice.voice_id})")
        tell_price(phrases)
        clips = await studio.hear(order, phrases)
    await asyncio.to_thread(let_hear, *levelled(clips), out)
