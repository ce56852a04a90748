"""One running attempt: its limits, its progress, its timers."""

from __future__ import annotations

import sys
from datetime import timedelta

import pytest

from bgtasks_gui.agent.running import activity
from bgtasks_gui.core import errors, events, progress, runs, tasks
from tests.agent.conftest import Make
from tests.agent.support.embedded import Embedded, Gate, settles, why
from tests.core import samples
from tests.fakes.manual_clock import ManualClock

_S = runs.RunState
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
MIB = 1024 * 1024


async def start(make: Make, script: str, **fields: object) -> tuple[Embedded, runs.Run]:
    """An agent whose time stands still, and a run that has printed "ready"."""
    agent = await make(clock=ManualClock()).start()
    run = await agent.run(await agent.add("work", script, **fields))
    await agent.printed(run, "ready")
    return agent, run


async def pass_time(agent: Embedded, step: timedelta) -> None:
    assert isinstance(agent.agent.clock, ManualClock)
    await agent.agent.clock.advance_async(step)


def warnings(agent: Embedded) -> list[str]:
    return [one.warning for one in agent.told if isinstance(one, events.RunWarned)]


# Limits


async def test_a_time_limit_is_warned_of_and_then_ends_the_run(make: Make) -> None:
    agent, run = await start(make, "echo ready; exec sleep 1000", time_limit=10 * MINUTE)
    await pass_time(agent, 9 * MINUTE)
    said = await agent.until(lambda: warnings(agent))
    assert said == ["90 % of its time limit of 10 min is used up"]
    assert agent.now(run).state is _S.RUNNING
    await pass_time(agent, MINUTE)
    ended = await agent.ended(run)
    assert why(ended) == ("canceled", "time_limit")
    assert ended.reason is not None
    assert (ended.reason.actor, ended.reason.detail) == ("agent", "10 min")


async def test_a_silent_run_that_does_nothing_is_ended(make: Make) -> None:
    agent, run = await start(make, "echo ready; exec sleep 1000", idle_limit=10 * MINUTE)
    for _ in range(4):
        await pass_time(agent, 2.5 * MINUTE)
        await agent.agent.runner.settle()
    ended = await agent.ended(run)
    assert why(ended) == ("canceled", "idle_task")


async def test_output_keeps_a_run_from_counting_as_idle(make: Make, gate: Gate) -> None:
    script = f"echo ready; {gate.wait}; echo more; exec sleep 1000"
    agent, run = await start(make, script, idle_limit=10 * MINUTE)
    await pass_time(agent, 9 * MINUTE)
    gate.open()
    await agent.printed(run, "more")
    await pass_time(agent, 9 * MINUTE)
    await agent.agent.runner.settle()
    assert agent.now(run).state is _S.RUNNING


async def test_memory_beyond_the_limit_is_revoked_with_both_figures(make: Make) -> None:
    hold = f'held = b"x" * {200 * MIB}; print("ready", flush=True)'
    script = f"exec {sys.executable} -c '{hold}; __import__(\"signal\").pause()'"
    limit = tasks.Resources(memory_max=100 * MIB)
    agent, run = await start(make, script, resources=limit)
    await pass_time(agent, SECOND / 2)
    ended = await agent.ended(run)
    assert why(ended) == ("canceled", "resource_revoked")
    assert ended.reason is not None
    used, _, allowed = (ended.reason.detail or "").partition(" of memory, its limit is ")
    assert used.startswith("it used 2")
    assert allowed == "100 MiB"


async def test_memory_below_the_limit_is_fine(make: Make, gate: Gate) -> None:
    limit = tasks.Resources(memory_max=100 * MIB)
    agent, run = await start(make, f"echo ready; {gate.wait}", resources=limit)
    for _ in range(3):
        await pass_time(agent, SECOND / 2)
        await agent.agent.runner.settle()
    gate.open()
    assert (await agent.ended(run)).state is _S.COMPLETED


# Progress


def told_progress(agent: Embedded) -> list[progress.Progress]:
    return [one.progress for one in agent.told if isinstance(one, events.RunProgressed)]


