"""Reading and writing a bucket's rules, by boto3: obstore knows objects alone."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from narrowcast.errors import OutputError, SettingError
from narrowcast.store.files.s3_keys import s3_environment
from narrowcast.store.files.storage_place import Kind, StoragePlace, bucket_address
from narrowcast.store.upkeep import bucket_rules

NONE_YET = {
    "NoSuchCORSConfiguration",
    "NoSuchBucketPolicy",
    "NoSuchLifecycleConfiguration",
    "NoSuchPublicAccessBlockConfiguration",
}
UNKNOWN = {"NotImplemented", "MethodNotAllowed", "XNotImplemented", "NotSupported"}


@dataclass(frozen=True)
class Change:
    """One rule: what it is, and whether it was so before, was made so, or cannot be at this storage (`fault`)."""

    what: str
    made: bool = False
    fault: str = ""


async def set_up(place: StoragePlace, origin: str, *, dry: bool = False) -> list[Change]:
    """Give a bucket of S3 its rules, beside those of others; `dry`: only say which it lacks.

    Raises `OutputError`, `SettingError` (boto3 is not installed, or it is no S3 bucket).
    """
    return await asyncio.to_thread(_set_up, place, origin, dry=dry)


async def pages_may_read(place: StoragePlace, origin: str) -> bool:
    """Whether the bucket's CORS lets pages of `origin` read. Raises as `set_up`."""

    def look() -> bool:
        asked = _Bucket(place)
        return bucket_rules.allows(asked.read("get_bucket_cors", "CORSRules", []), origin)

    return await asyncio.to_thread(look)


def _set_up(place: StoragePlace, origin: str, *, dry: bool) -> list[Change]:
    bucket = _Bucket(place)
    secure = bucket.root.startswith("https:")
    steps: list[tuple[str, Callable[[], tuple[Any, Any]], Callable[[Any], None]]] = [
        (
            f"CORS: pages of {origin} may read, by ranges",
            lambda: _both(bucket.read("get_bucket_cors", "CORSRules", []), lambda old: bucket_rules.cors(old, origin)),
            lambda new: bucket.write("put_bucket_cors", CORSConfiguration={"CORSRules": new}),
        ),
        (
            "public access is blocked",
            lambda: _both(
                bucket.read("get_public_access_block", "PublicAccessBlockConfiguration", {}),
                lambda _old: bucket_rules.BLOCK,
            ),
            lambda new: bucket.write("put_public_access_block", PublicAccessBlockConfiguration=new),
        ),
        (
            "uploads that were broken off go after a week",
            lambda: _both(
                bucket.read("get_bucket_lifecycle_configuration", "Rules", []),
                lambda old: bucket_rules.lifecycle(old, place.prefix),
            ),
            lambda new: bucket.write("put_bucket_lifecycle_configuration", LifecycleConfiguration={"Rules": new}),
        ),
    ]
    if secure:
        steps.append(
            (
                "what comes without TLS is refused",
                lambda: _both(
                    json.loads(bucket.read("get_bucket_policy", "Policy", "null")),
                    lambda old: bucket_rules.policy(old, place.bucket),
                ),
                lambda new: bucket.write("put_bucket_policy", Policy=json.dumps(new)),
            )
        )
    return [_step(what, look, write, dry=dry) for what, look, write in steps]


def _both(old: Any, wanted: Callable[[Any], Any]) -> tuple[Any, Any]:
    return old, wanted(old)


def _step(what: str, look: Callable[[], tuple[Any, Any]], write: Callable[[Any], None], *, dry: bool) -> Change:
    try:
        old, new = look()
        if _in_order(old) == _in_order(new):
            return Change(what)
        if not dry:
            write(new)
        return Change(what, made=True)
    except OutputError as fault:
        return Change(what, fault=fault.message)


def _in_order(rules: Any) -> Any:
    """Without the order that storages change."""
    if isinstance(rules, dict):
        return {name: _in_order(value) for name, value in rules.items()}
    if isinstance(rules, list):
        return sorted((_in_order(rule) for rule in rules), key=repr)
    return rules


class _Bucket:
    """Calls of boto3's client for one bucket."""

    def __init__(self, place: StoragePlace) -> None:
        if place.kind is not Kind.S3:
            raise SettingError(f"{place} is no bucket of S3.", hint="Its own tools set its rules: see docs/storage.md.")
        try:
            from botocore.config import Config
            from botocore.exceptions import BotoCoreError, ClientError
            from botocore.session import Session
        except ImportError as error:
            raise SettingError(
                "A bucket's rules are written by boto3, which is not installed.", hint="pip install 'narrowcast[scale]'"
            ) from error
        found = s3_environment(str(place), place.profile)
        address = bucket_address(place, endpoint=found.endpoint, region=found.region, virtual=found.virtual)
        self.root, self._place, self._faults = address.root, place, (BotoCoreError, ClientError)
        own = place.endpoint or found.endpoint
        self._client = Session(profile=place.profile).create_client(
            "s3",
            address.region,
            endpoint_url=None if place.accelerated else own,
            config=Config(connect_timeout=5, read_timeout=20, retries={"max_attempts": 3}),
        )

    def read(self, call: str, name: str, none: Any) -> Any:
        """What a call tells under `name`; `none` where the bucket has no such thing. Raises `OutputError`."""
        try:
            return getattr(self._client, call)(Bucket=self._place.bucket)[name]
        except self._faults as error:
            if self._code(error) in NONE_YET:
                return none
            raise self._fault(error) from error

    def write(self, call: str, **what: Any) -> None:
        """Write it. Raises `OutputError`."""
        try:
            getattr(self._client, call)(Bucket=self._place.bucket, **what)
        except self._faults as error:
            raise self._fault(error) from error

    def _code(self, error: Exception) -> str:
        return str(getattr(error, "response", {}).get("Error", {}).get("Code", ""))

    def _fault(self, error: Exception) -> OutputError:
        code = self._code(error)
        if code in UNKNOWN:
            return OutputError("this storage has no such rules")
        return OutputError(f"{self._place} refuses it ({code or type(error).__name__})")
