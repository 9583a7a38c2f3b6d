"""One segment as turns: a conversation, a narration, or the document read out."""

from __future__ import annotations

from collections.abc import Sequence

from narrowcast.script.dialogue import Turn
from narrowcast.script.profile import Speaker
from narrowcast.writers.extractive.conversation import Conversation
from narrowcast.writers.extractive.material import Material
from narrowcast.writers.extractive.narration import Narration, read_out
from narrowcast.writers.extractive.picker import Picker
from narrowcast.writers.extractive.telling import Part
from narrowcast.writers.key_sentences import normalised


def tell(material: Material, part: Part, speakers: Sequence[Speaker], before: Sequence[Turn]) -> list[Turn]:
    """The turns of one segment. One speaker narrates; of two or more the first hosts and the others answer."""
    said = "|".join(["", *(f" {normalised(turn.text)} " for turn in before), ""])
    picker = Picker(material.seed, part.number, len(material.groups), said)
    if material.bank is None:
        return read_out(material, part, speakers[0].name)
    teller = Narration if len(speakers) == 1 else Conversation
    return teller(material, material.bank, part, speakers, picker).turns()
