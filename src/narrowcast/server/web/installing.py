"""What makes the pages an application that is installed: its manifest, and the script of its service worker. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from posixpath import dirname, normpath
from typing import Any

from narrowcast.server.web.static_files import VERSION

ICONS = ("192.png", "512.png", "maskable-512.png", "badge.png", "apple-touch.png")
START = "parts/start.js"
FIRST = ("look/", "offline/")
"""What every page needs besides the modules that begin it; the rest comes when an episode is kept."""
IMPORTED = re.compile(r'''(?:from|import)\s*\(?\s*"(\.{1,2}/[^"]+\.js)"''')
PAPER, INK = "#fbf8f3", "#101319"
SHAREABLE = (
    "application/pdf",
    "application/epub+zip",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "text/*",
    ".pdf",
    ".epub",
    ".docx",
    ".md",
    ".txt",
    ".html",
    ".srt",
    ".vtt",
)


def manifest(root: str) -> dict[str, Any]:
    """The web application manifest (W3C) of a server below `root`, which is empty or begins with a slash."""

    def icon(name: str, side: int, purpose: str) -> dict[str, str]:
        return {"src": f"{root}/icons/{name}", "sizes": f"{side}x{side}", "type": "image/png", "purpose": purpose}

    icons = [icon("192.png", 192, "any"), icon("512.png", 512, "any"), icon("maskable-512.png", 512, "maskable")]
    return {
        "id": f"{root}/",
        "name": "Narrowcast",
        "short_name": "Narrowcast",
        "description": "Turns what you have to read into episodes to listen to.",
        "start_url": f"{root}/",
        "scope": f"{root}/",
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": PAPER,
        "lang": "en",
        "categories": ["education", "productivity"],
        "icons": icons,
        "shortcuts": [
            {"name": "Make an episode", "short_name": "Make", "url": f"{root}/", "icons": icons[:1]},
            {"name": "Library", "url": f"{root}/library", "icons": icons[:1]},
            {"name": "Kept on this device", "short_name": "Kept", "url": f"{root}/offline", "icons": icons[:1]},
        ],
        "share_target": {
            "action": f"{root}/share-target",
            "method": "POST",
            "enctype": "multipart/form-data",
            "params": {
                "title": "title",
                "text": "text",
                "url": "url",
                "files": [{"name": "files", "accept": list(SHAREABLE)}],
            },
        },
    }


def service_worker(root: str) -> str:
    """The service worker's script: the module of this version, and which files there are."""
    beginning = {"version": VERSION, "first": list(BEGINNING), "all": list(FILES)}
    module = json.dumps(f"{root}/static/{VERSION}/offline/worker.js")
    return f"import {{ begin }} from {module};\nbegin({json.dumps(beginning)});\n"


def _files(folder: Traversable, prefix: str = "") -> Sequence[str]:
    found: list[str] = []
    for part in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if part.is_dir():
            found += _files(part, f"{prefix}{part.name}/")
        elif part.name.endswith((".js", ".css", ".svg")):
            found.append(prefix + part.name)
    return found


def _reached(folder: Traversable, start: str) -> frozenset[str]:
    """The modules that one leads to, with itself."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            text = folder.joinpath(*path.split("/")).read_text("utf-8")
            waiting += [normpath(f"{dirname(path)}/{name}") for name in IMPORTED.findall(text)]
    return frozenset(found)


FILES = tuple(_files(files("narrowcast.server.web") / "static"))
"""What pages bring, below `static/`."""
_NEEDED = _reached(files("narrowcast.server.web") / "static", START)
BEGINNING = tuple(path for path in FILES if path.startswith(FIRST) or path in _NEEDED or path == "player/mini.css")
"""What every page needs, whatever it shows."""
