"""Bytes of runs that are over: taken over by the next run of the task, or put away."""

from __future__ import annotations

import asyncio
import contextlib
import os
from typing import Final

import msgspec

from bgtasks_gui.core import durations, ports, reasons, runs, tasks, transfers
from bgtasks_gui.transfers.files import asides, places

_S = runs.RunState


#: Runs of the task that are looked at, the newest first; most have never begun.
_LOOKED_AT: Final = 10


def is_blank(record: transfers.Record, url: str) -> bool:
    """Whether nothing has begun yet, from the address of the task."""
    return record.url == url and not (record.part or record.resource or record.receipt.attempts)


async def find(
    store: ports.Store, task: tasks.Task, run: runs.Run, blank: transfers.Record
) -> transfers.Record:
    """What this run begins with: what the last one of its task left, or nothing."""
    query = ports.RunQuery(task_id=task.id, limit=_LOOKED_AT)
    for before in await store.runs(query):
        record = before.transfer
        if before.id == run.id or record is None or is_blank(record, record.url):
            continue
        if before.state in (_S.FAILED, _S.CANCELED) and record.url == blank.url:
            return await _taken_over(record, blank)
        break
    return blank


async def _taken_over(record: transfers.Record, blank: transfers.Record) -> transfers.Record:
    notes: tuple[str, ...] = ()
    if record.aside:
        where = f"in {os.path.basename(record.aside)} until the new one is whole"
        notes = (f"what an earlier run had of an older version is {where}",)
    if not record.resource:
        is_there = record.part and record.pieces
        if not is_there or not await asyncio.to_thread(os.path.exists, record.part):
            receipt = msgspec.structs.replace(blank.receipt, notes=notes)
            return msgspec.structs.replace(blank, aside=record.aside, receipt=receipt)
    done = durations.say_size(record.done)
    how = "sent" if record.resource else "received"
    receipt = transfers.Receipt(notes=(f"an earlier run had {how} {done} of it", *notes))
    return msgspec.structs.replace(record, failures=0, used_s=0.0, rate=blank.rate, receipt=receipt)


async def put_away(record: transfers.Record | None, reason: reasons.Reason | None) -> None:
    """Remove what a run that a person gave up has on the disk; after all else it is of use."""
    is_unwanted = reason is not None and reason.actor == "user"
    for path in (record.part, record.aside) if is_unwanted and record is not None else ():
        if path:
            await asyncio.to_thread(_unlink, path)


async def sweep(folder: str, run_id: str) -> None:
    """Remove what a run made there before a crash that came before it was recorded."""
    if folder:
        await asyncio.to_thread(_sweep, folder, run_id)


def _sweep(folder: str, run_id: str) -> None:
    with contextlib.suppress(OSError), os.scandir(folder) as found:
        for entry in found:
            is_ours = entry.name.endswith(places.ENDING) or asides.is_one(entry.name)
            if is_ours and places.owner_of(entry.path) == run_id:
                _unlink(entry.path)


def _unlink(path: str) -> None:
    with contextlib.suppress(OSError):
        os.unlink(path)
