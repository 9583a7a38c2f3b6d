"""Sealing providers' keys and webhooks' secrets, so that the database and its backups hold none in clear."""

from __future__ import annotations

import json

from cryptography.fernet import Fernet, InvalidToken


class Sealer:
    """Encrypts secrets with one of the server's own (32 bytes in URL-safe base64, as `Fernet` takes it).

    What was sealed is bound to its `purpose` (such as a provider's name): moved to another place it does not open.
    """

    def __init__(self, key: bytes) -> None:
        self._fernet = Fernet(key)

    def seal(self, purpose: str, secret: str) -> bytes:
        """`secret`, unreadable without the server's."""
        return self._fernet.encrypt(json.dumps([purpose, secret]).encode())

    def open(self, purpose: str, sealed: bytes) -> str | None:
        """What was sealed for that purpose; none where it was sealed with another key or for another purpose."""
        try:
            meant_for, secret = json.loads(self._fernet.decrypt(sealed))
        except (InvalidToken, ValueError, TypeError):
            return None
        return str(secret) if meant_for == purpose else None
