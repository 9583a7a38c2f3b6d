"""Passwords: what may be one, and their hashes (argon2id, by pwdlib)."""

from __future__ import annotations

import asyncio
import unicodedata
from functools import cached_property

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from narrowcast.accounts.secrets import new_secret
from narrowcast.errors import InputError

SHORTEST, LONGEST = 10, 1_000
"""Characters. Length is what counts (NIST SP 800-63B, 3.1.1); unbounded, hashing would be an attack."""
AT_ONCE = 2
"""Each takes 64 MiB and a core for some 50 ms."""


def check_password(password: str) -> None:
    """Raises `InputError` for what may not be a password."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise InputError(
            f"A password has {SHORTEST} to {LONGEST:,} characters; this one has {len(password):,}.",
            hint="A few words that you make up yourself are easy to remember.",
        )
    if len(set(password)) < SHORTEST // 2:
        raise InputError("This password repeats itself too much.", hint="Take a few words that you make up yourself.")


class Passwords:
    """Hashes and compares, off the event loop, few at once."""

    def __init__(self, hasher: Argon2Hasher | None = None) -> None:
        self._hash = PasswordHash((hasher or Argon2Hasher(),))
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def hash(self, password: str) -> str:
        """What is kept of a password. Raises `InputError` for what may not be one."""
        check_password(password)
        async with self._turns:
            return await asyncio.to_thread(self._hash.hash, _bytes(password))

    async def verify(self, password: str, kept: str | None) -> tuple[bool, str | None]:
        """Whether that is the password, and a new hash of it where the kept one's parameters are not today's.

        With nothing kept, the same work is done: how long it takes does not tell who has an account.
        """
        async with self._turns:
            return await asyncio.to_thread(self._verify, _bytes(password), kept)

    def _verify(self, password: bytes, kept: str | None) -> tuple[bool, str | None]:
        nobodys = self._nobodys
        right, again = self._hash.verify_and_update(password, kept or nobodys)
        return (right, again) if kept else (False, None)

    @cached_property
    def _nobodys(self) -> str:
        """A hash of a password that nobody has."""
        return self._hash.hash(new_secret())


def _bytes(password: str) -> bytes:
    """The password's bytes, the same from every keyboard (RFC 8265, 4.2: NFC)."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
