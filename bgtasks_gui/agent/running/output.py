"""Follows one run's log as it grows: progress out of the text, and readers that wait for more."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable

from bgtasks_gui.agent.running import throttle
from bgtasks_gui.core import ports, progress, scanner
from bgtasks_gui.supervisor import segments

#: A run's progress and growth are told at most four times a second (design 6).
TELL_INTERVAL_S = 0.25
#: Output is scanned for progress in pieces of this size; more than this at once is skipped.
SCAN_BYTES = 256 * 1024


class Output:
    """What one run printed, and how far that says it is."""

    def __init__(
        self,
        base: str | os.PathLike[str],
        pattern: str | None,
        clock: ports.Clock,
        *,
        on_progress: Callable[[progress.Progress], None],
        on_printed: Callable[[int], None],
    ) -> None:
        self._base = os.fspath(base)
        self._pattern = pattern
        self._scanner = scanner.Scanner(pattern)
        self._on_progress = on_progress
        self._printed = throttle.Throttle[int](clock, TELL_INTERVAL_S, on_printed)
        self._scanned = 0
        self._grown: set[asyncio.Event] = set()
        self._is_over = False
        self.total = 0
        #: Bytes that could not be written (disk full).
        self.lost = 0

    def grew(self, total: int, lost: int) -> None:
        """The log holds this many bytes now."""
        self.lost = lost
        if total <= self.total:
            return
        self.total = total
        self._scan()
        self._printed.offer(total)
        for event in self._grown:
            event.set()

    def end(self) -> None:
        """Nothing follows: tell what is held back and let readers go."""
        last = self._scanner.peek()
        if last is not None:
            self._on_progress(last)
        self._printed.flush()
        self._is_over = True
        for event in self._grown:
            event.set()

    async def wait_beyond(self, offset: int, timeout_s: float) -> None:
        """Return once the log is longer than `offset`, when it ends, or after `timeout_s`."""
        if self.total > offset or self._is_over:
            return
        event = asyncio.Event()
        self._grown.add(event)
        try:
            await asyncio.wait_for(event.wait(), timeout_s)
        except TimeoutError:
            return
        finally:
            self._grown.discard(event)

    def _scan(self) -> None:
        # Only the newest piece can say how far the run is now.
        start = max(self._scanned, self.total - SCAN_BYTES)
        if start > self._scanned:
            # What comes next does not continue the line that was begun.
            self._scanner = scanner.Scanner(self._pattern)
        _, piece = segments.read(self._base, start, self.total - start)
        self._scanned = self.total
        figure = self._scanner.feed(piece)
        if figure is not None:
            self._on_progress(figure)
