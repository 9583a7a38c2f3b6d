"""Where blobs are kept: a folder or a bucket, read from what a person wrote. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import NoReturn
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from narrowcast.errors import SettingError

SHAPES = "s3://BUCKET/PREFIX, gs://BUCKET/PREFIX, az://ACCOUNT/CONTAINER/PREFIX, replit://BUCKET or a folder"
_BUCKET = re.compile(r"[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)
_FLAGS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


class Kind(StrEnum):
    """What sort of storage it is."""

    FOLDER = "folder"
    S3 = "s3"
    GCS = "gs"
    AZURE = "az"
    REPLIT = "replit"


_KINDS = {"s3": Kind.S3, "s3a": Kind.S3, "gs": Kind.GCS, "gcs": Kind.GCS, "az": Kind.AZURE, "azure": Kind.AZURE} | {
    "abfs": Kind.AZURE,
    "replit": Kind.REPLIT,
}
_OPTIONS = {
    Kind.S3: {"endpoint", "region", "profile", "style", "accelerate"},
    Kind.GCS: {"endpoint"},
    Kind.AZURE: {"endpoint"},
    Kind.REPLIT: {"sidecar"},
}


@dataclass(frozen=True)
class StoragePlace:
    """One place for blobs. It holds no secret: credentials are found by the library that asks.

    `why` is which setting chose it. `bucket` is a container on Azure, empty for Replit's default one. `endpoint`,
    `region`, `profile` and `virtual_hosts` are S3's and override the environment; `public_url` reaches the bucket for
    listeners, such as a CDN's address, and signatures go with what is fetched from there.
    """

    kind: Kind
    why: str = ""
    folder: Path | None = None
    account: str = ""
    bucket: str = ""
    prefix: str = ""
    endpoint: str | None = None
    region: str | None = None
    profile: str | None = None
    virtual_hosts: bool | None = None
    accelerated: bool = False
    public_url: str | None = None

    def __str__(self) -> str:
        """As it is told to people: without options."""
        if self.folder:
            return str(self.folder)
        return f"{self.kind}://{'/'.join(part for part in (self.account, self.bucket, self.prefix) if part)}"


def folder_place(folder: Path, why: str = "") -> StoragePlace:
    """A folder of this machine."""
    return StoragePlace(Kind.FOLDER, why, folder=folder.expanduser().absolute())


def storage_place(url: str, why: str = "", public_url: str | None = None) -> StoragePlace:
    """The place that `url` names: a URL or a folder's path. Raises `SettingError`, which repeats no part of it."""
    if not _SCHEME.match(url):
        if not url.strip() or url.startswith("file:"):
            _refuse(why, "it is no URL and no folder")
        if not url.startswith(("/", "~")):
            _refuse(why, "it is neither a URL nor the full path of a folder", f"{SHAPES} with its full path: /FOLDER.")
        return folder_place(Path(url), why)
    try:
        parts = urlsplit(url)
        if parts.username is not None or parts.password is not None:
            _refuse(why, "it holds a name or password", "Keys go into the environment, as for other programs.")
    except ValueError:
        _refuse(why, "it is no URL")
    if parts.scheme == "file":
        if parts.netloc not in {"", "localhost"} or len(parts.path) < len("/x") or parts.query:
            _refuse(why, "a folder's URL looks like file:///FOLDER")
        return folder_place(Path(unquote(parts.path)), why)
    kind = _KINDS.get(parts.scheme.lower())
    if kind is None:
        _refuse(why, f"{parts.scheme} is no kind of storage that is known here")
    account, bucket, prefix = _named(kind, parts.netloc, unquote(parts.path).strip("/"), why)
    place = StoragePlace(kind, why, None, account, bucket, prefix, public_url=public_url)
    return _with_options(place, parts.query)


