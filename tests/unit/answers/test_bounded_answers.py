"""How much of an answer is read, however it comes in pieces."""

from __future__ import annotations

import gzip
import itertools
from collections.abc import AsyncIterator, Sequence

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narrowcast.answers import MOST_OF_A_FAULT, MOST_OF_A_LIST, AnswerTooLongError, bounded

MOST, EVENT = 5_000, 100


class Pieces(httpx2.AsyncByteStream):
    def __init__(self, pieces: Sequence[bytes]) -> None:
        self.pieces = pieces
        self.closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            yield piece

    async def aclose(self) -> None:
        self.closed = True


async def read(
    pieces: Sequence[bytes], *, status: int = 200, method: str = "POST", most: int = MOST, packing: str = ""
) -> bytes:
    stream = Pieces(pieces)
    headers = {"content-encoding": packing} if packing else {}
    transport = httpx2.MockTransport(lambda _: httpx2.Response(status, headers=headers, stream=stream))
    hooks = {"response": [bounded(most, most_of_an_event=EVENT if most == MOST else None)]}
    try:
        async with httpx2.AsyncClient(transport=transport, event_hooks=hooks) as client:
            return (await client.request(method, "http://x/")).content
    finally:
        assert stream.closed


def cut(data: bytes, places: Sequence[int]) -> list[bytes]:
    ends = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[start:end] for start, end in itertools.pairwise(ends)]


SIZES = st.lists(st.integers(1, 90), min_size=1, max_size=40)
PLACES = st.lists(st.integers(0, 10_000), max_size=60)
BREAKS = st.sampled_from([b"\n\n", b"\r\n\r\n", b"\r\r"])


@settings(deadline=None)  # a machine that is busy elsewhere is slow, not wrong
@given(SIZES, BREAKS, PLACES)
async def test_events_within_the_limit_pass_unchanged(sizes: list[int], blank: bytes, places: list[int]) -> None:
    data = blank.join(b"e" * size for size in sizes)
    assert await read(cut(data, places)) == data


@settings(deadline=None)
@given(SIZES, BREAKS, PLACES, st.integers(0, 1_000))
async def test_one_event_beyond_the_limit_is_seen(sizes: list[int], blank: bytes, places: list[int], more: int) -> None:
    events = [b"e" * size for size in sizes] + [b"line\n" * ((EVENT + more) // 5 + 1)]
    with pytest.raises(AnswerTooLongError, match="an event of more than"):
        await read(cut(blank.join(events), places))


async def test_blank_lines_that_always_lie_across_two_pieces_count() -> None:
    for blank in (b"\n\n", b"\r\n\r\n", b"\r\r"):
        pieces = [b"", *([blank[1:] + b"e" * 60 + blank[:1]] * 40)]
        assert await read(pieces) == b"".join(pieces)


@pytest.mark.parametrize("packing", ["", "gzip"])
async def test_an_answer_may_have_so_many_bytes_unpacked_and_no_more(packing: str) -> None:
    most = 100_000
    for length in (most, most + 1):
        data = gzip.compress(bytes(length)) if packing else bytes(length)
        if length == most:
            assert await read(cut(data, [10, 50]), most=most, packing=packing) == bytes(most)
        else:
            with pytest.raises(AnswerTooLongError, match="more than 100 KB"):
                await read(cut(data, [10, 50]), most=most, packing=packing)


async def test_what_is_looked_up_has_a_limit_of_its_own() -> None:
    pieces = [bytes(1_000_000)] * 6
    assert len(await read(pieces, most=10**7)) == 6_000_000
    with pytest.raises(AnswerTooLongError, match="more than 5 MB"):
        await read(pieces, method="GET", most=10**7)
    assert len(await read(pieces[:5], method="GET", most=10**7)) == MOST_OF_A_LIST


@pytest.mark.parametrize("status", [400, 429, 500, 503])
async def test_a_fault_ends_where_enough_is_known_of_it(status: int) -> None:
    assert await read([b"short"], status=status) == b"short"
    assert await read([b"x" * 50_000] * 9, status=status) == b"x" * MOST_OF_A_FAULT
