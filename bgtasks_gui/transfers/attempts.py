"""All transfers that are under way, by run. Lives on the engine's thread."""

from __future__ import annotations

import asyncio
from typing import Final, NamedTuple

from bgtasks_gui.core import ports, transfers
from bgtasks_gui.transfers.limits.bucket import Bucket
from bgtasks_gui.transfers.limits.starts import Starts
from bgtasks_gui.transfers.moving import Move, Moving, Surroundings
from bgtasks_gui.transfers.reports import Reports

_STOPPED: Final = transfers.Stopped()


class _Next(NamedTuple):
    """A start that was asked for before the last attempt of the run had ended."""

    spec: transfers.Spec
    record: transfers.Record


class Attempts:
    """Starts and stops them; one attempt of a run at a time."""

    def __init__(self, clock: ports.Clock, reports: Reports, move: Move) -> None:
        self._reports = reports
        self._around = Surroundings(clock, reports, Bucket(clock), Starts(clock), move)
        self._moving: dict[str, Moving] = {}
        self._next: dict[str, _Next] = {}
        #: The loop itself does not hold on to them.
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, run_id: str, spec: transfers.Spec, record: transfers.Record) -> None:
        self._drop_next(run_id)
        if run_id in self._moving:
            self._next[run_id] = _Next(spec, record)
            return
        moving = self._moving[run_id] = Moving(run_id, spec, record, self._around)
        task = asyncio.get_running_loop().create_task(self._run(run_id, moving))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def stop(self, run_id: str) -> None:
        if run_id in self._moving:
            self._moving[run_id].stop()
        self._drop_next(run_id)

    def stop_all(self) -> None:
        for run_id in list(self._moving):
            self.stop(run_id)

    def limit(self, rate: int | None, run_id: str | None) -> None:
        """Another rate for one that is under way, or for all together."""
        if run_id is None:
            self._around.shared.change(rate)
        elif run_id in self._moving:
            self._moving[run_id].throttle.own.change(rate)

    def refresh(self) -> None:
        for moving in self._moving.values():
            moving.refresh()

    async def _run(self, run_id: str, moving: Moving) -> None:
        outcome = await moving.run()
        del self._moving[run_id]
        self._reports.ended(run_id, moving.record, outcome)
        if run_id in self._next:
            self.start(run_id, *self._next.pop(run_id))

    def _drop_next(self, run_id: str) -> None:
        dropped = self._next.pop(run_id, None)
        if dropped is not None:
            self._reports.ended(run_id, dropped.record, _STOPPED)
