"""What is well of where files are kept: which storage it is and why, and whether it does what is asked of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from urllib.parse import urlsplit

from narrowcast.errors import NarrowcastError
from narrowcast.settings import Settings
from narrowcast.store.files.blobs import Blobs
from narrowcast.store.files.storage_place import Kind
from narrowcast.store.upkeep.bucket import pages_may_read
from narrowcast.store.upkeep.probe import probe
from narrowcast.studio.findings import Finding, Verdict

SET_UP = "Run narrowcast storage setup with keys that may."
BY_HAND = {
    Kind.GCS: "On Google Cloud: gcloud storage buckets update gs://BUCKET --cors-file=FILE with"
    ' [{{"origin": ["{origin}"], "method": ["GET", "HEAD"], "responseHeader": ["ETag", "Content-Range",'
    ' "Content-Length", "Accept-Ranges"], "maxAgeSeconds": 3600}}], and --public-access-prevention.',
    Kind.AZURE: "On Azure: az storage cors add --services b --methods GET HEAD --origins {origin}"
    " --allowed-headers range --exposed-headers ETag,Content-Range,Content-Length,Accept-Ranges --max-age 3600,"
    " and switch off anonymous access to blobs of the account.",
    Kind.REPLIT: "Replit's object storage has no rules to set: sound goes through this server.",
}
"""What to do where we cannot."""


def origin_of(url: str) -> str:
    """The origin of a page at `url`."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


async def storing(blobs: Blobs, settings: Settings) -> AsyncIterator[Finding]:
    """Look at it; a small file is written and removed."""
    place = blobs.place
    probed = await probe(blobs)
    because = f" ({place.why})" if place.why else ""
    if probed.fault:
        found = f"{place}{because}: nothing can be {probed.step}: {probed.fault.message}"
        yield Finding("storage", Verdict.PROBLEM, found, probed.fault.hint)
        return
    sent = "; listeners are sent there" if probed.links else ""
    yield Finding("storage", Verdict.OK, f"{place}{because}{sent}")
    if place.kind is Kind.S3 and settings.public_url:
        yield await _cors(blobs, origin_of(settings.public_url))


async def _cors(blobs: Blobs, origin: str) -> Finding:
    """Our own pages need none; those of others that play by scripts do."""
    try:
        allowed = await pages_may_read(blobs.place, origin)
    except NarrowcastError as fault:
        return Finding("storage: CORS", Verdict.NOTE, fault.message, fault.hint or SET_UP)
    if not allowed:
        return Finding("storage: CORS", Verdict.NOTE, f"scripts of {origin} may not read there", SET_UP)
    return Finding("storage: CORS", Verdict.OK, f"scripts of {origin} may read there, by ranges")
