"""The HLS playlist of a growing stream (RFC 8216). Pure."""

from __future__ import annotations

from collections.abc import Iterable

from narrowcast.live.cutting import LONGEST_S

MEDIA_TYPE = "application/vnd.apple.mpegurl"


def playlist(init: str, segments: Iterable[tuple[str, float]], *, ended: bool) -> str:
    """An EVENT playlist: `init` and the segments' addresses, each with its seconds. It only ever grows."""
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        f"#EXT-X-TARGETDURATION:{LONGEST_S}",
        "#EXT-X-MEDIA-SEQUENCE:1",
        "#EXT-X-PLAYLIST-TYPE:EVENT",
        # Otherwise players begin near the end of what there is.
        "#EXT-X-START:TIME-OFFSET=0,PRECISE=YES",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        f'#EXT-X-MAP:URI="{init}"',
    ]
    for address, seconds in segments:
        lines += [f"#EXTINF:{seconds:.5f},", address]
    if ended:
        lines.append("#EXT-X-ENDLIST")
    return "\n".join(lines) + "\n"
