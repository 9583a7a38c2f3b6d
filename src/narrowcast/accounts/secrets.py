"""Random secrets that are shown once, and the hashes that are kept of them."""

from __future__ import annotations

import hashlib
import secrets

TOKEN_PREFIX = "nc_"  # noqa: S105 - what a token begins with, so that scanners for leaked secrets know one
SECRET_BYTES = 32


def new_secret(prefix: str = "") -> str:
    """A secret of 256 random bits after `prefix`, safe in a URL."""
    return prefix + secrets.token_urlsafe(SECRET_BYTES)


def secret_hash(secret: str) -> str:
    """What is kept of a random secret: its SHA-256. It needs no salt nor slowness: nobody guesses 256 bits."""
    return hashlib.sha256(secret.encode()).hexdigest()
