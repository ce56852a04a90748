"""May what runs go on? As conditions and the pause say, and each way back."""

from __future__ import annotations

import asyncio
import os
import signal
from datetime import timedelta

import msgspec
import pytest

from bgtasks_gui.core import conditions, runs, tasks
from tests.agent.conftest import Make
from tests.agent.support.embedded import Embedded, Gate, why
from tests.fakes.manual_clock import ManualClock
from tests.fakes.scripted_machine import ScriptedMachine

_S = runs.RunState
HOUR = timedelta(hours=1)
_LOSS = tasks.ConditionLoss
ON_MAINS = (conditions.OnAcPower(),)


@pytest.fixture
def machine() -> ScriptedMachine:
    """A laptop on mains power."""
    return ScriptedMachine(on_ac_power=True, has_battery=True, battery=80.0)


async def begin(agent: Embedded, gate: Gate, loss: tasks.ConditionLoss = _LOSS.SUSPEND) -> runs.Run:
    """A run that began while its condition held, and waits at the gate."""
    task = await agent.add(
        "long", f"echo ready; {gate.wait}", conditions=ON_MAINS, stop_on_condition_loss=loss
    )
    run = await agent.run(task)
    await agent.printed(run, "ready")
    return run


async def test_a_lost_condition_suspends_and_its_return_resumes(
    make: Make, gate: Gate, machine: ScriptedMachine
) -> None:
    agent = await make(computer=machine).start()
    run = await begin(agent, gate)
    machine.say(on_ac_power=False)
    suspended = await agent.reached(run, "suspended")
    assert why(suspended) == ("suspended", "condition_loss")
    assert suspended.reason is not None
    assert "mains power" in str(suspended.reason.detail)
    machine.say(on_ac_power=True)
    await agent.until(lambda: agent.now(run).state is _S.RUNNING or None)
    gate.open()
    assert (await agent.ended(run)).state is _S.COMPLETED


async def test_a_lost_condition_cancels_where_the_task_says_so(
    make: Make, gate: Gate, machine: ScriptedMachine
) -> None:
    agent = await make(computer=machine).start()
    run = await begin(agent, gate, _LOSS.CANCEL)
    machine.say(on_ac_power=False)
    assert why(await agent.ended(run)) == ("canceled", "condition_loss")


@pytest.mark.parametrize("told", [{"on_ac_power": False}, {"on_ac_power": None, "battery": None}])
async def test_what_is_ignored_or_not_known_stops_nothing(
    make: Make, gate: Gate, machine: ScriptedMachine, told: dict[str, object]
) -> None:
    agent = await make(computer=machine).start()
    ignores = told["on_ac_power"] is False
    run = await begin(agent, gate, _LOSS.IGNORE if ignores else _LOSS.CANCEL)
    machine.say(**told)
    await agent.agent.continuance.check()
    assert agent.now(run).state is _S.RUNNING
    gate.open()
    assert (await agent.ended(run)).state is _S.COMPLETED


async def test_after_a_pause_a_lost_condition_keeps_it_with_the_true_reason(
    make: Make, gate: Gate, machine: ScriptedMachine
) -> None:
    agent = await make(computer=machine).start()
    run = await begin(agent, gate)
    await agent.agent.pause.begin(None)
    assert why(agent.now(run)) == ("suspended", "paused")
    machine.say(on_ac_power=False)
    await agent.agent.continuance.check()
    assert why(agent.now(run)) == ("suspended", "paused")
    await agent.agent.pause.lift()
    assert why(agent.now(run)) == ("suspended", "condition_loss")
    machine.say(on_ac_power=True)
    await agent.until(lambda: agent.now(run).state is _S.RUNNING or None)


async def test_the_machine_is_watched_only_while_a_run_depends_on_it(
    make: Make, gate: Gate, machine: ScriptedMachine
) -> None:
    agent = await make(computer=machine).start()
    wanted: list[bool] = []
    agent.agent.continuance.on_wanted = wanted.append
    await agent.ended(await agent.run(await agent.add("free", "true")))
    assert True not in wanted
    run = await begin(agent, gate)
    assert wanted[-1] is True
    gate.open()
    await agent.ended(run)
    await agent.agent.continuance.check()
    assert wanted[-1] is False


