"""Transfers that stand still: for room on a disk, for another attempt, for a place."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine
from typing import Final

import msgspec

from bgtasks_gui.agent.catalog import Catalog
from bgtasks_gui.agent.running import activity
from bgtasks_gui.agent.running.transfers import places
from bgtasks_gui.core import (
    blockers,
    ports,
    reasons,
    runs,
    tasks,
    transfer_ports,
    transfers,
)
from bgtasks_gui.transfers.files import room

_S = runs.RunState
#: How often a full disk is looked at, in seconds.
LOOK_S: Final = 30.0

Resume = Callable[[runs.Run], Coroutine[None, None, None]]


class Waiting:
    """Knows what they wait for, and calls them when it has come."""

    def __init__(self, host: activity.Host, taken: places.Places, catalog: Catalog) -> None:
        self._host = host
        self._places = taken
        self._catalog = catalog
        self._held: dict[str, transfers.Held] = {}
        #: Called when a disk is full no more for those that have not begun.
        self.on_room: Callable[[], None] = lambda: None
        self._timer: ports.Timer | None = None
        self._resume: Resume | None = None

    def known(self, task: tasks.Task) -> tuple[transfer_ports.TransferKind, msgspec.Struct]:
        """What a task says, and the kind that understands it."""
        kind = self._catalog.transfer_kind(task.kind)
        assert kind is not None
        return kind, self._catalog.payload(task.kind, task.payload)

    def address(self, task: tasks.Task) -> str:
        kind, payload = self.known(task)
        return kind.address(payload)

    def view_places(self, task: tasks.Task) -> blockers.Places | None:
        """The places for transfers as this task finds them; None where it needs none."""
        if self._catalog.transfer_kind(task.kind) is None:
            return None
        kind, payload = self.known(task)
        full = "" if self._has_begun(task) else self._full_folder(kind.folder(payload))
        return self._places.view(places.host_of(kind.address(payload)), full)

    def wait_for_place(self, run: runs.Run, task: tasks.Task) -> None:
        """Call this run once a transfer has ended."""
        kind, payload = self.known(task)
        self._places.wait(run.id, kind.priority(payload), places.host_of(kind.address(payload)))

    def _has_begun(self, task: tasks.Task) -> bool:
        """Whether it has bytes already: then it goes on as soon as it has room itself."""
        records = (run.transfer for run in self._host.ledger.of_task(task.id))
        return any(record is not None and record.part for record in records)

    def _full_folder(self, folder: str) -> str:
        """The folder on the same disk where a transfer waits for room."""
        if not self._held or not folder:
            return ""
        disk = _disk(folder)
        return next((one.folder for one in self._held.values() if _disk(one.folder) == disk), "")

    def watch(self, run_id: str, held: transfers.Held, resume: Resume) -> None:
        """Resume this run once there is room for it."""
        self._held[run_id] = held
        self._resume = resume
        if self._timer is None:
            self._timer = self._host.clock.call_later(LOOK_S, self._look)

    def watch_again(self, run: runs.Run, resume: Resume) -> None:
        """The same for a run that the last agent watched."""
        record, reason = run.transfer, run.reason
        if record is None or reason is None or reason.code is not reasons.Code.RESOURCE_REVOKED:
            return
        folder = os.path.dirname(record.part or record.path)
        needs = max((record.length or room.UNKNOWN) - record.done, 0)
        held = transfers.Held(code=reason.code, detail="", folder=folder, needs=needs)
        self.watch(run.id, held, resume)

    def forget(self, run_id: str) -> None:
        """It waits for room no more, whatever else becomes of it."""
        if self._held.pop(run_id, None) is not None:
            self.on_room()

    def retries(self) -> list[runs.Run]:
        """Transfers that wait for another attempt."""
        return [
            run
            for run in self._host.ledger.waiting()
            if run.transfer is not None and run.retry_at is not None
        ]

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        self._timer = None
        self._host.spawn(self._resume_those_with_room())

    async def _resume_those_with_room(self) -> None:
        for run_id, held in list(self._held.items()):
            run = self._host.ledger.find(run_id)
            if run is None or run.state is not _S.SUSPENDED:
                self.forget(run_id)
            elif await asyncio.to_thread(_has_room, held) and self._resume is not None:
                self.forget(run_id)
                await self._resume(run)
        if self._held and self._timer is None:
            self._timer = self._host.clock.call_later(LOOK_S, self._look)


def _has_room(held: transfers.Held) -> bool:
    free = room.free(held.folder)
    return free is not None and free >= held.needs


def _disk(folder: str) -> int | None:
    """The disk of a folder, or of where it will be made."""
    while folder:
        try:
            return os.stat(folder).st_dev
        except OSError:
            folder = os.path.dirname(folder) if folder != os.path.dirname(folder) else ""
    return None
