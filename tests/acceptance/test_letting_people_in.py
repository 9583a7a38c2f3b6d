"""Who comes in: the first owner, by a link or a token; nobody, where nobody could."""

from __future__ import annotations

import re

import httpx2
from tests.acceptance.program import Program
from tests.acceptance.server import serving


def test_a_token_made_before_the_server_ever_ran_works_and_a_link_signs_its_owner_in(program: Program) -> None:
    made = program.run("token", "create", "radio", "--scopes", "read").done()
    assert re.fullmatch(r"nc_[\w-]{43}\n", made.out)
    with serving(program) as server:
        bearer = {"Authorization": f"Bearer {made.out.strip()}"}
        me = httpx2.get(f"{server.api}me", headers=bearer).json()
        assert (me["email"], me["role"], me["scopes"]) == ("owner@localhost", "owner", ["read"])
        found = re.search(r"http://127\.0\.0\.1:\d+/sign-in/\S+", server.told())
        assert found
        with httpx2.Client(headers={"Origin": server.address}) as browser:
            assert browser.get(found[0]).status_code == 200
            assert browser.post(found[0]).status_code == 303
            assert browser.get(f"{server.api}me").json()["scopes"] == ["admin", "read", "write"]
        assert found[0].rpartition("/")[2] not in server.told().replace(found[0], "")  # nor in its log
        assert made.out.strip() not in server.told()


def test_beyond_this_machine_nothing_starts_without_an_owner_who_can_sign_in(program: Program) -> None:
    anywhere = ("serve", "--host", "0.0.0.0", "--port", "0")  # noqa: S104 - what is tried
    program.run(*anywhere).refused("NARROWCAST_HOST", "narrowcast user password")
    secret = program.folder / "password"
    secret.write_text("three quiet green boats\n")
    env = {"NARROWCAST_OWNER_PASSWORD_FILE": str(secret), "NARROWCAST_OWNER_EMAIL": "olga@example.org"}
    with serving(program, "--host", "0.0.0.0", env=env) as server:  # noqa: S104 - what is tried
        assert "/sign-in/" not in server.told()
        body = {"email": "olga@example.org", "password": "three quiet green boats"}
        assert httpx2.post(f"{server.api}sessions", json=body).status_code == 201


def test_users_are_managed_at_the_terminal(program: Program) -> None:
    program.run("user", "add", "mia@example.org", "--password", stdin=b"three quiet green boats\n").done()
    program.run("user", "add", "MIA@example.org").refused()
    assert "mia@example.org" in program.run("user", "list").done().out
    assert program.run("user", "link", "mia@example.org").done().out.count("/sign-in/") == 1
    program.run("user", "delete", "mia@example.org", "--yes").done()
    program.run("user", "password", "mia@example.org", stdin=b"short\n").refused("no such user")
