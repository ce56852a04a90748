"""Which networks this computer is on: addresses and the way out, without asking anybody."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Final

import psutil

#: How often it is looked at while somebody wants to know, in seconds.
LOOK_S: Final = 5.0
_IP: Final = (socket.AF_INET, socket.AF_INET6)
_OWN: Final = ("127.", "::1", "fe80:")

Networks = frozenset[tuple[str, str]]


def read() -> Networks:
    """Interfaces that are up, each with an address that others can reach."""
    states = psutil.net_if_stats()
    return frozenset(
        (name, each.address)
        for name, addresses in psutil.net_if_addrs().items()
        if name in states and states[name].isup
        for each in addresses
        if each.family in _IP and not each.address.startswith(_OWN)
    )


async def changes() -> AsyncIterator[Networks]:
    """What there is now, and after each change."""
    before = await asyncio.to_thread(read)
    yield before
    while True:
        await asyncio.sleep(LOOK_S)
        now = await asyncio.to_thread(read)
        if now != before:
            before = now
            yield now
