"""The one door for state: written first, then told, in the order decided."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bgtasks_gui.agent import bus, ledger
from bgtasks_gui.core import errors, events, ports, progress, reasons, runs, tasks
from bgtasks_gui.store import SqliteStore
from tests.fakes.manual_clock import ManualClock
from tests.fakes.samples import a_task

_S = runs.RunState


class Book:
    """A ledger over a real store, and what it told."""

    def __init__(self, store: SqliteStore) -> None:
        self.store = store
        self.clock = ManualClock()
        self.told: list[events.AnyEvent] = []
        hub = bus.Bus()
        hub.subscribe(self.told.append)
        self.ledger = ledger.Ledger(store, hub, self.clock)

    async def new_run(self, task: tasks.Task) -> runs.Run:
        run = self.ledger.make_run(task, runs.Firing(type="manual"))
        await self.ledger.add([run])
        return run

    def types(self) -> list[str]:
        return [str(event.__struct_config__.tag) for event in self.told]


@pytest.fixture
async def book(tmp_path: Path) -> AsyncIterator[Book]:
    store = SqliteStore(tmp_path / "tasks.sqlite")
    await store.open()
    one = Book(store)
    yield one
    await one.ledger.drain()
    await store.close()


@pytest.fixture
async def task(book: Book) -> tasks.Task:
    one = a_task(registered_at=book.clock.now(), updated_at=book.clock.now())
    await book.ledger.put_task(one, (), ())
    return one


async def test_what_is_told_is_stored(book: Book, task: tasks.Task) -> None:
    run = await book.new_run(task)
    assert await book.store.run(run.id) == run
    moved = await book.ledger.move(run.id, _S.WAITING, waits_for="the network")
    assert await book.store.run(run.id) == moved
    assert book.types() == ["task_added", "run_queued", "run_queued"]


async def test_changes_are_told_in_the_order_they_were_decided(
    book: Book, task: tasks.Task
) -> None:
    found = [await book.new_run(task) for _ in range(20)]
    waits = [book.ledger.move(run.id, _S.RUNNING) for run in found]
    waits += [book.ledger.move(run.id, _S.COMPLETED) for run in reversed(found)]
    await asyncio.gather(*waits)
    told = [event.run.id for event in book.told if isinstance(event, events.RunFinished)]
    assert told == [run.id for run in reversed(found)]
    assert book.ledger.live() == []


async def test_a_caller_that_goes_away_keeps_nothing_from_being_told(
    book: Book, task: tasks.Task
) -> None:
    run = await book.new_run(task)
    waiting = asyncio.ensure_future(book.ledger.move(run.id, _S.RUNNING))
    waiting.cancel()
    await book.ledger.drain()
    assert book.types()[-1] == "run_started"
    stored = await book.store.run(run.id)
    assert stored is not None
    assert stored.state is _S.RUNNING


async def test_no_move_outside_the_table_and_none_after_the_end(
    book: Book, task: tasks.Task
) -> None:
    run = await book.new_run(task)
    with pytest.raises(errors.IllegalMove):
        book.ledger.move(run.id, _S.COMPLETED)
    reason = reasons.make(reasons.Code.USER_CANCEL, book.clock.now())
    await book.ledger.move(run.id, _S.CANCELED, reason=reason)
    with pytest.raises(errors.IllegalMove, match="has ended"):
        book.ledger.move(run.id, _S.RUNNING)
    with pytest.raises(errors.IllegalMove, match="has ended"):
        book.ledger.amend(run.id, cleaning_up=True)


async def test_progress_is_told_after_the_start_and_never_after_the_end(
    book: Book, task: tasks.Task
) -> None:
    run = await book.new_run(task)
    started = book.ledger.move(run.id, _S.RUNNING)
    book.ledger.tell_progress(run.id, progress.Progress(done=1, total=2))
    book.ledger.tell_printed(run.id, 10)
    assert book.types()[-1] == "run_queued"
    await started
    await asyncio.sleep(0)
    assert book.types()[-3:] == ["run_started", "run_progressed", "run_printed"]
    book.ledger.warn(run.id, "90 % of its time limit is used up")
    ended = await book.ledger.move(run.id, _S.COMPLETED)
    assert ended.progress == progress.Progress(done=1, total=2)
    book.ledger.tell_progress(run.id, progress.Progress(done=2, total=2))
    book.ledger.tell_printed(run.id, 20)
    assert book.types()[-2:] == ["run_warned", "run_finished"]


async def test_runs_and_the_next_time_are_one_change(book: Book, task: tasks.Task) -> None:
    run = book.ledger.make_run(task, runs.Firing(type="interval", position=0))
    following = tasks.Planned(task_id=task.id, position=0, next_at=book.clock.now())
    await book.ledger.add([run], (following,))
    assert await book.store.planned(task.id) == [following]
    assert book.types()[-2:] == ["run_queued", "task_changed"]


async def test_what_the_last_agent_left_is_taken_up(book: Book, task: tasks.Task) -> None:
    run = await book.new_run(task)
    other = ledger.Ledger(book.store, bus.Bus(), book.clock)
    other.restore(await book.store.open_runs())
    assert other.live() == [run]
    assert other.of_task(task.id) == (run,)
    assert other.find("no such run") is None


async def test_a_removed_task_and_a_fact_are_told(book: Book, task: tasks.Task) -> None:
    standing = await book.store.standing(task.id)
    assert isinstance(standing, ports.Standing)
    await book.ledger.remove_task(standing)
    await book.ledger.keep_fact("pause", "{}")
    assert book.types()[-2:] == ["task_removed", "system_changed"]
    assert await book.store.standing(task.id) is None
    assert await book.store.fact("pause") == "{}"
