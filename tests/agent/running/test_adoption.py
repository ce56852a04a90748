"""Runs that outlived the last agent, or its supervisor (wishes W14)."""

from __future__ import annotations

import asyncio
import os
import signal
from datetime import timedelta
from pathlib import Path

import pytest

from bgtasks_gui.agent.running import adoption
from bgtasks_gui.core import processes, runs, tasks
from bgtasks_gui.supervisor.children import processes as table
from tests.agent.conftest import Make
from tests.agent.support.embedded import PATIENCE_S, Embedded, Gate, gone, living, settles, why
from tests.fakes.manual_clock import ManualClock

_S = runs.RunState
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


async def start(agent: Embedded, script: str, **fields: object) -> runs.Run:
    """A run that has printed "ready", as it is then."""
    run = await agent.run(await agent.add("work", script, **fields))
    await agent.printed(run, "ready")
    return agent.now(run)


async def kill(pid: int | None) -> None:
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    await gone(pid)


def pid_of(run: runs.Run) -> int:
    assert run.process is not None
    return run.process.pid


def state_of(run: runs.Run) -> str | None:
    found = table.look_at(pid_of(run))
    return None if found is None else found.state


# The supervisor lived on


async def test_a_run_that_goes_on_is_taken_over_with_log_progress_and_status(
    make: Make, gate: Gate
) -> None:
    agent = await make().start()
    before = await start(agent, f"echo ready; {gate.wait}; echo 50%; {gate.wait}; exit 7")
    await agent.crash()
    gate.open()
    agent = await make().start()
    run = agent.now(before)
    assert (run.state, run.process) == (_S.RUNNING, before.process)
    await agent.printed(run, "50%")
    gate.open()
    ended = await agent.ended(run)
    assert (why(ended), ended.exit_code) == (("failed", "exit_status"), 7)
    assert ended.progress is not None
    assert ended.progress.done == 50
    assert (ended.started_at, ended.attempt) == (before.started_at, 1)


async def test_what_ended_while_no_agent_lived_has_its_true_status(make: Make, gate: Gate) -> None:
    agent = await make().start()
    before = await start(agent, f"echo ready; {gate.wait}; echo 80%; exit 7")
    await agent.crash()
    gate.open()
    await gone(pid_of(before))
    agent = await make().start()
    ended = await agent.ended(before)
    assert (why(ended), ended.exit_code) == (("failed", "exit_status"), 7)
    assert ended.progress is not None
    assert ended.progress.done == 80
    # It is stored, so the supervisor need not remember it.
    assert (await agent.agent.runner.line.stats())["exits"] == 0


async def test_the_result_of_a_function_is_not_lost(make: Make, gate: Gate, tmp_path: Path) -> None:
    (tmp_path / "work.py").write_text(
        "from bgtasks_gui.worker import current_run\n"
        "def answer():\n"
        "    current_run().progress(1, 2, 'steps')\n"
        "    print('ready', flush=True)\n"
        f"    open({str(tmp_path / 'gate')!r}).readline()\n"
        "    return 42\n"
    )
    agent = await make().start()
    run = await agent.run(await agent.add_python("answer", "work:answer", tmp_path))
    await agent.printed(run, "ready")
    await agent.crash()
    agent = await make().start()
    adopted = await agent.until(lambda: agent.now(run) if agent.now(run).progress else None)
    assert adopted.progress is not None
    assert (adopted.progress.done, adopted.progress.unit) == (1, "steps")
    gate.open()
    ended = await agent.ended(run)
    assert (ended.state, bytes(ended.result)) == (_S.COMPLETED, b"42")


async def test_the_time_that_an_attempt_ran_counts_and_that_it_stood_does_not(
    make: Make,
) -> None:
    clock = ManualClock()
    agent = await make(clock=clock).start()
    limit = 10 * MINUTE
    before = await start(agent, "echo ready; exec sleep 1000", time_limit=limit, grace=MINUTE)
    await clock.advance_async(2 * MINUTE)
    await agent.suspend(before)
    await clock.advance_async(30 * MINUTE)
    await agent.crash()
    agent = await make(clock=clock).start()
    assert why(agent.now(before)) == ("suspended", "user_suspend")
    await clock.advance_async(30 * MINUTE)
    await agent.resume(before)
    assert agent.now(before).suspended_s == 3600
    await clock.advance_async(8 * MINUTE - SECOND)
    assert agent.now(before).state is _S.RUNNING
    await clock.advance_async(SECOND)
    assert why(await agent.ended(before)) == ("canceled", "time_limit")


async def test_a_cancel_is_finished_at_the_time_that_was_promised(make: Make) -> None:
    clock = ManualClock()
    agent = await make(clock=clock).start()
    before = await start(agent, "trap '' TERM; echo ready; while :; do sleep 1000; done")
    await agent.cancel(before, "enough")
    await clock.advance_async(4 * SECOND)
    await agent.crash()
    agent = await make(clock=clock).start()
    await clock.advance_async(5 * SECOND)
    assert agent.now(before).state is _S.CANCELING
    await clock.advance_async(SECOND)
    ended = await agent.ended(before)
    assert (why(ended), ended.forced) == (("canceled", "user_cancel"), True)


