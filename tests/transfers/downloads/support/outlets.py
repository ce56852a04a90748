"""What a download talks to in tests: writes down what it is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bgtasks_gui.core import ports
from bgtasks_gui.core.transfers import Record
from bgtasks_gui.transfers.limits.clocks import LoopClock


class Outlet:
    """`words.Outlet`."""

    def __init__(self, record: Record, clock: ports.Clock | None = None) -> None:
        self.run_id = "0190-run"
        self.clock = clock or LoopClock(asyncio.get_running_loop())
        self.record = record
        self.records: list[Record] = []
        self.figures: list[tuple[int, int | None, str | None]] = []
        self.lines: list[str] = []
        self.paid = 0
        self.grain = 1024 * 1024
        self._changed = asyncio.Event()

    def keep(self, record: Record) -> None:
        self.record = record
        self.records.append(record)
        self._changed.set()

    def moved(self, done: int, total: int | None, message: str | None = None) -> None:
        self.figures.append((done, total, message))
        self._changed.set()

    def say(self, line: str) -> None:
        self.lines.append(line)

    async def pay(self, size: int) -> None:
        self.paid += size

    @property
    def done(self) -> int:
        return self.figures[-1][0] if self.figures else 0

    @property
    def messages(self) -> list[str]:
        return [message for _, _, message in self.figures if message is not None]

    async def until(self, holds: Callable[[], bool]) -> None:
        """Return once it holds; it is looked at whenever something is told."""
        async with asyncio.timeout(20.0):
            while not holds():
                self._changed.clear()
                await self._changed.wait()
