"""Suspend delays by a clock, kept in a real store."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bgtasks_gui.agent import bus, ledger
from bgtasks_gui.agent.background import delaying
from bgtasks_gui.core import ports
from bgtasks_gui.core.background import budgets, codes
from bgtasks_gui.store import SqliteStore
from tests.fakes.manual_clock import ManualClock

S = timedelta(seconds=1)
HOUR = timedelta(hours=1)


class Listener:
    """Delays over a store, and what they told: words with the number of the delay."""

    def __init__(self, store: SqliteStore, clock: ManualClock) -> None:
        self.store, self.clock = store, clock
        self.told: list[tuple[str, object]] = []
        self.changes = 0
        self.is_low = False
        self.ledger = ledger.Ledger(store, bus.Bus(), clock)
        self.delays = delaying.Delaying(self.ledger, clock, lambda: self.is_low)

    def listen(self) -> None:
        one = self.delays
        one.on_granted = self._teller("granted")
        one.on_expiring = self._teller("expiring")
        one.on_ended = self._teller("ended")
        one.on_canceled = self._teller("canceled")
        one.end_run = lambda run, detail: self.told.append((f"end {run}", detail))
        one.on_changed = self._count

    def _teller(self, word: str) -> delaying.Told:
        return lambda delay: self.told.append((word, delay.id))

    def _count(self) -> None:
        self.changes += 1

    async def ask(self, callback: str = "cb", **changes: str) -> budgets.Delay:
        return await self.delays.request(
            **({"owner": "editor", "reason": "saving", "callback": callback} | changes)
        )

    def heard(self) -> list[tuple[str, object]]:
        told, self.told = self.told, []
        return told

    async def next_agent(self, away: timedelta) -> Listener:
        """Another agent over the same store, some time later; it has not started yet."""
        await self.ledger.drain()
        other = Listener(self.store, ManualClock(self.clock.now() + away))
        other.listen()
        await other.delays.restore(self.store)
        return other


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    one = SqliteStore(tmp_path / "tasks.sqlite")
    await one.open()
    yield one
    await one.close()


@pytest.fixture
async def listener(store: SqliteStore) -> AsyncIterator[Listener]:
    one = Listener(store, ManualClock())
    await one.delays.restore(store)
    one.listen()
    one.delays.start()
    yield one
    await one.delays.close()
    await one.ledger.drain()


async def test_it_is_warned_of_then_ended_together_with_its_run(listener: Listener) -> None:
    delay = await listener.ask(run_id="run")
    assert delay.granted_ms == 180_000
    assert listener.heard() == [("granted", 1)]
    await listener.clock.advance_async(173 * S)
    assert listener.heard() == []
    assert listener.delays.find(1, "editor").remaining_ms == 7000
    await listener.clock.advance_async(S)
    assert listener.heard() == [("expiring", 1)]
    await listener.clock.advance_async(6 * S)
    detail = "3 min in the background (saving)"
    assert listener.heard() == [("ended", 1), ("end run", detail)]
    assert (listener.changes, listener.clock.pending) == (3, 0)
    with pytest.raises(codes.DelayCallerRefused):
        listener.delays.find(1, "editor")


async def test_one_without_a_run_ends_nothing_else(listener: Listener) -> None:
    listener.is_low = True
    assert (await listener.ask()).granted_ms == 60_000
    await listener.clock.advance_async(HOUR)
    assert listener.heard() == [("granted", 1), ("expiring", 1), ("ended", 1)]


async def test_one_that_is_cancelled_in_time_is_not_ended(listener: Listener) -> None:
    await listener.ask(run_id="run")
    await listener.clock.advance_async(175 * S)
    assert (await listener.delays.cancel(1, "editor")).left == 5 * S
    await listener.clock.advance_async(HOUR)
    assert listener.heard() == [("granted", 1), ("expiring", 1), ("canceled", 1)]
    [budget] = listener.delays.overview()
    assert (budget.used, budget.open) == (175 * S, ())


async def test_a_run_that_ends_takes_its_requests_with_it(listener: Listener) -> None:
    await listener.ask("a", run_id="run")
    await listener.ask("b")
    listener.delays.run_ended("another")
    assert listener.changes == 2
    listener.delays.run_ended("run")
    await listener.clock.advance_async(HOUR)
    told = [("granted", 1), ("granted", 2), ("canceled", 1), ("expiring", 2), ("ended", 2)]
    assert listener.heard() == told


async def test_an_owner_that_is_removed_takes_its_requests_with_it(listener: Listener) -> None:
    await listener.ask("a", run_id="run")
    await listener.ask("a", owner="player")
    listener.delays.owner_removed("editor")
    assert listener.heard() == [("granted", 1), ("granted", 2), ("canceled", 1)]
    assert [budget.owner for budget in listener.delays.overview()] == ["player"]


async def test_in_front_nothing_runs_down_and_no_clock_ticks(listener: Listener) -> None:
    await listener.delays.set_front("editor", True)
    assert listener.changes == 0
    await listener.ask()
    assert listener.clock.pending == 0
    await listener.clock.advance_async(HOUR)
    await listener.delays.set_front("editor", False)
    await listener.clock.advance_async(174 * S)
    assert listener.heard() == [("granted", 1), ("expiring", 1)]
    await listener.delays.set_front("editor", True)
    await listener.clock.advance_async(HOUR)
    listener.delays.set_screen(False)
    await listener.clock.advance_async(6 * S)
    assert listener.heard() == [("ended", 1)]


async def test_the_time_may_be_set_while_it_waits(listener: Listener) -> None:
    await listener.ask()
    assert listener.clock.next_call_in == delaying.LONGEST_WAIT_S
    listener.clock.jump_wall(HOUR)
    await listener.clock.advance_async(30 * S)
    assert listener.heard() == [("granted", 1), ("ended", 1)]


async def test_what_ended_while_no_agent_lived_is_told_at_the_start(listener: Listener) -> None:
    await listener.ask("a", run_id="run")
    await listener.clock.advance_async(100 * S)
    await listener.ask("b")
    other = await listener.next_agent(away=100 * S)
    other.delays.run_ended("of another")
    assert other.heard() == []
    assert other.clock.pending == 0
    other.delays.start()
    assert other.heard() == [("ended", 1), ("end run", "3 min in the background (saving)")]
    assert other.delays.find(2, "editor").left == 80 * S
    assert (await other.ask("c")).id == 3
    await other.delays.close()
    assert other.clock.pending == 0
    # What was told is not told again.
    third = await other.next_agent(away=0 * S)
    third.delays.start()
    assert third.heard() == []
    await third.delays.close()
    await third.ledger.drain()


async def test_a_run_that_ended_with_its_agent_is_not_ended_again(listener: Listener) -> None:
    await listener.ask(run_id="run")
    other = await listener.next_agent(away=HOUR)
    other.delays.run_ended("run")
    other.delays.start()
    assert other.heard() == []
    await other.delays.close()


async def test_it_is_known_until_the_close_who_was_in_front(listener: Listener) -> None:
    await listener.delays.set_front("editor", True)
    await listener.ask()
    await listener.clock.advance_async(HOUR)
    await listener.delays.close()
    other = await listener.next_agent(away=10 * S)
    assert other.delays.find(1, "editor").left == 170 * S


async def test_what_cannot_be_stored_is_not_granted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    listener = Listener(SqliteStore(tmp_path / "closed.sqlite"), ManualClock())
    await listener.store.open()
    listener.listen()
    await listener.ask("a")
    await listener.store.close()
    with pytest.raises(codes.DelayServiceFailed, match="The database is closed") as caught:
        await listener.ask("b")
    assert caught.value.number == 9900004
    [budget] = listener.delays.overview()
    assert [delay.id for delay in budget.open] == [1]
    caplog.set_level(logging.WARNING)
    # What is taken back is so all the same.
    await listener.delays.cancel(1, "editor")
    assert listener.heard() == [("granted", 1), ("canceled", 1)]
    assert [record.action for record in caplog.records] == ["keep_delays"]


async def test_one_that_is_asked_for_by_nobody_any_more_is_taken_back(listener: Listener) -> None:
    asking = asyncio.create_task(listener.ask())
    await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert listener.delays.overview() == ()
    assert (await listener.ask()).id == 2
    await listener.clock.advance_async(HOUR)
    assert listener.heard() == [("granted", 2), ("expiring", 2), ("ended", 2)]


async def test_a_book_that_cannot_be_read_is_begun_anew(
    listener: Listener, caplog: pytest.LogCaptureFixture
) -> None:
    await listener.ask()
    await listener.store.write(ports.Change(facts={delaying.FACT: "{"}))
    other = await listener.next_agent(away=0 * S)
    assert "cannot be read" in caplog.text
    other.delays.start()
    assert other.delays.overview() == ()
    await other.delays.close()


async def test_without_listeners_it_runs_down_as_well(store: SqliteStore) -> None:
    one = Listener(store, ManualClock())
    one.delays.start()
    await one.ask(run_id="run")
    await one.clock.advance_async(HOUR)
    await one.ask("b")
    await one.delays.cancel(2, "editor")
    assert (one.heard(), one.delays.overview()[0].used) == ([], 180 * S)
    await one.delays.close()
    await one.ledger.drain()
