"""Watches the machine while some run depends on it: conditions, sleep, clock jumps."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from datetime import timedelta

from bgtasks_gui.agent import clock as timetables
from bgtasks_gui.agent import wallclock
from bgtasks_gui.agent.upkeep import downtime
from bgtasks_gui.core import ports
from bgtasks_gui.machine import logind

_log = logging.getLogger(__name__)


class Lookout:
    """Hears of the machine. `on_change()` when facts may have changed or time has jumped.

    `on_jump()` comes first where time has jumped, as it does when the machine wakes.
    """

    def __init__(
        self,
        computer: ports.Machine,
        timetable: timetables.Timetable,
        remembered: downtime.Downtime,
        clock: ports.Clock,
        on_change: Callable[[], Coroutine[None, None, None]],
        on_jump: Callable[[], object] = lambda: None,
    ) -> None:
        self._machine = computer
        self._timetable = timetable
        self._downtime = remembered
        self._on_change = on_change
        self._on_jump = on_jump
        self._tasks: list[asyncio.Task[None]] = []
        self._facts: asyncio.Task[None] | None = None
        self._looking: asyncio.Task[None] | None = None
        self._is_stale = False
        self.jumps = wallclock.JumpWatch(clock, timetable, self._jumped)
        self.sleep = logind.SleepWatch()

    def start(self) -> None:
        self.jumps.start()
        self._tasks.append(asyncio.create_task(self._watch_sleep()))

    async def close(self) -> None:
        self.jumps.close()
        self.watch_facts(False)
        ending = [*self._tasks, *([self._looking] if self._looking else [])]
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)

    def watch_facts(self, wanted: bool) -> None:
        """Follow the facts of the machine only while some run depends on them."""
        if wanted and self._facts is None:
            self._facts = asyncio.create_task(self._watch_facts())
            self._tasks.append(self._facts)
        elif not wanted and self._facts is not None:
            self._facts.cancel()
            self._tasks.remove(self._facts)
            self._facts = None

    def _jumped(self, gap: timedelta) -> None:
        _log.info("the clock jumped by %s", gap, extra={"action": "jump"})
        self._downtime.slept(gap)
        # Connections may have died with the sleep, unnoticed.
        self._on_jump()
        self._look()

    async def _watch_sleep(self) -> None:
        async for event in self.sleep.events():
            if not event.going_to_sleep:
                # Awake again: the gap between the clocks says how long it was.
                self.jumps.check_now()

    async def _watch_facts(self) -> None:
        async for _ in self._machine.changes():
            self._look()

    def _look(self) -> None:
        """Beside whoever noticed: to follow the facts may be no longer wanted after it."""
        self._is_stale = True
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look_until_fresh())

    async def _look_until_fresh(self) -> None:
        while self._is_stale:
            self._is_stale = False
            try:
                await self._on_change()
            except Exception:
                # The next change must be heard all the same.
                _log.exception("a change was not dealt with", extra={"action": "look"})
