"""Which of the runs that wait are decided over again, and when.

Not all of them whenever one ends: of a thousand that wait for room, one can start then.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable, Coroutine, Iterable
from typing import Final

from bgtasks_gui.agent import ledger
from bgtasks_gui.core import runs

#: Runs decided over in a row, before the loop gets a turn for everything else.
IN_A_ROW: Final = 32


class Turns:
    """Calls runs to be decided over, one at a time, the oldest first."""

    def __init__(
        self,
        book: ledger.Ledger,
        *,
        has_room: Callable[[], bool],
        decide: Callable[[runs.Run], Coroutine[None, None, None]],
    ) -> None:
        """`has_room` says whether one more may run now; `decide` raises nothing."""
        self._ledger = book
        self._has_room = has_room
        self._decide = decide
        self._wake = asyncio.Event()
        #: Whether something changed that may matter to any run.
        self._is_for_all = False
        #: Tasks of which a run has left the machine since.
        self._tasks: dict[str, None] = {}
        #: Runs that wait for room and nothing else; a heap, so the oldest comes first.
        self._crowded: list[str] = []
        self._is_crowded: set[str] = set()

    def call_all(self) -> None:
        """Something changed: look again at every run that waits."""
        self._is_for_all = True
        self._wake.set()

    def call_after(self, run: runs.Run) -> None:
        """This run has left the machine: others of its task, and one of any, may start now."""
        self._tasks[run.task_id] = None
        self._wake.set()

    def wait_for_room(self, run_id: str) -> None:
        """Call this run as soon as there is room."""
        if run_id not in self._is_crowded:
            self._is_crowded.add(run_id)
            heapq.heappush(self._crowded, run_id)

    async def serve(self) -> None:
        """Call whoever has to be called, until cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            await self._call(self._concerned())
            await self._call(self._next_ones())

    async def _call(self, waiting: Iterable[runs.Run]) -> None:
        for number, run in enumerate(waiting, start=1):
            await self._decide(run)
            if number % IN_A_ROW == 0:
                await asyncio.sleep(0)

    def _concerned(self) -> list[runs.Run]:
        is_for_all, self._is_for_all = self._is_for_all, False
        task_ids, self._tasks = self._tasks, {}
        if is_for_all:
            return self._ledger.waiting()
        found = [run for one in task_ids for run in self._ledger.of_task(one) if run.is_waiting]
        return sorted(found, key=lambda run: run.id)

    def _next_ones(self) -> Iterable[runs.Run]:
        """The runs that there is room for, as long as there is."""
        while self._crowded and self._has_room():
            run_id = heapq.heappop(self._crowded)
            self._is_crowded.discard(run_id)
            run = self._ledger.find(run_id)
            if run is not None and run.is_waiting:
                yield run
