"""Gathers a chatty value: the newest is passed on, at most once an interval, and none is stale."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from bgtasks_gui.core import ports

T = TypeVar("T")


class Throttle(Generic[T]):
    """Passes on the newest of the values offered: the first at once, later ones when due."""

    def __init__(self, clock: ports.Clock, interval_s: float, emit: Callable[[T], None]) -> None:
        self._clock = clock
        self._interval_s = interval_s
        self._emit = emit
        self._pending: list[T] = []
        self._last = float("-inf")
        self._timer: ports.Timer | None = None

    def offer(self, value: T) -> None:
        """Take a newer value."""
        self._pending[:] = [value]
        if self._timer is None:
            wait = self._last + self._interval_s - self._clock.monotonic()
            if wait <= 0:
                self.flush()
            else:
                self._timer = self._clock.call_later(wait, self.flush)

    def flush(self) -> None:
        """Pass on what is held back, now."""
        self.cancel()
        if self._pending:
            self._last = self._clock.monotonic()
            self._emit(self._pending.pop())

    def cancel(self) -> None:
        """Take back the call that was due; the value stays until `flush`."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
