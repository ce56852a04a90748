"""What planned times cost: `python -m tests.benchmarks.bench_clock`.

Beside plain APScheduler, whose jobs do nothing as ours. Times are of one core; run it on a
machine that is otherwise idle.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import statistics
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from apscheduler.jobstores.base import BaseJobStore
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from bgtasks_gui.agent import clock, wallclock
from bgtasks_gui.core import ids

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
            table.set(entry.task_id, 0, entry.planned_at + EVERY)

    table = clock.Timetable(wallclock.WallClock(), plan_again)
    table.load(entries(beside))
    start = datetime.now(UTC) + EVERY
    for index in range(count):
        table.set(f"task-{index}", 0, start + index * EVERY / count)
    table.start()
    await watch_firings()
    table.close()


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

    table = clock.Timetable(wallclock.WallClock(), note)
    at = datetime.now(UTC) + EVERY
    table.load((at.timestamp(), 0.0, f"task-{index}", 0) for index in range(count))
    table.start()
    late.clear()
    await asyncio.sleep(2)
    table.close()


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


def show(name: str, *figures: str) -> None:
    print(f"{name:<44}" + "".join(f"{figure:>18}" for figure in figures))


def show_firing(name: str, fire: Callable[[], None]) -> None:
    fire()
    show(name, f"{per_firing():.0f} us CPU", f"{(len(late) - 1) / WATCHED_S:.0f} /s")


def main() -> None:
    logging.disable(logging.CRITICAL)  # what the other schedulers say of being ended
    show("load", "time", "bytes each")
    for count in (10_000, 100_000):
        for flex in (0.0, 600.0):
            seconds, size = measure_load(count, flex)
            name = f"{count:,} entries{', each with flex' if flex else ''}"
            show(name, f"{seconds:.3f} s", f"{size:.0f}")
    print()
    show("firing", "each", "rate")
    for rate in (100, 1000):
        show_firing(f"ours, {rate} /s", lambda rate=rate: asyncio.run(fire_ours(rate)))
        show_firing(
            f"MemoryJobStore, {rate} /s",
            lambda rate=rate: asyncio.run(fire_theirs(rate, MemoryJobStore())),
        )
    show_firing(
        "ours, 1000 /s beside 100,000 others",
        lambda: asyncio.run(fire_ours(1000, beside=100_000)),
    )
    with tempfile.TemporaryDirectory() as folder:
        store = SQLAlchemyJobStore(f"sqlite:///{Path(folder) / 'jobs.db'}")
        show_firing("SQLAlchemyJobStore, 100 /s", lambda: asyncio.run(fire_theirs(100, store)))
    print()
    show("1,000 due at once", "median late", "99th percentile")
    for name, run in (("ours", all_at_once_ours), ("MemoryJobStore", all_at_once_theirs)):
        asyncio.run(run(1000))
        parts = statistics.quantiles(late, n=100)
        show(name, f"{parts[49] * 1000:.1f} ms", f"{parts[98] * 1000:.1f} ms")


if __name__ == "__main__":
    main()
