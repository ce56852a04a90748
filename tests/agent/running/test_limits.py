"""Time, idleness and memory of one attempt against the limits of its task."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import timedelta

import pytest

from bgtasks_gui.agent.line import supervision
from bgtasks_gui.agent.running import limits
from bgtasks_gui.core import reasons, tasks
from tests.core import samples
from tests.fakes.manual_clock import ManualClock

_C = reasons.Code
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
MIB = 1024 * 1024


class Attempt:
    """Says what a test wants it to use, and notes what its limits say."""

    def __init__(self, **fields: object) -> None:
        self.clock = ManualClock()
        self.cpu_s, self.rss, self.is_known = 0.0, 10 * MIB, True
        self.asked = 0
        self.said: list[str] = []
        self.over: list[tuple[_C, str]] = []
        used_s = float(str(fields.pop("used_s", 0.0)))
        self._working: set[asyncio.Task[None]] = set()
        self.limits = limits.Limits(samples.make_task(**fields), self.clock, self, used_s=used_s)

    async def usage(self) -> supervision.Usage | None:
        self.asked += 1
        if not self.is_known:
            return None
        return supervision.Usage(cpu_s=self.cpu_s, rss=self.rss, processes=1)

    def warn(self, warning: str) -> None:
        self.said.append(warning)

    def exceeded(self, code: _C, detail: str) -> None:
        self.over.append((code, detail))
        self.limits.stop()

    def spawn(self, work: Coroutine[None, None, None]) -> None:
        self._working.add(asyncio.ensure_future(work))

    async def pass_time(self, step: timedelta) -> None:
        await self.clock.advance_async(step)


async def test_a_task_without_limits_costs_no_wake_up() -> None:
    assert Attempt().clock.pending == 0


# Time


async def test_a_time_limit_is_warned_of_at_ninety_percent_and_ends_the_run() -> None:
    one = Attempt(time_limit=10 * MINUTE)
    await one.pass_time(9 * MINUTE - SECOND)
    assert one.said == []
    await one.pass_time(2 * SECOND)
    assert one.said == ["90 % of its time limit of 10 min is used up"]
    await one.pass_time(MINUTE - 2 * SECOND)
    assert one.over == []
    await one.pass_time(SECOND)
    assert one.over == [(_C.TIME_LIMIT, "10 min")]
    assert one.clock.pending == 0


async def test_time_spent_suspended_counts_for_nothing() -> None:
    one = Attempt(time_limit=10 * MINUTE, idle_limit=5 * MINUTE)
    await one.pass_time(4 * MINUTE)
    one.limits.pause()
    assert one.clock.pending == 0
    await one.pass_time(60 * MINUTE)
    one.limits.go_on()
    await one.pass_time(5 * MINUTE - SECOND)
    assert one.over == []
    one.limits.alive()
    assert one.said == []
    await one.pass_time(2 * SECOND)
    assert len(one.said) == 1
    await one.pass_time(MINUTE)
    assert one.over == [(_C.TIME_LIMIT, "10 min")]


@pytest.mark.parametrize(("used", "left"), [(9.5, 0.5), (10, 0), (300, 0)])
async def test_an_adopted_run_goes_on_where_it_was_without_a_second_warning(
    used: float, left: float
) -> None:
    one = Attempt(time_limit=10 * MINUTE, used_s=used * 60)
    assert one.over == []
    await one.pass_time(left * MINUTE)
    assert one.over == [(_C.TIME_LIMIT, "10 min")]
    assert one.said == []


# Idleness


async def test_silence_without_cpu_for_the_whole_limit_ends_the_run() -> None:
    one = Attempt(idle_limit=2 * MINUTE)
    await one.pass_time(2 * MINUTE - SECOND)
    assert one.over == []
    await one.pass_time(SECOND)
    assert one.over == [(_C.IDLE_TASK, "2 min")]


async def test_output_or_progress_begins_the_limit_anew() -> None:
    one = Attempt(idle_limit=2 * MINUTE)
    for _ in range(5):
        await one.pass_time(MINUTE)
        one.limits.alive()
    await one.pass_time(2 * MINUTE - SECOND)
    assert one.over == []
    await one.pass_time(SECOND)
    assert one.over == [(_C.IDLE_TASK, "2 min")]


async def test_a_run_that_only_computes_is_not_idle() -> None:
    one = Attempt(idle_limit=2 * MINUTE)
    for _ in range(12):
        one.cpu_s += limits.WORKING_CPU_S
        await one.pass_time(MINUTE)
    assert one.over == []
    await one.pass_time(2 * MINUTE)
    assert one.over == [(_C.IDLE_TASK, "2 min")]


async def test_the_cpu_of_its_start_does_not_double_the_limit() -> None:
    one = Attempt(idle_limit=2 * MINUTE)
    one.cpu_s = 0.3
    await one.pass_time(2 * MINUTE)
    assert one.over == []
    await one.pass_time(MINUTE / 2)
    assert one.over == [(_C.IDLE_TASK, "2 min")]


async def test_it_looks_at_the_cpu_seldom() -> None:
    one = Attempt(idle_limit=60 * MINUTE)
    await one.pass_time(60 * MINUTE)
    assert one.asked == limits.IDLE_LOOKS


async def test_a_short_idle_limit_is_not_looked_at_all_the_time() -> None:
    one = Attempt(idle_limit=timedelta(milliseconds=100))
    await one.pass_time(SECOND / 10)
    assert (one.asked, len(one.over)) == (1, 1)


async def test_output_while_the_cpu_is_asked_for_still_counts() -> None:
    one = Attempt(idle_limit=2 * MINUTE)
    await one.pass_time(MINUTE + MINUTE / 2)
    one.limits.pause()
    one.limits.go_on()
    await one.pass_time(MINUTE)
    assert one.over == []


# Memory


async def test_memory_beyond_its_limit_ends_the_run_with_both_figures() -> None:
    one = Attempt(resources=tasks.Resources(memory_max=100 * MIB))
    one.rss = 100 * MIB
    await one.pass_time(10 * SECOND)
    assert one.over == []
    one.rss = 612 * MIB
    await one.pass_time(SECOND / 2)
    detail = "it used 612 MiB of memory, its limit is 100 MiB"
    assert one.over == [(_C.RESOURCE_REVOKED, detail)]


async def test_a_measure_that_fails_once_is_taken_again() -> None:
    one = Attempt(resources=tasks.Resources(memory_max=100 * MIB), idle_limit=MINUTE)
    one.is_known, one.rss = False, 612 * MIB
    await one.pass_time(2 * SECOND)
    assert one.over == []
    one.is_known = True
    await one.pass_time(SECOND / 2)
    assert [code for code, _ in one.over] == [_C.RESOURCE_REVOKED]


async def test_nothing_is_watched_after_stop() -> None:
    one = Attempt(
        time_limit=MINUTE, idle_limit=MINUTE, resources=tasks.Resources(memory_max=100 * MIB)
    )
    one.limits.stop()
    one.rss = 612 * MIB
    await one.pass_time(10 * MINUTE)
    assert (one.said, one.over, one.asked) == ([], [], 0)


async def test_a_stop_while_usage_is_asked_for_is_heeded() -> None:
    one = Attempt(idle_limit=MINUTE, resources=tasks.Resources(memory_max=100 * MIB))
    one.rss = 612 * MIB
    one.clock.advance(MINUTE)
    one.limits.stop()
    await one.pass_time(MINUTE)
    assert one.over == []
