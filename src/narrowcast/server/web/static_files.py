"""The files that pages bring: under an address that changes with them, so that a browser may keep them for ever."""

from __future__ import annotations

import hashlib
from importlib.resources import files
from importlib.resources.abc import Traversable

from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Scope

KEEP = "public, max-age=31536000, immutable"


def _version(folder: Traversable) -> str:
    digest = hashlib.sha256()

    def take(part: Traversable, name: str) -> None:
        for inner in sorted(part.iterdir(), key=lambda entry: entry.name):
            if inner.is_dir():
                take(inner, f"{name}/{inner.name}")
            else:
                digest.update(f"{name}/{inner.name}".encode() + inner.read_bytes())

    take(folder, "")
    return digest.hexdigest()[:12]


VERSION = _version(files("narrowcast.server.web") / "static")
"""Changes when any of the files does. Modules that import each other by relative paths stay within one version."""


class _Versioned(StaticFiles):
    """Serves `{VERSION}/path` for ever, and any other version's address for now: a page that is still open asks so."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file's answer."""
        version, _, inner = path.partition("/")
        answer = await super().get_response(inner, scope)
        answer.headers["Cache-Control"] = KEEP if version == VERSION else "no-cache"
        return answer


def static_files() -> ASGIApp:
    """The application to mount at `/static`."""
    return GZipMiddleware(_Versioned(packages=[("narrowcast.server.web", "static")]), minimum_size=600)
