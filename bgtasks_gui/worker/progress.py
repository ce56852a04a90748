"""Progress of a run: checked, and sent at most ten times a second without losing the last word."""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Callable, Mapping

from bgtasks_gui.worker import channel

#: Shortest time between two progress messages, in seconds.
INTERVAL_S = 0.1
#: Longest text kept of a unit or message, in characters.
LONGEST_TEXT = 1000

Message = Mapping[str, object]


def message_of(
    done: float, total: float | None, unit: str | None, message: str | None
) -> dict[str, object]:
    """The progress message. ValueError for what is not an unsigned number (concepts R72)."""
    _check("done", done)
    if total is not None:
        _check("total", total)
    return {
        "type": "progress",
        "done": done,
        "total": total,
        "unit": None if unit is None else str(unit)[:LONGEST_TEXT],
        "message": None if message is None else str(message)[:LONGEST_TEXT],
    }


def _check(name: str, number: float) -> None:
    if isinstance(number, bool) or not isinstance(number, (int, float)):
        raise TypeError(f"progress: {name} must be a number, not {type(number).__name__}")
    if not math.isfinite(number) or number < 0:
        raise ValueError(f"progress: {name} must be zero or more, not {number}")


class ProgressSender:
    """Sends the first progress at once, then the latest at every interval.

    The thread that sends what had to wait lives only while something waits.
    """

    def __init__(self, to: channel.Channel, clock: Callable[[], float] = time.monotonic) -> None:
        self._channel = to
        self._clock = clock
        self._renew()
        os.register_at_fork(after_in_child=self._renew)

    def _renew(self) -> None:
        # In a forked process the thread does not run and nobody releases the lock.
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        self._latest: Message | None = None
        self._due = 0.0

    def report(self, message: Message) -> None:
        """Send this progress, now or, if it is still the latest then, within the interval."""
        with self._lock:
            if self._closing.is_set():
                return
            self._latest = message
            if self._thread is not None:
                return
            now = self._clock()
            if now >= self._due and self._channel.try_send(message):
                self._latest = None
                self._due = now + INTERVAL_S
                return
            self._thread = threading.Thread(target=self._send_later, daemon=True, name="progress")
            self._thread.start()

    def close(self) -> None:
        """Send what still waits; later reports are ignored."""
        with self._lock:
            self._closing.set()
            thread = self._thread
        if thread is not None:
            thread.join()
        if self._latest is not None:
            self._channel.send(self._latest)
            self._latest = None

    def _send_later(self) -> None:
        while not self._closing.wait(max(0.0, self._due - self._clock())):
            with self._lock:
                message, self._latest = self._latest, None
                if message is None:
                    self._thread = None
                    return
                self._due = self._clock() + INTERVAL_S
            self._channel.send(message)