async def test_a_run_that_falls_silent_loses_its_rate_and_remaining_time(
    make: Make, gate: Gate
) -> None:
    step = f"{gate.wait}; echo"
    agent, run = await start(make, f"echo ready; echo 1%; {step} 20%; {step} 40%; exec sleep 1000")
    await agent.printed(run, "1%")
    for percent in (20, 40):
        await pass_time(agent, 5 * SECOND)
        gate.open()
        await agent.printed(run, f"{percent}%")
    await pass_time(agent, 5 * SECOND)
    moving = told_progress(agent)[-1]
    assert moving.rate
    assert moving.eta
    for _ in range(20):
        await pass_time(agent, 5 * SECOND)
    stalled = told_progress(agent)[-1]
    assert (stalled.done, stalled.rate, stalled.eta) == (40, 0.0, None)


async def test_rate_and_remaining_time_end_with_the_run(make: Make, gate: Gate) -> None:
    agent, run = await start(make, f"echo ready; echo 1%; {gate.wait}; echo 90%")
    await pass_time(agent, 10 * SECOND)
    gate.open()
    ended = await agent.ended(run)
    assert ended.progress is not None
    assert ended.progress.done == 90
    before = len(agent.told)
    await pass_time(agent, 60 * SECOND)
    assert len(agent.told) == before


# What it is asked while nothing can answer


async def test_without_a_process_there_is_nothing_to_measure_or_signal(agent: Embedded) -> None:
    task = await agent.add("work", "true")
    found = activity.Activity(agent.agent.runner, samples.run_id(), task)
    assert await found.usage() is None
    assert await found.signal("stop") is False
    found.warn("of a run that is over")
    assert warnings(agent) == []


async def test_while_the_supervisor_is_away_its_use_is_not_known(make: Make) -> None:
    agent, run = await start(make, "echo ready; exec sleep 1000")
    found = agent.agent.runner.find(run.id)
    assert found is not None
    assert (await found.usage()) is not None
    await agent.agent.runner.line.close()
    assert await found.usage() is None


async def test_a_call_is_made_once_and_a_newer_one_takes_its_place(make: Make) -> None:
    agent, run = await start(make, "echo ready; exec sleep 1000")
    found, called = agent.agent.runner.find(run.id), list[str]()
    assert found is not None
    found.call_later("one", 10, lambda: called.append("first"))
    found.call_later("one", 20, lambda: called.append("second"))
    found.call_later("two", -5, lambda: called.append("at once"))
    await pass_time(agent, 30 * SECOND)
    assert called == ["at once", "second"]
    found.call_later("one", 10, lambda: called.append("never"))
    await agent.cancel(run)
    await agent.ended(run)
    await pass_time(agent, 60 * SECOND)
    assert called == ["at once", "second"]


# Arithmetic of an adopted run


def test_what_an_attempt_used_leaves_out_what_it_stood() -> None:
    clock = ManualClock(samples.NOW)
    began = samples.NOW - 60 * MINUTE
    running = samples.make_run(state="running", attempt_started_at=began, suspended_s=600.0)
    assert activity.used_seconds(running, clock) == 50 * 60
    standing = samples.make_run(
        state="suspended",
        attempt_started_at=began,
        suspended_s=600.0,
        reason=samples.make_reason(at=samples.NOW - 30 * MINUTE),
    )
    assert activity.used_seconds(standing, clock) == 20 * 60
    assert activity.held_seconds(standing, samples.NOW) == 40 * 60


def test_what_is_not_known_counts_as_nothing() -> None:
    clock = ManualClock(samples.NOW)
    assert activity.used_seconds(samples.make_run(state="running"), clock) == 0
    # The clock was set back meanwhile.
    later = samples.NOW + 60 * MINUTE
    assert activity.used_seconds(samples.make_run(attempt_started_at=later), clock) == 0
    assert activity.held_seconds(samples.make_run(state="suspended", reason=None), later) == 0


def test_a_run_with_a_process_is_to_be_watched() -> None:
    activity.check_watched(samples.make_run(state="waiting"))
    activity.check_watched(samples.make_run(state="suspended", process=None))
    with pytest.raises(errors.SupervisorLost, match="try again"):
        activity.check_watched(samples.make_run(state="running"))


async def test_the_tree_of_a_run_is_measured_as_one(make: Make) -> None:
    agent, run = await start(make, "sleep 1000 & sleep 1000 & echo ready; wait")
    found = agent.agent.runner.find(run.id)
    assert found is not None
    counts = list[int]()

    async def measure() -> None:
        usage = await found.usage()
        assert usage is not None
        counts.append(usage.processes)

    while not counts or counts[-1] != 3:
        await measure()
    await settles(lambda: counts[-1] == 3)
