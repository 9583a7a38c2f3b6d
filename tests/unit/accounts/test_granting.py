"""What a new token may, and for how long."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from narrowcast.accounts.granting import ending, granted
from narrowcast.accounts.roles import Role, Scope, named_scopes, scopes_of
from narrowcast.errors import ForbiddenError, InputError

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
ALL = frozenset(Scope)


def test_to_write_takes_to_read() -> None:
    assert granted([Scope.WRITE], ALL) == {Scope.READ, Scope.WRITE}
    assert granted([Scope.ADMIN], ALL) == ALL
    assert granted(None, scopes_of(Role.MEMBER)) == {Scope.READ, Scope.WRITE}


@pytest.mark.parametrize("role", [Role.MEMBER, Role.LISTENER])
def test_nobody_gives_what_they_do_not_have(role: Role) -> None:
    with pytest.raises(ForbiddenError, match="admin"):
        granted([Scope.ADMIN], scopes_of(role))


def test_names_that_are_no_scopes_are_refused() -> None:
    with pytest.raises(InputError, match="'wrte'"):
        named_scopes(["read", "wrte"])


def test_a_token_ends_with_the_one_that_makes_it_at_the_latest() -> None:
    until = NOW + timedelta(days=1)
    assert ending(None, NOW) is None
    assert ending(until, NOW, until) == until
    for beyond in (None, until + timedelta(seconds=1)):
        with pytest.raises(ForbiddenError):
            ending(beyond, NOW, until)
    with pytest.raises(InputError, match="passed"):
        ending(NOW, NOW)
