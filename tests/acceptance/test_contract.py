"""The API keeps what its OpenAPI says, and a member's own from every other, whatever is asked."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.acceptance.contract import MARK, PASSWORD, Member, furnished
from tests.acceptance.program import Program
from tests.acceptance.server import Server, serving

FOR_ADMINS = ("/api/v1/users", "/api/v1/providers", "/api/v1/usage/all")
USUAL = "--phases=coverage --mode=positive --seed=7 --no-shrink"
"""What `make contract` replaces by more."""
NOT_ASKED = ("watch_jobs", "watch_live", "delete_me", "revoke_token")
"""The first two do not end, the others end who asks."""
NOT_CHECKED = "positive_data_acceptance,negative_data_rejection,unsupported_method,allow_header_conformance"
"""Not every body of the right form can be used (422), and some of the wrong one are taken, such as times as numbers.

A path of another noun's is looked at as an id (422), and only one route's methods are told as allowed.
"""
COME_AGAIN = """[checks.not_a_server_error]
expected-statuses = ["2XX", "3XX", "4XX", "503"]
"""
"""What is not there yet, such as the first sound of an episode, is told by 503 with a `Retry-After`, as documented."""
NOT_IDS = ("/unsubscribe/", "/feeds/{token}", "/m/{token}")
"""Below these a path holds a secret, which is nobody else's to try."""


