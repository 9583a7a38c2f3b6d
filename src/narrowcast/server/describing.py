"""What the OpenAPI says of every route alike, so that none can leave it out: problems, headers, names, tags."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from narrowcast.server.problems import Problem, documented
from narrowcast.server.requests import HEADER as REQUEST_ID

METHODS = ("get", "head", "post", "put", "patch", "delete")
SCHEMAS = "#/components/schemas/"
BY_STATUS = {
    "401": ("WWW-Authenticate",),
    "429": ("Retry-After",),
    "503": ("Retry-After",),
}
"""Headers that problems of a status bear."""
HEADERS = {
    REQUEST_ID: "The request's id, as the server's log has it.",
    "WWW-Authenticate": "`Bearer`: an API token is taken.",
    "Retry-After": "Seconds after which it may go through.",
    "ETag": "What it is now: for `If-Match` and `If-None-Match`.",
    "Last-Modified": "Since when it is as it is.",
    "Accept-Ranges": "`bytes`: parts of it can be asked for.",
    "Content-Range": "Which bytes these are, and of how many.",
    "Content-Disposition": "The name to save it under.",
    "Idempotency-Replayed": "`true` where this is the answer that the same request got before.",
}
TAGS = {
    "Making": "Asking for episodes.",
    "Jobs": "What was asked for, how far it is, and what happens to it.",
    "Scripts": "What an episode says: reading, editing, rendering and rewriting it.",
    "Podcasts": "The library of episodes, made here or uploaded.",
    "Listening": "Audio, transcripts, chapters, notes and covers, by ranges and conditionally.",
    "Publishing": "Private podcast feeds, and links to moments of episodes.",
    "Notebooks": "Sets of sources.",
    "Sources": "Documents that episodes are made from.",
    "Profiles": "Who speaks, and how episodes are made.",
    "Voices": "Voices, and how they sound.",
    "Providers": "Whom the server can ask, with whose key. For its owner.",
    "Accounts": "Oneself, signing in, API tokens.",
    "Users": "Everybody on this server. For its owner.",
    "Money": "What was used and spent, and the limits.",
    "Telling": "Inbox, webhooks and e-mail.",
    "Operating": "Whether the server is well.",
}
_BODY_PROBLEMS = ("400", "408", "413")
_ALWAYS = ("400", "500", "507")


def operation_id(route: APIRoute) -> str:
    """The name that generated clients give a route: that of its function."""
    return route.name


def describe(app: FastAPI) -> None:
    """Have `app` tell its OpenAPI whole."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _completed(
                get_openapi(
                    title=app.title, version=app.version, summary=app.summary, routes=app.routes, servers=[{"url": "/"}]
                )
            )
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign] # FastAPI's documented way


def _completed(document: dict[str, Any]) -> dict[str, Any]:
    problem = Problem.model_json_schema(ref_template=f"{SCHEMAS}{{model}}")
    schemas = document["components"]["schemas"]
    schemas |= {**problem.pop("$defs"), Problem.__name__: problem}
    for superseded in ("HTTPValidationError", "ValidationError"):
        schemas.pop(superseded, None)
    document["components"]["headers"] = {
        name: {"description": said, "schema": {"type": "string"}} for name, said in HEADERS.items()
    }
    used = set()
    for operation in _operations(document):
        _complete(operation)
        for content in operation.get("requestBody", {}).get("content", {}).values():
            _show_examples(content, schemas)
        used |= set(operation["tags"])
    document["tags"] = [{"name": name, "description": said} for name, said in TAGS.items() if name in used]
    return document


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in document["paths"].values():
        for method in METHODS:
            if method in path:
                yield path[method]


def _complete(operation: dict[str, Any]) -> None:
    operation["summary"] = operation["operationId"].replace("_", " ").capitalize()
    asked = set()
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "header":
            if parameter["name"].islower():
                parameter["name"] = parameter["name"].title()
            asked.add(parameter["name"])
    answers = operation["responses"]
    if "422" in answers:
        answers["422"] = _problem(422)
    for status in _ALWAYS + (_BODY_PROBLEMS if "requestBody" in operation else ()):
        answers.setdefault(status, _problem(int(status)))
    for status, answer in answers.items():
        names = (REQUEST_ID, *(BY_STATUS.get(status, ())))
        if "Idempotency-Key" in asked and status < "3":
            names = (*names, "Idempotency-Replayed")
        answer["headers"] = {**answer.get("headers", {}), **bears(*names)["headers"]}
    operation["responses"] = dict(sorted(answers.items()))


def _show_examples(content: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Show whole bodies beside the schema, where every tool looks for them: its own, or made of its fields'."""
    if "examples" in content:
        return
    schema = content["schema"]
    reference = next((one["$ref"] for one in [schema, *schema.get("anyOf", [])] if "$ref" in one), "")
    named = schemas.get(reference.removeprefix(SCHEMAS), {})
    shown = schema.pop("examples", None) or named.get("examples")
    if not shown:
        fields = named.get("properties", {})
        example = {name: field["examples"][0] for name, field in fields.items() if "examples" in field}
        shown = [example] if example else []
    if shown:
        content["examples"] = {str(number): {"value": one} for number, one in enumerate(shown, 1)}


def _problem(status: int) -> dict[str, Any]:
    return dict(documented(status)[status])


def bears(*names: str) -> dict[str, Any]:
    """For an answer among a route's `responses`: headers that it bears."""
    return {"headers": {name: {"$ref": f"#/components/headers/{name}"} for name in names}}
