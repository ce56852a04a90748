"""A clock that stands still until a test moves it."""

from __future__ import annotations

import asyncio
import heapq
import math
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

_MICROSECOND = timedelta(microseconds=1)
DEFAULT_NOW = datetime(2026, 11, 22, 15, tzinfo=UTC)


class ManualTimer:
    """A call asked for at a monotonic time."""

    def __init__(self, due_us: int, callback: Callable[[], object]) -> None:
        self.due_us = due_us
        self._callback: Callable[[], object] | None = callback

    def cancel(self) -> None:
        self._callback = None

    @property
    def is_cancelled(self) -> bool:
        return self._callback is None

    def call(self) -> None:
        if self._callback is not None:
            callback, self._callback = self._callback, None
            callback()


class ManualClock:
    """`ports.Clock`: calls come in the order of their times, equal ones as they were asked for."""

    def __init__(self, now: datetime = DEFAULT_NOW, monotonic: float = 1000.0) -> None:
        self._wall = now.astimezone(UTC)
        self._monotonic_us = round(monotonic * 1_000_000)
        self._timers: list[tuple[int, int, ManualTimer]] = []
        self._asked = 0
        #: How many calls were made: what wake-ups cost.
        self.calls = 0

    def now(self) -> datetime:
        return self._wall.replace(microsecond=self._wall.microsecond // 1000 * 1000)

    def monotonic(self) -> float:
        return self._monotonic_us / 1_000_000

    def call_later(self, delay_s: float, callback: Callable[[], object]) -> ManualTimer:
        # Rounded up: a real timer may come late, never early.
        delay_us = math.ceil(round(max(0.0, delay_s) * 1_000_000, 3))
        timer = ManualTimer(self._monotonic_us + delay_us, callback)
        self._asked += 1
        heapq.heappush(self._timers, (timer.due_us, self._asked, timer))
        return timer

    @property
    def pending(self) -> int:
        """How many calls are waiting."""
        return sum(not timer.is_cancelled for _, _, timer in self._timers)

    @property
    def next_call_in(self) -> float | None:
        """Seconds until the next call, or None where none waits."""
        due = min((at for at, _, timer in self._timers if not timer.is_cancelled), default=None)
        return None if due is None else (due - self._monotonic_us) / 1_000_000

    def advance(self, step: timedelta) -> None:
        """Both clocks run on; every call that comes due on the way is made at its time."""
        for timer in self._due_within(step):
            timer.call()

    async def advance_async(self, step: timedelta, turns: int = 20) -> None:
        """As `advance`, with turns of the event loop before, between and after the calls."""
        await self._take_turns(turns)
        for timer in self._due_within(step):
            timer.call()
            await self._take_turns(turns)

    def jump_wall(self, step: timedelta) -> None:
        """The wall clock was set, or the machine slept: the monotonic clock knows nothing of it."""
        self._wall += step

    def _due_within(self, step: timedelta) -> Iterator[ManualTimer]:
        end_us = self._monotonic_us + step // _MICROSECOND
        while self._timers and self._timers[0][0] <= end_us:
            due_us, _, timer = heapq.heappop(self._timers)
            if not timer.is_cancelled:
                self._run_on_to(due_us)
                self.calls += 1
                yield timer
        self._run_on_to(end_us)

    def _run_on_to(self, monotonic_us: int) -> None:
        elapsed_us = max(0, monotonic_us - self._monotonic_us)
        self._monotonic_us += elapsed_us
        self._wall += elapsed_us * _MICROSECOND

    async def _take_turns(self, turns: int) -> None:
        for _ in range(turns):
            await asyncio.sleep(0)
