"""Which of the runs that wait are decided over again: those that something changed for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bgtasks_gui.agent import bus, ledger
from bgtasks_gui.agent.running import turns
from bgtasks_gui.core import runs
from bgtasks_gui.store import SqliteStore
from tests.agent.support.embedded import settles
from tests.fakes.manual_clock import ManualClock
from tests.fakes.samples import a_task


class Desk:
    """Turns over a real ledger; decisions are noted, and take room while there is some."""

    def __init__(self, store: SqliteStore) -> None:
        self.ledger = ledger.Ledger(store, bus.Bus(), ManualClock())
        self.room = 0
        self.decided: list[str] = []
        self.turns = turns.Turns(self.ledger, has_room=lambda: self.room > 0, decide=self._decide)
        self._serving = asyncio.create_task(self.turns.serve())

    async def _decide(self, run: runs.Run) -> None:
        self.decided.append(run.id)
        self.room -= 1

    async def ask(self, task_number: int, count: int) -> list[runs.Run]:
        """Runs of a task that wait."""
        task = a_task(task_number)
        asked = [self.ledger.make_run(task, runs.Firing(type="manual")) for _ in range(count)]
        await self.ledger.add(asked)
        return asked

    async def served(self) -> list[str]:
        """What was decided over, once there is nothing more to do."""
        for _ in range(10):
            await asyncio.sleep(0)
        found, self.decided = self.decided, []
        return found

    async def close(self) -> None:
        self._serving.cancel()
        await asyncio.gather(self._serving, return_exceptions=True)
        await self.ledger.drain()


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    store = SqliteStore(tmp_path / "tasks.sqlite")
    await store.open()
    one = Desk(store)
    yield one
    await one.close()
    await store.close()


async def test_all_are_called_the_oldest_first(desk: Desk) -> None:
    first, second = await desk.ask(1, 3), await desk.ask(2, 2)
    desk.turns.call_all()
    desk.turns.call_all()
    assert await desk.served() == [run.id for run in first + second]
    assert await desk.served() == []


async def test_an_end_calls_the_others_of_its_task(desk: Desk) -> None:
    mine, _others = await desk.ask(1, 2), await desk.ask(2, 2)
    desk.turns.call_after(mine[0])
    assert await desk.served() == [run.id for run in mine]


async def test_who_waits_for_room_is_called_as_far_as_there_is(desk: Desk) -> None:
    waiting, [gone] = await desk.ask(1, 3), await desk.ask(2, 1)
    for run in reversed(waiting):
        desk.turns.wait_for_room(run.id)
        desk.turns.wait_for_room(run.id)
    await desk.ledger.move(gone.id, runs.RunState.WAITING)
    await desk.ledger.move(gone.id, runs.RunState.RUNNING)
    desk.room = 2
    desk.turns.call_after(gone)
    assert await desk.served() == [waiting[0].id, waiting[1].id]
    desk.room = 5
    desk.turns.call_after(gone)
    assert await desk.served() == [waiting[2].id]


async def test_who_waits_no_more_is_passed_over(desk: Desk) -> None:
    first, second = await desk.ask(1, 2)
    for run in (first, second):
        desk.turns.wait_for_room(run.id)
    await desk.ledger.move(first.id, runs.RunState.RUNNING)
    desk.room = 5
    [other] = await desk.ask(2, 1)
    await desk.ledger.move(other.id, runs.RunState.RUNNING)
    desk.turns.call_after(other)
    assert await desk.served() == [second.id]


async def test_a_long_row_leaves_room_for_everything_else(desk: Desk) -> None:
    asked = await desk.ask(1, turns.IN_A_ROW + 1)
    desk.turns.call_all()
    await settles(lambda: bool(desk.decided))
    assert len(desk.decided) == turns.IN_A_ROW
    assert len(await desk.served()) == len(asked)
