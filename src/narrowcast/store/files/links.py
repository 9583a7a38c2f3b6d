"""Addresses of objects for listeners: signed, short-lived, and the same for minutes so that they can be cached."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Protocol

from obstore import sign_async
from obstore.exceptions import BaseError
from obstore.store import AzureStore, GCSStore, S3Store

from narrowcast.store.files.presigned import presigned
from narrowcast.store.files.s3_keys import S3Keys
from narrowcast.store.files.storage_place import BucketAddress

LONGEST = timedelta(hours=1)
SAME_FOR = timedelta(minutes=5)
"""Asked for again within this time an address is the same, so that browsers and CDNs find what they have."""
NOT_AGAIN = timedelta(minutes=10)
"""For how long nothing is signed where signing failed."""
KEPT = 5_000


class Links(Protocol):
    """Signs addresses. `base` is what all of them begin with."""

    base: str

    async def sign(self, key: str, seconds: int, query: Mapping[str, str]) -> str | None:
        """An address for so long at most; `query` overrides headers of the answer where the storage can do that.

        None where the storage cannot sign, or not for that long.
        """
        ...


class S3Links:
    """Signed here: nothing is asked of the network. `public_url` stands in for the bucket's own address."""

    def __init__(self, address: BucketAddress, prefix: str, keys: S3Keys, public_url: str | None) -> None:
        self.base = (public_url or address.root) + "/"
        self._address, self._prefix, self._keys = address, f"{prefix}/" if prefix else "", keys

    async def sign(self, key: str, seconds: int, query: Mapping[str, str]) -> str | None:
        """See `Links`."""
        now = datetime.now(UTC)
        signing = await self._keys.signing_key()
        at = begun(now)
        ends = min(now + timedelta(seconds=seconds), at + LONGEST, signing.until or datetime.max.replace(tzinfo=UTC))
        left = int((ends - at).total_seconds())
        if ends <= now or left < 1:
            return None
        url = presigned(
            self._address.url(self._prefix + key),
            key=signing,
            region=self._address.region,
            at=at,
            seconds=left,
            query=query,
        )
        return self.base + url.removeprefix(f"{self._address.root}/")


class StoreLinks:
    """Signed by obstore: with a key at once, with a machine's identity by asking for it, so they are kept a while."""

    def __init__(self, store: S3Store | GCSStore | AzureStore, base: str, root: str) -> None:
        self.base = base
        self._store, self._root = store, root
        self._signed: dict[str, tuple[datetime, str]] = {}
        self._failed: datetime | None = None

    async def sign(self, key: str, seconds: int, query: Mapping[str, str]) -> str | None:  # noqa: ARG002 - see Links
        """See `Links`; no header is overridden, and an address that is to end within the hour is not kept."""
        now = datetime.now(UTC)
        if self._failed and now - self._failed < NOT_AGAIN:
            return None
        lasting = seconds >= LONGEST.total_seconds()
        if lasting and (kept := self._signed.get(key)) and now - kept[0] < SAME_FOR:
            return kept[1]
        try:
            url = await sign_async(self._store, "GET", key, timedelta(seconds=seconds))
        except (BaseError, OSError, ValueError):
            self._failed = now
            return None
        url = self.base + url.removeprefix(self._root) if url.startswith(self._root) else url
        if lasting:
            if len(self._signed) >= KEPT:
                self._signed.clear()
            self._signed[key] = (now, url)
        return url


def begun(now: datetime) -> datetime:
    """When an address that is asked for now begins to be good: the same for all of five minutes."""
    step = int(SAME_FOR.total_seconds())
    return datetime.fromtimestamp(int(now.timestamp()) // step * step, UTC)
