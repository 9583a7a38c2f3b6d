"""Pages: their templates and what they look like."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


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

    def page(self, request: Request, name: str, status_code: int = 200, **values: Any) -> HTMLResponse:
        """The page of that template."""
        root = request.scope.get("root_path", "")
        text = self._templates.get_template(f"{name}.html").render(root=root, **values)
        return HTMLResponse(text, status_code, {"Content-Security-Policy": POLICY})
