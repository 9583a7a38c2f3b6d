"""Handing e-mail to a mail server, and what its answer means."""

from __future__ import annotations

import asyncio
import ssl
from email.message import EmailMessage

import aiosmtplib

from narrowcast.notify.mail_server import MailServer, Security
from narrowcast.notify.retries import Attempt

TIMEOUT_S = 30.0


async def send(
    message: EmailMessage,
    server: MailServer,
    *,
    timeout_s: float = TIMEOUT_S,
    ssl_context: ssl.SSLContext | None = None,
) -> Attempt:
    """Hand `message` over. Notes tell nothing that the server said: users read them, and it may name others."""
    client = aiosmtplib.SMTP(
        hostname=server.host,
        port=server.port,
        # Else it would look up this machine's full name, which blocks.
        local_hostname=message["From"].addresses[0].domain,
        username=server.user,
        password=server.password,
        timeout=timeout_s,
        use_tls=server.security is Security.TLS,
        start_tls=server.security is Security.STARTTLS,
        tls_context=ssl_context,
    )
    try:
        async with asyncio.timeout(timeout_s), client:
            await client.send_message(message)
    except aiosmtplib.SMTPAuthenticationError as error:
        return Attempt(delivered=False, code=error.code, note="The mail server refused the user and password.")
    except aiosmtplib.SMTPRecipientsRefused as error:
        return _refused(error.recipients[0].code, "the address")
    except aiosmtplib.SMTPSenderRefused as error:
        return _refused(error.code, "the sender")
    except aiosmtplib.SMTPResponseException as error:
        return _refused(error.code, "the message")
    except aiosmtplib.SMTPNotSupported:
        wanted = "this kind of address" if server.security is not Security.STARTTLS else "an encrypted connection"
        return Attempt(delivered=False, note=f"The mail server cannot do what is needed for {wanted}.")
    except TimeoutError:
        return Attempt(delivered=False, note=f"The mail server did not answer within {timeout_s:g} seconds.")
    except (OSError, aiosmtplib.SMTPException) as error:
        invalid = isinstance(error.__cause__ or error, ssl.SSLError)
        return Attempt(
            delivered=False,
            note="The mail server's certificate is not valid." if invalid else "The mail server cannot be reached.",
        )
    return Attempt(delivered=True, code=250)


def _refused(code: int, what: str) -> Attempt:
    """A refusal; those from 500 on are for good (RFC 5321, 4.2.1)."""
    return Attempt(delivered=False, code=code, note=f"The mail server refused {what} ({code}).", final=code >= 500)
