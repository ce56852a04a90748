"""Coroutines that go on beside their caller, none of them forgotten."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine

from bgtasks_gui.core import errors

_log = logging.getLogger(__name__)


class Work:
    """Keeps what was spawned until it is done. What goes wrong is a bug and lands in the log."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def spawn(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Do this beside."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    async def settle(self) -> None:
        """Wait until everything spawned so far, and by it, is done."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            return
        error = task.exception()
        if error is not None and not isinstance(error, errors.UserError):
            _log.error("work beside broke", exc_info=error, extra={"action": "work"})
