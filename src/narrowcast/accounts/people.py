"""Users: adding them, changing what they are, letting them go."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from narrowcast.accounts.emails import address
from narrowcast.accounts.passwords import Passwords
from narrowcast.accounts.roles import Role
from narrowcast.accounts.tiers import USUAL, Tiers
from narrowcast.errors import ForbiddenError, InputError
from narrowcast.script.one_line import one_line
from narrowcast.store.home import Store
from narrowcast.store.people.accounts import User, no_such_user

LONGEST_NAME = 300


class People:
    """The users of one server. Methods raise `InputError`, `NotFoundError`, and `ConflictError` as `Accounts` does."""

    def __init__(self, store: Store, tiers: Tiers, passwords: Passwords | None = None) -> None:
        self._store = store
        self._tiers = tiers
        self._passwords = passwords or Passwords()

    async def add(
        self,
        email: str,
        *,
        name: str = "",
        role: str = Role.MEMBER,
        tier: str = USUAL,
        password: str | None = None,
        monthly_budget_usd: float | None = None,
    ) -> User:
        """Add a user; without a password they sign in by a link."""
        email = address(email)
        changes = self._checked({"name": name or email.partition("@")[0], "role": role, "tier": tier})
        budget = self._checked({"monthly_budget_usd": monthly_budget_usd})
        hashed = await self._passwords.hash(password) if password else None
        return await self._store.accounts.add(email=email, password_hash=hashed, **changes, **budget)

    async def get(self, identity: str) -> User:
        """The user with that id."""
        return _found(await self._store.accounts.get(identity))

    async def named(self, email: str) -> User:
        """The user with that address."""
        return _found(await self._store.accounts.by_email(email.strip()))

    async def change(self, identity: str, changes: Mapping[str, Any]) -> User:
        """Change `email, name, role, tier, active, monthly_budget_usd`.

        Who is deactivated is signed out at once, their tokens do not work, their jobs are cancelled.
        """
        user = await self._store.accounts.change(identity, self._checked(changes))
        if changes.get("active") is False:
            await self._store.jobs.cancel_all(identity)
        return user

    async def remove(self, identity: str) -> None:
        """Remove a user and all that is theirs; running jobs are cancelled. Files go at the next `gc`."""
        # First, so that what runs is told to stop rather than finding its ground gone; and not for an owner who stays.
        await self._store.accounts.check_other_owner(identity)
        await self._store.jobs.cancel_all(identity)
        await self._store.accounts.remove(identity)

    async def set_password(self, user: User, password: str) -> None:
        """Give a user a password, without asking for the earlier one; it ends all their sessions and links."""
        await self._store.accounts.set_password(user.id, await self._passwords.hash(password))

    async def change_password(
        self, user: User, earlier: str | None, password: str, *, keep_session: str | None = None
    ) -> None:
        """Change one's own password, knowing the earlier one if there is one. Raises `ForbiddenError`."""
        kept = await self._store.accounts.password_hash(user.id)
        if kept is not None:
            right, _ = await self._passwords.verify(earlier or "", kept)
            if not right:
                raise ForbiddenError("The current password is wrong.", hint="Forgotten? narrowcast user password.")
        hashed = await self._passwords.hash(password)
        await self._store.accounts.set_password(user.id, hashed, keep_session=keep_session)

    def _checked(self, changes: Mapping[str, Any]) -> dict[str, Any]:
        checked = dict(changes)
        if "email" in checked:
            checked["email"] = address(checked["email"])
        if "name" in checked:
            checked["name"] = one_line(checked["name"]).strip()
            if not 0 < len(checked["name"]) <= LONGEST_NAME:
                raise InputError(f"A user's name has 1 to {LONGEST_NAME} characters.")
        if "role" in checked and checked["role"] not in set(Role):
            raise InputError(f"There is no role {checked['role']!r}.", hint=f"Roles: {', '.join(Role)}.")
        if "tier" in checked and checked["tier"] not in self._tiers.names:
            raise InputError(f"There is no tier {checked['tier']!r}.", hint=f"Tiers: {', '.join(self._tiers.names)}.")
        budget = checked.get("monthly_budget_usd")
        if budget is not None and not 0 <= budget < math.inf:
            raise InputError("A monthly budget is an amount of USD, 0 or more.")
        return checked


def _found(user: User | None) -> User:
    if user is None:
        raise no_such_user()
    return user
