"""How fast a transfer was of late, and whether that is too slow."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Final

from bgtasks_gui.core import ports

#: Parts of which a window consists; it moves on by one of them at a time.
PARTS: Final = 10


class Speed:
    """Bytes a second on average over a window, which is looked at once per part of it."""

    def __init__(self, window_s: float) -> None:
        self._window_s = window_s
        #: Bytes by part, the newest last.
        self._parts: deque[int] = deque(maxlen=PARTS)
        self._current = 0

    @property
    def part_s(self) -> float:
        return self._window_s / PARTS

    def add(self, size: int) -> None:
        self._current += size

    def end_part(self) -> float | None:
        """The average, once a whole window is over."""
        self._parts.append(self._current)
        self._current = 0
        return sum(self._parts) / self._window_s if len(self._parts) == PARTS else None

    def clear(self) -> None:
        """What was counts for nothing: a window begins."""
        self._parts.clear()
        self._current = 0


class Floor:
    """Watches that a transfer is not slower than it may be.

    A part of the window in which it was held back by its own rate, or did something else than
    move bytes, says nothing about the connection: the window begins again behind it.
    """

    def __init__(
        self,
        clock: ports.Clock,
        window: tuple[int, float],
        is_excused: Callable[[], bool],
        on_below: Callable[[str], None],
    ) -> None:
        self._clock = clock
        self._floor, self._window_s = window
        self._speed = Speed(self._window_s)
        self._is_excused = is_excused
        self._on_below = on_below
        self._timer: ports.Timer | None = None

    def start(self) -> None:
        self._timer = self._clock.call_later(self._speed.part_s, self._on_time)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def add(self, size: int) -> None:
        self._speed.add(size)

    def _on_time(self) -> None:
        self.start()
        if self._is_excused():
            self._speed.clear()
            return
        average = self._speed.end_part()
        if average is not None and average < self._floor:
            self.stop()
            self._on_below(
                f"{say_rate(average)} over {self._window_s:g} seconds, "
                f"its floor is {say_rate(self._floor)}"
            )


def say_rate(rate: float) -> str:
    """ "12 kB/s", "1.5 MB/s": in steps of 1000, as speeds of networks are told."""
    amount, unit = rate, "B"
    for bigger in ("kB", "MB", "GB"):
        if amount < 999.5:
            break
        amount, unit = amount / 1000, bigger
    text = f"{amount:.1f}" if amount < 10 and unit != "B" else f"{amount:.0f}"
    return f"{text.removesuffix('.0')} {unit}/s"