@dataclass(frozen=True)
class Furnished:
    """A server without hands, with Sam and Nils and what is theirs."""

    server: Server
    owner: Member
    sam: Member
    nils: Member
    document: dict[str, Any]
    client: httpx2.Client

    def ask(
        self, who: Member, method: str, path: str, headers: Mapping[str, str] | None = None, **given: Any
    ) -> httpx2.Response:
        """What one of them is answered."""
        return self.client.request(method, path, headers={**who.headers, **(headers or {})}, **given)

    def operations(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Every method and path, and what the OpenAPI says of it."""
        for path, methods in self.document["paths"].items():
            for method, operation in methods.items():
                yield method.upper(), path, operation

    def all_of_sam(self) -> dict[str, bytes]:
        """Everything that is Sam's, as the export has it, but for when the token that asks was last used."""
        answer = self.ask(self.sam, "GET", "/api/v1/me/export")
        with zipfile.ZipFile(io.BytesIO(answer.content)) as taken:
            return {name: taken.read(name) for name in taken.namelist() if "token" not in name}


ON_POSTGRESQL = os.environ.get("NARROWCAST_TESTS_DATABASE") == "postgresql"


@pytest.fixture(scope="module")
def furnished_server(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Furnished]:
    root = tmp_path_factory.mktemp("contract")
    (root / "work").mkdir()
    database = {"NARROWCAST_DATABASE_URL": request.getfixturevalue("postgres").database()} if ON_POSTGRESQL else {}
    program = Program(root / "work", root / "home", {"NARROWCAST_LOG_FORMAT": "json", **database})
    owner, sam, nils = furnished(program)
    with (
        serving(program, env={"NARROWCAST_JOBS_AT_ONCE": "0"}) as server,
        httpx2.Client(base_url=server.address, timeout=120) as client,
    ):
        document = client.get("/api/v1/openapi.json").json()
        yield Furnished(server, owner, sam, nils, document, client)


def bodies(operation: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What to send: each example; a form where there is no JSON."""
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        return [{"json": one["value"]} for one in content["application/json"]["examples"].values()]
    return [{"files": {"audio_file": b"none"}}] if content else [{}]


def test_the_ids_of_another_lead_nowhere_by_any_method(furnished_server: Furnished) -> None:
    here = furnished_server
    before = here.all_of_sam()
    tried, otherwise = 0, []
    for method, path, operation in here.operations():
        names = re.findall(r"\{(\w+)\}", path)
        if not names or any(part in path for part in NOT_IDS):
            continue
        known = {"name": "openai", "kind": "vtt", "number": "1"}
        foreign = [name for name in names if name not in known]
        expected = 403 if path.startswith(FOR_ADMINS) else 404
        for name in foreign or names:
            # One id of Sam's among Nils's own.
            address = path.format_map({**known, **here.nils.below(path), name: {**known, **here.sam.below(path)}[name]})
            for body in bodies(operation):
                answer = here.ask(here.nils, method, address, **body)
                tried += 1
                if answer.status_code != expected or MARK in answer.text.replace(address, "").replace(f"'{MARK}'", ""):
                    otherwise.append((method, path, name, answer.status_code, answer.text[:200]))
    assert otherwise == []
    assert tried >= 70
    assert here.all_of_sam() == before


def test_the_ids_of_another_lead_nowhere_in_bodies_and_queries(furnished_server: Furnished) -> None:
    here = furnished_server
    sam = here.sam.ids
    api = "/api/v1"
    mine = f"{api}/podcasts/{here.nils.ids['episode_id']}"
    for wish in ({"notebook_id": sam["notebook_id"]}, {"source_ids": [sam["source_id"]]}):
        for path in ("generate", "estimate"):
            assert here.ask(here.nils, "POST", f"{api}/podcasts/{path}", json=wish).status_code == 404
    given = {"text": "A bee.", "notebook_id": sam["notebook_id"]}
    assert here.ask(here.nils, "POST", f"{api}/sources", json=given).status_code == 404
    assert here.ask(here.nils, "PATCH", mine, json={"notebook_id": sam["notebook_id"]}).status_code == 404
    deleted = here.ask(here.nils, "POST", f"{api}/podcasts/bulk-delete", json={"ids": [sam["episode_id"]]}).json()
    assert deleted == {"deleted": [], "not_found": [sam["episode_id"]]}
    for query in ("notebook_id", "source_id"):
        assert here.ask(here.nils, "GET", f"{api}/podcasts?{query}={sam[query]}").json()["items"] == []
    assert here.ask(here.nils, "GET", f"{api}/podcasts?q={MARK}").json()["items"] == []
    assert here.ask(here.nils, "GET", f"{api}/podcasts/jobs?episode_id={sam['episode_id']}").json()["items"] == []


def test_no_list_shows_what_is_anothers(furnished_server: Furnished) -> None:
    here = furnished_server
    secrets = {MARK, here.sam.token, *here.sam.ids.values()}
    looked = 0
    for method, path, _ in here.operations():
        if method == "GET" and "{" not in path and path != "/api/v1/podcasts/events":
            text = here.ask(here.nils, "GET", path).text
            looked += 1
            assert not [secret for secret in secrets if secret in text], path
    assert looked > 15


def test_every_example_works(furnished_server: Furnished) -> None:
    here = furnished_server
    failed = []
    # A change of a script before its render is on its way, a sign-in before the password is another.
    first = ("/rewrite", "/script", "/sessions")
    for method, path, operation in sorted(here.operations(), key=lambda one: not one[1].endswith(first)):
        for body in bodies(operation):
            if "json" in body:
                answer = example_of(here, method, path, operation, body["json"])
                if not (200 <= answer.status_code < 300 and str(answer.status_code) in operation["responses"]):
                    failed.append(f"{method} {path}: {answer.status_code} {answer.text[60:200]}")
    assert not failed, "\n".join(failed)


def example_of(
    here: Furnished, method: str, path: str, operation: Mapping[str, Any], body: dict[str, Any]
) -> httpx2.Response:
    """What its example is answered, asked by who may, with ids of their own in place of those that nobody has."""
    who = here.owner if path.startswith(FOR_ADMINS) else here.sam
    ids = {**who.below(path), "name": "openai"}
    if path in {"/api/v1/sessions", "/api/v1/me/password"}:
        # Passwords are their own: the fields are the example's.
        told = "current_password" if "current_password" in body else "password"
        body = {**body, told: PASSWORD} | ({"email": f"{who.name}@example.org"} if "email" in body else {})
    if path.endswith("/rewrite"):
        # This takes a language model, which nothing here has: it is refused in so many words, not for its form.
        answer = here.ask(who, method, path.format_map(ids), json=body)
        assert "language model" in answer.text
        return httpx2.Response(200)
    if "url" in body:
        # The name of an example leads nowhere without a name server.
        body = {**body, "url": "https://93.184.216.34/hook"}
    if "endpoint" in body:
        body = {**body, "endpoint": "https://93.184.216.34/push"}
    if method == "PUT" and "name" in body:
        # It is another's already: the example of making one is the same.
        body = {**body, "name": f"{body['name']}, again"}
    headers = None
    if "428" in operation["responses"]:
        body = here.ask(who, "GET", path.format_map(ids)).json() | {"title": body["title"]}
        headers = {"If-Match": "*"}
    # Nobody listens at the address that an example enters for a provider.
    params = {"force": "true"} if path.startswith("/api/v1/providers") else None
    return here.ask(who, method, path.format_map(ids), json=body, headers=headers, params=params)


def test_whatever_is_asked_is_answered_as_the_openapi_says(furnished_server: Furnished, tmp_path: Path) -> None:
    here = furnished_server
    before = here.all_of_sam()
    report = tmp_path / "asked.ndjson"
    (tmp_path / "schemathesis.toml").write_text(COME_AGAIN)
    told = subprocess.run(
        [
            Path(sys.executable).with_name("schemathesis"),
            "run",
            f"{here.server.api}openapi.json",
            *os.environ.get("CONTRACT", USUAL).split(),
            *(f"--exclude-operation-id={name}" for name in NOT_ASKED),
            f"--exclude-checks={NOT_CHECKED}",
            f"--header=Authorization: Bearer {here.nils.token}",
            f"--report-ndjson-path={report}",
            "--request-timeout=60",
            "--suppress-health-check=all",
            "--warnings=off",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout
    answers = report.read_text("utf-8")
    assert here.nils.ids["episode_id"] in answers
    assert [secret for secret in (MARK, here.sam.token, *here.sam.ids.values()) if secret in answers] == []
    assert here.all_of_sam() == before