def _named(kind: Kind, host: str, path: str, why: str) -> tuple[str, str, str]:
    """Account, bucket and prefix."""
    account = ""
    bucket, prefix = host, path
    if kind is Kind.AZURE:
        account = host
        bucket, _, prefix = path.partition("/")
        if not _BUCKET.fullmatch(account):
            _refuse(why, "it names no account")
    if not _BUCKET.fullmatch(bucket) and (bucket or kind is not Kind.REPLIT):
        _refuse(why, "it names no container" if kind is Kind.AZURE else "it names no bucket")
    if any(part in {"", ".", ".."} for part in prefix.split("/")) and prefix:
        _refuse(why, "what follows the bucket is no plain path")
    if re.search(r"[\x00-\x1f\x7f\\]", prefix):
        _refuse(why, "what follows the bucket holds characters that no path has")
    return account, bucket, prefix


def _with_options(place: StoragePlace, query: str) -> StoragePlace:
    known = _OPTIONS.get(place.kind, set())
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name not in known:
            listed = f"Known: {', '.join(sorted(known))}." if known else "None are known."
            _refuse(place.why, f"{place.kind}:// has no such option", listed)
        place = _with_option(place, name, value)
    if place.accelerated and (place.endpoint or place.virtual_hosts is False or "." in place.bucket):
        hint = "The accelerated endpoint is AWS's own, and takes no bucket whose name has dots."
        _refuse(place.why, "accelerate does not go with an endpoint or path style", hint)
    return place


def _with_option(place: StoragePlace, name: str, value: str) -> StoragePlace:
    match name:
        case "endpoint" | "sidecar":
            parts = urlsplit(value)
            if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.query:
                _refuse(place.why, f"its {name} should look like https://HOST")
            return replace(place, endpoint=value.rstrip("/"))
        case "region":
            return replace(place, region=value)
        case "profile":
            return replace(place, profile=value)
        case "style":
            if value not in {"path", "virtual"}:
                _refuse(place.why, "its style is path or virtual")
            return replace(place, virtual_hosts=value == "virtual")
        case _:
            if value.lower() not in _FLAGS:
                _refuse(place.why, f"{name} is true or false")
            return replace(place, accelerated=_FLAGS[value.lower()])


def _refuse(why: str, reason: str, hint: str = "") -> NoReturn:
    named = why or "The storage"
    raise SettingError(f"{named} cannot be used: {reason}.", hint=hint or f"It should look like {SHAPES}.")


@dataclass(frozen=True)
class BucketAddress:
    """Where an S3 bucket answers: `root` is its URL, without a slash at the end; `virtual`: the host names it."""

    root: str
    region: str
    virtual: bool

    @property
    def endpoint(self) -> str:
        """What obstore calls the endpoint: with the bucket in its host, but not in its path."""
        return self.root if self.virtual else self.root.rpartition("/")[0]

    def url(self, key: str) -> str:
        """The address of an object, escaped as its signature has it."""
        return f"{self.root}/{quote(key, safe='/-_.~')}"


def bucket_address(
    place: StoragePlace, *, endpoint: str | None = None, region: str | None = None, virtual: bool | None = None
) -> BucketAddress:
    """The address of an S3 place; what its URL does not say is as given, as the environment has it.

    A bucket at AWS is named by the host (buckets with dots are not: no certificate fits them), one at another's
    endpoint in the path, as MinIO and Garage want it, unless said otherwise.
    """
    endpoint, region = place.endpoint or endpoint, place.region or region or "us-east-1"
    virtual = virtual if place.virtual_hosts is None else place.virtual_hosts
    if place.accelerated:
        return BucketAddress(f"https://{place.bucket}.s3-accelerate.amazonaws.com", region, virtual=True)
    if endpoint is None:
        domain = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
        endpoint = f"https://s3.{region}.{domain}"
        virtual = "." not in place.bucket if virtual is None else virtual
    endpoint = endpoint.rstrip("/")
    if not virtual:
        return BucketAddress(f"{endpoint}/{place.bucket}", region, virtual=False)
    scheme, _, host = endpoint.partition("://")
    if not host.startswith(f"{place.bucket}."):
        host = f"{place.bucket}.{host}"
    return BucketAddress(f"{scheme}://{host}", region, virtual=True)
