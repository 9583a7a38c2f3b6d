"""Rewriting: one segment, or one turn, of a script that exists, written anew by an instruction."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

from narrowcast.errors import InputError, ScriptError
from narrowcast.pipeline.events import Event, PartsChosen, TurnWritten
from narrowcast.pipeline.files import alone_in, write_script
from narrowcast.pipeline.keys import revision_key
from narrowcast.pipeline.order import Order, Parts
from narrowcast.pipeline.plan import plan_episode
from narrowcast.pipeline.progress import Tally
from narrowcast.pipeline.publish import flagged
from narrowcast.pipeline.recall import recall
from narrowcast.pipeline.retrieval import Retrieval
from narrowcast.pipeline.stored_items import stored_items
from narrowcast.script.claims import Flag
from narrowcast.script.dialogue import OutlineSegment, Script, Segment, Turn, later_turn_id, turn_id
from narrowcast.script.script_file import dump_script, read_script
from narrowcast.script.source import Source
from narrowcast.script.words import count_words
from narrowcast.writers.base import Plan, Revision, SegmentRequest

LONGEST_INSTRUCTION = 4_000
LEAST_WORDS = 40


@dataclass(frozen=True)
class Change:
    """What is to be written anew: a segment by its number (from 1), or of it only the turn `turn` (its id)."""

    segment: int
    instruction: str
    turn: str | None = None


@dataclass(frozen=True)
class Rewritten:
    """The whole script after the change, the turns that are new, and what it took; `cost_usd` none: not known.

    `flags` are numbers and names in the new turns, by turn id, that the passages they cite do not hold.
    """

    script: Script
    turns: tuple[Turn, ...]
    cached: bool
    prompt_tokens: int
    completion_tokens: int
    cost_usd: float | None
    flags: Mapping[str, Sequence[Flag]]

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the person should know at once."""
        return tuple(
            f"{flag.text!r} in {turn} does not stand in what it cites ({flag.kind}): check it."
            for turn, flags in self.flags.items()
            for flag in flags
        )

    def figures(self) -> dict[str, Any]:
        """What `--json` prints."""
        return {
            "turns": [turn.id for turn in self.turns],
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": self.completion_tokens,
            "cost_usd": self.cost_usd,
            "cached": self.cached,
            "to_check": sum(len(flags) for flags in self.flags.values()),
        }


def change_of(script: Script, segment: int | None, turn: str | None, instruction: str) -> Change:
    """The change, once it is sure that the script has what is named. Raises `InputError`."""
    instruction = instruction.strip()
    if not instruction:
        raise InputError("There is no instruction.", hint='Say what to change, such as --instruction "simpler".')
    if len(instruction) > LONGEST_INSTRUCTION:
        raise InputError(f"The instruction is longer than {LONGEST_INSTRUCTION:,} characters.", hint="Say it shorter.")
    if turn is not None:
        places = {t.id: number for number, part in enumerate(script.segments, start=1) for t in part.turns}
        if turn not in places:
            raise InputError(
                f"The script has no turn {turn!r}.", hint=f"Its turns are {', '.join(list(places)[:4])}, … by their id."
            )
        if segment not in {None, places[turn]}:
            raise InputError(
                f"The turn {turn!r} is in segment {places[turn]}, not {segment}.", hint="Name one of them."
            )
        return Change(places[turn], instruction, turn)
    if segment is None:
        raise InputError("Which part is to be rewritten?", hint="Name --segment N, or --turn ID.")
    if not 1 <= segment <= len(script.segments):
        raise InputError(
            f"The script has no segment {segment}.", hint=f"It has {len(script.segments)}; they count from 1."
        )
    return Change(segment, instruction)


async def rewrite(
    order: Order, change: Change, open_parts: Callable[[Callable[[Event], None]], Parts], tell: Callable[[Event], None]
) -> Rewritten:
    """Ask the order's model for the turns of `order.script` anew. The same change is not paid for twice.

    Raises `InputError` (no model, sources that are gone or have changed), `BudgetError`, `ProviderError`.
    """
    script = order.script
    assert script is not None, "an order for a rewrite has a script"  # noqa: S101 - ours to keep
    tally = Tally()

    def emit(event: Event) -> None:
        nonlocal tally
        tally = tally.after(event)
        tell(event)

    parts = open_parts(emit)
    setup = await parts.open_writer(order)
    if not setup.uses_model:
        raise InputError(
            "Following an instruction takes a language model, and none is set.",
            hint="Choose one with --llm PROVIDER:MODEL, set a provider's key or start Ollama; "
            "or change the script by hand.",
        )
    plan = plan_episode(order, await _sources(script, parts), script.language, script.speakers)
    emit(PartsChosen(setup.label, ""))
    await setup.check()
    request, revision = _request(plan, script, change)

    async def ask(so_far: Sequence[Turn]) -> AsyncIterator[Turn]:
        chosen = (
            await Retrieval(plan, parts, setup.embedder).passages(request.entry, request.words) if plan.sources else ()
        )
        async for turn in setup.writer.segment(replace(request, passages=chosen), so_far):
            yield turn

    key = revision_key(setup.writer.identity(), request, revision)
    turns: list[Turn] = []
    all_cached = True
    async with aclosing(stored_items(parts.store.results, key, "revision", Turn, ask, streams=True)) as written:
        async for turn, cached in written:
            turns.append(turn)
            all_cached &= cached
            emit(TurnWritten(change.segment, turn, cached))
    changed, new = replaced(script, change, turns)
    names = {turn.id for turn in new}
    flags = {turn: found for turn, found in flagged(changed, plan).items() if turn in names}
    return Rewritten(changed, new, all_cached, tally.prompt_tokens, tally.completion_tokens, tally.cost_usd, flags)


