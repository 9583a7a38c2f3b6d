"""The headers that every answer carries unless its route says otherwise."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders

CAREFUL = {
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    # Not `no-referrer`: forms would then be sent with `Origin: null`.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}


def be_careful(headers: MutableHeaders) -> None:
    """Add the careful headers to an answer that does not set them itself."""
    for name, value in CAREFUL.items():
        headers.setdefault(name, value)