async def test_what_never_began_is_decided_again(make: Make, gate: Gate) -> None:
    queue = tasks.Overlap(policy=tasks.OverlapPolicy.QUEUE)
    agent = await make().start()
    task = await agent.add("queue", gate.wait, overlap=queue)
    first, second = await agent.run(task), await agent.run(task)
    await agent.reached(second, "waiting")
    await agent.crash()
    agent = await make().start()
    assert agent.now(second).state is _S.WAITING
    gate.open()
    await agent.ended(first)
    gate.open()
    assert (await agent.ended(second)).state is _S.COMPLETED


async def test_a_start_that_was_not_stored_any_more_is_not_done_twice(
    make: Make, gate: Gate
) -> None:
    agent = await make().start()
    task = await agent.add("once", f"echo ready; {gate.wait}; echo done")
    run = agent.agent.ledger.make_run(task, runs.Firing(type="manual"))
    await agent.agent.ledger.add([run])
    runner = agent.agent.runner
    identity = await runner.line.start(run.id, runner._spec(run, task), task.resources)
    await agent.crash()
    agent = await make().start()
    adopted = agent.now(run)
    assert (adopted.state, adopted.process) == (_S.RUNNING, identity)
    gate.open()
    assert (await agent.ended(run)).state is _S.COMPLETED
    assert agent.log(run) == "ready\ndone\n"


