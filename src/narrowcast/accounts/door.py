"""Letting people in: by password, or by a link that works once; and the session that begins then."""

from __future__ import annotations

from datetime import datetime

from narrowcast.accounts.attempts import Attempts
from narrowcast.accounts.passwords import Passwords
from narrowcast.accounts.secrets import new_secret, secret_hash
from narrowcast.accounts.sessions import LASTING, LINK_LASTING
from narrowcast.errors import SignInError
from narrowcast.store.home import Store
from narrowcast.store.people.accounts import User
from narrowcast.store.people.sessions import Session

LONGEST_AGENT = 300


class Door:
    """Lets people in. Tries are counted by the address that they come from."""

    def __init__(self, store: Store, passwords: Passwords | None = None, attempts: Attempts | None = None) -> None:
        self._store = store
        self.passwords = passwords or Passwords()
        self._attempts = attempts or Attempts()

    async def by_password(self, email: str, password: str, address: str) -> User:
        """Who has that e-mail address and password. Raises `SignInError`, `LimitError`.

        Nothing tells whether it was the one or the other that was wrong.
        """
        await self._attempts.check(address, email)
        found = await self._store.accounts.to_sign_in(email.strip())
        user, kept = found or (None, None)
        right, again = await self.passwords.verify(password, kept)
        if user is None or not right:
            raise SignInError(
                "The e-mail address or the password is wrong.",
                hint="The owner of this server can make a sign-in link: narrowcast user link EMAIL.",
            )
        await self._attempts.forget(address, email)
        if again and kept:
            await self._store.accounts.rehash(user.id, kept, again)
        return user

    async def count_try(self, email: str, address: str) -> None:
        """Count a try to tell somebody's password apart from signing in. Raises `LimitError`."""
        await self._attempts.check(address, email)

    async def new_link(self, user: User) -> tuple[str, datetime]:
        """The secret of a link that signs a user in once, and when it ends."""
        secret = new_secret()
        return secret, await self._store.sessions.add_link(user.id, secret_hash(secret), lasting=LINK_LASTING)

    async def link_works(self, secret: str, address: str) -> bool:
        """Whether a link would sign somebody in; it stays unused. Raises `LimitError`."""
        if await self._store.sessions.link_works(secret_hash(secret)):
            return True
        await self._attempts.check(address)
        return False

    async def by_link(self, secret: str, address: str) -> User:
        """Use a link up. Raises `SignInError` for one that was used, is too old or was never made, `LimitError`."""
        await self._attempts.check(address)
        user = await self._store.sessions.use_link(secret_hash(secret))
        if user is None:
            raise SignInError(
                "This link does not work any more.",
                hint="Links work once, for 15 minutes. A new one: narrowcast user link.",
            )
        return user

    async def open_session(self, user: User, *, user_agent: str, instead_of: str | None = None) -> tuple[str, Session]:
        """A new session and its secret, in place of the one whose secret is `instead_of`, which ends."""
        secret = new_secret()
        session = await self._store.sessions.open(
            user.id,
            secret_hash(secret),
            user_agent=user_agent[:LONGEST_AGENT],
            lasting=LASTING,
            instead_of=secret_hash(instead_of) if instead_of else None,
        )
        return secret, session
