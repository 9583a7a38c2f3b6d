"""The process that looks at one recording: `python -P -m narrowcast.audio.child` (see `narrowcast.apart`).

The order is `{"path": …}`; the answer a `Recording`'s fields, or `{"fault": message, "hint": …}`.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from narrowcast.apart import bound_this_process
from narrowcast.audio.recording import examine
from narrowcast.errors import InputError


def _examined(order: dict[str, Any]) -> dict[str, Any]:
    try:
        return asdict(examine(Path(order["path"])))
    except InputError as error:
        return {"fault": error.message, "hint": error.hint}


if __name__ == "__main__":
    bound_this_process()
    answer = _examined(json.load(sys.stdin))
    sys.stdout.write(json.dumps(answer))
