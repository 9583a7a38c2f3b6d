"""Keys for an S3 store, found as other programs find them: the environment, shared files, a role of the machine."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from narrowcast.errors import OutputError, SettingError
from narrowcast.store.files.presigned import SigningKey

if TYPE_CHECKING:
    from obstore.store import S3Credential

ASKED_AGAIN = timedelta(minutes=5)
"""For how long obstore takes what it was given: what stands behind renews itself, and is cheap to ask."""
ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")
NO_KEYS = "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, or give the machine a role."


class FixedKeys:
    """Keys that do not change while the program runs."""

    def __init__(self, key: SigningKey) -> None:
        self._key = key

    async def signing_key(self) -> SigningKey:
        """What addresses are signed with."""
        return self._key

    def __call__(self) -> S3Credential:
        """As obstore asks for them. Not async: it asks from threads of its own, too, where no event loop runs."""
        return _credential(self._key)


class RenewedKeys:
    """Keys that botocore holds, and renews when they are about to end."""

    def __init__(self, held: Any) -> None:
        self._held = held

    async def signing_key(self) -> SigningKey:
        """What addresses are signed with; may be asked for over the network, once in their life."""
        return await asyncio.to_thread(self._now)

    def __call__(self) -> S3Credential:
        """As obstore asks for them."""
        return _credential(self._now())

    def _now(self) -> SigningKey:
        frozen = self._held.get_frozen_credentials()
        return SigningKey(frozen.access_key, frozen.secret_key, frozen.token, getattr(self._held, "_expiry_time", None))


S3Keys = FixedKeys | RenewedKeys


@dataclass(frozen=True)
class S3Environment:
    """What the environment, and the shared files of AWS's own tools, say of S3.

    `keys` is none where only obstore can find them: roles of machines and containers, without boto3.
    """

    keys: S3Keys | None
    endpoint: str | None
    region: str | None
    virtual: bool | None


def s3_environment(where: str, profile: str | None) -> S3Environment:
    """Look for it; may ask the machine's own metadata service for a second or two.

    Raises `OutputError` (no keys), `SettingError` (boto3 is needed, and is not installed).
    """
    environ = os.environ
    endpoint = next((environ[name] for name in ENDPOINTS if environ.get(name)), None)
    region = environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION")
    style = environ.get("AWS_VIRTUAL_HOSTED_STYLE_REQUEST", "").lower()
    virtual = style in {"true", "1", "yes"} if style else None
    access, secret = environ.get("AWS_ACCESS_KEY_ID"), environ.get("AWS_SECRET_ACCESS_KEY")
    if profile is None and access and secret:
        key = SigningKey(access, secret, environ.get("AWS_SESSION_TOKEN") or None)
        return S3Environment(FixedKeys(key), endpoint, region, virtual)
    try:
        from botocore.exceptions import BotoCoreError
        from botocore.session import Session
    except ImportError as error:
        if profile or environ.get("AWS_PROFILE"):
            hint = "pip install 'narrowcast[scale]', or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
            raise SettingError("AWS's shared files are read by boto3, which is not installed.", hint=hint) from error
        return S3Environment(None, endpoint, region, virtual)
    session = Session(profile=profile)
    try:
        held = session.get_credentials()
        region = region or session.get_config_variable("region")
        endpoint = endpoint or session.get_scoped_config().get("endpoint_url")
    except BotoCoreError as error:
        # Such a message names the profile or the file, never what is in it.
        raise OutputError(f"There are no keys for {where}: {error}.", hint=NO_KEYS) from error
    if held is None:
        raise OutputError(f"There are no keys for {where}.", hint=NO_KEYS)
    return S3Environment(RenewedKeys(held), endpoint, region, virtual)


def _credential(key: SigningKey) -> S3Credential:
    soon = datetime.now(UTC) + ASKED_AGAIN
    return {
        "access_key_id": key.access_key,
        "secret_access_key": key.secret_key,
        "token": key.token,
        "expires_at": min(soon, key.until) if key.until else soon,
    }
