"""A server's first owner, and whether anybody could sign in who reaches it from elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address

from narrowcast.accounts.door import Door
from narrowcast.accounts.emails import LOCAL_OWNER, address
from narrowcast.accounts.passwords import Passwords
from narrowcast.errors import InputError, SettingError
from narrowcast.store.home import Store
from narrowcast.store.people.accounts import User

OWNERS_TIER = "premium"


@dataclass(frozen=True)
class OwnerReady:
    """Who owns the server, and the secret of a sign-in link for one who has no password."""

    user: User
    link_secret: str | None


async def local_owner(store: Store, email: str | None = None, password: str | None = None) -> User:
    """The owner; made where there is none, as `owner@localhost` unless settings say otherwise.

    A password that the settings give is taken where the owner has none: one that was changed since stays. Raises
    `SettingError` (an address or password that is none, an address that somebody else has).
    """
    passwords = Passwords()
    try:
        wanted = address(email) if email else LOCAL_OWNER
    except InputError as error:
        raise SettingError(f"NARROWCAST_OWNER_EMAIL is wrong: {error.message}", hint=error.hint) from error
    owner = await store.accounts.ensure_owner(email=wanted, name="Owner", tier=OWNERS_TIER)
    if email and owner.email == LOCAL_OWNER != wanted:
        owner = await store.accounts.change(owner.id, {"email": wanted})
    if password and not owner.has_password:
        try:
            hashed = await passwords.hash(password)
        except InputError as error:
            raise SettingError(f"NARROWCAST_OWNER_PASSWORD is wrong: {error.message}", hint=error.hint) from error
        await store.accounts.set_password(owner.id, hashed)
    return await store.accounts.get(owner.id) or owner


async def ensure_owner(store: Store, email: str | None = None, password: str | None = None) -> OwnerReady:
    """The owner, ready to sign in. Raises as `local_owner`."""
    owner = await local_owner(store, email, password)
    if owner.has_password or not owner.active:
        return OwnerReady(owner, None)
    secret, _ = await Door(store).new_link(owner)
    return OwnerReady(owner, secret)


async def check_reachable(store: Store, host: str) -> None:
    """Raises `SettingError` where the server listens beyond this machine and no owner could sign in there."""
    if is_loopback_host(host) or await store.accounts.owner_can_sign_in():
        return
    raise SettingError(
        f"NARROWCAST_HOST {host} is reached from elsewhere, and no owner could sign in there: none has a password.",
        hint="Give one: narrowcast user password, or NARROWCAST_OWNER_PASSWORD_FILE. Or listen at 127.0.0.1.",
    )


def sign_in_link(address: str, secret: str) -> str:
    """The URL of a sign-in link on a server at `address`; one that listens everywhere is shown as this machine."""
    return f"{address.replace('://0.0.0.0', '://127.0.0.1').replace('://:::', '://[::1]:')}/sign-in/{secret}"


def is_loopback_host(host: str) -> bool:
    """Whether only this machine reaches a server that listens there."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
