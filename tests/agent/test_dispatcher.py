"""From a firing to a stored run to a started run."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bgtasks_gui.core import conditions, runs, tasks
from tests.agent.conftest import Make
from tests.agent.support.embedded import Embedded, Gate, why
from tests.fakes.manual_clock import ManualClock
from tests.fakes.scripted_machine import ScriptedMachine

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
HOURLY = ({"type": "interval", "every": "PT1H"},)
_S = runs.RunState


async def all_ended(agent: Embedded, task: tasks.Task, count: int) -> list[runs.Run]:
    """The task's runs, oldest planned time first, once this many are stored and have ended."""

    def told() -> bool:
        return len({one.run.id for one in agent.told_ended(task)}) >= count

    await agent.until(lambda: told() or None)
    stored = await agent.stored(task)
    assert len(stored) == count
    return sorted(stored, key=lambda run: run.firing.planned_at or run.triggered_at)


def states(found: list[runs.Run]) -> list[str]:
    return [run.state.value for run in found]


async def test_each_planned_time_is_one_run_and_the_plan_does_not_shift(make: Make) -> None:
    clock = ManualClock()
    agent = await make(clock=clock).start()
    task = await agent.add("hourly", "true", triggers=HOURLY)
    begun = clock.now()
    for count in range(1, 4):
        await clock.advance_async(HOUR)
        await all_ended(agent, task, count)
    found = await agent.stored(task)
    assert [run.firing.planned_at for run in found] == [begun + n * HOUR for n in (1, 2, 3)]
    assert states(found) == ["completed"] * 3
    [following] = await agent.agent.store.planned(task.id)
    assert following.next_at == begun + 4 * HOUR


@pytest.mark.parametrize(
    ("policy", "outcomes"),
    [
        ({"policy": "once"}, ["missed", "missed", "completed"]),
        ({"policy": "skip"}, ["missed", "missed", "missed"]),
        ({"policy": "all", "limit": 2}, ["missed", "completed", "completed"]),
    ],
)
async def test_times_missed_while_no_agent_lived_follow_the_policy(
    make: Make, policy: dict[str, object], outcomes: list[str]
) -> None:
    clock = ManualClock()
    agent = await make(clock=clock).start()
    missed = tasks.Missed(
        policy=tasks.MissedPolicy(policy["policy"]), limit=int(str(policy.get("limit", 10)))
    )
    task = await agent.add("hourly", "true", triggers=HOURLY, missed=missed)
    await agent.stop()
    later = ManualClock(clock.now() + 3 * HOUR + 10 * MINUTE)
    again = await make(clock=later).start()
    await later.advance_async(timedelta(0))
    found = await all_ended(again, task, 3)
    assert states(found) == outcomes
    assert {why(run)[1] for run in found if run.state is _S.MISSED} <= {"missed_off"}
    assert all(run.firing.caught_up for run in found if run.state is _S.COMPLETED)
    [following] = await again.agent.store.planned(task.id)
    assert following.next_at == clock.now() + 4 * HOUR


async def test_a_sleep_is_told_apart_and_asks_when_it_shall(make: Make) -> None:
    clock = ManualClock()
    agent = await make(clock=clock).start()
    ask = tasks.Missed(policy=tasks.MissedPolicy.ASK)
    task = await agent.add("hourly", "true", triggers=HOURLY, missed=ask)
    clock.jump_wall(2 * HOUR + 30 * MINUTE)
    agent.agent.lookout.jumps.check_now()
    await agent.agent.runner.settle()
    first, asking = await agent.stored(task)
    assert why(first) == ("missed", "missed_asleep")
    assert asking.state is _S.WAITING
    assert asking.waits_for is not None
    assert "you decide" in asking.waits_for
    await agent.resume(asking)
    assert (await agent.ended(asking)).state is _S.COMPLETED


@pytest.mark.parametrize(
    ("overlap", "outcomes"),
    [
        (tasks.Overlap(), ["completed", "skipped", "skipped"]),
        (tasks.Overlap(policy=tasks.OverlapPolicy.QUEUE), ["completed"] * 3),
        (
            tasks.Overlap(policy=tasks.OverlapPolicy.PARALLEL, limit=2),
            ["completed", "completed", "skipped"],
        ),
    ],
)
async def test_overlap(
    agent: Embedded, gate: Gate, overlap: tasks.Overlap, outcomes: list[str]
) -> None:
    task = await agent.add("slow", gate.wait, overlap=overlap)
    asked = [await agent.run(task) for _ in outcomes]
    await agent.reached(asked[0], "running")
    for _ in outcomes:
        gate.open()
    assert states([await agent.ended(run) for run in asked]) == outcomes
    assert all(why(run)[1] == "overlap" for run in await agent.stored(task, "skipped"))


async def test_a_newer_run_takes_the_place_of_an_older_one(agent: Embedded, gate: Gate) -> None:
    replace = tasks.Overlap(policy=tasks.OverlapPolicy.REPLACE)
    task = await agent.add("slow", gate.wait, overlap=replace)
    older = await agent.run(task)
    await agent.reached(older, "running")
    newer = await agent.run(task)
    assert why(await agent.ended(older)) == ("canceled", "replaced")
    await agent.reached(newer, "running")
    gate.open()
    assert (await agent.ended(newer)).state is _S.COMPLETED


async def test_no_more_run_at_once_than_may(agent: Embedded, gate: Gate) -> None:
    agent.agent.dispatcher.max_running = 1
    parallel = tasks.Overlap(policy=tasks.OverlapPolicy.PARALLEL, limit=9)
    task = await agent.add("slow", gate.wait, overlap=parallel)
    first, second = await agent.run(task), await agent.run(task)
    waiting = await agent.reached(second, "waiting")
    assert waiting.waits_for == "1 run is under way, and at most 1 may be."
    gate.open()
    await agent.ended(first)
    await agent.reached(second, "running")
    gate.open()
    assert (await agent.ended(second)).state is _S.COMPLETED


async def test_a_run_waits_for_its_condition_and_says_so(make: Make) -> None:
    machine = ScriptedMachine(disk_free={"/data": 10})
    agent = await make(computer=machine).start()
    room = (conditions.DiskFreeAbove(path="/data", bytes=100),)
    run = await agent.run(await agent.add("copies", "true", conditions=room))
    waiting = await agent.reached(run, "waiting")
    assert waiting.waits_for is not None
    assert "/data" in waiting.waits_for
    assert set(machine.asked) == {"/data"}
    machine.say(disk_free={"/data": 1000})
    ended = await agent.ended(run)
    assert (ended.state, ended.waits_for) == (_S.COMPLETED, None)


async def test_an_expired_task_does_not_start(make: Make) -> None:
    clock = ManualClock()
    agent = await make(clock=clock).start()
    expires = clock.now() + 90 * MINUTE
    task = await agent.add("short-lived", "true", triggers=HOURLY, expires_at=expires)
    await clock.advance_async(HOUR)
    assert states(await all_ended(agent, task, 1)) == ["completed"]
    await clock.advance_async(2 * HOUR)
    late = await agent.ended(await agent.run(task))
    assert why(late) == ("skipped", "expired")
    assert len(await agent.stored(task)) == 2
