"""Time of a loop, and the time a transfer may take."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, timedelta

from bgtasks_gui.transfers.limits.clocks import Allowance, LoopClock
from tests.fakes.manual_clock import ManualClock


async def test_loop_clock_calls_back() -> None:
    clock = LoopClock(asyncio.get_running_loop())
    called = asyncio.Event()
    begun = clock.monotonic()
    clock.call_later(-1.0, called.set)
    await called.wait()
    assert begun <= clock.monotonic() <= time.monotonic()
    assert clock.now().tzinfo is UTC
    assert clock.now().microsecond % 1000 == 0


def test_time_is_used_up_over_attempts() -> None:
    clock, ends = ManualClock(), list[str]()
    first = Allowance(clock, 7 * 86_400.0, 0.0)
    assert first.used_s == 0.0
    first.start(ends.append)
    clock.advance(timedelta(days=1))
    assert first.used_s == 86_400.0
    first.stop()
    clock.advance(timedelta(days=30))
    first.start(ends.append)
    clock.advance(timedelta(days=2))
    first.stop()
    assert first.used_s == 3 * 86_400.0
    clock.advance(timedelta(days=30))
    second = Allowance(clock, 7 * 86_400.0, 3 * 86_400.0)
    second.start(ends.append)
    clock.advance(timedelta(days=3, hours=23))
    assert ends == []
    clock.advance(timedelta(hours=1))
    assert ends == ["7 d"]
    second.stop()


def test_nothing_is_left() -> None:
    clock, ends = ManualClock(), list[str]()
    Allowance(clock, 90.0, 100.0).start(ends.append)
    clock.advance(timedelta(0))
    assert ends == ["1 min 30 s"]
