from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta

import pytest

from bgtasks_gui.agent import clock, wallclock
from tests.fakes import manual_clock

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


class Watched:
    """A timetable with a watch over it, and what both told."""

    def __init__(self) -> None:
        self.clock = manual_clock.ManualClock()
        self.told: list[timedelta | str] = []
        self.timetable = clock.Timetable(self.clock, self._due)
        self.watch = wallclock.JumpWatch(self.clock, self.timetable, self.told.append)
        self.timetable.start()
        self.watch.start()

    def _due(self, due: list[clock.Due]) -> None:
        self.told += [entry.task_id for entry in due]

    def plan(self, name: str, delay: timedelta) -> None:
        self.timetable.set(name, 0, self.clock.now() + delay)


@pytest.fixture
async def watched() -> Watched:
    return Watched()


def test_now_is_utc_in_whole_milliseconds() -> None:
    before = datetime.now(UTC)
    now = wallclock.WallClock().now()
    assert now.tzinfo is UTC
    assert now.microsecond % 1000 == 0
    assert before - timedelta(milliseconds=1) < now <= datetime.now(UTC)


def test_monotonic_is_that_of_the_system() -> None:
    before = time.monotonic()
    assert before <= wallclock.WallClock().monotonic() <= time.monotonic()


async def test_calls_back_in_order_unless_cancelled() -> None:
    real = wallclock.WallClock()
    called: list[str] = []
    done = asyncio.Event()
    real.call_later(0.02, done.set)
    real.call_later(0.01, lambda: called.append("second"))
    real.call_later(-5, lambda: called.append("first"))
    real.call_later(0.005, lambda: called.append("cancelled")).cancel()
    await asyncio.wait_for(done.wait(), 10)
    assert called == ["first", "second"]


async def test_sleep_is_told_before_what_it_made_due(watched: Watched) -> None:
    watched.plan("nightly", 2 * HOUR)
    watched.clock.jump_wall(8 * HOUR)
    watched.clock.advance(30 * SECOND)
    assert watched.told == [8 * HOUR, "nightly"]


async def test_a_clock_set_back_is_told_and_repeats_nothing(watched: Watched) -> None:
    watched.plan("soon", SECOND)
    watched.plan("later", 5 * HOUR)
    watched.clock.advance(SECOND)
    watched.clock.jump_wall(-HOUR)
    watched.clock.advance(30 * SECOND)
    assert watched.told == ["soon", -HOUR]
    watched.clock.advance(6 * HOUR)
    assert watched.told == ["soon", -HOUR, "later"]


async def test_small_steps_are_no_jump(watched: Watched) -> None:
    watched.plan("later", HOUR)
    for step in (2000, -2000, 1500):
        watched.clock.jump_wall(timedelta(milliseconds=step))
        watched.clock.advance(30 * SECOND)
    assert watched.told == []


async def test_on_demand_it_is_told_at_once(watched: Watched) -> None:
    watched.plan("nightly", 2 * HOUR)
    watched.clock.jump_wall(8 * HOUR)
    watched.watch.check_now()
    assert watched.told == [8 * HOUR, "nightly"]
    watched.watch.check_now()
    assert len(watched.told) == 2


async def test_nothing_planned_costs_no_wake_up_and_tells_no_old_jump(watched: Watched) -> None:
    watched.clock.advance(HOUR)
    assert watched.clock.calls == 0
    watched.clock.jump_wall(8 * HOUR)
    watched.plan("first", HOUR)
    watched.clock.advance(2 * HOUR)
    assert watched.told == ["first"]
    assert watched.clock.pending == 0


async def test_closed_it_is_silent(watched: Watched) -> None:
    watched.plan("nightly", 2 * HOUR)
    watched.watch.close()
    watched.clock.jump_wall(8 * HOUR)
    watched.clock.advance(30 * SECOND)
    assert watched.told == ["nightly"]
