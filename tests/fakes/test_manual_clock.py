from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from bgtasks_gui.core import ports
from tests.fakes import manual_clock

NOW = datetime(2026, 11, 22, 15, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_is_a_clock() -> None:
    clock: ports.Clock = manual_clock.ManualClock()
    assert clock.now() == manual_clock.DEFAULT_NOW


def test_both_clocks_run_on_together() -> None:
    clock = manual_clock.ManualClock(NOW, monotonic=5)
    clock.advance(timedelta(milliseconds=1500, microseconds=700))
    assert clock.now() == NOW + timedelta(milliseconds=1500)
    assert clock.monotonic() == 6.5007


def test_a_jump_moves_the_wall_clock_only() -> None:
    clock = manual_clock.ManualClock(NOW, monotonic=5)
    called: list[datetime] = []
    clock.call_later(1, lambda: called.append(clock.now()))
    clock.jump_wall(timedelta(hours=8))
    assert (clock.now(), clock.monotonic(), called) == (NOW + timedelta(hours=8), 5, [])
    clock.jump_wall(timedelta(hours=-9))
    clock.advance(SECOND)
    assert called == [NOW - timedelta(hours=1) + SECOND]


def test_calls_come_in_order_at_their_times() -> None:
    clock = manual_clock.ManualClock(NOW)
    called: list[tuple[str, float]] = []
    for name, delay in (("c", 2.0), ("a", 0.5), ("b", 0.5), ("d", -1)):
        clock.call_later(delay, lambda name=name: called.append((name, clock.monotonic())))
    clock.advance(timedelta(seconds=3))
    assert called == [("d", 1000.0), ("a", 1000.5), ("b", 1000.5), ("c", 1002.0)]
    assert clock.monotonic() == 1003.0
    assert clock.calls == 4


def test_calls_made_on_the_way_are_made_too() -> None:
    clock = manual_clock.ManualClock(NOW)
    times: list[float] = []

    def again() -> None:
        times.append(clock.monotonic())
        clock.call_later(1, again)

    clock.call_later(1, again)
    clock.advance(timedelta(seconds=3))
    assert times == [1001.0, 1002.0, 1003.0]


def test_a_cancelled_call_is_not_made() -> None:
    clock = manual_clock.ManualClock(NOW)
    called: list[str] = []
    timer = clock.call_later(1, lambda: called.append("no"))
    clock.call_later(5, lambda: called.append("later"))
    assert (clock.pending, clock.next_call_in) == (2, 1.0)
    timer.cancel()
    assert (clock.pending, clock.next_call_in) == (1, 5.0)
    clock.advance(SECOND)
    assert called == []
    clock.advance(4 * SECOND)
    assert (called, clock.pending, clock.next_call_in) == (["later"], 0, None)


async def test_tasks_get_their_turn_between_calls() -> None:
    clock = manual_clock.ManualClock(NOW)
    seen: list[float] = []

    async def wait_twice() -> None:
        for _ in range(2):
            done = asyncio.get_running_loop().create_future()
            clock.call_later(1, lambda done=done: done.set_result(None))
            await done
            seen.append(clock.monotonic())

    waiting = asyncio.create_task(wait_twice())
    await clock.advance_async(timedelta(seconds=5))
    assert seen == [1001.0, 1002.0]
    await waiting
