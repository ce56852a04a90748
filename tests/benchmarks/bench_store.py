"""What storing and asking cost: `python -m tests.benchmarks.bench_store`.

Fills a million runs into the folder for temporary files (2 GB), which should not be in memory.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import gc
import itertools
import os
import random
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path

import msgspec

from bgtasks_gui.core import ids, ports, retention, runs, tasks
from bgtasks_gui.store import SqliteStore, changes, checkpoints, database, opening
from tests.benchmarks import table
from tests.fakes import samples

ROUNDS = 3
#: Changes in one transaction: what gathers while the one before is written.
GROUP = 1000
#: Runs written in one round, and in the large history.
LIVES = 20_000
MANY_RUNS = 1_000_000
MANY_TASKS = 100_000
#: Callers that write at once.
CALLERS = 1000
ASKED = 200

S = runs.RunState
Life = list[ports.Change]

_numbers = random.Random(1)
_ids = ids.Sequence()


def make_run(task: tasks.Task, number: int) -> runs.Run:
    at = samples.at(number / 100)
    unix_ms = 1_790_000_000_000 + number
    return samples.a_run(
        0,
        task,
        id=_ids.make(unix_ms, _numbers.getrandbits(ids.RANDOM_BITS)),
        triggered_at=at,
        firing=runs.Firing(type="interval", position=0, planned_at=at),
    )


def make_life(task: tasks.Task, number: int, *, with_start: bool) -> Life:
    """The changes of one run: due with its next time, perhaps started, ended."""
    run = make_run(task, number)
    going = samples.started(run)
    done = runs.move(going, S.COMPLETED, completed_at=run.triggered_at, exit_code=0, cpu_s=0.02)
    plan = samples.planned(task, samples.at(number / 100 + 60))
    due = ports.Change(runs=(run,), planned=(plan,))
    steps = [ports.Change(runs=(going,))] if with_start else []
    return [due, *steps, ports.Change(runs=(done,))]


def make_tasks(count: int) -> list[tasks.Task]:
    environment = {f"VARIABLE_{number}": "x" * 40 for number in range(40)}
    return [samples.a_task(number, environment=environment) for number in range(count)]


@contextlib.contextmanager
def writing(owners: list[tasks.Task]) -> Iterator[Callable[[list[ports.Change]], None]]:
    """What the writer's thread does with one group, without the thread."""
    with tempfile.TemporaryDirectory(prefix="bgt-") as name:
        opened = opening.open_database(Path(name) / "tasks.db")
        checkpointer = checkpoints.Checkpointer(opened.checkpointer)
        copied = 0

        def write(group: list[ports.Change]) -> None:
            nonlocal copied
            with database.transaction(opened.writer):
                changes.apply(opened.writer, group)
            if opened.writer.total_changes - copied >= checkpoints.ROWS_BETWEEN:
                copied = opened.writer.total_changes
                checkpointer.ask()

        write([ports.Change(tasks=tuple(owners))])
        yield write
        opened.reader.close()
        checkpointer.close()
        opened.writer.close()


def measure_writer(count: int, *, with_start: bool) -> float:
    """Runs a second that the writing thread alone can store, of so many tasks."""
    owners = make_tasks(count)
    lives = [
        make_life(owners[_numbers.randrange(count)], number, with_start=with_start)
        for number in range(LIVES)
    ]
    gc.collect()
    gc.freeze()
    with writing(owners) as write:
        begin = time.perf_counter()
        for first in range(0, LIVES, GROUP):
            for stage in zip(*lives[first : first + GROUP], strict=True):
                write(list(stage))
        taken = time.perf_counter() - begin
    gc.unfreeze()
    return LIVES / taken


@contextlib.asynccontextmanager
async def opened(path: Path) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(path)
    await store.open()
    try:
        yield store
    finally:
        await store.close()


async def measure_loop() -> tuple[float, float, float]:
    """Whole lives a second through the event loop; and one write alone, p50 and p99, in ms."""
    owners = make_tasks(100)
    lives = [make_life(owners[number % 100], number, with_start=True) for number in range(LIVES)]
    left = iter(lives)

    async def call(store: SqliteStore) -> None:
        for life in left:
            for change in life:
                await store.write(change)

    with tempfile.TemporaryDirectory(prefix="bgt-") as name:
        async with opened(Path(name) / "tasks.db") as store:
            await store.write(ports.Change(tasks=tuple(owners)))
            begin = time.perf_counter()
            await asyncio.gather(*(call(store) for _ in range(CALLERS)))
            rate = LIVES / (time.perf_counter() - begin)
            alone = [await timed(store.write(ports.Change(facts={"a": "b"}))) for _ in range(2000)]
    return rate, table.part(alone, 0.5), table.part(alone, 0.99)


async def timed(asked: Awaitable[object]) -> float:
    """Milliseconds until the answer."""
    begin = time.perf_counter()
    await asked
    return (time.perf_counter() - begin) * 1000


def fill(path: Path) -> float:
    """A million runs of a thousand tasks; bytes a run."""
    shutil.copyfile(Path(_million().name) / "tasks.db", path)
    os.sync()  # so that what is asked next does not wait for what was filled in
    return path.stat().st_size / MANY_RUNS


