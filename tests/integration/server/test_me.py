"""Who is asking."""

from __future__ import annotations

from tests.integration.server.conftest import Served


async def test_a_token_tells_who_is_asking_and_what_they_may(served: Served) -> None:
    me = (await served.lea.get("me")).raise_for_status().json()
    assert (me["email"], me["role"], me["scopes"]) == ("lea@example.org", "listener", ["read"])


async def test_nobody_and_an_unknown_token_are_asked_to_sign_in(served: Served) -> None:
    for headers in ({}, {"Authorization": "Bearer nc_made-up"}):
        answer = await served.nobody.get("me", headers=headers)
        assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
        assert answer.json()["hint"]


async def test_passwords_are_not_guessed_by_changing_them(served: Served) -> None:
    new = {"new_password": "three quiet green boats"}
    assert (await served.sam.put("me/password", json=new)).status_code == 204
    guesses = [
        await served.sam.put("me/password", json={**new, "current_password": f"guess {number}"}) for number in range(12)
    ]
    assert [guess.status_code for guess in guesses][:5] == [403] * 5
    assert guesses[-1].status_code == 429
    assert int(guesses[-1].headers["retry-after"]) > 0
