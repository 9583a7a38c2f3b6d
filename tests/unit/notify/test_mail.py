"""E-mail: what is written, and that nothing in it can become a header."""

from __future__ import annotations

import email
import email.policy
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narrowcast.errors import InputError
from narrowcast.notify.mail import Letter, address_of, compose
from narrowcast.notify.words import Words

SENDER = Address("Narrowcast", addr_spec="narrowcast@example.org")
AT = datetime(2026, 11, 21, 12, tzinfo=UTC)


def letter(title: str = "Ready", body: str = "It is ready.", to: str = "olga@example.org") -> Letter:
    return Letter("id-1", to, Words(title, body), AT, "https://n.example/audio?a=1&b=2", "https://n.example/u/t")


def sent(message: EmailMessage) -> EmailMessage:
    """The message as its receiver reads it."""
    parsed = email.message_from_bytes(message.as_bytes(policy=email.policy.SMTP), policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def text(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_a_letter_says_the_same_in_text_and_html() -> None:
    message = sent(compose(letter(body="Tom & <b>Jerry</b>"), SENDER))
    assert (message["From"], message["To"]) == ("Narrowcast <narrowcast@example.org>", "olga@example.org")
    assert message["Message-ID"] == "<id-1@example.org>"
    assert message["List-Unsubscribe"] == "<https://n.example/u/t>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime == AT
    plain, html = text(message, "plain"), text(message, "html")
    assert "Tom & <b>Jerry</b>" in plain
    assert "https://n.example/audio?a=1&b=2" in plain
    assert "Tom &amp; &lt;b&gt;Jerry&lt;/b&gt;" in html
    assert 'href="https://n.example/audio?a=1&amp;b=2"' in html


def test_without_a_public_address_there_are_no_links() -> None:
    message = sent(compose(Letter("id-1", "olga@example.org", Words("Ready", "It is."), AT), SENDER))
    assert message["List-Unsubscribe"] is None
    assert "href" not in text(message, "html")


@settings(deadline=None, max_examples=40)
@given(st.text(max_size=200), st.text(max_size=200))
def test_no_text_becomes_a_header(title: str, body: str) -> None:
    message = sent(compose(letter("Ready\r\nBcc: all@example.org\r\n\r\n" + title, body), SENDER))
    assert set(message.keys()) == {
        *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"),
        *("List-Unsubscribe", "List-Unsubscribe-Post"),
    }
    assert message["Subject"].startswith("Ready Bcc: all@example.org")


@pytest.mark.parametrize(
    "to",
    [
        "",
        "nobody",
        "a@b.org, c@d.org",
        "a@b.org\r\nBcc: c@d.org",
        "a@b.org\nRCPT TO:<c@d.org>",
        "a b@c.org",
        "group: a@b.org;",
        "@example.org",
        "a@",
        "a@b@c",
        "x" * 400 + "@example.org",
    ],
)
def test_what_is_no_single_address_is_not_written_to(to: str) -> None:
    with pytest.raises(InputError, match="no e-mail address"):
        compose(letter(to=to), SENDER)


def test_addresses_with_names_and_from_elsewhere() -> None:
    assert address_of("Narrowcast <n@example.org>").addr_spec == "n@example.org"
    assert address_of("jürgen@exämple.org").username == "jürgen"
