"""Handing e-mail to a mail server that takes it, refuses it, or is not there."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from pathlib import Path

import pytest
from tests.integration.net.test_tls_names import certificate
from tests.integration.telling.receivers import MailSink

from narrowcast.notify.mail import Letter, compose
from narrowcast.notify.mail_server import MailServer, Security
from narrowcast.notify.smtp import send
from narrowcast.notify.words import Words

SENDER = Address("Us", addr_spec="us@example.org")


def letter(to: str = "olga@example.org", title: str = "Ready") -> EmailMessage:
    return compose(Letter("id-1", to, Words(title, "It is ready.\n.\nRCPT TO:<x@y>"), datetime.now(UTC)), SENDER)


def plain(sink: MailSink) -> MailServer:
    return MailServer("127.0.0.1", sink.port, Security.NONE)


async def test_what_is_sent_arrives_to_the_letter() -> None:
    async with MailSink().listening() as sink:
        attempt = await send(letter(title="“Größe” 深海"), plain(sink))
    assert (attempt.delivered, attempt.code) == (True, 250)
    [message] = sink.messages
    assert message["Subject"] == "“Größe” 深海"
    body = message.get_body(("plain",))
    assert body is not None
    assert body.get_content().splitlines()[:3] == ["It is ready.", ".", "RCPT TO:<x@y>"]
    assert [command for command in sink.commands if command.upper().startswith("RCPT")] == [
        "RCPT TO:<olga@example.org>"
    ]


@pytest.mark.parametrize(
    ("begin", "answer", "code", "final", "note"),
    [
        ("RCPT", "550 no such user, try root@internal", 550, True, "refused the address (550)"),
        ("RCPT", "451 greylisted", 451, False, "refused the address (451)"),
        ("MAIL", "553 not from you", 553, True, "refused the sender (553)"),
        ("DATA", "554 spam", 554, True, "refused the message (554)"),
        ("EHLO", "421 too busy", 421, False, "(421)"),
    ],
)
async def test_a_refusal_is_told_by_its_code_and_never_in_the_servers_words(
    begin: str, answer: str, code: int, final: bool, note: str
) -> None:
    refuse = {begin: answer} | ({"HELO": answer} if begin == "EHLO" else {})
    async with MailSink(refuse=refuse).listening() as sink:
        attempt = await send(letter(), plain(sink))
    assert (attempt.delivered, attempt.code, attempt.final) == (False, code, final)
    assert note in attempt.note
    assert answer[4:] not in attempt.note
    assert sink.messages == []


async def test_a_wrong_password_is_told_and_tried_again() -> None:
    async with MailSink(refuse={"AUTH": "535 go away"}).listening() as sink:
        attempt = await send(letter(), MailServer("127.0.0.1", sink.port, Security.NONE, "us", "hunter2"))
    assert (attempt.code, attempt.final) == (535, False)
    assert attempt.note == "The mail server refused the user and password."


async def test_nobody_there_and_nobody_answering() -> None:
    async with MailSink().listening() as sink:
        server = plain(sink)
    assert (await send(letter(), server)).note == "The mail server cannot be reached."
    silent = MailSink(refuse={"EHLO": "250-and"})
    async with silent.listening() as sink:
        assert "did not answer within 0.3 seconds" in (await send(letter(), plain(sink), timeout_s=0.3)).note


async def test_letters_in_an_address_that_the_server_cannot_send_to() -> None:
    async with MailSink().listening() as sink:
        attempt = await send(letter("jürgen@example.org"), plain(sink))
    assert (attempt.delivered, sink.messages) == (False, [])


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
async def test_encrypted_from_the_start_or_before_the_password(security: Security, tmp_path: Path) -> None:
    key, cert = certificate(tmp_path, "localhost")
    inside = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    inside.load_cert_chain(cert, key)
    outside = ssl.create_default_context(cafile=str(cert))
    async with MailSink(tls=inside).listening(tls_from_the_start=security is Security.TLS) as sink:
        server = MailServer("localhost", sink.port, security, "us", "hunter2")
        assert (await send(letter(), server, ssl_context=outside)).delivered
        assert sink.encrypted == [True]


async def test_a_certificate_that_is_not_trusted_ends_it_before_anything_is_said(tmp_path: Path) -> None:
    key, cert = certificate(tmp_path, "localhost")
    inside = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    inside.load_cert_chain(cert, key)
    async with MailSink(tls=inside).listening(tls_from_the_start=True) as sink:
        attempt = await send(letter(), MailServer("localhost", sink.port, Security.TLS, "us", "hunter2"))
    assert attempt.note == "The mail server's certificate is not valid."
    assert sink.commands == []


async def test_a_server_without_encryption_never_sees_the_password() -> None:
    async with MailSink().listening() as sink:
        attempt = await send(letter(), MailServer("127.0.0.1", sink.port, Security.STARTTLS, "us", "hunter2"))
    assert "no encrypted connection" in attempt.note
    assert (sink.messages, [c for c in sink.commands if c.startswith("AUTH")]) == ([], [])
