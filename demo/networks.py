"""Whom requests and connections are counted for."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
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


@dataclass
class Share:
    """What one network has under way, and whose turn it is."""

    turns: asyncio.Semaphore
    under_way: int = 0


class Shares:
    """The networks that have something under way, with `at_once` turns each."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._shares: dict[str, Share] = {}

    @contextmanager
    def counted(self, client: tuple[str, int] | None) -> Iterator[Share]:
        """The share of a request's sender, with that request in it."""
        name = network(client[0]) if client else ""
        share = self._shares.get(name)
        if share is None:
            share = self._shares[name] = Share(asyncio.Semaphore(self._at_once))
        share.under_way += 1
        try:
            yield share
        finally:
            share.under_way -= 1
            if share.under_way == 0:
                del self._shares[name]
