"""E-mail addresses, as names to sign in by."""

from __future__ import annotations

from narrowcast.errors import InputError

LOCAL_OWNER = "owner@localhost"
"""Who owns a server that nobody told otherwise."""
_LOCAL = "@localhost"


def is_placeholder(email: str) -> bool:
    """Whether an address is only a name to sign in by: no mail arrives there."""
    return email.endswith(_LOCAL)


def address(given: str) -> str:
    """The address as it is kept: normalised, in lower case. Raises `InputError`.

    Whether mail arrives there is not asked; `somebody@localhost` will do, for households without mail.
    """
    # Heavy, and most commands have no need of it.
    from email_validator import EmailNotValidError, validate_email

    given = given.strip()
    local = given.lower().endswith(_LOCAL)
    asked = given[: -len(_LOCAL)] + "@example.org" if local else given
    try:
        found = validate_email(asked, check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError as error:
        raise InputError("This is no e-mail address.", hint=str(error)) from error
    return (f"{found.local_part}{_LOCAL}" if local else found.normalized).lower()
