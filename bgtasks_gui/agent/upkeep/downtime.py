"""When nothing could run: before this agent, and while the computer slept."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta

from bgtasks_gui.core import ports, reasons

#: Sleeps remembered; older ones no longer explain anything.
REMEMBERED = 50
#: A planned time this shortly before a gap was on its way when the gap began.
EDGE = timedelta(seconds=2)


class Downtime:
    """Answers why a planned time passed without a start (wishes W1)."""

    def __init__(self, clock: ports.Clock) -> None:
        self._clock = clock
        self._started_at = clock.now()
        self._gaps: deque[tuple[datetime, datetime]] = deque(maxlen=REMEMBERED)

    def slept(self, gap: timedelta) -> None:
        """The wall clock went this much further than the time this process saw."""
        now = self._clock.now()
        if gap > timedelta(0):
            self._gaps.append((now - gap, now))

    def cause_of(self, planned_at: datetime) -> reasons.Code:
        """Why nothing started at this time."""
        if planned_at < self._started_at:
            return reasons.Code.MISSED_OFF
        if any(start - EDGE <= planned_at <= end for start, end in self._gaps):
            return reasons.Code.MISSED_ASLEEP
        return reasons.Code.MISSED_LATE
