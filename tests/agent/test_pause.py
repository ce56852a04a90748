"""The pause of everything, until a time or until it is lifted."""

from __future__ import annotations

from datetime import timedelta

from bgtasks_gui.core import runs
from tests.agent.conftest import Make
from tests.agent.support.embedded import Embedded, Gate, why
from tests.fakes.manual_clock import ManualClock

HOUR = timedelta(hours=1)
_S = runs.RunState


async def test_what_runs_stands_still_and_what_is_asked_for_waits(
    agent: Embedded, gate: Gate
) -> None:
    going = await agent.run(await agent.add("going", f"echo ready; {gate.wait}"))
    await agent.printed(going, "ready")
    await agent.agent.pause.begin(None)
    assert why(agent.now(going)) == ("suspended", "paused")
    asked = await agent.run(await agent.add("asked", "true"))
    waiting = await agent.reached(asked, "waiting")
    assert waiting.waits_for == "Everything is paused until you resume."
    await agent.agent.pause.lift()
    gate.open()
    assert (await agent.ended(going)).state is _S.COMPLETED
    assert (await agent.ended(asked)).state is _S.COMPLETED


async def test_what_a_person_suspended_stays_suspended(agent: Embedded, gate: Gate) -> None:
    run = await agent.run(await agent.add("held", f"echo ready; {gate.wait}"))
    await agent.printed(run, "ready")
    await agent.suspend(run)
    await agent.agent.pause.begin(None)
    await agent.agent.pause.lift()
    assert why(agent.now(run)) == ("suspended", "user_suspend")


async def test_it_ends_by_itself_at_its_time(make: Make) -> None:
    clock = ManualClock()
    agent = await make(clock=clock).start()
    await agent.agent.pause.begin(clock.now() + HOUR)
    run = await agent.run(await agent.add("asked", "true"))
    assert (await agent.reached(run, "waiting")).waits_for is not None
    await clock.advance_async(HOUR)
    assert (await agent.ended(run)).state is _S.COMPLETED
    assert not agent.agent.pause.state.paused


async def test_it_outlives_the_agent_and_ends_while_none_lives(make: Make) -> None:
    clock = ManualClock()
    agent = await make(clock=clock).start()
    await agent.agent.pause.begin(clock.now() + HOUR)
    run = await agent.run(await agent.add("asked", "true"))
    await agent.reached(run, "waiting")
    await agent.stop()
    still = await make(clock=ManualClock(clock.now())).start()
    assert still.agent.pause.state.paused
    assert still.now(run).state is _S.WAITING
    await still.stop()
    afterwards = ManualClock(clock.now() + 2 * HOUR)
    later = await make(clock=afterwards).start()
    assert (await later.ended(run)).state is _S.COMPLETED
    await afterwards.advance_async(timedelta(0))
    await later.agent.runner.settle()
    assert not later.agent.pause.state.paused
