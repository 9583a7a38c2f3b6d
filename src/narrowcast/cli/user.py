"""`narrowcast user`: who may use this server."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from narrowcast.cli.running import run_async
from narrowcast.cli.telling import tell

if TYPE_CHECKING:
    from narrowcast.accounts.people import People
    from narrowcast.settings import Settings
    from narrowcast.store.home import Store
    from narrowcast.store.people.accounts import User

user = typer.Typer(name="user", help="Add users to this server, and let them in.", no_args_is_help=True)

Email = Annotated[str, typer.Argument(help="The user's e-mail address.")]
OwnerOrEmail = Annotated[str | None, typer.Argument(help="The user's e-mail address; the owner's when left out.")]


@user.command()
def add(
    email: Email,
    name: Annotated[str, typer.Option(help="How they are called.")] = "",
    role: Annotated[str, typer.Option(help="owner, member or listener.")] = "member",
    tier: Annotated[str, typer.Option(help="How much of the server they get.")] = "standard",
    password: Annotated[bool, typer.Option("--password", help="Ask for a password (or read it from stdin).")] = False,
) -> None:
    """Add a user; without a password they sign in by a link."""
    given = _password() if password else None

    async def work(people: People, store: Store, settings: Settings) -> None:
        made = await people.add(email, name=name, role=role, tier=tier, password=given)
        tell(f"{made.email} is a {made.role} now.")
        if given is None:
            await _print_link(store, settings, made)

    _run(work)


@user.command("list")
def list_users() -> None:
    """List the users."""

    async def work(_people: People, store: Store, _settings: Settings) -> None:
        for found in await store.accounts.page(None, 10_000):
            notes = ", ".join(
                note
                for note, holds in (("not active", not found.active), ("no password", not found.has_password))
                if holds
            )
            typer.echo(
                f"{found.email:<32} {found.role:<9} {found.tier:<9} {found.name}{f' ({notes})' if notes else ''}"
            )

    _run(work)


@user.command()
def link(email: OwnerOrEmail = None) -> None:
    """Print a link that signs a user in once, within 15 minutes."""

    async def work(people: People, store: Store, settings: Settings) -> None:
        await _print_link(store, settings, await whom(people, store, settings, email))

    _run(work)


@user.command()
def password(email: OwnerOrEmail = None) -> None:
    """Give a user a password (asked for, or read from stdin); it signs them out everywhere."""
    given = _password()

    async def work(people: People, store: Store, settings: Settings) -> None:
        found = await whom(people, store, settings, email)
        await people.set_password(found, given)
        tell(f"{found.email} has a new password.")

    _run(work)


@user.command()
def deactivate(email: Email) -> None:
    """Sign a user out and keep them out; what is theirs stays."""
    _set_active(email, active=False)


@user.command()
def activate(email: Email) -> None:
    """Let a user in again."""
    _set_active(email, active=True)


@user.command()
def delete(
    email: Email,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete a user and all that is theirs, for good."""
    if not yes:
        typer.confirm(f"Delete {email} and all that is theirs, for good?", abort=True, err=True)

    async def work(people: People, _store: Store, _settings: Settings) -> None:
        found = await people.named(email)
        await people.remove(found.id)
        tell(f"{found.email} is gone. Files that only they had go at the next: narrowcast gc.")

    _run(work)


async def whom(people: People, store: Store, settings: Settings, email: str | None) -> User:
    """The user with that address; without one the owner, made where there is none."""
    if email:
        return await people.named(email)
    from narrowcast.accounts.start import local_owner

    return await local_owner(store, settings.owner_email)


@asynccontextmanager
async def opened() -> AsyncIterator[tuple[People, Store, Settings]]:
    """The users of the home folder's server, whether it runs or not."""
    from narrowcast.accounts.people import People
    from narrowcast.settings import read_settings
    from narrowcast.store.home import Store

    settings = read_settings()
    store = await Store.open(settings.home, settings.places)
    try:
        yield People(store, settings.tiers), store, settings
    finally:
        await store.aclose()


def _run(work: Callable[[People, Store, Settings], Awaitable[None]]) -> None:
    async def run() -> None:
        async with opened() as (people, store, settings):
            await work(people, store, settings)

    run_async(run())


def _set_active(email: str, *, active: bool) -> None:
    async def work(people: People, _store: Store, _settings: Settings) -> None:
        found = await people.named(email)
        await people.change(found.id, {"active": active})
        tell(f"{found.email} may come in again." if active else f"{found.email} is signed out and stays out.")

    _run(work)


async def _print_link(store: Store, settings: Settings, found: User) -> None:
    from narrowcast.accounts.door import Door
    from narrowcast.accounts.start import sign_in_link

    secret, _ = await Door(store).new_link(found)
    typer.echo(sign_in_link(settings.public_url or f"http://{settings.host}:{settings.port}", secret))
    tell("It works once, within 15 minutes.")


def _password() -> str:
    if sys.stdin.isatty():
        given: str = typer.prompt("Password", hide_input=True, confirmation_prompt="Once more", err=True)
        return given
    return sys.stdin.readline().rstrip("\r\n")
