"""Follows the network while transfers move or wait for another attempt (wishes W19)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Final

from bgtasks_gui.agent.running.transfers import places
from bgtasks_gui.core import reasons, transfers
from bgtasks_gui.machine import inhibitor, network

_CONNECTION: Final = reasons.Code.CONNECTION
#: What people read who ask why the computer does not fall asleep.
_WHY: Final = "Downloads and uploads are under way"

Changes = Callable[[], AsyncIterator[network.Networks]]


class Roaming:
    """Calls back after each change; nothing is looked at while nobody needs it."""

    def __init__(self, on_change: Callable[[], object], changes: Changes = network.changes) -> None:
        self._on_change = on_change
        self._changes = changes
        self._following: asyncio.Task[None] | None = None
        self.awake = inhibitor.Wakefulness(_WHY)
        #: Whether this computer is on any network, as far as it was looked at; None is "unknown".
        self.is_connected: bool | None = None

    def excuses(self, url: str, outcome: transfers.Outcome) -> bool:
        """Whether an attempt failed for want of any network, which costs none (wishes W19)."""
        is_cut_off = isinstance(outcome, transfers.Failed) and outcome.code is _CONNECTION
        return is_cut_off and self.is_connected is False and not _is_own(places.host_of(url))

    def follow(self, wanted: bool, *, moves: bool = False) -> None:
        """Look, or look no more; keep the computer awake while something moves (wishes W32)."""
        self.awake.want(moves)
        if wanted and self._following is None:
            self._following = asyncio.get_running_loop().create_task(self._follow())
        elif not wanted and self._following is not None:
            self._following.cancel()
            self._following = self.is_connected = None

    async def _follow(self) -> None:
        async for networks in self._changes():
            is_first = self.is_connected is None
            self.is_connected = bool(networks)
            if not is_first:
                self._on_change()


def _is_own(host: str) -> bool:
    """Whether this computer itself is meant, which needs no network."""
    return host in ("localhost", "::1") or host.startswith("127.")
