from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio

from bgtasks_gui.core import errors, ports, runs
from bgtasks_gui.store import changes, checkpoints, database, opening, writer
from bgtasks_gui.store.tables import runs as stored_runs
from tests.fakes import samples
from tests.store.conftest import open_writer

S = runs.RunState


class _Ear:
    """Hears what the writer tells, and lets a test wait for it."""

    def __init__(self) -> None:
        self.stored: list[ports.Change] = []
        self.troubles: asyncio.Queue[str | None] = asyncio.Queue()

    def on_stored(self, stored: Sequence[ports.Change]) -> None:
        self.stored += stored

    def on_trouble(self, sentence: str | None) -> None:
        self.troubles.put_nowait(sentence)

    async def next_trouble(self) -> str | None:
        return await asyncio.wait_for(self.troubles.get(), 10)


class _Desk:
    """A writer, a program beside it that can hold its database locked, and a look at both."""

    def __init__(self, path: Path, *, busy_timeout_s: float, pauses_s: tuple[float, float]) -> None:
        self.path = path
        self.ear = _Ear()
        self.connection = open_writer(path)
        self.connection.execute(f"PRAGMA busy_timeout = {round(busy_timeout_s * 1000)}")
        self.transactions = 0
        self._has_begun = threading.Event()
        self.connection.set_trace_callback(self._trace)
        self.other = database.connect_writer(path)
        copier = checkpoints.Checkpointer(database.connect_checkpointer(path))
        self.writer = writer.Writer(self.connection, copier, path, self.ear, pauses_s=pauses_s)

    def _trace(self, statement: str) -> None:
        if statement.startswith("BEGIN"):
            self.transactions += 1
            self._has_begun.set()

    def lock(self) -> None:
        self.other.execute("BEGIN IMMEDIATE")

    def unlock(self) -> None:
        self.other.execute("ROLLBACK")

    async def occupy(self) -> asyncio.Future[None]:
        """Keep the writer busy with a first write until `unlock`."""
        self.lock()
        self._has_begun.clear()
        first = self.writer.write(ports.Change(facts={"first": ""}))
        assert await asyncio.to_thread(self._has_begun.wait, 10)
        return first

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        """Wait for something that the writer's thread does without telling."""
        until = time.monotonic() + 10
        while not is_so():
            assert time.monotonic() < until

    async def close(self) -> None:
        self.writer.refuse_more()
        await asyncio.to_thread(self.writer.join)
        self.other.close()

    def fact(self, name: str) -> str | None:
        return changes.find_fact(self.other, name)

    def run(self, run: runs.Run) -> runs.Run | None:
        return stored_runs.find(self.other, run.id)


@pytest_asyncio.fixture
async def desk(path: Path) -> AsyncIterator[_Desk]:
    """A patient writer: it waits for a lock rather than telling of trouble."""
    made = _Desk(path, busy_timeout_s=30.0, pauses_s=(0.01, 0.02))
    yield made
    await made.close()


@pytest_asyncio.fixture
async def hasty(path: Path) -> AsyncIterator[_Desk]:
    """A writer that is in trouble as soon as the database is locked, and tries again soon."""
    made = _Desk(path, busy_timeout_s=0.0, pauses_s=(0.01, 0.02))
    yield made
    await made.close()


def _spoil(path: Path) -> None:
    """Destroy the second half of the file."""
    half = path.stat().st_size // 8192 * 4096
    with path.open("r+b") as file:
        file.seek(half)
        file.write(b"\xff" * half)


def _fact(name: str, value: str = "") -> ports.Change:
    return ports.Change(facts={name: value})


async def test_what_gathers_meanwhile_shares_a_transaction(desk: _Desk) -> None:
    first = await desk.occupy()
    begun = desk.transactions
    rest = [desk.writer.write(_fact("count", str(number))) for number in range(300)]
    desk.unlock()
    await asyncio.gather(first, *rest)
    assert desk.transactions == begun + 1
    assert desk.fact("count") == "299"


async def test_answers_come_in_the_order_of_the_writes(desk: _Desk) -> None:
    answered: list[int] = []

    def note(number: int) -> Callable[[object], None]:
        return lambda _: answered.append(number)

    first = await desk.occupy()
    rest = [desk.writer.write(_fact("count", str(number))) for number in range(50)]
    for number, future in enumerate(rest):
        future.add_done_callback(note(number))
    desk.unlock()
    await asyncio.gather(first, *rest)
    assert answered == list(range(50))
    assert [change.facts.get("count") for change in desk.ear.stored[1:]] == list(
        map(str, range(50))
    )


