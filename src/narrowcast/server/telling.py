"""What the server's settings say of how people and programs are reached."""

from __future__ import annotations

from narrowcast.accounts.server_secret import Purpose, ServerSecret
from narrowcast.keys.sealing import Sealer
from narrowcast.notify.mail import address_of
from narrowcast.notify.mail_server import mail_server
from narrowcast.notify.push import PushKey
from narrowcast.settings import Settings
from narrowcast.workers.delivering import Channels


def channels_of(settings: Settings, secret: ServerSecret, sealer: Sealer) -> Channels:
    """The ways to reach them. The settings were checked when they were read."""
    return Channels(
        sealer=sealer,
        signing_key=secret.key(Purpose.SIGNED_URLS),
        push_key=PushKey(secret.key(Purpose.PUSH)),
        public_url=settings.public_url,
        mail=mail_server(settings.smtp_url.get_secret_value()) if settings.smtp_url else None,
        mail_from=address_of(settings.mail_from) if settings.mail_from else None,
        allow_private=settings.allow_private_addresses,
    )
