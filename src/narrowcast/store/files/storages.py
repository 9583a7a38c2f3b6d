"""Opening a storage: the library's object for a place, with its keys, bounds of time, and who signs its addresses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from obstore.exceptions import BaseError
from obstore.store import AzureStore, GCSStore, LocalStore, ObjectStore, S3Store

from narrowcast.errors import SettingError
from narrowcast.store.files.links import Links, S3Links, StoreLinks
from narrowcast.store.files.replit import SIDECAR, ReplitTokens, default_bucket
from narrowcast.store.files.s3_keys import S3Keys, s3_environment
from narrowcast.store.files.storage_faults import storage_fault
from narrowcast.store.files.storage_place import BucketAddress, Kind, StoragePlace, bucket_address

if TYPE_CHECKING:
    from obstore.store import AzureConfig, ClientConfig, GCSConfig, RetryConfig

RETRIES: RetryConfig = {
    "max_retries": 4,
    "retry_timeout": timedelta(seconds=60),
    "backoff": {"init_backoff": timedelta(milliseconds=200), "max_backoff": timedelta(seconds=4), "base": 2},
}
"""What 5xx, resets and broken connections are given before they count as faults."""


@dataclass(frozen=True)
class Storage:
    """A storage that is open: the library's object, and who signs addresses in it, if anybody can.

    `address` is where an S3 bucket answers.
    """

    store: ObjectStore
    links: Links | None = None
    address: BucketAddress | None = None


def open_storage(place: StoragePlace) -> Storage:
    """Nothing is written, and only the machine itself is asked (for keys). Raises `OutputError`, `SettingError`."""
    try:
        match place.kind:
            case Kind.FOLDER:
                return Storage(LocalStore(place.folder, mkdir=True))
            case Kind.S3:
                return _s3(place)
            case Kind.GCS:
                return _google(place)
            case Kind.AZURE:
                return _azure(place)
            case Kind.REPLIT:
                return _replit(place)
    except (BaseError, OSError, ValueError) as error:
        raise storage_fault(error, place) from error


def _s3(place: StoragePlace) -> Storage:
    found = s3_environment(str(place), place.profile)
    address = bucket_address(place, endpoint=found.endpoint, region=found.region, virtual=found.virtual)
    store = _s3_store(place, address, found.keys)
    if place.public_url and place.public_url.endswith(f"/{place.bucket}"):
        # It names the bucket as the store itself does, which then sees this address's host, and checks it.
        public = BucketAddress(place.public_url, address.region, virtual=False)
        links: Links
        if found.keys:
            links = S3Links(public, place.prefix, found.keys, None)
        else:
            links = StoreLinks(_s3_store(place, public, None), f"{public.root}/", f"{public.root}/")
        return Storage(store, links, address)
    if found.keys:
        return Storage(store, S3Links(address, place.prefix, found.keys, place.public_url), address)
    return Storage(store, StoreLinks(store, (place.public_url or address.root) + "/", address.root + "/"), address)


def _s3_store(place: StoragePlace, address: BucketAddress, keys: S3Keys | None) -> S3Store:
    return S3Store(
        place.bucket,
        prefix=place.prefix or None,
        config={
            "endpoint": address.endpoint,
            # Else the environment's own would go first, as obstore has it.
            "aws_endpoint_url_s3": address.endpoint,
            "region": address.region,
            "virtual_hosted_style_request": address.virtual,
        },
        client_options=_client(address.root),
        retry_config=RETRIES,
        credential_provider=keys,
    )


def _google(place: StoragePlace) -> Storage:
    store = _google_store(place, place.bucket)
    root = f"{place.endpoint or 'https://storage.googleapis.com'}/{place.bucket}/"
    return Storage(store, StoreLinks(store, f"{place.public_url}/" if place.public_url else root, root))


def _google_store(place: StoragePlace, bucket: str, tokens: ReplitTokens | None = None) -> GCSStore:
    config: GCSConfig = {"base_url": place.endpoint} if place.endpoint and not tokens else {}
    return GCSStore(
        bucket,
        prefix=place.prefix or None,
        config=config,
        client_options=_client(place.endpoint or ""),
        retry_config=RETRIES,
        credential_provider=tokens,
    )


def _azure(place: StoragePlace) -> Storage:
    config: AzureConfig = {"account_name": place.account}
    if place.endpoint:
        config["endpoint"] = place.endpoint
    store = AzureStore(
        place.bucket,
        prefix=place.prefix or None,
        config=config,
        client_options=_client(place.endpoint or ""),
        retry_config=RETRIES,
    )
    root = f"{place.endpoint or f'https://{place.account}.blob.core.windows.net'}/{place.bucket}/"
    return Storage(store, StoreLinks(store, f"{place.public_url}/" if place.public_url else root, root))


def _replit(place: StoragePlace) -> Storage:
    """Nobody can sign there: sound goes through the server."""
    if place.public_url:
        raise SettingError(
            "Replit's object storage has no address for listeners.", hint="Unset NARROWCAST_STORAGE_PUBLIC_URL."
        )
    sidecar = place.endpoint or SIDECAR
    bucket = place.bucket or default_bucket(sidecar)
    return Storage(_google_store(place, bucket, ReplitTokens(sidecar)))


def _client(address: str) -> ClientConfig:
    return {
        # An endpoint without TLS is one that somebody wrote down so.
        "allow_http": address.startswith("http://"),
        "connect_timeout": timedelta(seconds=5),
        "read_timeout": timedelta(seconds=30),
        # Of one request with its body: a part of 8 MB, over a slow line.
        "timeout": timedelta(minutes=5),
    }
