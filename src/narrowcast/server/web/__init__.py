"""Pages: their templates, what they look like, and what a browser may do on them."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from narrowcast.server.packing import packed
from narrowcast.server.web.cards import state
from narrowcast.server.web.places import PLACES
from narrowcast.server.web.static_files import VERSION
from narrowcast.server.web.words import FILTERS
from narrowcast.server.who import Principal

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        # Only `parts/navigation.js` makes HTML of a string, and only `offline/worker_page.js` names a script.
        "require-trusted-types-for 'script'",
        "trusted-types pages worker",
    )
)


def policy_of(sound_from: str | None) -> str:
    """What a browser may do; sound may come from addresses that begin so, besides. Scripts fetch from here alone."""
    return (
        POLICY.replace("media-src 'self'", f"media-src 'self' {quote(sound_from, safe=':/.-_~')}")
        if sound_from
        else POLICY
    )


THEME_COOKIE, THEMES = "narrowcast_theme", ("light", "dark")
"""What `static/parts/theme.js` keeps: the page comes in it, and does not flash."""


class Pages:
    """Renders templates; every value is escaped."""

    def __init__(self) -> None:
        self._templates = Environment(
            loader=PackageLoader("narrowcast.server.web"),
            autoescape=select_autoescape(default=True, default_for_string=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters.update(FILTERS, state=state)

    def render(
        self, request: Request, name: str, status_code: int, who: Principal | None, here: str, values: dict[str, Any]
    ) -> HTMLResponse:
        """See `show`."""
        root = request.scope.get("root_path", "")
        template = self._templates.get_template(
            f"{name}.html", globals={"root": root, "static": lambda path: f"{root}/static/{VERSION}/{path}"}
        )
        theme = request.cookies.get(THEME_COOKIE, "")
        text = template.render(who=who, here=here, places=PLACES, theme=theme if theme in THEMES else "", **values)
        sound_from = request.app.state.context.store.blobs.links_begin_with
        answer = HTMLResponse(text, status_code, {"Content-Security-Policy": policy_of(sound_from)})
        packed(request, answer)
        return answer


def show(
    request: Request,
    name: str,
    who: Principal | None = None,
    *,
    here: str = "",
    status_code: int = 200,
    **values: Any,
) -> HTMLResponse:
    """The page of the template `name` for whoever asks; `here` is the name of its place (see `places.py`)."""
    pages: Pages = request.app.state.pages
    return pages.render(request, name, status_code, who, here, values)
