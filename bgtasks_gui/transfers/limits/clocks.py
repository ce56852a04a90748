"""The time of an engine's thread, and the time a transfer may take."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bgtasks_gui.core import durations, ports


class LoopClock:
    """`ports.Clock` over the system's clocks and one event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    def now(self) -> datetime:
        now = datetime.now(UTC)
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    def monotonic(self) -> float:
        return time.monotonic()

    def call_later(self, delay_s: float, callback: Callable[[], object]) -> ports.Timer:
        return self._loop.call_later(max(0.0, delay_s), callback)


class Allowance:
    """The time that a transfer may take; it is used up only while an attempt is under way (R14)."""

    def __init__(self, clock: ports.Clock, whole_s: float, used_s: float) -> None:
        self._clock = clock
        self._whole_s = whole_s
        self._used_s = used_s
        self._begun: float | None = None
        self._timer: ports.Timer | None = None

    @property
    def used_s(self) -> float:
        active_s = 0.0 if self._begun is None else self._clock.monotonic() - self._begun
        return self._used_s + active_s

    def start(self, on_end: Callable[[str], None]) -> None:
        """Time counts from now on; `on_end` is told the whole, in words, once it is used up."""
        self._begun = self._clock.monotonic()
        left_s = max(0.0, self._whole_s - self._used_s)
        self._timer = self._clock.call_later(left_s, lambda: on_end(self._words()))

    def stop(self) -> None:
        self._used_s, self._begun = self.used_s, None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _words(self) -> str:
        return durations.say_duration(timedelta(seconds=self._whole_s))
