"""What only a store in a file can show: it comes back, it ends in order, it forgets."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from bgtasks_gui.core import errors, ports, retention, runs, tasks
from bgtasks_gui.store import SqliteStore, database
from tests.fakes import samples

S = runs.RunState


async def test_everything_is_there_again_after_it_was_closed(path: Path) -> None:
    task = samples.a_task(environment={"A": "1"})
    first = SqliteStore(path)
    await first.open()
    await first.write(
        ports.Change(
            tasks=(task,),
            planned=(samples.planned(task, samples.at(60)),),
            runs=(samples.ended(samples.a_run(1, task)),),
            facts={"boot": "1"},
        )
    )
    before = await first.standings(), await first.all_planned(), await first.fact("boot")
    await first.close()
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    second = SqliteStore(path)
    await second.open()
    after = await second.standings(), await second.all_planned(), await second.fact("boot")
    await second.close()
    assert before == after
    assert second.notice is None


async def test_closing_stores_what_was_handed_in(path: Path) -> None:
    store = SqliteStore(path)
    await store.open()
    writing = [
        asyncio.create_task(store.write(ports.Change(runs=(samples.a_run(number),))))
        for number in range(500)
    ]
    await asyncio.sleep(0)
    await store.close()
    await asyncio.gather(*writing)
    with pytest.raises(errors.StorageUnavailable, match="closed"):
        await store.write(ports.Change(facts={"late": "yes"}))
    again = SqliteStore(path)
    await again.open()
    assert await again.count_runs() == {S.PENDING: 500}
    await again.close()


async def test_a_read_that_began_before_a_write_is_not_kept(sqlite_store: SqliteStore) -> None:
    task = samples.a_task()
    await sqlite_store.write(ports.Change(tasks=(task,)))
    edited = msgspec.structs.replace(task, name="renamed")
    reading = asyncio.create_task(sqlite_store.task(task.id))
    await asyncio.gather(sqlite_store.write(ports.Change(tasks=(edited,))), reading)
    assert await sqlite_store.task(task.id) == edited


async def test_listening_that_begins_while_it_is_asked_is_not_overlooked(
    sqlite_store: SqliteStore,
) -> None:
    task = samples.a_task()
    listener = tasks.Listener(task_id=task.id, position=0, topic="startup")
    asking = asyncio.create_task(sqlite_store.listeners("startup"))
    await asyncio.gather(
        asking, sqlite_store.write(ports.Change(tasks=(task,), listeners=(listener,)))
    )
    assert await sqlite_store.listeners("startup") == [listener]
    assert await sqlite_store.listeners("event:other") == []


async def test_pruning_yields_what_it_forgets(sqlite_store: SqliteStore) -> None:
    made = [samples.ended(samples.a_run(number)) for number in range(1200)]
    going = samples.a_run(1200)
    await sqlite_store.write(ports.Change(runs=(*made, going)))
    now = samples.at(600 + 3600)
    limits = retention.History(age=timedelta(hours=1), rows=100)
    chunks = [chunk async for chunk in sqlite_store.prune(now, limits)]
    # 599 ended more than an hour ago; of the other 601, a hundred stay.
    assert [len(chunk) for chunk in chunks] == [250, 250, 99, 250, 250, 1]
    assert [run_id for chunk in chunks for run_id in chunk] == [run.id for run in made[:1100]]
    assert await sqlite_store.count_runs() == {S.COMPLETED: 100, S.PENDING: 1}
    assert [chunk async for chunk in sqlite_store.prune(now, limits)] == []


async def test_pruning_that_is_cut_short_leaves_what_it_did_not_tell(
    sqlite_store: SqliteStore,
) -> None:
    made = [samples.ended(samples.a_run(number)) for number in range(600)]
    await sqlite_store.write(ports.Change(runs=tuple(made)))
    pruning = aiter(sqlite_store.prune(samples.at(10**6), retention.History(age=timedelta(0))))
    told = await anext(pruning)
    assert len(await sqlite_store.runs(ports.RunQuery(limit=1000))) == 600
    told += await anext(pruning)
    await pruning.aclose()
    left = await sqlite_store.runs(ports.RunQuery(limit=1000))
    assert {run.id for run in made} - {run.id for run in left} < set(told)


async def test_trouble_is_shown_for_as_long_as_it_lasts(path: Path) -> None:
    told: asyncio.Queue[str | None] = asyncio.Queue()
    store = SqliteStore(path, on_trouble=told.put_nowait, busy_timeout_s=0.0, pauses_s=(0.01, 0.02))
    await store.open()
    assert not store.is_degraded
    other = database.connect_writer(path)
    other.execute("BEGIN IMMEDIATE")
    queued = asyncio.create_task(store.write(ports.Change(runs=(samples.a_run(),))))
    trouble = await asyncio.wait_for(told.get(), 10)
    assert trouble is not None
    assert (store.degraded, store.is_degraded) == (trouble, True)
    # What is stored can be read meanwhile.
    assert await store.open_runs() == []
    other.execute("ROLLBACK")
    await queued
    assert await asyncio.wait_for(told.get(), 10) is None
    assert (store.degraded, store.is_degraded) == (None, False)
    await store.close()
    other.close()


async def test_nobody_has_to_listen_to_trouble(sqlite_store: SqliteStore, path: Path) -> None:
    other = database.connect_writer(path)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(errors.StorageUnavailable, match="locked"):
        await sqlite_store.write(ports.Change(facts={"paused": "yes"}))
    assert sqlite_store.is_degraded
    other.close()
