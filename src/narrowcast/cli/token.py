"""`narrowcast token`: secrets by which programs use the API."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from narrowcast.cli.running import run_async
from narrowcast.cli.telling import tell
from narrowcast.cli.user import opened, whom

token = typer.Typer(name="token", help="Make and revoke API tokens.", no_args_is_help=True)

User = Annotated[str | None, typer.Option("--user", help="E-mail address of whose token; the owner's when left out.")]


@token.command()
def create(
    name: Annotated[str, typer.Argument(help="What it is for.")],
    user: User = None,
    scopes: Annotated[
        str | None, typer.Option(help="read, write, admin, parted by commas; all that the user may when left out.")
    ] = None,
    days: Annotated[int | None, typer.Option(help="How long it works; for ever if left out.", min=1, max=3650)] = None,
) -> None:
    """Print a new API token, alone, on stdout. It is shown once. No server needs to run, nor ever have run."""
    from narrowcast.accounts.granting import granted, new_token
    from narrowcast.accounts.roles import Role, named_scopes, scopes_of

    wanted = named_scopes(scopes.replace(",", " ").split()) if scopes is not None else None
    expires_at = datetime.now(UTC) + timedelta(days=days) if days else None

    async def run() -> str:
        async with opened() as (people, store, settings):
            found = await whom(people, store, settings, user)
            may = granted(wanted, scopes_of(Role(found.role)))
            secret, _ = await new_token(store, found.id, name, may, expires_at)
            return secret

    typer.echo(run_async(run()))


@token.command("list")
def list_tokens(user: User = None) -> None:
    """List a user's tokens that are not revoked."""

    async def run() -> None:
        async with opened() as (people, store, settings):
            found = await whom(people, store, settings, user)
            for each in await store.tokens.page(found.id, None, 10_000):
                if each.revoked_at is None:
                    used = f"used {each.used_at:%Y-%m-%d}" if each.used_at else "never used"
                    until = f", until {each.expires_at:%Y-%m-%d}" if each.expires_at else ""
                    typer.echo(f"{each.id}  {each.name:<24} {','.join(each.scopes)}, {used}{until}")

    run_async(run())


@token.command()
def revoke(
    token_id: Annotated[str, typer.Argument(help="The token's id, as `token list` shows it.")], user: User = None
) -> None:
    """Revoke a token: it stops working at once."""
    from narrowcast.errors import NotFoundError

    async def run() -> None:
        async with opened() as (people, store, settings):
            found = await whom(people, store, settings, user)
            if not await store.tokens.revoke(found.id, token_id):
                raise NotFoundError(f"{found.email} has no such token.", hint="See: narrowcast token list.")
        tell("It does not work any more.")

    run_async(run())
