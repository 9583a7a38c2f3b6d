"""Handing e-mail to a mail server, and what its answer means."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from email.message import EmailMessage

import aiosmtplib

from narrowcast.notify.mail_server import MailServer, Security
from narrowcast.notify.retries import Attempt

TIMEOUT_S = 30.0
GOODBYE_S = 2.0


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
        async with asyncio.timeout(timeout_s):
            await client.connect()
            await client.send_message(message)
        with suppress(aiosmtplib.SMTPException):
            await client.quit(timeout=GOODBYE_S)
    except aiosmtplib.SMTPAuthenticationError as error:
        return Attempt(delivered=False, code=error.code, note="The mail server refused the user and password.")
    except aiosmtplib.SMTPRecipientsRefused as error:
        return _refused(error.recipients[0].code, "the address")
    except aiosmtplib.SMTPSenderRefused as error:
        return _refused(error.code, "the sender")
    except aiosmtplib.SMTPResponseException as error:
        return _refused(error.code, "the message")
    except aiosmtplib.SMTPNotSupported:
        return Attempt(delivered=False, note="The mail server cannot write to this kind of address.", final=True)
    except TimeoutError:
        return Attempt(delivered=False, note=f"The mail server did not answer within {timeout_s:g} seconds.")
    except OSError as error:
        invalid = isinstance(error.__cause__ or error, ssl.SSLError)
        return Attempt(
            delivered=False,
            note="The mail server's certificate is not valid." if invalid else "The mail server cannot be reached.",
        )
    except aiosmtplib.SMTPException:
        return Attempt(
            delivered=False, note="The mail server offers no encrypted connection, or no way to sign in that is known."
        )
    finally:
        # Not `async with`: that leaves the connection open where it cannot be encrypted, and lets a server that
        # hangs up after it took a message make it look refused.
        client.close()
    return Attempt(delivered=True, code=250)


def _refused(code: int, what: str) -> Attempt:
    """A refusal; those from 500 on are for good (RFC 5321, 4.2.1)."""
    return Attempt(delivered=False, code=code, note=f"The mail server refused {what} ({code}).", final=code >= 500)
