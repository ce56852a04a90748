"""A hundred thousand of everything: answers stay whole, and pruning lets writes pass."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest_asyncio

from bgtasks_gui.core import ports, retention, runs
from bgtasks_gui.store import SqliteStore, history
from bgtasks_gui.store.tables import runs as stored_runs
from tests.fakes import samples
from tests.store.conftest import open_writer

S = runs.RunState
MANY = 100_000


def _fill(path: Path, number: int) -> None:
    writer = open_writer(path)
    owners = [samples.a_task(index) for index in range(100)]
    states = [S.COMPLETED] * 18 + [S.FAILED, S.MISSED]
    writer.execute("BEGIN")
    for first in range(0, number, 1000):
        stored_runs.save(
            writer,
            [
                samples.a_run(index, owners[index % 100], state=states[index % 20])
                for index in range(first, first + 1000)
            ],
        )
    writer.execute("COMMIT")
    writer.close()


async def test_a_hundred_thousand_plans_come_sorted_and_small(sqlite_store: SqliteStore) -> None:
    owners = [samples.a_task(number) for number in range(MANY)]
    for first in range(0, MANY, 5000):
        some = owners[first : first + 5000]
        await sqlite_store.write(
            ports.Change(
                tasks=tuple(some),
                planned=tuple(
                    samples.planned(task, samples.at((first + index) * 7919 % MANY))
                    for index, task in enumerate(some)
                ),
            )
        )
    found = await sqlite_store.all_planned()
    assert [entry[0] for entry in found] == [
        samples.at(number).timestamp() for number in range(MANY)
    ]
    assert len({entry[2] for entry in found}) == MANY
    assert await sqlite_store.count_tasks() == MANY
    page = await sqlite_store.standings(after_name="task 5", limit=3)
    assert [standing.task.name for standing in page] == ["task 50", "task 500", "task 5000"]


@pytest_asyncio.fixture
async def filled(path: Path) -> SqliteStore:
    await asyncio.to_thread(_fill, path, MANY)
    return SqliteStore(path)


async def test_a_hundred_thousand_runs_are_paged_and_pruned(filled: SqliteStore) -> None:
    await filled.open()
    query = ports.RunQuery(task_id=samples.a_task(19).id, states=(S.MISSED, S.FAILED), limit=300)
    seen: list[str] = []
    while page := await filled.runs(query):
        seen += [run.id for run in page]
        query = ports.RunQuery(
            task_id=query.task_id, states=query.states, limit=300, before_id=seen[-1]
        )
    assert seen == [samples.an_id(number) for number in range(MANY - 81, 0, -100)]

    written: list[int] = []
    forgotten: list[str] = []
    waits: list[int] = []

    async def write() -> None:
        while len(forgotten) < 20_000:
            before = len(forgotten)
            await filled.write(ports.Change(facts={"count": str(len(written))}))
            written.append(len(forgotten))
            waits.append(len(forgotten) - before)

    writing = asyncio.create_task(write())
    limits = retention.History(age=timedelta(days=7), rows=MANY - 20_000)
    async for chunk in filled.prune(samples.NOW, limits):
        forgotten += chunk
    await writing
    assert forgotten == [samples.an_id(number) for number in range(20_000)]
    assert sum((await filled.count_runs()).values()) == MANY - 20_000
    # No write waited behind more than the chunk before it and the one it came in with.
    assert max(waits) <= 2 * history.CHUNK
    assert len(set(written)) > 20
    await filled.close()
