"""Which transfers may be under way at once, and who is next."""

from __future__ import annotations

import heapq
from collections import Counter
from typing import Final
from urllib.parse import urlsplit

from bgtasks_gui import settings
from bgtasks_gui.core import blockers, transfers

#: Called beyond those that there are places for.
BEHIND: Final = 4
_RANKS: Final[dict[transfers.Priority, int]] = {"high": 0, "normal": 1, "low": 2}


class Places:
    """Counts those that are under way, and keeps those that wait for one to end."""

    def __init__(self) -> None:
        self.limits = settings.Settings()
        self._hosts: dict[str, str] = {}
        self._with: Counter[str] = Counter()
        #: By server, each a heap: who matters most, and of these the oldest, comes first.
        self._waiting: dict[str, list[tuple[int, str]]] = {}
        self._is_waiting: set[str] = set()

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

    def wait(self, run_id: str, priority: transfers.Priority, host: str) -> None:
        """Have this run called by `next_ones` once there may be a place."""
        if run_id not in self._is_waiting:
            self._is_waiting.add(run_id)
            heapq.heappush(self._waiting.setdefault(host, []), (_RANKS[priority], run_id))

    def next_ones(self) -> list[str]:
        """As many of those that wait as there are places for, and a few behind them.

        For one of the first may find that something else keeps it; who is behind it then starts.
        """
        free = self.limits.transfers_at_once - len(self._hosts)
        if free <= 0:
            return []
        with_host = self._with.copy()
        found: list[str] = []
        while len(found) < free + BEHIND:
            host = self._first(with_host)
            if host is None:
                break
            found.append(self._pop(host))
            with_host[host] += 1
        return found

    def _first(self, with_host: Counter[str]) -> str | None:
        """The server of who is next, of those that take one more."""
        most = self.limits.transfers_per_host
        heads = ((heap[0], host) for host, heap in self._waiting.items() if with_host[host] < most)
        return min(heads, default=(None, None))[1]

    def _pop(self, host: str) -> str:
        heap = self._waiting[host]
        _, run_id = heapq.heappop(heap)
        if not heap:
            del self._waiting[host]
        self._is_waiting.discard(run_id)
        return run_id


def host_of(url: str) -> str:
    """The server of an address, as people name it; "" where there is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
