"""A bucket's rules: ours beside those of others, said what was changed; and whether a storage works at all."""

from __future__ import annotations

import json

import pytest
from botocore.session import Session

from narrowcast.errors import SettingError
from narrowcast.store.files.blobs import Blobs
from narrowcast.store.files.storage_place import storage_place
from narrowcast.store.upkeep import bucket_rules
from narrowcast.store.upkeep.bucket import pages_may_read, set_up
from narrowcast.store.upkeep.probe import probe

ORIGIN = "https://narrowcast.example.org"


async def test_rules_are_set_once_and_those_of_others_stay(bucket: str) -> None:
    place = storage_place(f"s3://{bucket}/kept")
    client = Session().create_client("s3")
    theirs = {"ID": "theirs", "AllowedOrigins": ["https://else.example.org"], "AllowedMethods": ["PUT"]}
    client.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [theirs]})
    assert not await pages_may_read(place, ORIGIN)
    would = await set_up(place, ORIGIN, dry=True)
    assert [change.made for change in would] == [True] * 3
    assert not await pages_may_read(place, ORIGIN)
    assert await set_up(place, ORIGIN) == would
    assert await pages_may_read(place, ORIGIN)
    assert not await pages_may_read(place, "https://other.example.org")
    rules = client.get_bucket_cors(Bucket=bucket)["CORSRules"]
    assert [rule["ID"] for rule in rules] == ["theirs", "narrowcast"]
    assert client.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"] == bucket_rules.BLOCK
    assert not [change for change in await set_up(place, ORIGIN) if change.made or change.fault]
    client.close()


async def test_a_bucket_that_is_not_there_is_told_rule_by_rule(bucket: str) -> None:
    changes = await set_up(storage_place(f"s3://{bucket}-none"), ORIGIN)
    assert all("NoSuchBucket" in change.fault for change in changes)
    with pytest.raises(SettingError, match="no bucket of S3"):
        await set_up(storage_place("gs://books"), ORIGIN)


def test_a_policy_refuses_what_comes_without_tls_and_keeps_the_rest() -> None:
    theirs = {"Sid": "Theirs", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}
    once = bucket_rules.policy({"Version": "2012-10-17", "Statement": theirs}, "books")
    assert [statement["Sid"] for statement in once["Statement"]] == ["Theirs", "NarrowcastTlsOnly"]
    assert bucket_rules.policy(json.loads(json.dumps(once)), "books") == once
    assert once["Statement"][1]["Resource"] == ["arn:aws:s3:::books", "arn:aws:s3:::books/*"]


async def test_a_probe_leaves_nothing_and_says_what_fails(bucket: str) -> None:
    blobs = Blobs.open(f"s3://{bucket}/kept", "me")
    assert (await probe(blobs)).links
    client = Session().create_client("s3")
    assert client.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
    client.close()
    gone = await probe(Blobs.open(f"s3://{bucket}-none", "me"))
    assert gone.fault
    assert (gone.step, gone.fault.message) == ("written", f"There is no bucket s3://{bucket}-none.")
