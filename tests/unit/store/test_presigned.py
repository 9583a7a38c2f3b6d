"""Signed addresses: the same that AWS's own library makes."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.session import Session

from narrowcast.store.files.links import begun
from narrowcast.store.files.presigned import SigningKey, presigned
from narrowcast.store.files.storage_place import bucket_address, storage_place

NAMED = "inline; filename=\"a b.mp3\"; filename*=UTF-8''%C3%A4%20b.mp3"


@pytest.mark.parametrize("token", [None, "to/ke+n=="])
@pytest.mark.parametrize("style", ["virtual", "path"])
def test_a_signature_is_that_of_awss_own_library(token: str | None, style: str) -> None:
    session = Session()
    session._credentials = Credentials("AKIAX", "se/cr+et", token)
    client = session.create_client(
        "s3", "eu-central-1", config=Config(signature_version="s3v4", s3={"addressing_style": style})
    )
    asked = {
        "Bucket": "books",
        "Key": "p/a b/ü+(1).mp3",
        "ResponseContentType": "audio/mpeg",
        "ResponseContentDisposition": NAMED,
    }
    theirs = client.generate_presigned_url("get_object", Params=asked, ExpiresIn=600)
    at = datetime.strptime(parse_qs(urlsplit(theirs).query)["X-Amz-Date"][0], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    ours = presigned(
        bucket_address(storage_place(f"s3://books?region=eu-central-1&style={style}")).url(asked["Key"]),
        key=SigningKey("AKIAX", "se/cr+et", token),
        region="eu-central-1",
        at=at,
        seconds=600,
        query={"response-content-type": "audio/mpeg", "response-content-disposition": NAMED},
    )
    assert urlsplit(ours)[:3] == urlsplit(theirs)[:3]
    assert parse_qs(urlsplit(ours).query) == parse_qs(urlsplit(theirs).query)
    assert not re.search(r"se/cr|se%2Fcr", ours)


def test_addresses_begin_to_be_good_at_the_same_moments_for_five_minutes() -> None:
    assert begun(datetime(2026, 1, 1, 12, 4, 59, tzinfo=UTC)) == datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
    assert begun(datetime(2026, 1, 1, 12, 5, 0, tzinfo=UTC)) == datetime(2026, 1, 1, 12, 5, tzinfo=UTC)


def test_keys_are_not_shown() -> None:
    assert "hush" not in repr(SigningKey("AKIAX", "hush", "hush"))
