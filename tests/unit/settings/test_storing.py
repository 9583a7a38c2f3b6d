"""Which storage the settings mean."""

from __future__ import annotations

from pathlib import Path

import pytest

from narrowcast.errors import SettingError
from narrowcast.settings import read_settings
from narrowcast.settings.storing import chosen, holds_files, s3_keys_there, storage_of
from narrowcast.store.files.storage_place import StoragePlace


def choose(home: Path, *, in_use: bool = False, keys: bool = True, **environ: str) -> StoragePlace:
    return chosen(read_settings({"NARROWCAST_HOME": str(home), **environ}), in_use=in_use, keys=keys)


def test_a_url_that_is_set_goes_before_all(tmp_path: Path) -> None:
    place = choose(tmp_path, in_use=True, NARROWCAST_STORAGE_URL="s3://books/p", AWS_S3_BUCKET="others")
    assert (str(place), place.why) == ("s3://books/p", "NARROWCAST_STORAGE_URL")


def test_a_bucket_is_taken_where_there_are_keys_for_it_and_no_folder_in_use(tmp_path: Path) -> None:
    assert str(choose(tmp_path, AWS_S3_BUCKET="books")) == "s3://books"
    no_keys = choose(tmp_path, keys=False, AWS_S3_BUCKET="books")
    assert (no_keys.folder, no_keys.why) == (tmp_path / "blobs", "AWS_S3_BUCKET is set, but there are no keys for it")
    in_use = choose(tmp_path, in_use=True, AWS_S3_BUCKET="books")
    assert (in_use.folder, in_use.why) == (
        tmp_path / "blobs",
        "AWS_S3_BUCKET is set, but this folder was in use before",
    )


def test_else_it_is_a_folder_in_the_home_folder(tmp_path: Path) -> None:
    place = storage_of(read_settings({"NARROWCAST_HOME": str(tmp_path)}), {})
    assert (place.folder, place.why) == (tmp_path / "blobs", "NARROWCAST_STORAGE_URL is not set")


def test_a_folder_has_no_address_for_listeners(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="NARROWCAST_STORAGE_PUBLIC_URL"):
        choose(tmp_path, NARROWCAST_STORAGE_PUBLIC_URL="https://cdn.example.org")
    place = choose(
        tmp_path, NARROWCAST_STORAGE_URL="s3://books", NARROWCAST_STORAGE_PUBLIC_URL="https://cdn.example.org/"
    )
    assert place.public_url == "https://cdn.example.org"


def test_only_what_is_kept_makes_a_folder_one_in_use(tmp_path: Path) -> None:
    for left in ("incoming/me.1", "probes/a", "installation/storage"):
        (tmp_path / left).parent.mkdir()
        (tmp_path / left).touch()
    (tmp_path / "clips").mkdir()
    assert not holds_files(tmp_path)
    assert not holds_files(tmp_path / "none")
    (tmp_path / "clips" / "a.flac").touch()
    assert holds_files(tmp_path)


def test_keys_are_found_where_other_programs_look_for_them(tmp_path: Path) -> None:
    none = {"AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none")}
    assert not s3_keys_there(none)
    assert not s3_keys_there(none | {"AWS_ACCESS_KEY_ID": "A"})
    assert s3_keys_there(none | {"AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "B"})
    assert s3_keys_there(none | {"AWS_WEB_IDENTITY_TOKEN_FILE": "/t"})
    (tmp_path / "credentials").touch()
    assert s3_keys_there({"AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials")})
