"""What is heard of the machine: its facts while they matter, its sleep, its clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest

from bgtasks_gui.agent import clock as timetables
from bgtasks_gui.agent.upkeep import downtime, lookout
from bgtasks_gui.core import machine, reasons
from tests.agent.support.embedded import settles
from tests.fakes.manual_clock import ManualClock

HOUR = timedelta(hours=1)


class Changing:
    """A machine whose changes the test makes."""

    def __init__(self) -> None:
        self.changed = asyncio.Event()
        self.followers = 0

    def read(self, folders: Sequence[str] = ()) -> machine.MachineState:
        return machine.MachineState()

    async def changes(self) -> AsyncIterator[None]:
        self.followers += 1
        try:
            while True:
                await self.changed.wait()
                self.changed.clear()
                yield None
        finally:
            self.followers -= 1


class Watched:
    """A lookout, and what it noticed."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.machine = Changing()
        self.noticed = asyncio.Event()
        self.due: list[timetables.Due] = []
        self.timetable = timetables.Timetable(self.clock, self.due.extend)
        self.downtime = downtime.Downtime(self.clock)
        self.lookout = lookout.Lookout(
            self.machine, self.timetable, self.downtime, self.clock, self._changed
        )

    async def _changed(self) -> None:
        self.noticed.set()

    async def notices(self) -> None:
        await asyncio.wait_for(self.noticed.wait(), 10)
        self.noticed.clear()


@pytest.fixture
async def watched() -> AsyncIterator[Watched]:
    one = Watched()
    one.timetable.start()
    one.lookout.start()
    yield one
    await one.lookout.close()
    one.timetable.close()


async def test_facts_are_followed_only_while_somebody_depends_on_them(watched: Watched) -> None:
    watched.lookout.watch_facts(True)
    watched.lookout.watch_facts(True)
    await asyncio.sleep(0)
    assert watched.machine.followers == 1
    watched.machine.changed.set()
    await watched.notices()
    watched.lookout.watch_facts(False)
    await settles(lambda: not watched.machine.followers)


async def test_a_sleep_is_noticed_remembered_and_told(watched: Watched) -> None:
    planned = watched.clock.now() + HOUR / 2
    watched.timetable.set("task", 0, planned)
    watched.clock.jump_wall(HOUR)
    # The machine says that it is awake; otherwise the next look at the clocks would tell.
    watched.lookout.jumps.check_now()
    await watched.notices()
    assert watched.due == [timetables.Due("task", 0, planned)]
    assert watched.downtime.cause_of(planned) is reasons.Code.MISSED_ASLEEP


async def test_a_sleep_nobody_tells_of_is_noticed_within_half_a_minute(watched: Watched) -> None:
    planned = watched.clock.now() + HOUR / 2
    watched.timetable.set("task", 0, planned)
    watched.clock.jump_wall(HOUR)
    await watched.clock.advance_async(timedelta(seconds=30))
    await watched.notices()
    assert [entry.planned_at for entry in watched.due] == [planned]


async def test_closing_twice_and_closing_while_following_leaves_nothing(watched: Watched) -> None:
    watched.lookout.watch_facts(True)
    await asyncio.sleep(0)
    await watched.lookout.close()
    assert watched.machine.followers == 0


async def test_whoever_looks_may_say_that_facts_are_no_longer_wanted(watched: Watched) -> None:
    done = asyncio.Event()

    async def look() -> None:
        watched.lookout.watch_facts(False)
        await asyncio.sleep(0)
        done.set()

    watched.lookout._on_change = look
    watched.lookout.watch_facts(True)
    await asyncio.sleep(0)
    watched.machine.changed.set()
    await asyncio.wait_for(done.wait(), 10)
    await settles(lambda: not watched.machine.followers)


async def test_a_look_that_fails_is_logged_and_the_next_change_is_heard(
    watched: Watched, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail() -> None:
        raise ZeroDivisionError("a bug")

    noticed = watched.lookout._on_change
    watched.lookout._on_change = fail
    watched.lookout.watch_facts(True)
    await asyncio.sleep(0)
    watched.machine.changed.set()
    await settles(lambda: "a change was not dealt with" in caplog.text)
    watched.lookout._on_change = noticed
    watched.machine.changed.set()
    await watched.notices()


async def test_what_changes_during_a_look_is_looked_at_again(watched: Watched) -> None:
    looks, go_on = list[int](), asyncio.Event()

    async def look() -> None:
        looks.append(1)
        await go_on.wait()

    watched.lookout._on_change = look
    watched.lookout.watch_facts(True)
    await asyncio.sleep(0)
    for _ in range(3):
        watched.machine.changed.set()
        await settles(lambda: not watched.machine.changed.is_set())
    assert len(looks) == 1
    go_on.set()
    await settles(lambda: len(looks) == 2)
