"""The only door to URLs that users name: http and https to public addresses, within limits.

A name is resolved once; every address that it has must be public, and the connection goes to one of those very
addresses, so that an answer that changes later changes nothing. Certificates are checked against the name.
"""

from __future__ import annotations

from narrowcast.net.door import Resolver, check_url, resolve_host
from narrowcast.net.fetching import Fetched, FetchLimits, fetch
from narrowcast.net.posting import Posted, PostLimits, post
from narrowcast.net.public import IPAddress, is_public
from narrowcast.net.transport import PublicTransport
from narrowcast.net.waiting import wish_s

__all__ = [
    "FetchLimits",
    "Fetched",
    "IPAddress",
    "PostLimits",
    "Posted",
    "PublicTransport",
    "Resolver",
    "check_url",
    "fetch",
    "is_public",
    "post",
    "resolve_host",
    "wish_s",
]
