"""Bytes of runs that are over: taken over by the next run of the task, or put away."""

from __future__ import annotations

import asyncio
import contextlib
import os

import msgspec

from bgtasks_gui.core import ports, runs, tasks, transfers

_S = runs.RunState


async def find(store: ports.Store, task: tasks.Task, run: runs.Run, url: str) -> transfers.Record:
    """What this run begins with: what the last one of its task left, or nothing."""
    query = ports.RunQuery(task_id=task.id, limit=2)
    for before in await store.runs(query):
        record = before.transfer
        if before.id == run.id or record is None:
            continue
        has_left = before.state in (_S.FAILED, _S.CANCELED) and record.part and record.pieces
        if has_left and record.url == url and await asyncio.to_thread(os.path.exists, record.part):
            note = f"an earlier run had received {record.done:,} bytes of it"
            fresh = transfers.Receipt(notes=(note,))
            return msgspec.structs.replace(record, failures=0, used_s=0.0, receipt=fresh)
        break
    return transfers.Record(url=url)


async def put_away(record: transfers.Record | None) -> None:
    """Remove the part file of a run that was given up."""
    if record is not None and record.part:
        await asyncio.to_thread(_unlink, record.part)


def _unlink(path: str) -> None:
    with contextlib.suppress(OSError):
        os.unlink(path)