@functools.cache
def _million() -> tempfile.TemporaryDirectory[str]:
    """The same, made once."""
    folder = tempfile.TemporaryDirectory(prefix="bgt-")
    owners = make_tasks(1000)
    spread = [S.COMPLETED] * 89 + [S.FAILED] * 8 + [S.SKIPPED, S.MISSED, S.SKIPPED]
    opened = opening.open_database(Path(folder.name) / "tasks.db")
    for connection in (opened.reader, opened.checkpointer):
        connection.close()
    with database.transaction(opened.writer):
        changes.apply(opened.writer, [ports.Change(tasks=tuple(owners))])
    for first in range(0, MANY_RUNS, 10_000):
        some = []
        for number in range(first, first + 10_000):
            run = make_run(owners[_numbers.randrange(1000)], number)
            state = S.CANCELED if number % 100_000 == 77 else spread[_numbers.randrange(100)]
            done = {
                "state": state,
                "started_at": run.triggered_at,
                "completed_at": run.triggered_at,
            }
            some.append(msgspec.structs.replace(run, **done))
        with database.transaction(opened.writer):
            changes.apply(opened.writer, [ports.Change(runs=tuple(some))])
    opened.writer.close()
    return folder


async def measure_questions(store: SqliteStore, show: table.Table) -> None:
    newest = await store.runs(ports.RunQuery(task_id=samples.an_id(7), limit=500))
    middle = newest[-1].id
    of = ports.RunQuery(task_id=samples.an_id(500))
    query = ports.RunQuery()
    replace = msgspec.structs.replace
    for what, asked in (
        ("newest 200", query),
        ("newest 200 of a state that is frequent", replace(query, states=(S.COMPLETED,))),
        ("newest 200 of a state that is rare", replace(query, states=(S.CANCELED,))),
        ("newest 200 that did not go well", replace(query, states=(S.FAILED, S.MISSED, S.SKIPPED))),
        ("newest 200 of a task", of),
        ("newest 200 of a task and a state", replace(of, states=(S.FAILED,))),
        ("200 behind one in the middle", replace(query, before_id=middle)),
        ("200 of a task behind one in the middle", replace(of, before_id=middle)),
    ):
        took = [await timed(store.runs(asked)) for _ in range(ASKED)]
        show.add(what, table.part(took, 0.5), "ms", target=table.at_most(2))
    show.add("count of each state", await timed(store.count_runs()), "ms")


async def measure_pruning(store: SqliteStore, show: table.Table) -> None:
    """Forget a part of the million while another writes; how long a write waits."""
    waits: list[float] = []
    is_over = asyncio.Event()

    async def write() -> None:
        for number in itertools.count():
            if is_over.is_set():
                return
            waits.append(await timed(store.write(ports.Change(facts={"at": str(number)}))))
            await asyncio.sleep(0.001)

    writer = asyncio.create_task(write())
    limits = retention.History(age=timedelta(days=36500), rows=MANY_RUNS - 200_000)
    begin, forgotten = time.perf_counter(), 0
    async for chunk in store.prune(samples.NOW, limits):
        forgotten += len(chunk)
    taken = time.perf_counter() - begin
    is_over.set()
    await writer
    show.add("a write while runs are pruned, median", table.part(waits, 0.5), "ms")
    show.add("... 99 of 100", table.part(waits, 0.99), "ms", target=table.at_most(25))
    show.add("... the longest", max(waits), "ms")
    show.add("pruning", forgotten / taken, "runs/s")


async def measure_tasks(path: Path, show: table.Table) -> None:
    owners = make_tasks(MANY_TASKS)
    async with opened(path) as store:
        begin = time.perf_counter()
        await asyncio.gather(
            *(
                store.write(
                    ports.Change(
                        tasks=(task,),
                        planned=(samples.planned(task, samples.at(index * 7919 % 86400)),),
                    )
                )
                for index, task in enumerate(owners)
            )
        )
        show.add("registering", MANY_TASKS / (time.perf_counter() - begin), "tasks/s")
    took = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        async with opened(path) as store:
            took.append((time.perf_counter() - begin) * 1000)
    show.add("opening", took, "ms")
    async with opened(path) as store:
        took = [await timed(store.all_planned()) for _ in range(ROUNDS)]
        show.add("all that is planned", took, "ms", target=table.at_most(300))
        took = [await timed(store.task(task.id)) for task in owners[:ASKED]]
        show.add("one task, not read before", table.part(took, 0.5), "ms")
        took = [await timed(store.standings(limit=100)) for _ in range(ASKED)]
        show.add("how 100 of them stand", table.part(took, 0.5), "ms")
        show.add("how all stand", await timed(store.standings()), "ms")


def measure(show: table.Table) -> None:
    show.begin("storing, 1000 changes a transaction")
    for count in (100, 1000):
        figures = table.rounds(
            ROUNDS,
            lambda count=count: measure_writer(count, with_start=False),
            lambda count=count: measure_writer(count, with_start=True),
        )
        target = table.at_least(40_000) if count == 100 else None
        show.add(f"runs of {count} tasks: due, ended", figures[0], "runs/s", target=target)
        show.add(f"runs of {count} tasks: due, started, ended", figures[1], "runs/s")
    show.note("With what each changes of its task: the next time, the last run, how it ended.")
    rate, usual, slow = asyncio.run(measure_loop())
    show.add("due, started, ended: 1000 callers on the loop", rate, "runs/s")
    show.add("one write, nothing else to do, median", usual, "ms")
    show.add("... 99 of 100", slow, "ms")
    with tempfile.TemporaryDirectory(prefix="bgt-") as name:
        path = Path(name) / "tasks.db"
        show.begin("a history of a million runs")
        show.add("each takes", fill(path), "bytes")
        asyncio.run(_measure_history(path, show))
    with tempfile.TemporaryDirectory(prefix="bgt-") as name:
        show.begin("a hundred thousand tasks")
        asyncio.run(measure_tasks(Path(name) / "tasks.db", show))


async def _measure_history(path: Path, show: table.Table) -> None:
    begin = time.perf_counter()
    async with opened(path) as store:
        show.add("opening", (time.perf_counter() - begin) * 1000, "ms")
        await measure_questions(store, show)
        await measure_pruning(store, show)


if __name__ == "__main__":
    table.run(measure)
