"""The real clock, and how one notices that it has jumped."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from bgtasks_gui.agent import clock as timetables
from bgtasks_gui.core import ports

#: Wall and monotonic clock further apart than this between two looks is a jump.
JUMP: Final = timedelta(seconds=2)


class WallClock:
    """`ports.Clock` over the system's clocks and the running event loop."""

    def now(self) -> datetime:
        now = datetime.now(UTC)
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    def monotonic(self) -> float:
        return time.monotonic()

    def call_later(self, delay_s: float, callback: Callable[[], object]) -> ports.Timer:
        return asyncio.get_running_loop().call_later(max(0.0, delay_s), callback)


class JumpWatch:
    """Tells when wall and monotonic clock have come apart: the machine slept, or time was set.

    It looks at every wake-up of the timetable, so at least every 30 s while something is planned
    and never while nothing is. `on_jump` gets the gap, positive where the wall clock is ahead
    (asleep, or set forward), and is called before what came due by it is handed over.
    """

    def __init__(
        self,
        clock: ports.Clock,
        timetable: timetables.Timetable,
        on_jump: Callable[[timedelta], None],
    ) -> None:
        self._clock = clock
        self._timetable = timetable
        self._on_jump = on_jump
        self._seen = self._read()

    def start(self) -> None:
        self._seen = self._read()
        self._timetable.on_wake = self.look
        self._timetable.on_first = self._begin

    def close(self) -> None:
        self._timetable.on_wake = self._timetable.on_first = lambda: None

    def look(self) -> None:
        """Compare the clocks with the last look, and tell of a jump between."""
        wall, monotonic = self._read()
        gap = (wall - self._seen[0]) - timedelta(seconds=monotonic - self._seen[1])
        self._seen = wall, monotonic
        if abs(gap) > JUMP:
            self._on_jump(gap)

    def check_now(self) -> None:
        """The machine says that it woke up: look, and hand over what is due."""
        self.look()
        self._timetable.check_now()

    def _begin(self) -> None:
        # When a jump was that nobody waited through can no longer be told.
        self._seen = self._read()

    def _read(self) -> tuple[datetime, float]:
        return self._clock.now(), self._clock.monotonic()
