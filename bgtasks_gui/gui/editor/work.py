"""What a dialog does beside the window: coroutines that end with it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from bgtasks_gui.core import errors

_log = logging.getLogger(__name__)


class Work:
    """Coroutines of one owner on the loop that Qt runs on; what they raise is told."""

    def __init__(self, on_refused: Callable[[errors.UserError], None]) -> None:
        self._on_refused = on_refused
        self._under_way: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, object]) -> asyncio.Task[None]:
        task = asyncio.ensure_future(self._guarded(work))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        # Where it was stopped before it began, nobody else does.
        task.add_done_callback(lambda _task: work.close())
        return task

    def stop(self) -> None:
        """Ask all of it to end; it may still tidy up after itself."""
        for task in self._under_way:
            task.cancel()

    async def settle(self) -> None:
        """Return once everything has ended."""
        while self._under_way:
            await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _guarded(self, work: Coroutine[Any, Any, object]) -> None:
        try:
            await work
        except errors.UserError as error:
            self._on_refused(error)
        except Exception:
            _log.exception("the editor failed", extra={"action": "edit"})
            self._on_refused(errors.UserError(_APOLOGY))


_APOLOGY = "Something went wrong in the window itself; it is written in its log. Sorry."
