"""Efficiency resources by a clock, kept in a real store."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bgtasks_gui.agent import bus, ledger
from bgtasks_gui.agent.background import granting, holds, resourcing
from bgtasks_gui.core import ports
from bgtasks_gui.core.background import access, codes, resources
from bgtasks_gui.store import SqliteStore
from tests.fakes.manual_clock import ManualClock

S = timedelta(seconds=1)
HOUR = timedelta(hours=1)
INDEXER = access.Access(owner="indexer", is_system=True)
RADIO = access.Access(owner="radio", is_system=True)


class Holder:
    """Resources over a store, and how often it was told that they changed."""

    def __init__(self, store: SqliteStore, clock: ManualClock, boot_id: str = "boot") -> None:
        self.store, self.clock, self.boot_id = store, clock, boot_id
        self.changes = 0
        self.ledger = ledger.Ledger(store, bus.Bus(), clock)
        self.grants = granting.Granting(self.ledger)
        # No login manager is there: what is wished for can be read all the same.
        self.holds = holds.Holds(clock, "unix:path=/nonexistent")
        self.resourcing = resourcing.Resourcing(
            self.ledger, clock, self.grants, self.holds, boot_id
        )

    def listen(self) -> None:
        self.resourcing.on_changed = self._count
        self.grants.on_changed.append(self.resourcing.access_changed)
        self.grants.on_removed.append(self.resourcing.access_changed)

    def _count(self) -> None:
        self.changes += 1

    async def ask(self, types: int = 1, **fields: object) -> tuple[resources.Held, ...]:
        base = {"owner": "indexer", "is_apply": True, "timeout_ms": 100_000, "reason": "indexing"}
        asked = resources.Request(resource_types=types, **(base | fields))
        return await self.resourcing.act(asked)

    @property
    def held(self) -> list[tuple[str, str]]:
        return [(one.owner, one.resource.name) for one in self.resourcing.held()]

    @property
    def awake(self) -> list[str]:
        """The first words of why the computer is kept from sleep and shutdown."""
        assert {view.what for view in self.holds.views()} <= {"sleep:shutdown"}
        return [view.why.partition(". ")[0] for view in self.holds.views()]

    async def next_agent(self, away: timedelta, boot_id: str = "boot") -> Holder:
        """Another agent over the same store, some time later; it has not started yet."""
        await self.ledger.drain()
        other = Holder(self.store, ManualClock(self.clock.now() + away), boot_id)
        other.listen()
        await other.grants.restore(self.store)
        await other.resourcing.restore(self.store)
        return other

    async def close(self) -> None:
        await self.resourcing.close()
        await self.holds.close()
        await self.ledger.drain()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    one = SqliteStore(tmp_path / "tasks.sqlite")
    await one.open()
    yield one
    await one.close()


@pytest.fixture
async def holder(store: SqliteStore) -> AsyncIterator[Holder]:
    one = Holder(store, ManualClock())
    one.listen()
    await one.resourcing.restore(store)
    await one.grants.grant(INDEXER)
    await one.grants.grant(RADIO)
    one.resourcing.start()
    yield one
    await one.close()


async def test_the_computer_stays_awake_while_it_is_held(holder: Holder) -> None:
    [cpu, lock] = await holder.ask(129)
    assert (cpu.until, lock.until) == (holder.clock.now() + 100 * S,) * 2
    assert holder.held == [("indexer", "CPU"), ("indexer", "RUNNING_LOCK")]
    assert holder.awake == [
        "indexer keeps the processor at work: indexing",
        "indexer keeps the computer awake: indexing",
    ]
    assert holder.changes == 1
    assert [one.resource.name for one in await holder.ask(1, is_apply=False)] == ["RUNNING_LOCK"]
    assert holder.awake == ["indexer keeps the computer awake: indexing"]
    assert holder.changes == 2


async def test_it_is_released_when_its_time_is_over(holder: Holder) -> None:
    await holder.ask(1)
    await holder.ask(128, owner="radio", is_persist=True)
    await holder.clock.advance_async(99 * S)
    assert len(holder.awake) == 2
    await holder.clock.advance_async(S)
    assert (holder.held, len(holder.awake)) == ([("radio", "RUNNING_LOCK")], 1)
    assert (holder.changes, holder.clock.pending) == (3, 0)
    await holder.clock.advance_async(24 * HOUR)
    assert holder.held == [("radio", "RUNNING_LOCK")]


async def test_the_same_again_is_held_for_longer_with_its_newer_reason(holder: Holder) -> None:
    await holder.ask(1)
    await holder.ask(1, timeout_ms=200_000, reason="merging")
    await holder.clock.advance_async(150 * S)
    assert holder.awake == ["indexer keeps the processor at work: merging"]
    await holder.clock.advance_async(50 * S)
    assert holder.awake == []


async def test_a_process_and_its_program_hold_apart(holder: Holder) -> None:
    await holder.ask(1)
    assert len(await holder.ask(1, is_process=True)) == 2
    assert len(holder.awake) == 2
    [one] = await holder.ask(1, is_apply=False)
    assert one.is_process
    assert len(holder.awake) == 1


async def test_the_time_may_be_set_while_it_waits(holder: Holder) -> None:
    await holder.ask(1)
    assert holder.clock.next_call_in == resourcing.LONGEST_WAIT_S
    holder.clock.jump_wall(HOUR)
    assert holder.held == []
    await holder.clock.advance_async(30 * S)
    assert holder.awake == []


async def test_a_reset_gives_everything_of_one_owner_back(holder: Holder) -> None:
    await holder.ask(129)
    await holder.ask(1, owner="radio")
    released = await holder.resourcing.reset_all("indexer")
    assert [one.resource.name for one in released] == ["CPU", "RUNNING_LOCK"]
    assert holder.awake == ["radio keeps the processor at work: indexing"]
    changes = holder.changes
    assert await holder.resourcing.reset_all("indexer") == ()
    assert holder.changes == changes
    with pytest.raises(codes.NotSystemProgram):
        await holder.resourcing.reset_all("stranger")


async def test_what_is_refused_changes_nothing(holder: Holder) -> None:
    await holder.ask(1)
    for types, owner, kind in [
        (1, "stranger", codes.NotSystemProgram),
        (1 + 4, "indexer", codes.ResourceRefused),
        (0, "indexer", codes.BadParameter),
    ]:
        with pytest.raises(kind):
            await holder.ask(types, owner=owner)
    assert (holder.held, holder.changes) == ([("indexer", "CPU")], 1)


@pytest.mark.parametrize("kept", [INDEXER, None])
async def test_who_may_not_any_more_holds_nothing(
    holder: Holder, kept: access.Access | None
) -> None:
    await holder.ask(1)
    await holder.ask(1, owner="radio")
    await holder.grants.grant(INDEXER)
    assert len(holder.held) == 2
    if kept is None:
        await holder.grants.remove("indexer")
    else:
        await holder.grants.grant(access.Access(owner="indexer"))
    assert holder.held == [("radio", "CPU")]
    await holder.grants.grant(access.Access(owner="radio", is_system=True, keep_running=False))
    assert holder.awake == []


async def test_the_next_agent_takes_it_up(holder: Holder) -> None:
    await holder.ask(1)
    await holder.ask(128, timeout_ms=300_000)
    await holder.ask(1, owner="radio", is_persist=True)
    other = await holder.next_agent(away=200 * S)
    assert other.held == [("indexer", "RUNNING_LOCK"), ("radio", "CPU")]
    assert len(other.awake) == 2
    assert other.clock.pending == 0
    other.resourcing.start()
    await other.clock.advance_async(100 * S)
    assert other.held == [("radio", "CPU")]
    await other.close()
    third = await other.next_agent(away=0 * S)
    assert third.held == [("radio", "CPU")]
    await third.close()


async def test_a_release_outlives_the_agent(holder: Holder) -> None:
    await holder.ask(129, is_persist=True)
    await holder.ask(1, is_apply=False)
    other = await holder.next_agent(away=S)
    assert other.held == [("indexer", "RUNNING_LOCK")]
    await other.close()


async def test_nothing_is_held_once_the_computer_has_started_anew(holder: Holder) -> None:
    await holder.ask(1, is_persist=True)
    other = await holder.next_agent(away=S, boot_id="another")
    assert other.held == []
    await other.close()


async def test_who_lost_access_meanwhile_holds_nothing(holder: Holder) -> None:
    await holder.ask(1)
    await holder.ask(1, owner="radio")
    await holder.store.write(ports.Change(facts={granting.FACT: '[{"owner":"indexer"}]'}))
    other = await holder.next_agent(away=S)
    assert (other.held, other.awake) == ([], [])
    await other.close()


async def test_a_book_that_cannot_be_read_is_begun_anew(
    holder: Holder, caplog: pytest.LogCaptureFixture
) -> None:
    await holder.ask(1)
    await holder.store.write(ports.Change(facts={resourcing.FACT: "{"}))
    other = await holder.next_agent(away=S)
    assert "cannot be read" in caplog.text
    assert other.held == []
    await other.close()


async def test_what_cannot_be_stored_is_not_granted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    holder = Holder(SqliteStore(tmp_path / "closed.sqlite"), ManualClock())
    await holder.store.open()
    await holder.grants.grant(INDEXER)
    await holder.ask(1)
    await holder.store.close()
    with pytest.raises(codes.ResourceServiceFailed, match="The database is closed") as caught:
        await holder.ask(128)
    assert caught.value.number == 18700004
    assert holder.held == [("indexer", "CPU")]
    caplog.set_level(logging.WARNING)
    # What is released is so all the same.
    assert await holder.ask(1, is_apply=False) == ()
    assert holder.awake == []
    assert [record.action for record in caplog.records] == ["keep_resources"]
    await holder.close()


async def test_one_that_is_asked_for_by_nobody_any_more_is_not_held(holder: Holder) -> None:
    asking = asyncio.create_task(holder.ask())
    await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert (holder.held, holder.changes) == ([], 0)
    await holder.resourcing.close()
    other = await holder.next_agent(away=0 * S)
    assert other.held == []
    await other.close()
