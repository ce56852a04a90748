"""From a firing to a stored run to a started run."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from bgtasks_gui.agent.clock import Due
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


# Planned times that meet something unusual


async def test_a_person_may_leave_a_missed_time_out(make: Make) -> None:
    clock = ManualClock()
    agent = await make(clock=clock).start()
    ask = tasks.Missed(policy=tasks.MissedPolicy.ASK)
    task = await agent.add("hourly", "true", triggers=HOURLY, missed=ask)
    clock.jump_wall(HOUR + 30 * MINUTE)
    agent.agent.lookout.jumps.check_now()
    await agent.agent.runner.settle()
    (asking,) = await agent.stored(task)
    await agent.agent.office.cancel(asking, None)
    left_out = await agent.ended(asking)
    assert (why(left_out), left_out.started_at) == (("missed", "declined"), None)


async def test_a_thousand_missed_times_are_kept_and_the_older_ones_are_counted(make: Make) -> None:
    clock = ManualClock()
    agent = await make(clock=clock).start()
    every = ({"type": "interval", "every": "PT1S"},)
    task = await agent.add("often", "true", triggers=every)
    await agent.stop()
    later = ManualClock(clock.now() + HOUR)
    again = await make(clock=later).start()
    await later.advance_async(timedelta(0))
    found = await all_ended(again, task, 1001)
    assert states(found) == ["missed"] * 1000 + ["completed"]
    assert found[0].reason is not None
    assert "stands for 2,600 planned times" in (found[0].reason.detail or "")
    planned = [run.firing.planned_at for run in found]
    assert planned == [later.now() - n * timedelta(seconds=1) for n in range(1000, -1, -1)]


async def test_a_time_that_came_while_the_task_was_disabled_is_none(agent: Embedded) -> None:
    task = await agent.add("hourly", "true", triggers=HOURLY)
    (planned,) = await agent.agent.store.planned(task.id)
    assert planned.next_at is not None
    await agent.agent.office.keep_task(msgspec.structs.replace(task, enabled=False))
    agent.agent.dispatcher.due([Due(task.id, 0, planned.next_at)])
    await agent.agent.runner.settle()
    assert await agent.stored(task) == []
    assert await agent.agent.store.planned(task.id) == []
    assert len(agent.agent.timetable) == 0


async def test_times_after_the_expiry_were_never_owed(make: Make) -> None:
    clock = ManualClock()
    agent = await make(clock=clock).start()
    expires = clock.now() + 2.5 * HOUR
    task = await agent.add("short-lived", "true", triggers=HOURLY, expires_at=expires)
    await agent.stop()
    later = ManualClock(clock.now() + 9 * HOUR)
    again = await make(clock=later).start()
    await later.advance_async(timedelta(0))
    found = await all_ended(again, task, 2)
    assert [why(run) for run in found] == [("missed", "missed_off"), ("skipped", "expired")]
    assert await again.agent.store.planned(task.id) == []


async def test_a_task_that_cannot_be_read_keeps_no_other_from_its_time(
    make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    clock = ManualClock()
    agent = await make(clock=clock).start()
    good = await agent.add("good", "true", triggers=HOURLY)
    strange = (msgspec.Raw(b'{"type": "full_moon"}'),)
    bad = msgspec.structs.replace(
        good, id=agent.agent.ledger.new_task_id(), name="bad", triggers=strange
    )
    at = clock.now() + HOUR
    planned = (tasks.Planned(task_id=bad.id, position=0, next_at=at),)
    await agent.agent.ledger.put_task(bad, planned, ())
    agent.agent.timetable.set(bad.id, 0, at)
    await clock.advance_async(HOUR)
    assert states(await all_ended(agent, good, 1)) == ["completed"]
    assert "a planned time was lost" in caplog.text
    assert await agent.stored(bad) == []


async def test_a_wait_ends_in_time_although_the_machine_slept_unnoticed(make: Make) -> None:
    clock = ManualClock()
    agent = await make(clock=clock).start()
    once = tasks.Retry(attempts=1, backoff=HOUR, max_delay=HOUR, jitter=False)
    run = await agent.run(await agent.add("stubborn", "exit 7", retry=once))
    await agent.reached(run, "waiting")
    clock.jump_wall(HOUR)
    await clock.advance_async(timedelta(seconds=30))
    ended = await agent.ended(run)
    assert (ended.state, ended.attempt) == (_S.FAILED, 2)


# Runs that wait


async def test_those_that_wait_start_in_the_order_they_were_asked_for(
    agent: Embedded, gate: Gate
) -> None:
    queue = tasks.Overlap(policy=tasks.OverlapPolicy.QUEUE)
    task = await agent.add("queue", gate.wait, overlap=queue)
    asked = [await agent.run(task) for _ in range(4)]
    for run in asked:
        await agent.reached(run, "running")
        assert [one.id for one in agent.agent.ledger.live() if one.state is _S.RUNNING] == [run.id]
        gate.open()
        await agent.ended(run)


async def test_a_newer_run_takes_the_place_of_one_that_waits_at_once(make: Make) -> None:
    machine = ScriptedMachine(on_ac_power=False, has_battery=True)
    agent = await make(computer=machine).start()
    replace = tasks.Overlap(policy=tasks.OverlapPolicy.REPLACE)
    on_mains = (conditions.OnAcPower(),)
    task = await agent.add("slow", "true", overlap=replace, conditions=on_mains)
    older = await agent.run(task)
    await agent.reached(older, "waiting")
    newer = await agent.run(task)
    assert why(await agent.ended(older)) == ("canceled", "replaced")
    machine.say(on_ac_power=True)
    assert (await agent.ended(newer)).state is _S.COMPLETED


async def test_a_waiting_run_whose_task_is_gone_is_skipped(agent: Embedded, gate: Gate) -> None:
    queue = tasks.Overlap(policy=tasks.OverlapPolicy.QUEUE)
    task = await agent.add("queue", gate.wait, overlap=queue)
    first, second = await agent.run(task), await agent.run(task)
    await agent.reached(second, "waiting")
    standing = await agent.agent.store.standing(task.id)
    assert standing is not None
    await agent.agent.ledger.remove_task(standing)
    agent.agent.dispatcher.reconsider()
    skipped = await agent.ended(second)
    assert why(skipped) == ("skipped", "disabled")
    assert skipped.reason is not None
    assert skipped.reason.detail == "the task was removed"
    gate.open()
    assert (await agent.ended(first)).state is _S.COMPLETED


async def test_a_run_that_cannot_be_decided_over_keeps_no_other_waiting(
    agent: Embedded, caplog: pytest.LogCaptureFixture
) -> None:
    good = await agent.add("good", "true")
    # As after an update of the system that no longer knows the zone.
    window = conditions.TimeWindow(start="09:00", end="17:00", zone="Mars/Base")
    bad = msgspec.structs.replace(
        good, id=agent.agent.ledger.new_task_id(), name="bad", conditions=(window,)
    )
    await agent.agent.ledger.put_task(bad, (), ())
    with pytest.raises(Exception, match="Mars/Base"):
        await agent.run(bad)
    agent.agent.dispatcher.reconsider()
    assert (await agent.ended(await agent.run(good))).state is _S.COMPLETED
    assert "a run was not decided over" in caplog.text
