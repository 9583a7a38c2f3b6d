"""The CPU seconds that encoding a file's samples costs by itself: `python bench/bare_encode.py FILE BIT_RATE LEVEL`.

The file is decoded first, unmeasured; LEVEL is LAME's speed. By PyAV's own LAME, which takes more than twice the time
of that in common builds of ffmpeg: it measures what Narrowcast made, and nobody else's file.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import av
import numpy as np


def main(path: Path, bit_rate: int, level: str) -> None:
    """Print the seconds."""
    with av.open(path.open("rb"), "r", format="mp3") as container:
        stream = container.streams.audio[0]
        rate, layout = stream.rate, stream.layout.name
        pieces = [frame.to_ndarray() for frame in container.decode(stream)]
    samples = np.concatenate(pieces, axis=1)
    encoder = av.CodecContext.create("libmp3lame", "w")
    encoder.sample_rate, encoder.layout, encoder.format = rate, layout, av.AudioFormat("fltp")
    encoder.bit_rate = bit_rate
    encoder.options = {"compression_level": level}
    before = time.process_time()
    for at in range(0, samples.shape[1], rate):
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples[:, at : at + rate]), "fltp", layout)
        frame.sample_rate = rate
        encoder.encode(frame)
    encoder.encode(None)
    print(f"{time.process_time() - before:.3f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
