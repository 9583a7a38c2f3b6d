"""Which server takes e-mail, and over which kind of connection."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import unquote, urlsplit

from narrowcast.errors import SettingError
from narrowcast.script.hosts import is_loopback

SETTING = "NARROWCAST_SMTP_URL"
LOOKS = "It should look like smtp://user:password@mail.example.org:587 or smtps://user:password@mail.example.org."


class Security(StrEnum):
    """How the connection is encrypted: from its first byte, after `STARTTLS`, or not at all."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


@dataclass(frozen=True)
class MailServer:
    """The server that takes e-mail to send on."""

    host: str
    port: int
    security: Security
    user: str | None = None
    password: str | None = field(default=None, repr=False)


def mail_server(url: str) -> MailServer:
    """The server that `url` names. Unencrypted only on this machine. Raises `SettingError`, never with the password."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError as error:
        raise SettingError(f"The setting {SETTING} is wrong: it is no URL.", hint=LOOKS) from error
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or parts.path not in {"", "/"} or parts.query:
        raise SettingError(f"The setting {SETTING} is wrong.", hint=LOOKS)
    if (parts.username is None) != (parts.password is None):
        raise SettingError(f"The setting {SETTING} is wrong: a user and a password belong together.", hint=LOOKS)
    if parts.scheme == "smtps":
        security, usual = Security.TLS, 465
    elif is_loopback(url):
        security, usual = Security.NONE, 25
    else:
        security, usual = Security.STARTTLS, 587
    return MailServer(
        parts.hostname,
        port or usual,
        security,
        None if parts.username is None else unquote(parts.username),
        None if parts.password is None else unquote(parts.password),
    )
