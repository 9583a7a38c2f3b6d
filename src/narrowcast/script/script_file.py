"""The script file that a person may edit: JSON in, JSON out."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from narrowcast.errors import ScriptError
from narrowcast.script.dialogue import MAX_TURNS, Script, turn_id

MAX_SCRIPT_BYTES = 20_000_000


def read_script(path: Path) -> Script:
    """The script in the file at `path`. Raises `ScriptError`."""
    try:
        if path.stat().st_size > MAX_SCRIPT_BYTES:
            raise ScriptError(f"{path} is too large for a script (over {MAX_SCRIPT_BYTES / 1e6:.0f} MB).")
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise ScriptError(
            f"Cannot read the script {path}: {error.strerror}.",
            hint="Name a .script.json file, as make writes it beside the audio.",
        ) from error
    except UnicodeDecodeError as error:
        raise ScriptError(f"{path} is not text in UTF-8.", hint="Save it as UTF-8 JSON.") from error
    return parse_script(text, str(path))


def dump_script(script: Script) -> str:
    """`script` as the text of a script file."""
    document = script.model_dump(mode="json", exclude_defaults=True)
    for segment in document["segments"]:
        for turn in segment["turns"]:
            turn.setdefault("cites", [])
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def parse_script(text: str, place: str) -> Script:
    """The script in `text`. Turns without an id, or with a copied one, get their own; empty segments are left out.

    `place` names the file in messages. Raises `ScriptError`.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ScriptError(
            f"{place} is not valid JSON: {error}.",
            hint="Correct it, or have it written anew: narrowcast make SOURCE --stop-after script.",
        ) from error
    if not isinstance(document, dict):
        raise ScriptError(f"{place} is not a script.", hint="A script is an object with title, language, …, segments.")
    return script_of(document, place)


def script_of(document: dict[str, Any], place: str) -> Script:
    """The same of what was in a script's JSON. Raises `ScriptError`, which names the turn that is wrong."""
    _give_ids(document)
    try:
        script = Script.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        raise ScriptError(f"{place} is wrong at {_where(document, first['loc'])}: {first['msg']}.") from error
    known = {speaker.name for speaker in script.speakers}
    if len(known) < len(script.speakers):
        raise ScriptError(f"{place} has two speakers of the same name.")
    for turn in script.turns():
        if turn.speaker not in known:
            raise ScriptError(
                f"{place}: turn {turn.id} is spoken by {turn.speaker!r}, who is not among its speakers.",
                hint=f"Its speakers are {', '.join(sorted(known))}.",
            )
    count = sum(1 for _ in script.turns())
    if not 0 < count <= MAX_TURNS:
        raise ScriptError(f"{place} has {count or 'no'} turns.", hint=f"An episode has 1 to {MAX_TURNS:,} turns.")
    return script.model_copy(update={"segments": tuple(segment for segment in script.segments if segment.turns)})


def _where(document: dict[str, Any], place: tuple[int | str, ...]) -> str:
    """The place of a fault as a person finds it: by the turn's id where it is in one."""
    match place:
        case ("segments", int(segment), "turns", int(turn), *rest):
            identity = document["segments"][segment]["turns"][turn]
            name = f"turn {identity['id']}" if isinstance(identity, dict) else f"turn {turn + 1}"
            return " ".join([*(str(part) for part in rest), "of", name, f"(segment {segment + 1})"]).removeprefix("of ")
        case ():
            return "the whole"
    return ".".join(str(part) for part in place)


def _give_ids(document: dict[str, Any]) -> None:
    segments = document.get("segments")
    turns = [
        (segment_number, turn)
        for segment_number, segment in enumerate(segments if isinstance(segments, list) else [], start=1)
        if isinstance(segment, dict) and isinstance(segment.get("turns"), list)
        for turn in segment["turns"]
        if isinstance(turn, dict)
    ]
    taken: set[str] = set()
    free = {str(turn.get("id")) for _, turn in turns}
    next_number: Counter[int] = Counter()
    for segment_number, turn in turns:
        wanted = turn.get("id")
        if not isinstance(wanted, str) or not wanted or wanted in taken:
            while True:
                next_number[segment_number] += 1
                wanted = turn_id(segment_number, next_number[segment_number])
                if wanted not in free and wanted not in taken:
                    break
            turn["id"] = wanted
        taken.add(wanted)
