"""The server's own secret, and the keys that are derived of it, one for each purpose."""

from __future__ import annotations

import base64
import fcntl
import os
import secrets
from enum import StrEnum
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from narrowcast.errors import OutputError, SettingError

FILE = "secret.key"
SETTING = "NARROWCAST_SECRET_KEY"
KEY_BYTES = 32
SHORTEST = 32
"""Characters. What people make up is guessed; 32 characters of `openssl rand -base64 32` are not."""
MAKE_ONE = "Make one: openssl rand -base64 32."


class Purpose(StrEnum):
    """What a derived key is for; a key of one purpose says nothing about that of another."""

    SESSIONS = "sessions"
    SIGNED_URLS = "signed URLs"
    SEALING = "sealing"
    FEEDS = "feeds"
    MOMENTS = "moments"
    PUSH = "push"
    FINGERPRINT = "fingerprint"


class ServerSecret:
    """The secret; it never shows itself."""

    def __init__(self, master: bytes) -> None:
        self._master = master

    def key(self, purpose: Purpose) -> bytes:
        """The key for one purpose: 32 bytes, by HKDF-SHA256 (RFC 5869). The same secret gives the same key."""
        info = f"narrowcast {purpose}".encode()
        return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(self._master)

    def sealing_key(self) -> bytes:
        """The key for `cryptography.fernet.Fernet`, which encrypts what must be read again."""
        return base64.urlsafe_b64encode(self.key(Purpose.SEALING))


def server_secret(home: Path, given: str | None = None) -> ServerSecret:
    """The secret of the server in `home`: `given` by a setting, else that of `secret.key`, made where it is missing.

    Any number of processes may ask at once; they all get the same. Blocks for the disk. Raises `SettingError` (too
    short, or a file that holds none), `OutputError` (place).
    """
    if given:
        if len(given) < SHORTEST:
            raise SettingError(f"{SETTING} is shorter than {SHORTEST} characters.", hint=MAKE_ONE)
        return ServerSecret(given.encode())
    path = home / FILE
    try:
        kept = path.read_bytes() if path.exists() else _made(path)
    except OSError as error:
        raise OutputError(
            f"The server's secret cannot be kept in {path}: {error.strerror}.",
            hint=f"Give the home folder to this user, or set {SETTING}.",
        ) from error
    if len(kept.strip()) < SHORTEST:
        raise SettingError(
            f"{path} holds no secret.",
            hint=f"Restore it from a backup. Removed, it is made anew: all are signed out, "
            f"and keys that were entered must be entered again. Or set {SETTING}.",
        )
    return ServerSecret(kept.strip())


def _made(path: Path) -> bytes:
    """The file's content, made by whoever comes first. Raises `OSError`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = os.open(path.with_name(f"{FILE}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            _write(path, secrets.token_urlsafe(KEY_BYTES * 2).encode())
        return path.read_bytes()
    finally:
        os.close(lock)


def _write(path: Path, content: bytes) -> None:
    """Write it whole or not at all, for this user's eyes only. Raises `OSError`."""
    unfinished = path.with_name(f"{FILE}.new")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(descriptor, content)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    unfinished.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
