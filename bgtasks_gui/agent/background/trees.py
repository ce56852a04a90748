"""Which processes belong to a run now."""

from __future__ import annotations

import asyncio
from typing import Final

from bgtasks_gui.core import ports, runs
from bgtasks_gui.supervisor.children import processes, tree

#: For so long one look at all processes of the computer serves questions about several runs.
LOOK_S: Final = 1.0


class Trees:
    """Finds them as the supervisor does: by parent, session and the mark in their environment.

    So what left its parent, as a daemon does, is found too.
    """

    def __init__(self, clock: ports.Clock) -> None:
        self._clock = clock
        self._looked: float | None = None
        self._seen: dict[int, processes.Process] = {}
        #: What is known of marks is kept between looks, and by one of them at a time.
        self._turn = asyncio.Lock()

    async def pids_of(self, run: runs.Run | None) -> frozenset[int]:
        """Its process and what descends from it; none where nothing of it is known."""
        if run is None or run.process is None:
            return frozenset()
        who = run.process
        # Of an earlier boot: whatever has the number now is not the run.
        ticks = who.start_ticks if who.boot_id == processes.boot_id() else -1
        async with self._turn:
            return await asyncio.to_thread(self._find, tree.Root(run.id, who.pid, ticks))

    def _find(self, root: tree.Root) -> frozenset[int]:
        now = self._clock.monotonic()
        if self._looked is None or now - self._looked >= LOOK_S:
            self._seen = processes.all_processes()
            self._looked = now
        return frozenset(process.pid for process in tree.members(root, self._seen))
