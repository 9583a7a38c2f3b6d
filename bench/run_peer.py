"""Makes one episode with podcast-creator, as its own documentation shows; run by that package's own interpreter.

`python bench/run_peer.py DOCUMENT OUTPUT_FOLDER`, with OPENAI_API_KEY and OPENAI_BASE_URL set. Prints one JSON line.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def main(document: Path, out: Path) -> None:
    """Run it. The profiles are the ones that Narrowcast gets in the same comparison."""
    podcast_creator = import_module("podcast_creator")  # not among this project's own packages
    base_url = os.environ["OPENAI_BASE_URL"]
    speakers = json.loads((HERE / "speakers.json").read_text("utf-8"))
    speakers["profiles"]["bench"]["tts_config"] = {"base_url": base_url}
    podcast_creator.configure("speakers_config", speakers)
    podcast_creator.configure("episode_config", json.loads((HERE / "episodes.json").read_text("utf-8")))
    model_config = {"base_url": base_url}
    result: dict[str, Any] = asyncio.run(
        podcast_creator.create_podcast(
            content=document.read_text("utf-8"),
            episode_name="bench",
            output_dir=str(out),
            episode_profile="bench",
            num_segments=5,
            outline_config=model_config,
            transcript_config=model_config,
        )
    )
    print(json.dumps({"path": str(result["final_output_file_path"]), "turns": result["audio_clips_count"]}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
