"""How the end of a run is stored, and when it is tried again instead."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from bgtasks_gui.agent.running import finishing
from bgtasks_gui.core import runs, tasks
from tests.agent.conftest import Make
from tests.agent.support.embedded import Embedded, why
from tests.fakes.manual_clock import ManualClock

_S = runs.RunState
SECOND = timedelta(seconds=1)
THRICE = tasks.Retry(attempts=2, backoff=5 * SECOND, jitter=False)
#: Fails on the first two attempts.
STUBBORN = 'echo "attempt $BGTASKS_ATTEMPT"; test "$BGTASKS_ATTEMPT" -eq 3'


async def waiting(agent: Embedded, run: runs.Run, attempt: int) -> runs.Run:
    """The run once it waits for this attempt and says so."""
    return await agent.until(
        lambda: next(
            (
                one.run
                for one in agent.told_of(run)
                if one.run.state is _S.WAITING and one.run.attempt == attempt and one.run.waits_for
            ),
            None,
        )
    )


async def test_a_failed_run_is_tried_again_and_stays_one_stored_run(make: Make) -> None:
    clock = ManualClock()
    agent = await make(clock=clock).start()
    task = await agent.add("stubborn", STUBBORN, retry=THRICE)
    run = await agent.run(task)
    first = await waiting(agent, run, 2)
    assert (why(first), first.exit_code) == (("waiting", "exit_status"), 1)
    assert first.retry_at == clock.now() + 5 * SECOND
    assert first.process is None
    assert "tried again at" in (first.waits_for or "")
    await clock.advance_async(5 * SECOND)
    second = await waiting(agent, run, 3)
    assert second.retry_at == clock.now() + 10 * SECOND
    await clock.advance_async(10 * SECOND)
    ended = await agent.ended(run)
    assert (why(ended), ended.attempt, ended.retry_at) == (("completed", None), 3, None)
    assert [run.id for run in await agent.stored(task)] == [ended.id]
    assert agent.log(run) == "attempt 1\nattempt 2\nattempt 3\n"
    assert ended.started_at is not None
    assert ended.attempt_started_at == ended.started_at + 15 * SECOND


async def test_a_running_attempt_shows_nothing_of_the_one_before(make: Make) -> None:
    clock = ManualClock()
    agent = await make(clock=clock).start()
    run = await agent.run(await agent.add("stubborn", f"echo 50%; {STUBBORN}", retry=THRICE))
    failed = await waiting(agent, run, 2)
    assert failed.progress is not None
    await clock.advance_async(5 * SECOND)
    running = await agent.until(
        lambda: next(
            (
                one.run
                for one in agent.told_of(run)
                if one.run.state is _S.RUNNING and one.run.attempt == 2
            ),
            None,
        )
    )
    assert (running.reason, running.exit_code, running.progress) == (None, None, None)
    assert (running.retry_at, running.waits_for, running.cpu_s) == (None, None, None)


async def test_when_no_attempt_is_left_it_has_failed(make: Make) -> None:
    clock = ManualClock()
    agent = await make(clock=clock).start()
    once = tasks.Retry(attempts=1, backoff=timedelta(0), jitter=False)
    ended = await agent.ended(await agent.run(await agent.add("hopeless", "exit 7", retry=once)))
    assert (why(ended), ended.attempt, ended.exit_code) == (("failed", "exit_status"), 2, 7)


async def test_with_jitter_the_wait_is_drawn(make: Make) -> None:
    clock = ManualClock()
    agent = await make(clock=clock).start()
    agent.agent.runner.finishing = finishing.Finishing(agent.agent.runner, draw=lambda: 0.25)
    drawn = tasks.Retry(attempts=1, backoff=8 * SECOND)
    run = await agent.run(await agent.add("hopeless", "exit 7", retry=drawn))
    assert (await waiting(agent, run, 2)).retry_at == clock.now() + 2 * SECOND


async def test_a_person_may_cancel_between_two_attempts(make: Make) -> None:
    agent = await make(clock=ManualClock()).start()
    run = await agent.run(await agent.add("stubborn", "exit 1", retry=THRICE))
    await waiting(agent, run, 2)
    await agent.cancel(run, "enough")
    ended = await agent.ended(run)
    assert (why(ended), ended.attempt, ended.retry_at) == (("canceled", "user_cancel"), 2, None)
    assert ended.waits_for is None


async def test_a_task_that_was_disabled_meanwhile_is_not_tried_again(make: Make) -> None:
    clock = ManualClock()
    agent = await make(clock=clock).start()
    every = {"type": "interval", "every": "PT1M"}
    task = await agent.add("stubborn", "exit 1", retry=THRICE, triggers=[every])
    await clock.advance_async(timedelta(minutes=1))
    (run,) = await agent.until(lambda: agent.agent.ledger.live())
    await waiting(agent, run, 2)
    await agent.register(
        "stubborn", "command", {"argv": ["true"]}, triggers=[every], enabled=False, replace=True
    )
    ended = await agent.ended(run)
    assert (why(ended), ended.task_id) == (("canceled", "disabled"), task.id)


async def test_what_cannot_be_started_or_was_canceled_is_not_tried_again(
    agent: Embedded, tmp_path: Path
) -> None:
    program = tmp_path / "tool"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    task = await agent.register("tool", "command", {"argv": [str(program)]}, retry=THRICE)
    program.unlink()
    assert why(await agent.ended(await agent.run(task))) == ("failed", "cannot_start")
    long = await agent.run(await agent.add("long", "exec sleep 1000", retry=THRICE))
    await agent.reached(long, "running")
    await agent.cancel(long)
    ended = await agent.ended(long)
    assert (why(ended), ended.attempt) == (("canceled", "user_cancel"), 1)


async def test_a_run_whose_process_vanished_is_interrupted(agent: Embedded) -> None:
    run = await agent.run(await agent.add("long", "exec sleep 1000", retry=THRICE))
    running = await agent.reached(run, "running")
    agent.agent.runner.finishing.vanish(running, "nobody saw it end")
    ended = await agent.ended(run)
    assert why(ended) == ("canceled", "interrupted")
    assert (ended.process, agent.agent.runner.busy_count) == (None, 0)


async def test_an_end_is_stored_once_however_often_it_is_told(agent: Embedded) -> None:
    run = await agent.run(await agent.add("long", "exec sleep 1000"))
    await agent.reached(run, "running")
    found = agent.agent.runner.find(run.id)
    assert found is not None
    await agent.cancel(run)
    ended = await agent.ended(run)
    exit_ = finishing.processes.Exit(exit_code=0, signal=None, at=0)
    agent.agent.runner.finishing.finish(found, exit_)
    await agent.agent.runner.settle()
    assert await agent.agent.store.run(run.id) == ended
