"""How people are told besides the inbox."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, Field, SecretStr, model_validator

from narrowcast.errors import InputError, SettingError
from narrowcast.notify.mail_server import mail_server


class TellingSettings(BaseModel):
    """Where e-mail is handed over, and whom it is from."""

    smtp_url: SecretStr | None = Field(default=None, alias="NARROWCAST_SMTP_URL")
    mail_from: str | None = Field(default=None, alias="NARROWCAST_MAIL_FROM")

    @model_validator(mode="after")
    def _e_mail_can_be_sent(self) -> Self:
        if self.mail_from is not None:
            # Python's e-mail package takes longer to load than all settings do.
            from narrowcast.notify.mail import address_of

            try:
                address_of(self.mail_from)
            except InputError as error:
                raise SettingError(
                    "The setting NARROWCAST_MAIL_FROM is wrong: it is no e-mail address.", hint=error.hint
                ) from error
        if self.smtp_url is not None:
            mail_server(self.smtp_url.get_secret_value())
            if self.mail_from is None:
                raise SettingError(
                    "NARROWCAST_SMTP_URL is set, and NARROWCAST_MAIL_FROM is not.",
                    hint="Set it to the address that e-mail is from, as Narrowcast <narrowcast@example.org>.",
                )
        return self
