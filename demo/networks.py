"""Whom requests and connections are counted for."""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache


@lru_cache(1024)
def network(address: str) -> str:
    """The network that `address` belongs to: of IPv6 the 64 bits that one household gets, of IPv4 itself."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address  # a proxy's word for it
    if isinstance(known, ipaddress.IPv6Address) and not known.ipv4_mapped:
        return str(ipaddress.IPv6Network((known.packed[:8] + bytes(8), 64)))
    return address


class Counted:
    """How much each network has under way."""

    def __init__(self) -> None:
        self._under_way: Counter[str] = Counter()

    @contextmanager
    def one_more(self, client: tuple[str, int] | None) -> Iterator[int]:
        """How many requests the network of `client` has under way, with one that ends with the block."""
        name = network(client[0]) if client else ""
        self._under_way[name] += 1
        try:
            yield self._under_way[name]
        finally:
            self._under_way[name] -= 1
            if not self._under_way[name]:
                del self._under_way[name]
