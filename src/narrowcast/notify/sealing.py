"""Secrets that must be read again, encrypted while they are kept."""

from __future__ import annotations

from cryptography.fernet import Fernet, InvalidToken

from narrowcast.errors import ConflictError


def seal(secret: str, key: bytes) -> bytes:
    """`secret`, encrypted under a Fernet key."""
    return Fernet(key).encrypt(secret.encode())


def unseal(sealed: bytes, key: bytes) -> str:
    """What was sealed. Raises `ConflictError` where it was under another key."""
    try:
        return Fernet(key).decrypt(sealed).decode()
    except InvalidToken as error:
        raise ConflictError(
            "The webhook's secret cannot be read: the server's own secret is another now.",
            hint="Make a new secret for the webhook.",
        ) from error
