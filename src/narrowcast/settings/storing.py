"""Which storage the settings mean, and why. Pure, but for a look at what lies on this machine."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from narrowcast.errors import SettingError
from narrowcast.store.files.besides import BESIDES
from narrowcast.store.files.storage_place import Kind, StoragePlace, folder_place, storage_place

if TYPE_CHECKING:
    from narrowcast.settings.settings import Settings

URL, PUBLIC_URL, BUCKET = "NARROWCAST_STORAGE_URL", "NARROWCAST_STORAGE_PUBLIC_URL", "AWS_S3_BUCKET"
_ROLES = (
    "AWS_PROFILE",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
)


def storage_of(settings: Settings, environ: Mapping[str, str] | None = None) -> StoragePlace:
    """Where these settings keep blobs. Raises `SettingError`."""
    environ = os.environ if environ is None else environ
    return chosen(settings, in_use=holds_files(settings.home / "blobs"), keys=s3_keys_there(environ))


def holds_files(folder: Path) -> bool:
    """Whether a folder holds anything that is kept: not what was left on the way, and not the mark of a start."""
    if not folder.is_dir():
        return False
    kept = (path for path in folder.iterdir() if f"{path.name}/" not in BESIDES)
    return any(path.is_file() or any(below.is_file() for below in path.rglob("*")) for path in kept)


def chosen(settings: Settings, *, in_use: bool, keys: bool) -> StoragePlace:
    """`NARROWCAST_STORAGE_URL`; else `AWS_S3_BUCKET`, if there are `keys` for it; else a folder in the home folder.

    A home whose folder is `in_use` goes on with it: a bucket that somebody named for another program must not hide
    what is there. Raises `SettingError`.
    """
    public_url = settings.storage_public_url
    if settings.storage_url:
        place = storage_place(settings.storage_url.get_secret_value(), URL, public_url)
    elif settings.s3_bucket and keys and not in_use:
        place = storage_place(f"s3://{settings.s3_bucket}", BUCKET, public_url)
    else:
        place = folder_place(settings.home / "blobs", _why_folder(settings.s3_bucket, keys=keys))
    if public_url and place.kind is Kind.FOLDER:
        raise SettingError(f"{PUBLIC_URL} is set, and files are kept in a folder.", hint=f"Set {URL}, or unset it.")
    return place


def _why_folder(bucket: str | None, *, keys: bool) -> str:
    if not bucket:
        return f"{URL} is not set"
    if not keys:
        return f"{BUCKET} is set, but there are no keys for it"
    return f"{BUCKET} is set, but this folder was in use before"


def s3_keys_there(environ: Mapping[str, str]) -> bool:
    """Whether S3's keys are where other programs look for them."""
    if environ.get("AWS_ACCESS_KEY_ID") and environ.get("AWS_SECRET_ACCESS_KEY"):
        return True
    if any(environ.get(name) for name in _ROLES):
        return True
    shared = environ.get("AWS_SHARED_CREDENTIALS_FILE") or "~/.aws/credentials"
    return Path(shared).expanduser().is_file()
