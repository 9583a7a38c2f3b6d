"""Documents written for these tests, and the shortest way to make an episode of them."""

# ruff: noqa: E501 — paragraphs stand as in a document

from __future__ import annotations

import re

from narrowcast.script.dialogue import OutlineSegment, Turn
from narrowcast.script.profile import Speaker
from narrowcast.script.source import Passage, PassageKind, Source
from narrowcast.writers.base import Plan, SegmentRequest
from narrowcast.writers.extractive.writer import ExtractiveWriter

COFFEE = """\
Coffee is the most widely traded tropical commodity on earth. About 125 million people depend on it for their living, and the world drinks more than two billion cups of it every day. Yet the plant behind all this is a shy shrub that once grew only in the highlands of Ethiopia.

# 1. From Ethiopia to Yemen

The coffee plant belongs to the genus Coffea, which has more than 120 species. Only two of them matter to trade: arabica, which makes up roughly 60 percent of the harvest, and robusta, which makes up most of the rest. Arabica is a natural hybrid that arose between 10,000 and 15,000 years ago [3].

People in Ethiopia chewed the cherries long before anyone thought of roasting them. The first firm evidence of coffee drinking comes from Yemen in the middle of the 15th century (Hattox, 1985). Sufi monks drank it because it kept them awake during their night prayers. The port of Mocha became the centre of the trade, and for almost 200 years nearly every bean sold in the world passed through it.

Yemen guarded its monopoly carefully. Beans were boiled or parched before export so that nobody could plant them. However, a pilgrim named Baba Budan is said to have smuggled seven seeds out of the country around 1670 and planted them in southern India. See section 4.2 for the route that he took. Figure 3: A map of the Red Sea trade.

# 2. The Coffee House

A coffee house is a public room where people pay for a drink and stay for the talk. The first one in Europe opened in Venice in 1645. Oxford followed in 1650 and London in 1652. By 1700 London had more than 2,000 of them, and they were called penny universities, because a penny bought a cup and a seat among the best talkers in the city.

Coffee houses changed how people did business. Lloyd's of London began as a coffee house where ship owners met insurers. The London Stock Exchange grew out of a list of prices pinned to the wall at Jonathan's. Charles II tried to ban coffee houses in 1675, but he gave up after only 11 days because the protests were so loud.

# 3. The Price of a Cup

Slavery made cheap coffee possible. By 1788 the French colony of Saint-Domingue supplied half of the world's coffee, and about 500,000 enslaved people worked there. The revolution that began in 1791 ended slavery on the island and the plantations with it. Brazil then took its place and imported more enslaved Africans than any other country in the Americas.

Brazil still grows about a third of the world's coffee. Farmers receive only a small part of what drinkers pay. For example, a cup that costs 3 dollars in a city café contains about 5 cents' worth of green beans at the farm gate. When the International Coffee Agreement collapsed in 1989, prices fell by half within months, and millions of small farmers lost their income. Click here to subscribe to our newsletter.

| Country | Tonnes |

>>> run(["brew", "--strong"])

# 4. A Warmer Future

Arabica needs cool nights and steady rain. If average temperatures rise by two degrees, about half of the land that suits arabica today will no longer be usable by 2050. Leaf rust is a fungus that thrives in warm, wet weather. It destroyed the plantations of Ceylon in the 1870s and turned the island to tea. It came back in 2012 and cost Central America about 1.7 million jobs.

Breeders are looking for answers in the wild. Coffea stenophylla, a species from Sierra Leone that had been thought lost since 1954, was found again in 2018. It tolerates temperatures about six degrees higher than arabica does, and tasters could hardly tell the two apart. The next cup will probably cost more. It may also taste of a plant that nobody has yet heard of.

# References

Hattox wrote the classic account of the early coffee houses and it was published in 1985.
"""


def source(
    text: str, *, language: str = "en", title: str = "How Coffee Conquered the World", number: int = 1
) -> Source:
    """A source of this small mark-up: `# heading`, `| table`, `>>> code`, paragraphs."""
    passages: list[Passage] = []
    heading: tuple[str, ...] = ()
    for block in re.split(r"\n\n+", text.strip()):
        if block.startswith("# "):
            heading = (block[2:],)
            continue
        kind = {"|": PassageKind.TABLE, ">": PassageKind.CODE, "-": PassageKind.LIST}.get(block[0], PassageKind.PROSE)
        passages.append(Passage(number=len(passages) + 1, source=number, text=block, kind=kind, headings=heading))
    return Source(
        number=number, title=title, origin="coffee.md", format="markdown", language=language,
        author="Miriam Okafor", passages=tuple(passages),
    )  # fmt: skip


def plan_of(*sources: Source, segments: int = 4, speakers: int = 2, words: int | None = 560) -> Plan:
    names = ("Alex", "Sam", "Nadia", "Ben")[:speakers]
    return Plan(
        title=sources[0].title, briefing="", language=sources[0].language, num_segments=segments,
        speakers=tuple(Speaker(name=name) for name in names), sources=sources, words=words,
    )  # fmt: skip


async def outline_of(plan: Plan, writer: ExtractiveWriter | None = None) -> list[OutlineSegment]:
    return [entry async for entry in (writer or ExtractiveWriter()).outline(plan)]


async def episode_of(plan: Plan, *, parallel: bool = False, words: int | None = None) -> list[list[Turn]]:
    """All segments' turns, each with an equal share of the plan's words."""
    writer = ExtractiveWriter()
    outline = tuple(await outline_of(plan, writer))
    written: list[list[Turn]] = []
    for number in range(1, len(outline) + 1):
        before = () if parallel else tuple(turn for turns in written for turn in turns)
        request = SegmentRequest(
            plan, number, outline, (), words or (plan.words or 600) // len(outline), before, number == len(outline)
        )
        written.append([turn async for turn in writer.segment(request)])
    return written
