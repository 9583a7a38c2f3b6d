"""E-mail addresses as names; passwords and their hashes."""

from __future__ import annotations

import pytest
from pwdlib.hashers.argon2 import Argon2Hasher

from narrowcast.accounts.attempts import network
from narrowcast.accounts.emails import address
from narrowcast.accounts.passwords import Passwords, check_password
from narrowcast.accounts.start import is_loopback_host
from narrowcast.errors import InputError

CHEAP = Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1)
DEARER = Argon2Hasher(time_cost=2, memory_cost=64, parallelism=1)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (" Olga@Example.ORG ", "olga@example.org"),
        ("Owner@LOCALHOST", "owner@localhost"),
        ("mia@nas", "mia@nas"),
        ("ÖLGA@exämple.org", "ölga@exämple.org"),
    ],
)
def test_addresses_are_kept_in_one_form(given: str, kept: str) -> None:
    assert address(given) == kept


@pytest.mark.parametrize(
    "wrong", ["", "olga", "@localhost", "a@b@c", "Olga <o@example.org>", "o@example.org\nBcc: x@y.z"]
)
def test_what_is_no_address_is_refused(wrong: str) -> None:
    with pytest.raises(InputError, match="no e-mail address"):
        address(wrong)


@pytest.mark.parametrize("poor", ["", "x" * 9, "aaaaaaaaaaaaa", "abcabcabcabc", "x" * 1_001])
def test_poor_passwords_are_refused(poor: str) -> None:
    with pytest.raises(InputError):
        check_password(poor)


async def test_a_password_is_the_same_from_every_keyboard() -> None:
    passwords = Passwords(CHEAP)
    kept = await passwords.hash("größere Käfige")
    assert await passwords.verify("gro\u0308ßere Ka\u0308fige", kept) == (True, None)
    assert await passwords.verify("grossere Kafige", kept) == (False, None)
    assert await passwords.verify("größere Käfige", None) == (False, None)


async def test_a_hash_by_other_parameters_is_made_again() -> None:
    kept = await Passwords(CHEAP).hash("three quiet green boats")
    right, again = await Passwords(DEARER).verify("three quiet green boats", kept)
    assert right
    assert again is not None
    assert again != kept
    assert await Passwords(DEARER).verify("three quiet green boats", again) == (True, None)


@pytest.mark.parametrize(
    ("given", "whom"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::"),
        ("unix:", "unknown"),
    ],
)
def test_tries_are_counted_by_household(given: str, whom: str) -> None:
    assert network(given) == whom


@pytest.mark.parametrize(
    ("host", "only"), [("127.0.0.1", True), ("::1", True), ("localhost", True), ("192.0.2.1", False), ("::", False)]
)
def test_who_is_reached_by_this_machine_alone(host: str, only: bool) -> None:
    assert is_loopback_host(host) is only