async def _sources(script: Script, parts: Parts) -> tuple[Source, ...]:
    """The sources that the script cites, as they were when it was written.

    This home keeps what it read; a script from elsewhere has its sources read again, if they are still the same: by
    other numbers its citations would be wrong. Raises `InputError`.
    """
    kept = await recall(script.sources, parts.store.results)
    if len(kept) == len(script.sources):
        return kept
    reading = await parts.read([reference.origin for reference in script.sources], script.language)
    if [source.digest for source in reading.sources] != [reference.digest for reference in script.sources]:
        raise ScriptError(
            "The script's sources are not what they were when it was written, so its citations would be wrong.",
            hint="Write it anew from them: narrowcast make SOURCE --stop-after script.",
        )
    return reading.sources


def _request(plan: Plan, script: Script, change: Change) -> tuple[SegmentRequest, Revision]:
    """What the writer is asked: the segment in its place, with what is said before and after."""
    own = script.segments[change.segment - 1]
    first = next((at for at, turn in enumerate(own.turns) if turn.id == change.turn), 0)
    turns = own.turns[first : first + 1] if change.turn else own.turns
    earlier = [turn for segment in script.segments[: change.segment - 1] for turn in segment.turns]
    later = [
        *own.turns[first + len(turns) :],
        *(turn for segment in script.segments[change.segment :] for turn in segment.turns),
    ]
    revision = Revision(change.instruction, turns, single=change.turn is not None, after=later[0] if later else None)
    cited = dict.fromkeys(number for turn in turns for number in turn.cites)
    outline = [OutlineSegment(name=segment.title or "…") for segment in script.segments]
    outline[change.segment - 1] = OutlineSegment(
        name=own.title or "…", description=change.instruction, passages=tuple(cited)
    )
    request = SegmentRequest(
        plan=replace(plan, num_segments=len(outline), minutes=None, words=None),
        number=change.segment,
        outline=tuple(outline),
        passages=(),
        words=max(LEAST_WORDS, sum(count_words(turn.text) for turn in turns)),
        before=(*earlier, *own.turns[:first]),
        is_last=change.segment == len(outline),
        revision=revision,
    )
    return request, revision


def replaced(
    script: Script, change: Change, turns: Sequence[Turn], version: int | None = None
) -> tuple[Script, tuple[Turn, ...]]:
    """The script with the new turns in their place, and these with the ids that they have there: pure.

    A turn takes the id of the one that stood there; further ones get ids that nobody has. Where it is known which
    `version` of a kept script this becomes, nobody ever had them.
    """
    own = script.segments[change.segment - 1]
    old = _asked(own, change)
    taken = {turn.id for turn in script.turns()}
    names = (later_turn_id(version, n) if version else turn_id(change.segment, n) for n in count(1))
    free = (name for name in names if name not in taken)
    ids = [turn.id for turn in old][: len(turns)]
    ids += [next(free) for _ in range(len(turns) - len(ids))]
    new = tuple(turn.model_copy(update={"id": identity}) for turn, identity in zip(turns, ids, strict=True))
    at = own.turns.index(old[0])
    kept = own.model_copy(update={"turns": (*own.turns[:at], *new, *own.turns[at + len(old) :])})
    segments = (*script.segments[: change.segment - 1], kept, *script.segments[change.segment :])
    return script.model_copy(update={"segments": segments}), new


def write_rewritten(path: Path, before: Script, change: Change, rewritten: Rewritten) -> Rewritten:
    """Write the change into the script file, whatever else was changed there since it was read as `before`.

    Gives what the file then holds. Raises `ScriptError` when the very part was changed, and `OutputError`.
    """
    with alone_in(path.parent):
        carried = carried_over(rewritten, before, read_script(path), change)
        write_script(path, dump_script(carried.script))
    return carried


def carried_over(
    rewritten: Rewritten, before: Script, now: Script, change: Change, version: int | None = None
) -> Rewritten:
    """The same new turns in the place that the old ones have `now`: pure. Raises `ScriptError` when they are gone.

    `version` as for `replaced`.
    """
    if now == before and version is None:
        return rewritten
    asked = _asked(before.segments[change.segment - 1], change)
    speakers = {speaker.name for speaker in now.speakers}
    for number, segment in enumerate(now.segments, start=1):
        if _asked(segment, change) == asked and all(turn.speaker in speakers for turn in rewritten.turns):
            script, turns = replaced(now, replace(change, segment=number), rewritten.turns, version)
            flags = {
                new.id: rewritten.flags[old.id]
                for old, new in zip(rewritten.turns, turns, strict=True)
                if old.id in rewritten.flags
            }
            return replace(rewritten, script=script, turns=turns, flags=flags)
    raise ScriptError(
        "The same part of the script was changed while it was written anew; the file is left as it now is.",
        hint="Run it again.",
    )


def _asked(segment: Segment, change: Change) -> tuple[Turn, ...]:
    return tuple(turn for turn in segment.turns if change.turn in {None, turn.id})
