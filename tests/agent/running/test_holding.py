"""Suspending a run where it stands, and letting it go on."""

from __future__ import annotations

import asyncio
import os
import signal
from datetime import timedelta

import pytest

from bgtasks_gui.core import errors, reasons, runs, tasks
from bgtasks_gui.supervisor.children import processes
from tests.agent.conftest import Make
from tests.agent.support.embedded import Embedded, Gate, living, settles, why
from tests.fakes.manual_clock import ManualClock

_S = runs.RunState
MINUTE = timedelta(minutes=1)
#: Three processes, one below the other.
TREE = "sh -c 'sh -c \"echo ready; while :; do sleep 1000; done\"; :'; :"


def tree_states(agent: Embedded) -> set[str]:
    """In what states the processes of runs are."""
    supervisor = agent.agent.runner.line.pid
    return {one.state for pid, one in living(agent.home).items() if pid != supervisor}


async def stands_still(agent: Embedded) -> None:
    """Return once every process of a run has taken its stop."""
    # D: a shell that waits in vfork() for a child that stands still.
    await settles(lambda: tree_states(agent) <= {"T", "D"})


def reason(agent: Embedded, code: reasons.Code = reasons.Code.USER_SUSPEND) -> reasons.Reason:
    return reasons.make(code, agent.agent.clock.now())


async def test_a_whole_tree_stands_still_and_goes_on(agent: Embedded) -> None:
    run = await agent.run(await agent.add("tree", TREE))
    await agent.printed(run, "ready")
    await agent.suspend(run)
    suspended = agent.now(run)
    assert (why(suspended), suspended.suspended_count) == (("suspended", "user_suspend"), 1)
    await stands_still(agent)
    assert len(living(agent.home)) == 5
    await agent.resume(run)
    resumed = agent.now(run)
    assert (resumed.state, resumed.reason) == (_S.RUNNING, None)
    await settles(lambda: "T" not in tree_states(agent))
    assert agent.states(run) == ["pending", "running", "suspended", "running"]


async def test_time_spent_standing_is_counted_and_no_limit_runs(make: Make, gate: Gate) -> None:
    clock = ManualClock()
    agent = await make(clock=clock).start()
    task = await agent.add("long", gate.wait, time_limit=10 * MINUTE, idle_limit=9 * MINUTE)
    run = await agent.run(task)
    await agent.reached(run, "running")
    for _ in range(2):
        await clock.advance_async(MINUTE)
        await agent.suspend(run)
        await clock.advance_async(60 * MINUTE)
        await agent.resume(run)
    assert agent.now(run).state is _S.RUNNING
    gate.open()
    ended = await agent.ended(run)
    assert (ended.state, ended.suspended_s, ended.suspended_count) == (_S.COMPLETED, 7200, 2)


async def test_a_run_that_waits_does_not_begin_until_it_is_resumed(
    agent: Embedded, gate: Gate
) -> None:
    queue = tasks.Overlap(policy=tasks.OverlapPolicy.QUEUE)
    task = await agent.add("queue", gate.wait, overlap=queue)
    first, second = await agent.run(task), await agent.run(task)
    await agent.reached(second, "waiting")
    await agent.suspend(second)
    gate.open()
    await agent.ended(first)
    await agent.agent.runner.settle()
    assert agent.now(second).state is _S.SUSPENDED
    assert agent.now(second).process is None
    await agent.resume(second)
    gate.open()
    await agent.ended(second)
    assert agent.states(second) == [
        *("pending", "waiting", "suspended", "waiting", "running", "completed")
    ]


async def test_a_run_that_is_being_started_stands_still_as_soon_as_it_exists(
    agent: Embedded, gate: Gate
) -> None:
    run = await agent.run(await agent.add("long", gate.wait))
    assert agent.now(run).state is _S.PENDING
    await agent.suspend(run)
    suspended = await agent.reached(run, "suspended")
    assert suspended.process is not None
    await stands_still(agent)
    await agent.resume(run)
    gate.open()
    assert (await agent.ended(run)).state is _S.COMPLETED


async def test_a_resume_takes_back_what_was_asked_for_during_the_start(agent: Embedded) -> None:
    run = await agent.run(await agent.add("long", "exec sleep 1000"))
    await agent.suspend(run)
    await agent.agent.runner.resume(run.id)
    await agent.reached(run, "running")
    await agent.agent.runner.settle()
    assert agent.now(run).state is _S.RUNNING


async def test_what_is_asked_last_holds_even_when_nobody_waits(agent: Embedded) -> None:
    run = await agent.run(await agent.add("long", "exec sleep 1000"))
    await agent.reached(run, "running")
    runner = agent.agent.runner
    runner.suspend(run.id, reason(agent))
    runner.resume(run.id)
    await runner.settle()
    assert agent.now(run).state is _S.RUNNING
    runner.suspend(run.id, reason(agent))
    runner.resume(run.id)
    runner.suspend(run.id, reason(agent))
    runner.suspend(run.id, reason(agent))
    await runner.settle()
    assert agent.now(run).state is _S.SUSPENDED
    await stands_still(agent)
    assert agent.now(run).suspended_count == 3


