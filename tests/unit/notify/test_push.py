"""Web Push as its RFCs have it: the example of RFC 8291, signatures of RFC 8292, and what answers mean."""

from __future__ import annotations

import base64
import json
import os
from datetime import UTC, datetime
from typing import Any

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from narrowcast.net import Posted
from narrowcast.notify.push import (
    NOBODY,
    PushKey,
    Subscription,
    attempt_of,
    body_of,
    contact_of,
    headers_of,
    is_public_key,
    sealed,
    told,
)

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SEED = bytes(range(32))


def unpacked(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def private(text: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(unpacked(text), "big"), ec.SECP256R1())


def new_browser() -> tuple[ec.EllipticCurvePrivateKey, Subscription]:
    """A browser's own key, and what it subscribes with."""
    key = ec.generate_private_key(ec.SECP256R1())
    public = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return key, Subscription("https://push.example:8443/send/x?y=z", public, os.urandom(16))


def opened(body: bytes, key: ec.EllipticCurvePrivateKey, to: Subscription) -> Any:
    return json.loads(http_ece.decrypt(body, private_key=key, auth_secret=to.auth_secret, version="aes128gcm"))


def test_the_example_of_rfc_8291_comes_out_byte_for_byte() -> None:
    to = Subscription(
        "https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV",
        unpacked("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"),
        unpacked("BTBZMqHH6r4Tts7J_aSIgg"),
    )
    got = sealed(
        b"When I grow up, I want to be a watermelon",
        to,
        salt=unpacked("DGv6ra1nlYgDCS1FRnbzlw"),
        key=private("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"),
    )
    assert got == unpacked(
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7"
        "A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_a_message_is_the_browsers_alone_and_never_the_same_twice() -> None:
    key, to = new_browser()
    stranger, _ = new_browser()
    said = told("“Deep sea” is ready", "It is 12 minutes long.", "e-1", "j-1")
    one, other = body_of(said, to), body_of(said, to)
    assert one != other
    assert opened(one, key, to) == {**said, "path": "/episodes/e-1", "tag": "j-1"}
    assert b"Deep sea" not in one
    with pytest.raises(http_ece.ECEException):
        opened(one, stranger, to)


def test_the_longest_message_fits_into_what_every_push_service_takes() -> None:
    _, to = new_browser()
    assert len(body_of(told("🎧" * 5000, "界" * 5000, "e" * 36, "t" * 36), to)) <= 4096


def test_the_servers_key_stays_and_signs_for_one_push_service_and_half_a_day() -> None:
    key, again, other = PushKey(SEED), PushKey(SEED), PushKey(SEED[::-1])
    assert key.public == again.public != other.public
    assert is_public_key(key.public)
    for seed in (b"\0" * 32, b"\xff" * 32):
        assert is_public_key(PushKey(seed).public)
    _, to = new_browser()
    headers = headers_of("d-1", to, key, "mailto:us@example.org", NOW)
    scheme, _, parameters = headers["authorization"].partition(" ")
    shown = dict(part.split("=", 1) for part in parameters.split(","))
    assert (scheme, unpacked(shown["k"])) == ("vapid", key.public)
    signed, _, signature = shown["t"].rpartition(".")
    raw = unpacked(signature)
    ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), key.public).verify(
        encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")),
        signed.encode(),
        ec.ECDSA(SHA256()),
    )
    header, claims = (json.loads(unpacked(part)) for part in signed.split("."))
    assert (header["alg"], header["typ"]) == ("ES256", "JWT")
    assert (claims["aud"], claims["sub"]) == ("https://push.example:8443", "mailto:us@example.org")
    assert claims["exp"] - NOW.timestamp() == 12 * 3600
    assert headers["content-encoding"] == "aes128gcm"
    assert (
        headers["topic"]
        == headers_of("d-1", to, key, NOBODY, NOW)["topic"]
        != headers_of("d-2", to, key, NOBODY, NOW)["topic"]
    )
    assert len(headers["topic"]) == 32


@pytest.mark.parametrize(
    ("public_url", "mail_from", "contact"),
    [
        ("https://n.example.org:8443/cast", "us@example.org", "mailto:us@example.org"),
        ("https://n.example.org:8443/cast", None, "https://n.example.org"),
        ("https://n.example.org", "us@localhost", "https://n.example.org"),
        ("http://n.example.org", None, NOBODY),
        ("https://nas", "no address at all", NOBODY),
        (None, None, NOBODY),
    ],
)
def test_push_services_are_told_whom_to_write_to(public_url: str | None, mail_from: str | None, contact: str) -> None:
    assert contact_of(public_url, mail_from) == contact
    _, to = new_browser()
    assert PushKey(SEED).authorization(to.endpoint, contact, NOW)


@pytest.mark.parametrize(
    "key", [b"", b"\4" + b"\0" * 64, b"\4" + b"\xff" * 64, b"\2" + SEED, b"\4" + SEED, b"x" * 65, b"\0"]
)
def test_only_points_of_the_curve_are_keys(key: bytes) -> None:
    assert not is_public_key(key)


@pytest.mark.parametrize(
    ("status", "delivered", "final", "gone"),
    [
        (201, True, False, False),
        (404, False, True, True),
        (410, False, True, True),
        (403, False, True, False),
        (413, False, True, False),
        (429, False, False, False),
        (500, False, False, False),
        (302, False, False, False),
        (None, False, False, False),
    ],
)
def test_what_a_push_service_answers_decides_what_comes_next(
    status: int | None, delivered: bool, final: bool, gone: bool
) -> None:
    attempt = attempt_of(Posted(status, "It cannot be reached.", retry_after_s=120.0))
    assert (attempt.delivered, attempt.final, attempt.gone) == (delivered, final, gone)
    assert attempt.wait_s == (120.0 if status == 429 else None)
    assert attempt.delivered or attempt.note
