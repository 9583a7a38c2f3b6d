"""A message as e-mail: plain text, and the same as simple HTML."""

from __future__ import annotations

import html
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError, NonASCIILocalPartDefect
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from narrowcast.errors import InputError
from narrowcast.notify.words import MAX_TITLE, Words, shortened

MAX_ADDRESS = 320
"""RFC 3696, erratum 1690: 64 before the at sign, 255 behind it."""


@dataclass(frozen=True)
class Letter:
    """What is to be sent. `identity` stays the same when it is sent again; `link` and `unsubscribe` may be empty."""

    identity: str
    to: str
    words: Words
    at: datetime
    link: str = ""
    unsubscribe: str = ""


def compose(letter: Letter, sender: Address) -> EmailMessage:
    """The message. No text in it can become a header. Raises `InputError` for an address that is none."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = address_of(letter.to)
    message["Subject"] = shortened(letter.words.title, MAX_TITLE)
    message["Date"] = format_datetime(letter.at)
    message["Message-ID"] = f"<{letter.identity}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    if letter.unsubscribe:
        message["List-Unsubscribe"] = f"<{letter.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    message.set_content(_text(letter))
    message.add_alternative(_html(letter), subtype="html")
    return message


def address_of(text: str) -> Address:
    """One e-mail address, with or without a name before it. Raises `InputError`."""
    try:
        probe = EmailMessage()
        probe["To"] = text
        header = probe["To"]
        # A name in any script may stand before the at sign (RFC 6531); servers that cannot send there say so.
        sound = all(isinstance(defect, NonASCIILocalPartDefect) for defect in header.defects)
        single = len(header.addresses) == len(header.groups) == 1 and header.groups[0].display_name is None
        found = header.addresses if sound and single and len(text) <= MAX_ADDRESS else ()
    except (ValueError, IndexError, MessageError):
        found = ()
    if not found or not found[0].username or not found[0].domain:
        raise InputError(
            "This is no e-mail address that can be written to.", hint="It should look like name@example.org."
        )
    address: Address = found[0]
    return address


def _text(letter: Letter) -> str:
    parts = [letter.words.body]
    if letter.link:
        parts.append(letter.link)
    if letter.unsubscribe:
        parts.append(f"-- \nNo more e-mail like this: {letter.unsubscribe}")
    return "\n\n".join(parts) + "\n"


def _html(letter: Letter) -> str:
    parts = [f"<p>{html.escape(letter.words.body)}</p>"]
    if letter.link:
        link = html.escape(letter.link)
        parts.append(f'<p><a href="{link}">{link}</a></p>')
    if letter.unsubscribe:
        parts.append(f'<p><small><a href="{html.escape(letter.unsubscribe)}">No more e-mail like this</a></small></p>')
    title = html.escape(shortened(letter.words.title, MAX_TITLE))
    return (
        f"<!doctype html>\n<html><head><title>{title}</title></head>\n<body>\n{chr(10).join(parts)}\n</body></html>\n"
    )
