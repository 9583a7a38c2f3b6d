"""Where blobs are kept, read from what a person wrote."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrowcast.errors import SettingError
from narrowcast.store.files.storage_place import Kind, bucket_address, storage_place


@pytest.mark.parametrize(
    ("url", "kind", "account", "bucket", "prefix"),
    [
        ("s3://books", Kind.S3, "", "books", ""),
        ("S3A://books/", Kind.S3, "", "books", ""),
        ("s3://my.books/a/b%20c/", Kind.S3, "", "my.books", "a/b c"),
        ("gs://books/p", Kind.GCS, "", "books", "p"),
        ("az://shelf/books/p/q", Kind.AZURE, "shelf", "books", "p/q"),
        ("replit://", Kind.REPLIT, "", "", ""),
        ("replit://replit-objstore-1/p", Kind.REPLIT, "", "replit-objstore-1", "p"),
    ],
)
def test_urls_name_a_bucket_and_what_goes_before_all_keys(
    url: str, kind: Kind, account: str, bucket: str, prefix: str
) -> None:
    place = storage_place(url)
    assert (place.kind, place.account, place.bucket, place.prefix) == (kind, account, bucket, prefix)


def test_a_folder_is_a_path_or_a_file_url(tmp_path: Path) -> None:
    assert storage_place(str(tmp_path)).folder == tmp_path
    assert storage_place((tmp_path / "a b").as_uri()).folder == tmp_path / "a b"
    assert storage_place("~/shelf").folder == Path.home() / "shelf"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "  ",
        "file:",
        "file:///",
        "file://elsewhere/folder",
        "s3://",
        "s3:///prefix",
        "s3://b",
        "s3://book shelf",
        "s3://books/../others",
        "s3://books/a//b",
        "s3://books/a%00b",
        "s3://books?acl=public",
        "s3://books?accelerate=perhaps",
        "s3://books?accelerate=true&endpoint=https://minio",
        "s3://books?accelerate=true&style=path",
        "s3://my.books?accelerate=true",
        "s3://books?endpoint=minio:9000",
        "s3://books?endpoint=https://KEY@minio",
        "s3://books?style=fancy",
        "s3://KEY:hush@books",
        "gs://books?profile=x",
        "az://shelf",
        "ftp://books/x",
        "https://books.s3.amazonaws.com",
        "s3://[books",
    ],
)
def test_others_are_refused_with_the_setting_that_is_wrong_and_without_keys(url: str) -> None:
    with pytest.raises(SettingError, match=r"^NARROWCAST_STORAGE_URL cannot be used: ") as caught:
        storage_place(url, "NARROWCAST_STORAGE_URL")
    assert caught.value.hint
    assert "KEY" not in caught.value.message + caught.value.hint
    assert "hush" not in caught.value.message + caught.value.hint


@given(st.text(max_size=40).map(lambda text: f"s3://{text}"))
def test_any_url_is_taken_or_refused(url: str) -> None:
    try:
        place = storage_place(url)
    except SettingError:
        return
    assert place.kind is Kind.S3
    assert ".." not in place.prefix.split("/")


@pytest.mark.parametrize(
    ("url", "given", "root", "endpoint"),
    [
        ("s3://books/p", {}, "https://books.s3.us-east-1.amazonaws.com", None),
        ("s3://books", {"region": "eu-central-1"}, "https://books.s3.eu-central-1.amazonaws.com", None),
        ("s3://books?region=cn-north-1", {}, "https://books.s3.cn-north-1.amazonaws.com.cn", None),
        ("s3://my.books", {}, "https://s3.us-east-1.amazonaws.com/my.books", "https://s3.us-east-1.amazonaws.com"),
        ("s3://books", {"endpoint": "http://m:9000/"}, "http://m:9000/books", "http://m:9000"),
        ("s3://books?endpoint=http://n:1", {"endpoint": "http://m:9000"}, "http://n:1/books", "http://n:1"),
        ("s3://books", {"endpoint": "https://m.org", "virtual": True}, "https://books.m.org", None),
        ("s3://books", {"endpoint": "https://books.m.org", "virtual": True}, "https://books.m.org", None),
        ("s3://books?style=path", {}, "https://s3.us-east-1.amazonaws.com/books", "https://s3.us-east-1.amazonaws.com"),
        ("s3://books?accelerate=true", {"endpoint": "http://m"}, "https://books.s3-accelerate.amazonaws.com", None),
    ],
)
def test_a_bucket_is_named_by_its_host_at_aws_and_in_the_path_elsewhere(
    url: str, given: dict[str, object], root: str, endpoint: str | None
) -> None:
    address = bucket_address(storage_place(url), **given)  # type: ignore[arg-type]
    assert address.root == root
    assert address.endpoint == (endpoint or root)
    assert address.url("p/ä b+.mp3") == f"{root}/p/%C3%A4%20b%2B.mp3"


def test_what_is_told_of_a_place_holds_no_options() -> None:
    assert str(storage_place("s3://books/p?endpoint=http://m:9000&profile=mine")) == "s3://books/p"
    assert str(storage_place("az://shelf/books")) == "az://shelf/books"


@pytest.mark.parametrize("typo", ["my-bucket", "s3:/bucket", "./blobs", "bucket/prefix"])
def test_what_may_be_a_typo_is_no_folder(typo: str) -> None:
    with pytest.raises(SettingError, match="neither a URL nor the full path") as fault:
        storage_place(typo, "NARROWCAST_STORAGE_URL")
    assert "s3://BUCKET" in fault.value.hint
