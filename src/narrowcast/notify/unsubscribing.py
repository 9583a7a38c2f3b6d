"""Addresses in e-mail that switch e-mail off without signing in, for whoever received it."""

from __future__ import annotations

from itsdangerous import BadSignature, URLSafeSerializer

from narrowcast.errors import NotFoundError

_SALT = "unsubscribe"


def unsubscribe_token(owner_id: str, key: bytes) -> str:
    """What stands for a user in such an address; it is good for nothing else, and for as long as `key` is."""
    return _text(URLSafeSerializer(key, salt=_SALT).dumps(owner_id))


def owner_of(token: str, key: bytes) -> str:
    """Whom a token stands for. Raises `NotFoundError` for one that we did not give."""
    try:
        return _text(URLSafeSerializer(key, salt=_SALT).loads(token))
    except BadSignature as error:
        raise NotFoundError(
            "This address to unsubscribe at is not known, or not valid any more.",
            hint="Sign in, and choose what you are told by e-mail.",
        ) from error


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
