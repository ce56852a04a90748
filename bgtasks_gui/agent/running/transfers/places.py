"""Which transfers may be under way at once, and who is next."""

from __future__ import annotations

import heapq
from collections import Counter
from typing import Final
from urllib.parse import urlsplit

from bgtasks_gui import settings
from bgtasks_gui.core import blockers, transfers

_RANKS: Final[dict[transfers.Priority, int]] = {"high": 0, "normal": 1, "low": 2}


class Places:
    """Counts those that are under way, and keeps those that wait for one to end."""

    def __init__(self) -> None:
        self.limits = settings.Settings()
        self._hosts: dict[str, str] = {}
        self._with: Counter[str] = Counter()
        self._waiting: list[tuple[int, str]] = []
        self._is_waiting: set[str] = set()
        #: By disk: the folder in which a transfer waits for room.
        self.full: dict[int, str] = {}

    def view(self, host: str, full_folder: str = "") -> blockers.Places:
        """What one finds that wants to start."""
        return blockers.Places(
            running=len(self._hosts),
            limit=self.limits.transfers_at_once,
            host=host,
            with_host=self._with[host],
            host_limit=self.limits.transfers_per_host,
            full_folder=full_folder,
        )

    def take(self, run_id: str, host: str) -> None:
        self._hosts[run_id] = host
        self._with[host] += 1

    def give_back(self, run_id: str) -> None:
        host = self._hosts.pop(run_id, None)
        if host is not None:
            self._with[host] -= 1

    def wait(self, run_id: str, priority: transfers.Priority) -> None:
        """Have this run called by `next_ones` once there may be a place."""
        if run_id not in self._is_waiting:
            self._is_waiting.add(run_id)
            heapq.heappush(self._waiting, (_RANKS[priority], run_id))

    def next_ones(self) -> list[str]:
        """As many of those that wait as there are places, and those of the same rank behind them.

        One of them may find that its server has no place; who is behind it then may have one.
        """
        free = max(self.limits.transfers_at_once - len(self._hosts), 0)
        found: list[str] = []
        while self._waiting and len(found) < free + self.limits.transfers_per_host:
            _, run_id = heapq.heappop(self._waiting)
            self._is_waiting.discard(run_id)
            found.append(run_id)
        return found


def host_of(url: str) -> str:
    """The server of an address, as people name it; "" where there is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
