"""A second opinion on wall clocks: looks at every minute, one after the other, and reads the clock.

It knows neither offsets nor gaps: a time is "first shown or passed" in the first minute at which
the clock on the wall shows it or a later one.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)

#: A zone, and a day on which its clocks change (in UTC) or on which nothing happens.
CHANGES = [
    ("Europe/Berlin", datetime(2026, 3, 29, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 10, 25, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 3, 8, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 11, 1, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, tzinfo=UTC)),  # half an hour back
    ("Australia/Lord_Howe", datetime(2026, 10, 3, tzinfo=UTC)),  # half an hour forward
    ("Africa/Cairo", datetime(2026, 4, 23, tzinfo=UTC)),  # midnight does not exist
    ("Africa/Cairo", datetime(2026, 10, 29, tzinfo=UTC)),  # the hour before midnight twice
    ("Pacific/Apia", datetime(2011, 12, 30, tzinfo=UTC)),  # a whole day does not exist
    ("Asia/Kolkata", datetime(2026, 6, 15, tzinfo=UTC)),
    ("UTC", datetime(2026, 2, 28, tzinfo=UTC)),
]


class Walk:
    """Every minute from two days before to two days after a moment, with what the wall shows."""

    def __init__(self, zone: str, around: datetime) -> None:
        self.start = around - timedelta(days=2)
        self.minutes = [self.start + count * MINUTE for count in range(4 * 24 * 60)]
        place = ZoneInfo(zone)
        self.shown = [at.astimezone(place).replace(tzinfo=None, fold=0) for at in self.minutes]
        self._latest = []
        for time in self.shown:
            self._latest.append(max(time, self._latest[-1]) if self._latest else time)

    def first_shown_or_passed(self, time: datetime) -> datetime:
        return self.minutes[bisect.bisect_left(self._latest, time)]

    def all_shown(self, fits: Callable[[datetime], bool]) -> list[datetime]:
        """Every minute after the first at which the wall shows a time that fits."""
        both = zip(self.minutes[1:], self.shown[1:], strict=True)
        return [at for at, time in both if fits(time)]

    def all_first_shown_or_passed(self, fits: Callable[[datetime], bool]) -> list[datetime]:
        """For every time of the days walked that fits, also those the wall skips."""
        time, end, found = self.shown[0] + MINUTE, self._latest[-1], set()
        while time <= end:
            if fits(time):
                found.add(self.first_shown_or_passed(time))
            time += MINUTE
        return sorted(found)
