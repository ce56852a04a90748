"""Forgets what is older than the history that is kept: runs in the store, and their logs."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

from bgtasks_gui import paths
from bgtasks_gui.core import errors, ports, retention
from bgtasks_gui.store import SqliteStore

_log = logging.getLogger(__name__)

#: Seconds after the start until the history is pruned first, and between prunings.
FIRST_S = 60.0
EVERY_S = 3600.0


class Housekeeping:
    """Prunes from time to time, in small pieces that no start waits for."""

    def __init__(
        self,
        store: SqliteStore,
        home: paths.Home,
        clock: ports.Clock,
        history: Callable[[], retention.History],
    ) -> None:
        self._store = store
        self._home = home
        self._clock = clock
        self._history = history
        self._timer: ports.Timer | None = None
        self._work: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._timer = self._clock.call_later(FIRST_S, self._begin)

    async def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._work is not None:
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)

    async def prune(self) -> int:
        """Forget now; how many runs were."""
        count = 0
        async for pruned in self._store.prune(self._clock.now(), self._history()):
            count += len(pruned)
            await asyncio.to_thread(_delete_logs, [self._home.run_log(one) for one in pruned])
        return count

    def _begin(self) -> None:
        self._work = asyncio.create_task(self._prune_and_wait())

    async def _prune_and_wait(self) -> None:
        try:
            count = await self.prune()
        except (errors.UserError, OSError) as error:
            _log.warning("the history was not pruned: %s", error)
        else:
            if count:
                _log.info("%d runs left the history", count, extra={"action": "prune"})
        self._timer = self._clock.call_later(EVERY_S, self._begin)


def _delete_logs(logs: Iterable[Path]) -> None:
    by_folder = defaultdict[Path, set[str]](set)
    for log in logs:
        by_folder[log.parent].add(log.name)
    for folder, names in by_folder.items():
        # One look at each folder: it may hold many runs, and each log lies in several pieces.
        with contextlib.suppress(FileNotFoundError):
            for piece in list(folder.iterdir()):
                if f"{piece.name.partition('.log')[0]}.log" in names:
                    piece.unlink(missing_ok=True)
            # Refused while the folder holds logs that stay.
            with contextlib.suppress(OSError):
                os.rmdir(folder)