async def test_a_time_window_closes_and_opens_without_a_word_of_the_machine(
    make: Make, gate: Gate
) -> None:
    # It is 15:00.
    clock = ManualClock()
    agent = await make(clock=clock).start()
    window = (conditions.TimeWindow(start="14:00", end="17:00", zone="UTC"),)
    run = await agent.run(await agent.add("long", f"echo ready; {gate.wait}", conditions=window))
    await agent.printed(run, "ready")
    await clock.advance_async(HOUR)
    assert agent.now(run).state is _S.RUNNING
    await clock.advance_async(HOUR)
    await agent.agent.runner.settle()
    assert why(agent.now(run)) == ("suspended", "condition_loss")
    await clock.advance_async(20 * HOUR)
    await agent.agent.runner.settle()
    assert agent.now(run).state is _S.SUSPENDED
    await clock.advance_async(HOUR)
    await agent.agent.runner.settle()
    assert agent.now(run).state is _S.RUNNING
    assert agent.now(run).suspended_s == 21 * 3600


async def test_a_condition_that_comes_back_during_the_suspend_is_not_missed(
    make: Make, gate: Gate, machine: ScriptedMachine
) -> None:
    agent = await make(computer=machine).start()
    run = await begin(agent, gate)
    supervisor = agent.agent.runner.line.pid
    assert supervisor is not None
    # The supervisor stands still, so the suspend takes as long as the test likes.
    os.kill(supervisor, signal.SIGSTOP)
    try:
        machine.say(on_ac_power=False)
        looking = asyncio.ensure_future(agent.agent.continuance.check())
        await asyncio.sleep(0)
        machine.say(on_ac_power=True)
    finally:
        os.kill(supervisor, signal.SIGCONT)
    await looking
    await agent.agent.runner.settle()
    assert agent.now(run).state is _S.RUNNING


async def test_a_condition_lost_during_the_start_is_not_missed(
    make: Make, machine: ScriptedMachine
) -> None:
    agent = await make(computer=machine).start()
    run = await agent.run(await agent.add("long", "exec sleep 1000", conditions=ON_MAINS))
    machine.say(on_ac_power=False)
    assert agent.now(run).state is _S.PENDING
    assert why(await agent.reached(run, "suspended")) == ("suspended", "condition_loss")


async def test_what_a_person_resumes_still_needs_its_condition(
    make: Make, gate: Gate, machine: ScriptedMachine
) -> None:
    agent = await make(computer=machine).start()
    run = await begin(agent, gate)
    await agent.suspend(run)
    machine.say(on_ac_power=False)
    await agent.agent.continuance.check()
    assert why(agent.now(run)) == ("suspended", "user_suspend")
    await agent.resume(run)
    await agent.agent.runner.settle()
    assert why(agent.now(run)) == ("suspended", "condition_loss")


async def test_what_is_to_be_cancelled_is_so_also_while_it_stands(
    make: Make, gate: Gate, machine: ScriptedMachine
) -> None:
    agent = await make(computer=machine).start()
    run = await begin(agent, gate, _LOSS.CANCEL)
    await agent.agent.pause.begin(None)
    machine.say(on_ac_power=False)
    assert why(await agent.ended(run)) == ("canceled", "condition_loss")


async def test_a_pause_that_ended_during_a_sleep_is_over(make: Make, gate: Gate) -> None:
    clock = ManualClock()
    agent = await make(clock=clock).start()
    run = await agent.run(await agent.add("long", f"echo ready; {gate.wait}"))
    await agent.printed(run, "ready")
    await agent.agent.pause.begin(clock.now() + HOUR)
    clock.jump_wall(2 * HOUR)
    await agent.agent.continuance.check()
    assert agent.now(run).state is _S.RUNNING
    assert not agent.agent.pause.state.paused


async def test_a_run_that_cannot_be_judged_keeps_no_other_as_it_is(
    make: Make, gate: Gate, machine: ScriptedMachine, caplog: pytest.LogCaptureFixture
) -> None:
    agent = await make(computer=machine).start()
    strange = await agent.run(await agent.add("strange", "exec sleep 1000"))
    await agent.reached(strange, "running")
    task = await agent.agent.store.task(strange.task_id)
    assert task is not None
    # As after an update of the system that no longer knows the zone.
    window = (conditions.TimeWindow(start="09:00", end="17:00", zone="Mars/Base"),)
    await agent.agent.ledger.put_task(msgspec.structs.replace(task, conditions=window), (), ())
    run = await begin(agent, gate)
    machine.say(on_ac_power=False)
    assert why(await agent.reached(run, "suspended")) == ("suspended", "condition_loss")
    assert "a run was not looked at" in caplog.text
