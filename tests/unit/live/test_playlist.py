"""The playlist as RFC 8216 wants it."""

from __future__ import annotations

import re

from narrowcast.live.cutting import LONGEST_S, frames_of
from narrowcast.live.playlist import playlist


def test_it_only_grows_and_ends() -> None:
    segments = [(f"live/{number}.m4s", 0.55467) for number in (1, 2, 3)]
    growing = playlist("live/init.mp4", segments[:2], ended=False)
    ended = playlist("live/init.mp4", segments, ended=True)
    assert ended.startswith(growing)
    assert ended.splitlines()[-1] == "#EXT-X-ENDLIST"
    assert growing.splitlines()[0] == "#EXTM3U"
    assert "#EXT-X-PLAYLIST-TYPE:EVENT" in growing.splitlines()
    assert '#EXT-X-MAP:URI="live/init.mp4"' in growing.splitlines()
    assert re.findall(r"#EXTINF:([\d.]+),\n(\S+)\n", ended) == [
        ("0.55467", f"live/{number}.m4s") for number in (1, 2, 3)
    ]


def test_no_segment_is_longer_than_is_promised() -> None:
    for rate in (16_000, 22_050, 24_000, 44_100, 48_000):
        lengths = [frames_of(number, rate, 1024) * 1024 / rate for number in range(1, 10)]
        assert max(lengths) <= LONGEST_S
        assert lengths[0] < 1, "a player begins with the first"
        assert lengths == sorted(lengths)
