"""A child whose files may not grow: what a full disk does, without filling one."""

from __future__ import annotations

import asyncio
import resource
import sys
from pathlib import Path

from bgtasks_gui.core import errors, ports, runs
from bgtasks_gui.store import SqliteStore
from tests.fakes import samples

ROOM = 200_000


async def main(path: Path) -> None:
    troubles: asyncio.Queue[str | None] = asyncio.Queue()
    store = SqliteStore(path, on_trouble=troubles.put_nowait, pauses_s=(0.01, 0.05))
    await store.open()
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, most))
    made = [samples.a_run(number) for number in range(2000)]
    writing = asyncio.gather(*(store.write(ports.Change(runs=(run,))) for run in made))
    trouble = await asyncio.wait_for(troubles.get(), 30)
    assert trouble is not None
    assert store.is_degraded
    try:
        await store.write(ports.Change(tasks=(samples.a_task(),)))
    except errors.StorageUnavailable as error:
        sys.stdout.write(f"refused: {error.message}\n")
    assert await store.count_tasks() == 0
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    await asyncio.wait_for(writing, 30)
    while store.is_degraded:
        await asyncio.wait_for(troubles.get(), 30)
    await store.write(ports.Change(tasks=(samples.a_task(),)))
    counted = (await store.count_runs())[runs.RunState.PENDING]
    sys.stdout.write(f"stored: {counted} runs, {await store.count_tasks()} task\n")
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
