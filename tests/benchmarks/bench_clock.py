"""What planned times cost: `python -m tests.benchmarks.bench_clock`.

Beside plain APScheduler, whose jobs do nothing as ours. Times are of one core; run it on a
machine that is otherwise idle.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import sqlite3
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Coroutine, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from apscheduler.jobstores.base import BaseJobStore
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy import create_engine, event

from bgtasks_gui.agent import clock, wallclock
from bgtasks_gui.core import ids
from tests.benchmarks import table

ROUNDS = 2
#: Seconds each load of firings is watched.
WATCHED_S = 3
EVERY = timedelta(seconds=1)

#: Seconds late, of each firing.
late: list[float] = []


def entries(count: int, flex: float = 0.0) -> Iterator[tuple[float, float, str, int]]:
    """Planned times spread over a day, in the order a store hands them out: by id."""
    now = time.time()
    for index in range(count):
        at = now + 3600 + index * 7919 % 86_400
        yield at, flex, ids.make_id(1_770_000_000_000 + index, index << 40), 0


def measure_load(count: int, flex: float) -> tuple[float, float]:
    """Seconds to load, and bytes each."""
    rows = list(entries(count, flex))
    begin = time.perf_counter()
    make_timetable().load(rows)
    seconds = time.perf_counter() - begin
    del rows
    gc.collect()
    tracemalloc.start()
    kept = make_timetable()
    kept.load(entries(count, flex))
    used, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(kept) == count
    return seconds, used / count


def make_timetable() -> clock.Timetable:
    return clock.Timetable(wallclock.WallClock(), lambda due: None)


async def fire_ours(count: int, *, beside: int = 0) -> None:
    """So many tasks, each due once a second, evenly spread; they are planned anew when due."""

    def plan_again(due: list[clock.Due]) -> None:
        now = time.time()
        for entry in due:
            late.append(now - entry.planned_at.timestamp())
            planned.set(entry.task_id, 0, entry.planned_at + EVERY)

    planned = clock.Timetable(wallclock.WallClock(), plan_again)
    planned.load(entries(beside))
    start = datetime.now(UTC) + EVERY
    for index in range(count):
        planned.set(f"task-{index}", 0, start + index * EVERY / count)
    planned.start()
    await watch_firings()
    planned.close()


async def fire_theirs(count: int, store: BaseJobStore) -> None:
    scheduler = AsyncIOScheduler(timezone=UTC, jobstores={"default": store})
    start = datetime.now(UTC) + EVERY
    for index in range(count):
        first = start + index * EVERY / count
        scheduler.add_job(do_nothing, IntervalTrigger(seconds=1, start_date=first))
    scheduler.start()
    await watch_firings()
    scheduler.shutdown()
    await asyncio.sleep(0.1)


async def do_nothing() -> None:
    late.append(0.0)


async def watch_firings() -> None:
    await asyncio.sleep(1.2)
    late.clear()
    cpu = time.process_time()
    await asyncio.sleep(WATCHED_S)
    late.insert(0, time.process_time() - cpu)


def per_firing() -> float:
    """Microseconds of CPU for each firing that was watched."""
    cpu, *firings = late
    return cpu / max(1, len(firings)) * 1e6


async def all_at_once_ours(count: int) -> None:
    def note(due: list[clock.Due]) -> None:
        late.extend(time.time() - entry.planned_at.timestamp() for entry in due)

    planned = clock.Timetable(wallclock.WallClock(), note)
    at = datetime.now(UTC) + EVERY
    planned.load((at.timestamp(), 0.0, f"task-{index}", 0) for index in range(count))
    planned.start()
    late.clear()
    await asyncio.sleep(2)
    planned.close()


async def all_at_once_theirs(count: int) -> None:
    at = datetime.now(UTC) + EVERY

    async def note() -> None:
        late.append(time.time() - at.timestamp())

    scheduler = AsyncIOScheduler(timezone=UTC, jobstores={"default": MemoryJobStore()})
    for _ in range(count):
        scheduler.add_job(note, DateTrigger(at), misfire_grace_time=None)
    scheduler.start()
    late.clear()
    await asyncio.sleep(2)
    scheduler.shutdown()
    await asyncio.sleep(0.1)


def measure(shown: table.Table) -> None:
    logging.disable(logging.CRITICAL)  # what the other schedulers say of being ended
    try:
        measure_loading(shown)
        measure_firing(shown)
        measure_at_once(shown)
    finally:
        logging.disable(logging.NOTSET)


def measure_loading(shown: table.Table) -> None:
    shown.begin("planned times: loading")
    for count, limit_ms in ((10_000, 100), (100_000, 1000)):
        for flex in (0.0, 600.0):
            seconds, size = measure_load(count, flex)
            what = f"{count:,} times{', each with flex' if flex else ''}"
            shown.add(what, seconds * 1000, "ms", target=table.at_most(limit_ms))
            shown.add("  memory of each", size, "bytes", target=table.at_most(1000))


def measure_firing(shown: table.Table) -> None:
    shown.begin("planned times: CPU of one firing that does nothing")
    with tempfile.TemporaryDirectory() as folder:
        stored = make_store(Path(folder) / "jobs.db")
        ours, theirs, in_base = table.rounds(
            1,
            lambda: fired(fire_ours(100)),
            lambda: fired(fire_theirs(100, MemoryJobStore())),
            lambda: fired(fire_theirs(100, stored)),
        )
    beside = table.Peer("MemoryJobStore", theirs)
    shown.add("100 a second", ours, "µs", beside=beside)
    beside = table.Peer("SQLAlchemyJobStore", in_base)
    shown.add("100 a second", ours, "µs", beside=beside, target=table.ratio_at_most(0.25))
    ours, theirs = table.rounds(
        ROUNDS,
        lambda: fired(fire_ours(1000)),
        lambda: fired(fire_theirs(1000, MemoryJobStore())),
    )
    beside = table.Peer("MemoryJobStore", theirs)
    shown.add("1,000 a second", ours, "µs", beside=beside, target=table.at_most(150))
    crowded = fired(fire_ours(1000, beside=100_000))
    shown.add("1,000 a second beside 100,000 others", crowded, "µs")


def make_store(path: Path) -> SQLAlchemyJobStore:
    """Jobs in a database that waits for the disk as little as ours does."""
    engine = create_engine(f"sqlite:///{path}")

    @event.listens_for(engine, "connect")
    def hurry(connection: sqlite3.Connection, record: object) -> None:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")

    return SQLAlchemyJobStore(engine=engine)


def fired(firing: Coroutine[None, None, None]) -> float:
    asyncio.run(firing)
    return per_firing()


def measure_at_once(shown: table.Table) -> None:
    shown.begin("planned times: 1,000 due at one instant, how late")
    ours, theirs = (at_once(run) for run in (all_at_once_ours, all_at_once_theirs))
    for name, share in (("p50", 0.5), ("p99", 0.99)):
        beside = table.Peer("MemoryJobStore", table.part(theirs, share))
        shown.add(name, table.part(ours, share), "ms", beside=beside)


def at_once(run: Callable[[int], Coroutine[None, None, None]]) -> list[float]:
    asyncio.run(run(1000))
    return [seconds * 1000 for seconds in late]


if __name__ == "__main__":
    table.run(measure)
