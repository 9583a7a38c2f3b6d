"""Which server takes e-mail, from one setting."""

from __future__ import annotations

import pytest

from narrowcast.errors import SettingError
from narrowcast.notify.mail_server import MailServer, Security, mail_server
from narrowcast.settings import read_settings

SECRET = "p@ss:w/rd"


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtps://mail.example.org", MailServer("mail.example.org", 465, Security.TLS)),
        ("smtp://mail.example.org", MailServer("mail.example.org", 587, Security.STARTTLS)),
        ("smtp://10.0.0.7:2525/", MailServer("10.0.0.7", 2525, Security.STARTTLS)),
        ("smtp://localhost", MailServer("localhost", 25, Security.NONE)),
        ("smtp://[::1]:1025", MailServer("::1", 1025, Security.NONE)),
        ("smtps://a%40b.org:p%40ss%3Aw%2Frd@m.org", MailServer("m.org", 465, Security.TLS, "a@b.org", SECRET)),
    ],
)
def test_servers(url: str, server: MailServer) -> None:
    assert mail_server(url) == server
    assert SECRET not in repr(mail_server(url))


@pytest.mark.parametrize(
    "url",
    ["mail.example.org", "http://m.org", "smtp://", "smtp://m.org:99999", "smtp://m.org/inbox", "smtp://user@m.org"],
)
def test_a_wrong_one_is_told_without_repeating_it(url: str) -> None:
    with pytest.raises(SettingError, match="NARROWCAST_SMTP_URL") as raised:
        mail_server(url)
    assert url not in raised.value.message


def test_settings_stop_the_start_when_e_mail_could_not_be_sent() -> None:
    good = {"NARROWCAST_SMTP_URL": "smtps://u:hunter2@m.org", "NARROWCAST_MAIL_FROM": "Us <us@m.org>"}
    settings = read_settings(good)
    assert "hunter2" not in repr(settings)
    with pytest.raises(SettingError, match="NARROWCAST_MAIL_FROM is not"):
        read_settings({"NARROWCAST_SMTP_URL": "smtps://m.org"})
    with pytest.raises(SettingError, match="MAIL_FROM is wrong"):
        read_settings({**good, "NARROWCAST_MAIL_FROM": "us@m.org\r\nBcc: all@m.org"})
    with pytest.raises(SettingError, match="SMTP_URL is wrong") as raised:
        read_settings({**good, "NARROWCAST_SMTP_URL": "http://u:hunter2@m.org"})
    assert "hunter2" not in str(raised.value) + raised.value.hint
