"""What the installed application asks for: manifest and icons, its service worker, the page that needs no network."""

from __future__ import annotations

from importlib.resources import files

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from narrowcast.errors import NotFoundError
from narrowcast.server.web import show
from narrowcast.server.web.installing import ICONS, manifest, service_worker
from narrowcast.server.who import Anyone

router = APIRouter(include_in_schema=False)

GET = ["GET", "HEAD"]
DAY = "public, max-age=86400"


@router.api_route("/manifest.webmanifest", methods=GET)
async def show_manifest(request: Request) -> Response:
    """The manifest; it holds nothing of anybody."""
    root = request.scope.get("root_path", "")
    return JSONResponse(manifest(root), media_type="application/manifest+json", headers={"Cache-Control": "no-cache"})


@router.api_route("/service-worker.js", methods=GET)
async def show_worker(request: Request) -> Response:
    """The service worker. At the root, as it looks after all that lies below."""
    text = service_worker(request.scope.get("root_path", ""))
    # Its own policy: it asks this server alone, and imports no other scripts.
    policy = "default-src 'none'; script-src 'self'; connect-src 'self'"
    return Response(
        text, media_type="text/javascript", headers={"Cache-Control": "no-cache", "Content-Security-Policy": policy}
    )


@router.api_route("/icons/{name}", methods=GET)
async def show_icon(name: str) -> Response:
    """One of the application's icons, under an address that stays."""
    if name not in ICONS:
        raise NotFoundError("There is no such icon.")
    picture = (files("narrowcast.server.web") / "static" / "icons" / name).read_bytes()
    return Response(picture, media_type="image/png", headers={"Cache-Control": DAY})


@router.get("/offline")
async def offline(request: Request, who: Anyone) -> Response:
    """What is kept on this device: the browser knows, and this page holds nothing of anybody."""
    return show(request, "offline", who, here="library")
