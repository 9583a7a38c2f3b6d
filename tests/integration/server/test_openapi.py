"""What the OpenAPI says of itself: nothing is left out of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from narrowcast.server.app import create_app
from narrowcast.settings import read_settings

PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
Operation = tuple[str, dict[str, Any]]


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    home = tmp_path_factory.mktemp("home")
    return create_app(read_settings({"NARROWCAST_HOME": str(home)})).openapi()


def operations(document: dict[str, Any]) -> Iterator[Operation]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_every_route_has_a_name_of_its_own_and_says_what_it_does(document: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, operation in operations(document)]
    assert len(ids) == len(set(ids)) > 100
    assert all(len(name) <= 40 and "__" not in name and "api_v1" not in name for name in ids)
    assert [name for name, operation in operations(document) if not operation.get("description")] == []
    described = {tag["name"] for tag in document["tags"]}
    assert {tag for _, operation in operations(document) for tag in operation["tags"]} == described


def test_every_fault_is_described_as_the_problem_that_is_sent(document: dict[str, Any]) -> None:
    other = [
        (name, status)
        for name, operation in operations(document)
        for status, answer in operation["responses"].items()
        if status >= "400" and answer.get("content") != PROBLEM and (name, status) != ("GET /readyz", "503")
    ]
    assert other == []


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    text = json.dumps(document)
    references = {part.split('"')[0] for part in text.split('"$ref": "#/')[1:]}
    assert references
    for reference in references:
        found: Any = document
        for step in reference.split("/"):
            found = found[step]


def test_every_route_that_asks_who_one_is_says_so(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        assert ("401" in operation["responses"]) == ("security" in operation or "sessions" in name), name


def test_every_body_has_an_example(document: dict[str, Any]) -> None:
    without = [
        (name, media_type)
        for name, operation in operations(document)
        for media_type, content in operation.get("requestBody", {}).get("content", {}).items()
        if media_type == "application/json" and not content.get("examples")
    ]
    assert without == []
