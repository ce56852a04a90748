"""How many connections a download uses."""

from __future__ import annotations

from typing import Final

from bgtasks_gui.core import transfers
from bgtasks_gui.transfers.downloads import ranges

#: Bytes that a connection of its own is worth, where nobody asked for it.
LEAST: Final = 1024 * 1024
#: The same where so many connections were asked for.
LEAST_ASKED: Final = 64 * 1024
#: Seconds over which a speed is measured.
MEASURED_S: Final = 1.0
#: What the last connection must have added to the whole for another to be worth while.
WORTH: Final = 1.15
#: Bytes a second at which one connection is enough.
FAST: Final = 50_000_000


def most(spec: transfers.DownloadSpec, record: transfers.Record) -> int:
    """Connections that there may be at most, for a file of which that is known."""
    is_certain = ranges.is_strong(record.etag) or record.modified is not None
    if spec.segments == 1 or spec.method != "GET" or not is_certain or record.length is None:
        return 1
    if spec.segments > 1:
        return min(spec.segments, transfers.MOST_SEGMENTS)
    return transfers.SEGMENTS if record.length >= transfers.SEGMENTED_FROM else 1


class Growth:
    """Adds a connection as long as each makes the whole faster."""

    def __init__(self) -> None:
        self._since: float | None = None
        self._moved = 0
        #: Bytes a second with one connection fewer.
        self._before: float | None = None
        self._is_over = False

    def moved(self, size: int, now: float) -> bool:
        """So many bytes came; says whether it is time for one connection more."""
        if self._is_over:
            return False
        if self._since is None:
            self._since = now
        self._moved += size
        elapsed = now - self._since
        return elapsed >= MEASURED_S and self._wants(self._moved / elapsed, now)

    def _wants(self, speed: float, now: float) -> bool:
        before, self._before = self._before, speed
        self._since, self._moved = now, 0
        self._is_over = speed >= FAST or (before is not None and speed < before * WORTH)
        return not self._is_over
