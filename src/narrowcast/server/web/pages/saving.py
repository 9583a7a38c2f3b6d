"""`/save` and `/share-target`: a page or file that is sent straight in, from a bookmark or the installed app."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from narrowcast.accounts.roles import Scope
from narrowcast.errors import NarrowcastError, OutputError, QuotaError
from narrowcast.server.api.source_batch import TOGETHER_BYTES
from narrowcast.server.context import Context, Here
from narrowcast.server.texts import line
from narrowcast.server.uploads import FIELD_BYTES, received
from narrowcast.server.web import show
from narrowcast.server.web.shared import address_shared, text_shared
from narrowcast.server.who import Anyone, Principal, Reads, Writes
from narrowcast.sources.places import MAX_FILE_BYTES
from narrowcast.studio.reading import LONGEST_URL, Wishes
from narrowcast.studio.reading_several import GivenDocument, GivenFile, GivenText, GivenUrl, take_several

router = APIRouter(include_in_schema=False)


@router.get("/save")
async def ask(
    request: Request,
    who: Reads,
    url: Annotated[str, Query(max_length=LONGEST_URL)] = "",
    title: Annotated[str, Query(max_length=2_000)] = "",
) -> Response:
    """One button. Looking at this page does nothing: any site can lead somebody here."""
    return _saving(request, who, url, line(title)[:300])


@router.post("/save")
async def save(
    request: Request,
    here: Here,
    who: Writes,
    url: Annotated[str, Form(max_length=LONGEST_URL)],
    title: Annotated[str, Form(max_length=2_000)] = "",
) -> Response:
    """Read the page, and go on to where an episode is made of it."""
    try:
        taken = await here.reading.take_url(who.id, url.strip(), _wishes(here, who))
    except NarrowcastError as fault:
        if isinstance(fault, OutputError) and not isinstance(fault, QuotaError):
            raise
        return _saving(request, who, url, line(title)[:300], fault)
    return _to_make(request, [taken.source.id])


@router.post("/share-target")
async def share(request: Request, here: Here, who: Anyone) -> Response:
    """Read what was shared with the installed app: files, an address, or a text."""
    if who is None:
        return show(
            request,
            "notice",
            status_code=HTTPStatus.UNAUTHORIZED,
            title="Sign in, then share it again",
            message="Nobody is signed in here, so nothing was kept.",
            hint="",
        )
    if Scope.WRITE not in who.scopes:
        return show(
            request,
            "notice",
            who,
            status_code=HTTPStatus.FORBIDDEN,
            title="You may listen here, not make",
            message="Nothing was kept.",
            hint="The owner of this server can change that.",
        )
    async with received(
        request,
        here.store.incoming,
        files={"files": MAX_FILE_BYTES},
        fields={"title", "text", "url"},
        several="files",
        most_together=TOGETHER_BYTES + 3 * FIELD_BYTES,
    ) as form:
        documents: list[GivenDocument] = [GivenFile(file.path, file.name) for file in form.several if file.size]
        documents += _written(form.fields)
        if not documents:
            return _shared(request, who, [], [("", "There was nothing in what was shared.")])
        result = await take_several(here.reading, who.id, documents, _wishes(here, who))
    taken = [one.source.id for one in result.taken]
    if not result.refused:
        return _to_make(request, taken)
    told = [(one.name, f"{one.fault.message} {one.fault.hint}".strip()) for one in result.refused]
    return _shared(request, who, taken, told)


def _written(fields: Mapping[str, str]) -> list[GivenDocument]:
    url, text, title = (fields.get(name, "") for name in ("url", "text", "title"))
    if address := address_shared(url, text):
        return [GivenUrl(address[:LONGEST_URL])]
    said = text_shared(title, text)
    return [GivenText(said)] if said else []


def _saving(request: Request, who: Principal, url: str, title: str, fault: NarrowcastError | None = None) -> Response:
    try:
        host = urlsplit(url.strip()).hostname or ""
    except ValueError:
        host = ""
    usable = bool(host) and url.strip().lower().startswith(("http://", "https://"))
    return show(
        request,
        "save",
        who,
        here="make",
        status_code=HTTPStatus.OK if fault is None else HTTPStatus.UNPROCESSABLE_ENTITY,
        url=url.strip(),
        host=host,
        title=title,
        usable=usable,
        fault=f"{fault.message} {fault.hint}".strip() if fault else "",
    )


def _shared(request: Request, who: Principal, taken: list[str], refused: list[tuple[str, str]]) -> Response:
    return show(
        request,
        "shared",
        who,
        here="make",
        status_code=HTTPStatus.OK if taken else HTTPStatus.UNPROCESSABLE_ENTITY,
        taken=taken,
        refused=refused,
    )


def _to_make(request: Request, taken: list[str]) -> Response:
    root = request.scope.get("root_path", "")
    return RedirectResponse(f"{root}/?{urlencode({'add': ','.join(taken)}, safe=',')}", HTTPStatus.SEE_OTHER)


def _wishes(here: Context, who: Principal) -> Wishes:
    return Wishes(most_bytes=here.settings.tiers.tier(who.user.tier).storage_bytes)
