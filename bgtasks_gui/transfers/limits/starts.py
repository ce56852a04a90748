"""How many transfers start at the same time."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final

from bgtasks_gui.core import ports

#: A start costs much more than a piece of data; so many at once leave room for those that move,
#: and are enough where servers are far away.
AT_ONCE: Final = 128
#: A start that takes longer waits for somebody else, and is no reason to hold up the others.
PATIENCE_S: Final = 1.0
#: For so long do those that move give way.
WAY_S: Final = 0.1


class Starts:
    """Places for those that start, given in the order in which they were asked for."""

    def __init__(self, clock: ports.Clock, at_once: int = AT_ONCE) -> None:
        self._clock = clock
        self._free = at_once
        self._waiting: deque[asyncio.Future[None]] = deque()
        #: Done when those that move go on.
        self._way: asyncio.Future[None] | None = None

    async def begin(self) -> Start:
        """A place, as soon as there is one."""
        if self._free > 0:
            self._free -= 1
            return Start(self._clock, self._give_back)
        wait: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(wait)
        try:
            await wait
        except asyncio.CancelledError:
            if wait.done() and not wait.cancelled():
                self._give_back()
            raise
        return Start(self._clock, self._give_back)

    async def give_way(self) -> None:
        """Those that move leave the processor to those that wait for a place, for a moment.

        What has come meanwhile is then read in one go, which is less work.
        """
        if self._waiting:
            if self._way is None:
                self._way = asyncio.get_running_loop().create_future()
                self._clock.call_later(WAY_S, self._end_way)
            await asyncio.shield(self._way)

    def _end_way(self) -> None:
        way, self._way = self._way, None
        if way is not None:
            way.set_result(None)

    def _give_back(self) -> None:
        while self._waiting:
            wait = self._waiting.popleft()
            if not wait.done():
                wait.set_result(None)
                return
        self._free += 1


class Start:
    """One place; it is given back once, at the latest when patience is over."""

    def __init__(self, clock: ports.Clock, give_back: Callable[[], None]) -> None:
        self._give_back = give_back
        self._timer = clock.call_later(PATIENCE_S, self.end)
        self._is_over = False

    def end(self) -> None:
        """It moves, or it has ended."""
        if not self._is_over:
            self._is_over = True
            self._timer.cancel()
            self._give_back()
