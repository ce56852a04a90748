"""A child that fires, runs and ends without end, and says on its output what was acknowledged.

Each of a few tasks is due every minute. A firing stores its run and moves the plan in one change.
"""

from __future__ import annotations

import asyncio
import itertools
import secrets
import sys
from datetime import timedelta
from pathlib import Path

from bgtasks_gui.core import ids, ports, runs, tasks
from bgtasks_gui.store import SqliteStore
from tests.fakes import samples

TASKS = 8
MINUTE = timedelta(minutes=1)
OWNERS = [samples.a_task(number) for number in range(TASKS)]


def _say(*words: str) -> None:
    sys.stdout.write(" ".join(words) + "\n")
    sys.stdout.flush()


async def _live(store: SqliteStore, task: tasks.Task, made: ids.Sequence, first_ms: int) -> None:
    """Fire again and again from the time that is planned."""
    (entry,) = await store.planned(task.id)
    for number in itertools.count():
        assert entry.next_at is not None
        run = runs.Run(
            id=made.make(first_ms + number, secrets.randbits(ids.RANDOM_BITS)),
            task_id=task.id,
            task_name=task.name,
            kind=task.kind,
            state=runs.RunState.PENDING,
            triggered_at=entry.next_at,
            firing=runs.Firing(type="interval", position=0, planned_at=entry.next_at),
        )
        entry = samples.planned(task, entry.next_at + MINUTE)
        await store.write(ports.Change(runs=(run,), planned=(entry,)))
        _say("fired", run.id)
        await store.write(ports.Change(runs=(samples.started(run),)))
        await store.write(ports.Change(runs=(samples.ended(run),)))
        _say("ended", run.id)


async def main(path: Path, first_ms: int) -> None:
    store = SqliteStore(path)
    await store.open()
    if await store.count_tasks() == 0:
        plans = tuple(samples.planned(task, samples.NOW) for task in OWNERS)
        await store.write(ports.Change(tasks=tuple(OWNERS), planned=plans))
    made = ids.Sequence()
    await asyncio.gather(*(_live(store, task, made, first_ms) for task in OWNERS))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