async def test_a_person_keeps_what_would_have_gone_on_by_itself(make: Make) -> None:
    clock = ManualClock()
    agent = await make(clock=clock).start()
    run = await agent.run(await agent.add("long", "exec sleep 1000"))
    await agent.reached(run, "running")
    await agent.agent.pause.begin(None)
    clock.advance(MINUTE)
    await agent.suspend(run)
    clock.advance(MINUTE)
    await agent.agent.pause.lift()
    assert why(agent.now(run)) == ("suspended", "user_suspend")
    await agent.resume(run)
    resumed = agent.now(run)
    assert (resumed.state, resumed.suspended_s) == (_S.RUNNING, 120)


async def test_a_persons_own_reason_is_not_replaced(agent: Embedded) -> None:
    run = await agent.run(await agent.add("long", "exec sleep 1000"))
    await agent.reached(run, "running")
    await agent.suspend(run)
    await agent.agent.runner.suspend(run.id, reason(agent, reasons.Code.PAUSED))
    assert why(agent.now(run)) == ("suspended", "user_suspend")


async def test_a_waiting_run_that_is_suspended_twice_keeps_the_stronger_reason(
    agent: Embedded, gate: Gate
) -> None:
    queue = tasks.Overlap(policy=tasks.OverlapPolicy.QUEUE)
    task = await agent.add("queue", gate.wait, overlap=queue)
    await agent.run(task)
    second = await agent.run(task)
    await agent.reached(second, "waiting")
    await agent.agent.runner.suspend(second.id, reason(agent, reasons.Code.PAUSED))
    await agent.suspend(second)
    assert why(agent.now(second)) == ("suspended", "user_suspend")


async def test_what_is_killed_while_it_stands_has_ended(agent: Embedded) -> None:
    run = await agent.run(await agent.add("long", "exec sleep 1000"))
    running = await agent.reached(run, "running")
    await agent.suspend(run)
    assert running.process is not None
    os.kill(running.process.pid, signal.SIGKILL)
    assert why(await agent.ended(run)) == ("failed", "killed")


async def test_nothing_happens_to_a_run_that_is_canceled_or_over(agent: Embedded) -> None:
    run = await agent.run(await agent.add("stubborn", "trap '' TERM; echo ready; sleep 1000"))
    await agent.printed(run, "ready")
    await agent.cancel(run)
    await agent.agent.runner.suspend(run.id, reason(agent))
    await agent.agent.runner.resume(run.id)
    assert agent.now(run).state is _S.CANCELING
    with pytest.raises(errors.NotPossibleNow, match="being cancelled"):
        await agent.suspend(run)
    over = await agent.run(await agent.add("short", "true"))
    ended = await agent.ended(over)
    await agent.agent.runner.suspend(over.id, reason(agent))
    await agent.agent.runner.resume(over.id)
    assert agent.now(over) == ended


async def test_a_process_that_nobody_watches_just_now_is_not_called_suspended(
    agent: Embedded,
) -> None:
    run = await agent.run(await agent.add("long", "exec sleep 1000"))
    running = await agent.reached(run, "running")
    agent.agent.runner.release_all()
    with pytest.raises(errors.SupervisorLost, match="try again"):
        await agent.agent.runner.suspend(run.id, reason(agent))
    assert agent.now(run) == running
    assert running.process is not None
    assert processes.look_at(running.process.pid) is not None


@pytest.mark.parametrize("was_held", [False, True])
async def test_a_cancel_overtakes_what_is_being_stopped_or_continued(
    agent: Embedded, was_held: bool
) -> None:
    run = await agent.run(await agent.add("long", "exec sleep 1000"))
    await agent.reached(run, "running")
    if was_held:
        await agent.suspend(run)
    supervisor, runner = agent.agent.runner.line.pid, agent.agent.runner
    assert supervisor is not None
    before = agent.now(run).state
    # The supervisor stands still, so that all is asked before anything is answered.
    os.kill(supervisor, signal.SIGSTOP)
    try:
        asked = runner.resume(run.id) if was_held else runner.suspend(run.id, reason(agent))
        canceled = asyncio.ensure_future(agent.cancel(run))
        await agent.reached(run, "canceling")
    finally:
        os.kill(supervisor, signal.SIGCONT)
    await asyncio.gather(asked, canceled)
    ended = await agent.ended(run)
    assert why(ended) == ("canceled", "user_cancel")
    assert agent.states(run)[-3:] == [before, "canceling", "canceled"]