async def test_the_exit_of_an_attempt_is_not_taken_for_that_of_the_next(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    thrice = tasks.Retry(attempts=2, backoff=MINUTE, jitter=False)
    agent = await make().start()
    task = await agent.add("stubborn", 'test "$BGTASKS_ATTEMPT" -eq 2', retry=thrice)
    # The agent dies before it can say that the exit is stored.
    monkeypatch.setattr(agent.agent.runner.line, "forget", lambda run_ids: None)
    run = await agent.run(task)
    waiting = await agent.reached(run, "waiting")
    assert (await agent.agent.runner.line.stats())["exits"] == 1
    await agent.crash()
    agent = await make().start()
    assert (agent.now(run).state, agent.now(run).attempt) == (_S.WAITING, 2)
    assert agent.now(run).retry_at == waiting.retry_at
    assert (await agent.agent.runner.line.stats())["exits"] == 0
    await agent.agent.ledger.amend(run.id, retry_at=None)
    agent.agent.dispatcher.reconsider()
    ended = await agent.ended(run)
    assert (ended.state, ended.attempt) == (_S.COMPLETED, 2)


async def test_processes_are_made_to_stand_or_go_as_it_is_stored(make: Make) -> None:
    agent = await make().start()
    standing = await start(agent, "echo ready; exec sleep 1000")
    await agent.suspend(standing)
    going = await agent.run(await agent.add("going", "echo ready; exec sleep 1000"))
    await agent.printed(going, "ready")
    going = agent.now(going)
    await agent.crash()
    os.kill(pid_of(standing), signal.SIGCONT)
    os.kill(pid_of(going), signal.SIGSTOP)
    await settles(lambda: (state_of(standing), state_of(going)) == ("S", "T"))
    agent = await make().start()
    await settles(lambda: (state_of(standing), state_of(going)) == ("T", "S"))
    assert agent.now(standing).state is _S.SUSPENDED
    assert agent.now(going).state is _S.RUNNING


async def test_a_run_whose_task_was_removed_is_taken_over_all_the_same(
    make: Make, gate: Gate
) -> None:
    agent = await make().start()
    before = await start(agent, f"echo ready; {gate.wait}")
    standing = await agent.agent.store.standing(before.task_id)
    assert standing is not None
    await agent.agent.ledger.remove_task(standing)
    await agent.crash()
    agent = await make().start()
    assert agent.now(before).state is _S.RUNNING
    gate.open()
    assert (await agent.ended(before)).state is _S.COMPLETED


async def test_exits_that_are_stored_are_forgotten_and_strangers_are_told_of(
    make: Make, gate: Gate, caplog: pytest.LogCaptureFixture
) -> None:
    agent = await make().start()
    line = agent.agent.runner.line
    for name, argv in (("over", ("sh", "-c", gate.wait)), ("stranger", ("sleep", "1000"))):
        spec = processes.CommandProcess(argv=argv, cwd="/", env=dict(os.environ))
        await line.start(name, spec, tasks.Resources())
    await agent.crash()
    gate.open()
    await settles(lambda: "over" in agent.home.exits.read_text())
    agent = await make().start()
    assert "runs what nobody asked for" in caplog.text
    stats = await agent.agent.runner.line.stats()
    assert (stats["runs"], stats["exits"]) == (1, 0)


# The supervisor died


async def test_a_run_that_lost_its_supervisor_is_watched_and_its_end_is_interrupted(
    make: Make,
) -> None:
    clock = ManualClock()
    agent = await make(clock=clock).start()
    before = await start(agent, "echo ready; exec sleep 1000", time_limit=60 * MINUTE)
    first = agent.agent.runner.line.pid
    await kill(first)
    await settles(lambda: agent.agent.runner.line.pid not in {None, first})
    await settles(lambda: agent.agent.runner.is_busy(before.id))
    assert agent.now(before) == before
    await clock.advance_async(10 * SECOND)
    assert agent.now(before).state is _S.RUNNING
    await kill(pid_of(before))
    await clock.advance_async(SECOND)
    ended = await agent.ended(before)
    assert (why(ended), ended.process, ended.exit_code) == (("canceled", "interrupted"), None, None)
    assert ended.reason is not None
    assert "the process that watched it was killed" in (ended.reason.detail or "")


async def test_it_can_be_suspended_and_cancelled_all_the_same(make: Make) -> None:
    clock = ManualClock()
    agent = await make(clock=clock).start()
    before = await start(agent, "echo ready; exec sleep 1000")
    first = agent.agent.runner.line.pid
    await kill(first)
    await settles(
        lambda: agent.agent.runner.is_busy(before.id) and agent.agent.runner.line.pid != first
    )
    await agent.suspend(before)
    await settles(lambda: state_of(before) == "T")
    await agent.cancel(before, "enough")
    await gone(pid_of(before))
    await clock.advance_async(SECOND)
    ended = await agent.ended(before)
    assert (why(ended), ended.exit_code, ended.forced) == (("canceled", "user_cancel"), None, False)


async def test_one_that_was_gone_before_the_cancel_came_is_interrupted(make: Make) -> None:
    clock = ManualClock()
    agent = await make(clock=clock).start()
    before = await start(agent, "echo ready; exec sleep 1000")
    first = agent.agent.runner.line.pid
    await kill(first)
    await settles(
        lambda: agent.agent.runner.is_busy(before.id) and agent.agent.runner.line.pid != first
    )
    await kill(pid_of(before))
    await agent.cancel(before)
    await clock.advance_async(SECOND)
    assert why(await agent.ended(before)) == ("canceled", "interrupted")


async def test_an_exit_that_only_the_journal_knows_counts(make: Make, gate: Gate) -> None:
    agent = await make().start()
    before = await start(agent, f"echo ready; {gate.wait}; exit 6")
    supervisor = agent.agent.runner.line.pid
    await agent.crash()
    gate.open()
    await settles(lambda: before.id in agent.home.exits.read_text())
    await kill(supervisor)
    agent = await make().start()
    ended = await agent.ended(before)
    assert (why(ended), ended.exit_code) == (("failed", "exit_status"), 6)


async def test_what_died_unseen_was_interrupted(make: Make) -> None:
    agent = await make().start()
    before = await start(agent, "echo ready; exec sleep 1000")
    supervisor = agent.agent.runner.line.pid
    await agent.crash()
    await kill(supervisor)
    await kill(pid_of(before))
    agent = await make().start()
    ended = await agent.ended(before)
    assert why(ended) == ("canceled", "interrupted")
    assert ended.reason is not None
    assert ended.reason.detail == "its process is gone and nobody saw it end"


async def test_after_another_boot_no_process_is_taken_for_the_runs_own(make: Make) -> None:
    agent = await make().start()
    before = await start(agent, "echo ready; exec sleep 1000")
    supervisor = agent.agent.runner.line.pid
    assert before.process is not None
    other = processes.Identity(
        pid=before.process.pid, start_ticks=before.process.start_ticks, boot_id="another"
    )
    await agent.agent.ledger.amend(before.id, process=other)
    await agent.crash()
    await kill(supervisor)
    agent = await make().start()
    ended = await agent.ended(before)
    assert ended.reason is not None
    assert ended.reason.detail == "the computer was switched off or restarted"
    assert state_of(before) == "S"


async def test_a_start_that_nobody_answered_is_done_once(make: Make) -> None:
    agent = await make().start()
    task = await agent.add("once", "echo ready")
    first = agent.agent.runner.line.pid
    assert first is not None
    os.kill(first, signal.SIGSTOP)
    run = await agent.run(task)
    await kill(first)
    ended = await agent.ended(run)
    assert (ended.state, agent.log(run)) == (_S.COMPLETED, "ready\n")


async def test_what_a_dead_supervisor_may_have_started_does_not_run_beside(agent: Embedded) -> None:
    task = await agent.add("once", "echo ready")
    run = agent.agent.ledger.make_run(task, runs.Firing(type="manual"))
    await agent.agent.ledger.add([run])
    # As a supervisor leaves it that was killed between starting and answering.
    left = await asyncio.create_subprocess_exec(
        *("sleep", "1000"), env={**os.environ, "BGTASKS_RUN_ID": run.id}, start_new_session=True
    )
    agent.agent.runner._unanswered[run.id] = 1
    await agent.agent.dispatcher.consider([run])
    assert (await agent.ended(run)).state is _S.COMPLETED
    assert await asyncio.wait_for(left.wait(), PATIENCE_S) == -signal.SIGKILL
    assert len(living(agent.home)) == 1


def test_the_boot_of_this_agent_is_known() -> None:
    assert adoption.own_boot_id() == Path("/proc/sys/kernel/random/boot_id").read_text().strip()