async def test_one_that_cannot_be_stored_fails_alone(desk: _Desk) -> None:
    taken = samples.a_task(1), samples.a_task(2, name="task 1")
    unwritable = msgspec.structs.replace(samples.a_run(), task_name="\ud800")
    first = await desk.occupy()
    written = [
        desk.writer.write(change)
        for change in (
            ports.Change(tasks=taken[:1]),
            ports.Change(tasks=taken[1:], facts={"second": "task"}),
            _fact("between"),
            ports.Change(runs=(samples.a_run(2), unwritable)),
            ports.Change(runs=(samples.a_run(3),)),
        )
    ]
    desk.unlock()
    outcomes = await asyncio.gather(first, *written, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [
        *(type(None), type(None), errors.DuplicateName),
        *(type(None), UnicodeEncodeError, type(None)),
    ]
    assert (desk.fact("second"), desk.fact("between")) == (None, "")
    assert [desk.run(samples.a_run(number)) for number in (2, 3)] == [None, samples.a_run(3)]


async def test_one_alone_that_cannot_be_stored_fails(desk: _Desk) -> None:
    with pytest.raises(errors.DuplicateName):
        await desk.writer.write(
            ports.Change(tasks=(samples.a_task(1), samples.a_task(2, name="task 1")))
        )
    await desk.writer.write(_fact("after"))
    assert desk.fact("after") == ""


async def test_a_caller_that_is_cancelled_loses_nothing(desk: _Desk) -> None:
    async def write() -> None:
        await desk.writer.write(ports.Change(runs=(samples.a_run(),)))

    first = await desk.occupy()
    writing = asyncio.create_task(write())
    await asyncio.sleep(0)
    writing.cancel()
    with suppress(asyncio.CancelledError):
        await writing
    after = desk.writer.write(_fact("after"))
    desk.unlock()
    await asyncio.gather(first, after)
    assert writing.cancelled()
    assert desk.run(samples.a_run()) == samples.a_run()


async def test_in_trouble_runs_wait_and_registrations_are_refused(hasty: _Desk) -> None:
    run = samples.a_run()
    hasty.lock()
    queued = hasty.writer.write(ports.Change(runs=(run,)))
    trouble = await hasty.ear.next_trouble()
    assert trouble is not None
    assert trouble.startswith(f"Another program holds {hasty.path} locked.")
    planned = hasty.writer.write(ports.Change(planned=(samples.planned(samples.a_task(), None),)))
    started = hasty.writer.write(ports.Change(runs=(samples.started(run),)))
    for asked in (
        ports.Change(tasks=(samples.a_task(),)),
        ports.Change(removed_tasks=(samples.an_id(1),)),
        _fact("paused"),
    ):
        with pytest.raises(errors.StorageUnavailable, match="Nothing was changed"):
            await hasty.writer.write(asked)
    with pytest.raises(errors.StorageUnavailable):
        await hasty.writer.delete_runs([run.id])
    assert not any(future.done() for future in (queued, planned, started))
    hasty.unlock()
    await asyncio.gather(queued, planned, started)
    assert await hasty.ear.next_trouble() is None
    assert hasty.ear.troubles.empty()
    assert hasty.run(run) == samples.started(run)


async def test_trouble_is_over_when_writing_works_though_nothing_waits(hasty: _Desk) -> None:
    hasty.lock()
    with pytest.raises(errors.StorageUnavailable):
        await hasty.writer.write(_fact("refused"))
    assert await hasty.ear.next_trouble() is not None
    hasty.unlock()
    assert await hasty.ear.next_trouble() is None


async def test_a_registration_is_tried_without_waiting_for_the_pause(path: Path) -> None:
    desk = _Desk(path, busy_timeout_s=0.0, pauses_s=(3600.0, 3600.0))
    desk.lock()
    queued = desk.writer.write(ports.Change(runs=(samples.a_run(),)))
    await desk.ear.next_trouble()
    later = desk.writer.write(ports.Change(runs=(samples.a_run(2),)))
    await asyncio.sleep(0)
    # It is taken, and not tried before the pause is over.
    await asyncio.to_thread(desk.wait_until, lambda: len(desk.writer._waiting) == 2)
    desk.unlock()
    assert not later.done()
    await asyncio.wait_for(desk.writer.write(ports.Change(tasks=(samples.a_task(),))), 10)
    await asyncio.gather(queued, later)
    assert await desk.ear.next_trouble() is None
    await desk.close()


async def test_a_full_disk_is_told_and_runs_are_stored_when_there_is_room(hasty: _Desk) -> None:
    (pages,) = hasty.connection.execute("PRAGMA page_count").fetchone()
    hasty.connection.execute(f"PRAGMA max_page_count = {pages}")
    made = [
        samples.a_run(number, result=msgspec.Raw(b'"' + b"x" * 5000 + b'"'))
        for number in range(100)
    ]
    writing = [hasty.writer.write(ports.Change(runs=(run,))) for run in made]
    trouble = await hasty.ear.next_trouble()
    assert trouble is not None
    assert trouble.startswith(f"There is no room left for {hasty.path}.")
    hasty.connection.execute("PRAGMA max_page_count = 100000")
    await asyncio.gather(*writing)
    assert await hasty.ear.next_trouble() is None
    assert [hasty.run(run) for run in made] == made


async def test_trouble_among_those_that_are_stored_one_by_one(desk: _Desk) -> None:
    big = samples.a_run(result=msgspec.Raw(b'"' + b"x" * 500_000 + b'"'))
    (pages,) = desk.connection.execute("PRAGMA page_count").fetchone()
    desk.connection.execute(f"PRAGMA max_page_count = {pages + 20}")
    first = await desk.occupy()
    taken = ports.Change(tasks=(samples.a_task(1), samples.a_task(2, name="task 1")))
    refused = desk.writer.write(taken)
    queued = desk.writer.write(ports.Change(runs=(big,)))
    desk.unlock()
    with pytest.raises(errors.StorageUnavailable, match="no room left"):
        await refused
    assert await desk.ear.next_trouble() is not None
    desk.connection.execute("PRAGMA max_page_count = 100000")
    await asyncio.gather(first, queued)
    assert await desk.ear.next_trouble() is None
    assert desk.run(big) == big


async def test_at_the_end_what_could_not_be_stored_is_told(path: Path) -> None:
    desk = _Desk(path, busy_timeout_s=0.0, pauses_s=(3600.0, 3600.0))
    desk.lock()
    queued = [desk.writer.write(ports.Change(runs=(samples.a_run(n),))) for n in (1, 2)]
    await desk.ear.next_trouble()
    await desk.close()
    for future in queued:
        with pytest.raises(errors.StorageUnavailable, match="lost"):
            await future
    with pytest.raises(errors.StorageUnavailable, match="closed"):
        desk.writer.write(_fact("late"))


def test_a_loop_that_is_closed_early_loses_nothing(path: Path) -> None:
    async def write() -> writer.Writer:
        copier = checkpoints.Checkpointer(database.connect_checkpointer(path))
        made = writer.Writer(connection, copier, path, _Ear())
        for number in range(100):
            made.write(ports.Change(runs=(samples.a_run(number),)))
        return made

    connection = open_writer(path)
    left = asyncio.run(write())
    left.refuse_more()
    left.join()
    reader = database.connect_reader(path)
    assert len(stored_runs.find_open(reader)) == 100
    reader.close()


async def test_deletions_and_writes_keep_their_order(desk: _Desk) -> None:
    done = samples.ended(samples.a_run())
    first = await desk.occupy()
    begun = desk.transactions
    asked = [
        desk.writer.write(ports.Change(runs=(done,))),
        desk.writer.delete_runs([done.id]),
        desk.writer.write(_fact("after")),
        desk.writer.write(_fact("after", "2")),
    ]
    desk.unlock()
    await asyncio.gather(first, *asked)
    assert desk.run(done) is None
    assert desk.fact("after") == "2"
    assert desk.transactions == begun + 3


async def test_damage_is_checked_at_the_next_start(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [samples.ended(samples.a_run(number)) for number in range(2000)]
    connection = open_writer(path)
    stored_runs.save(connection, made)
    connection.close()
    _spoil(path)
    monkeypatch.setattr(opening, "_SMALL", 0)
    desk = _Desk(path, busy_timeout_s=0.0, pauses_s=(3600.0, 3600.0))
    with pytest.raises(errors.StorageUnavailable, match="is damaged"):
        await desk.writer.delete_runs([run.id for run in made])
    await desk.close()
    opened = opening.open_database(path)
    assert opened.notice is not None
    for connection in (opened.reader, opened.checkpointer, opened.writer):
        connection.close()
