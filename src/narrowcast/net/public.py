"""Which addresses are the public Internet's."""

from __future__ import annotations

import ipaddress

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")  # RFC 4291: all that is handed out for use on the Internet
_NOT_PUBLIC = tuple(
    # IANA's special-purpose registries, where older Pythons' `is_global` knows better than they do or not at all:
    # protocol assignments, 6to4 relays, benchmarking, Teredo and ORCHID, documentation.
    ipaddress.ip_network(network)
    for network in ("192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "240.0.0.0/4", "2001::/23", "3fff::/20")
)


def is_public(address: IPAddress) -> bool:
    """Whether an address is one of the public Internet's.

    Private, loopback, link-local, shared (CGNAT), multicast, reserved, unspecified, benchmarking and documentation
    addresses are not, and neither are IPv6 forms that stand for such an IPv4 address (mapped, 6to4, NAT64). Teredo and
    IPv4-compatible addresses never are. Source: IANA's IPv4 and IPv6 special-purpose address registries.
    """
    if isinstance(address, ipaddress.IPv6Address):
        if address.scope_id is not None:
            return False
        inner = address.ipv4_mapped or address.sixtofour or _nat64(address)
        if inner is not None:
            return is_public(inner)
        if address not in _GLOBAL_UNICAST:
            return False
    if any(address.version == network.version and address in network for network in _NOT_PUBLIC):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _nat64(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None
