"""Which names the server answers to, and which pages may have it change something. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
"""Methods that change nothing (RFC 9110, 9.2.1)."""
OWN_PAGES = frozenset({"same-origin", "none"})
"""What a browser says of a request of our own pages, or of the person's own hand (Fetch Metadata)."""
BY_HAND = frozenset({"/share-target"})
"""Where a browser itself sends what the person shares with the installed app: no page asks for it, so none is named."""
ANY_ADDRESS = frozenset({"0.0.0.0", "::"})  # noqa: S104 - compared with, not bound to


@dataclass(frozen=True)
class Names:
    """What a server may be called: `hosts` in lower case, `domains` with every name below them."""

    hosts: frozenset[str]
    domains: tuple[str, ...]
    public_origin: str | None

    @classmethod
    def of(cls, host: str, public_url: str | None, allowed: Collection[str]) -> Names:
        """Those of a server that listens at `host`."""
        lower = [name.strip().lower().rstrip(".") for name in allowed]
        hosts = {name for name in lower if not name.startswith("*.")}
        if host not in ANY_ADDRESS:
            hosts.add(host.lower())
        public = urlsplit(public_url) if public_url else None
        if public and public.hostname:
            hosts.add(public.hostname)
        origin = f"{public.scheme}://{public.netloc}".lower() if public else None
        return cls(frozenset(hosts), tuple(name[1:] for name in lower if name.startswith("*.")), origin)

    def include(self, header: str | None) -> bool:
        """Whether a `Host` header names this server: this machine itself always does.

        What a stranger's name server says about a stranger's name must not make a browser talk to us (DNS rebinding).
        """
        name = _hostname(header or "")
        if name is None:
            return False
        return name in self.hosts or _is_this_machine(name) or any(name.endswith(domain) for domain in self.domains)

    def own(self, origin: str, host: str) -> bool:
        """Whether an `Origin` is a page of this server, as it is called from outside or in this request."""
        return origin.lower() in {self.public_origin, f"http://{host}".lower(), f"https://{host}".lower()}


def from_own_page(names: Names, method: str, headers: Mapping[str, str], *, has_session: bool, path: str = "") -> bool:
    """Whether a request may change something, as far as the page tells that it comes from (CSRF).

    With a session's cookie the browser must name one of our pages. Without one, nothing is done in anybody's name, but
    another site's page is refused still: it could sign the person in as somebody else. A bearer token is nothing that
    a browser sends by itself. What is shared with the installed app comes to `BY_HAND` from no page: only a browser
    can say so (`Sec-Fetch-Site: none`), and it never does of what a page asked for.
    """
    if method in SAFE or headers.get("authorization", "").lower().startswith("bearer "):
        return True
    origin, site = headers.get("origin"), headers.get("sec-fetch-site")
    if site is not None and site not in OWN_PAGES:
        return False
    if path in BY_HAND and site == "none" and origin in {None, "null"}:
        return True
    return not has_session if origin is None else names.own(origin, headers.get("host", ""))


def own_path(wanted: str | None, otherwise: str = "/") -> str:
    """`wanted` where it is a path of this server and nothing else, such as `//host` or `/\\host`."""
    if not wanted or not wanted.startswith("/") or wanted.startswith(("//", "/\\")):
        return otherwise
    if any(character <= " " or character in "\\\x7f" for character in wanted) or not wanted.isascii():
        return otherwise
    parts = urlsplit(wanted)
    return otherwise if parts.scheme or parts.netloc else wanted


def _hostname(header: str) -> str | None:
    """The name in a `Host` header, without its port; none where it is not one."""
    if not header or any(character in header for character in "/@\\?# ,"):
        return None
    try:
        parts = urlsplit(f"//{header}")
        _ = parts.port  # raises where it is no number
    except ValueError:
        return None
    return parts.hostname.rstrip(".") if parts.hostname else None


def _is_this_machine(name: str) -> bool:
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False
