"""What is older than the history leaves the store, and its logs the disk."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bgtasks_gui import paths
from bgtasks_gui.agent.upkeep import housekeeping
from bgtasks_gui.core import ports, retention, runs
from bgtasks_gui.store import SqliteStore
from tests.agent.conftest import Make
from tests.agent.support.embedded import Embedded
from tests.fakes.manual_clock import ManualClock

WEEK = timedelta(days=7)


@pytest.fixture
async def aged(make: Make) -> tuple[Embedded, ManualClock]:
    """An agent whose clock is moved by hand."""
    clock = ManualClock()
    return await make(clock=clock).start(), clock


async def test_old_runs_and_their_logs_go_and_younger_ones_stay(
    aged: tuple[Embedded, ManualClock],
) -> None:
    agent, clock = aged
    task = await agent.add("talks", "echo something")
    old = await agent.ended(await agent.run(task))
    segment = Path(f"{agent.home.run_log(old.id)}.7")
    segment.write_text("a later piece of the same log")
    clock.jump_wall(WEEK - timedelta(hours=2))
    young = await agent.ended(await agent.run(task))
    keeper = agent.agent.housekeeping
    assert await keeper.prune() == 0
    clock.jump_wall(timedelta(hours=3))
    assert await keeper.prune() == 1
    assert not agent.home.run_log(old.id).exists()
    assert await agent.agent.store.run(old.id) is None
    assert await agent.agent.store.run(young.id) is not None
    assert not segment.parent.exists()
    assert agent.log(young) == "something\n"


async def test_open_runs_are_never_forgotten(
    aged: tuple[Embedded, ManualClock],
) -> None:
    agent, clock = aged
    task = await agent.add("waits", "true")
    run = agent.agent.ledger.make_run(task, runs.Firing(type="manual"))
    await agent.agent.store.write(ports.Change(runs=(run,)))
    clock.jump_wall(WEEK * 5)
    assert await agent.agent.housekeeping.prune() == 0
    assert await agent.agent.store.run(run.id) == run


async def test_it_looks_from_time_to_time(place: paths.Home, tmp_path: Path) -> None:
    clock = ManualClock()
    store = SqliteStore(tmp_path / "tasks.sqlite")
    await store.open()
    asked: list[int] = []

    def history() -> retention.History:
        asked.append(1)
        return retention.History()

    keeper = housekeeping.Housekeeping(store, place, clock, history)
    keeper.start()
    assert clock.next_call_in == housekeeping.FIRST_S
    await clock.advance_async(timedelta(seconds=housekeeping.FIRST_S))
    while not clock.pending:
        await store.fact("any")
    assert len(asked) == 1
    assert clock.next_call_in == housekeeping.EVERY_S
    await keeper.close()
    await store.close()
    assert clock.pending == 0
