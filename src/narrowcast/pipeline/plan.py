"""From what was asked and what was read to the plan of an episode: pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from narrowcast.pipeline.order import Order
from narrowcast.script.one_line import one_line
from narrowcast.script.profile import Speaker
from narrowcast.script.sentences import split_sentences
from narrowcast.script.source import Passage, PassageKind, Source
from narrowcast.script.words import count_words
from narrowcast.writers.base import Plan
from narrowcast.writers.extractive.speakable import is_speakable

MAX_TITLE = 300


def episode_language(order: Order, sources: Sequence[Source]) -> str:
    """Asked for, else the profile's, else the script's, else the one that most of the sources' text is in."""
    if given := order.language or (order.script.language if order.script else None) or order.profile.language:
        return given.replace("_", "-")
    lengths: Counter[str] = Counter()
    for source in sources:
        lengths[source.language] += sum(len(passage.text) for passage in source.passages)
    return lengths.most_common(1)[0][0] if lengths else "en"


def episode_title(order: Order, sources: Sequence[Source]) -> str:
    """Asked for, else the script's, else the sources' own titles."""
    if order.title and order.title.strip():
        return one_line(order.title)[:MAX_TITLE]
    if order.script:
        return one_line(order.script.title) or "Untitled"
    titles = list(dict.fromkeys(one_line(source.title) for source in sources))
    more = f" · +{len(titles) - 2}" if len(titles) > 2 else ""
    return (" · ".join(titles[:2])[: MAX_TITLE - len(more)] + more) or "Untitled"


def plan_episode(order: Order, sources: Sequence[Source], language: str, speakers: tuple[Speaker, ...]) -> Plan:
    """The plan, its length in words not set yet: that follows the voices."""
    return Plan(
        title=episode_title(order, sources),
        briefing=order.briefing,
        language=language,
        speakers=speakers,
        num_segments=order.num_segments or order.profile.num_segments,
        sources=tuple(sources),
        minutes=order.minutes or order.profile.minutes,
        parallel=order.parallel,
    )


def prose(passages: Sequence[Passage], characters: int, language: str) -> str:
    """What an episode will say, up to so many characters: something to try a voice on.

    Sentences from a third of the way on, since dates and addresses of a title page take longer than they have words;
    where none can be said, the first prose as it is.
    """
    third = len(passages) // 3
    mine = [passage.text for passage in (*passages[third:], *passages[:third]) if passage.kind is PassageKind.PROSE]
    text = ""
    for sentence in (sentence for block in mine for sentence in split_sentences(block, language)):
        if is_speakable(sentence, language):
            text += sentence + " "
        if len(text) >= characters:
            break
    return (text or "\n".join(p.text for p in passages if p.kind is PassageKind.PROSE))[:characters]


def source_words(sources: Sequence[Source]) -> int:
    """All words of the sources."""
    return sum(count_words(passage.text) for source in sources for passage in source.passages)
