"""Cancelling a run: asked first, killed with its whole tree when it must be."""

from __future__ import annotations

import asyncio
import os
import select
import signal
from datetime import timedelta
from pathlib import Path

import pytest

from bgtasks_gui.core import errors, runs, tasks
from bgtasks_gui.supervisor.children import processes
from tests.agent.conftest import Make
from tests.agent.support.embedded import PATIENCE_S, Embedded, Gate, living, settles, why
from tests.fakes.manual_clock import ManualClock

_S = runs.RunState
SECOND = timedelta(seconds=1)
#: Three processes, one below the other, none of which heeds SIGTERM.
STUBBORN = "trap '' TERM; sh -c 'sh -c \"echo ready; while :; do sleep 1000; done\"; :'; :"


async def start(agent: Embedded, script: str, **fields: object) -> runs.Run:
    """A run that has printed "ready"."""
    run = await agent.run(await agent.add("work", script, **fields))
    await agent.printed(run, "ready")
    return run


def heeds(gate: Gate) -> str:
    """A script that ends when it is asked to."""
    return f"trap 'echo bye; exit 0' TERM; echo ready; {gate.wait}"


def run_pids(agent: Embedded) -> list[int]:
    return [pid for pid in living(agent.home) if pid != agent.agent.runner.line.pid]


# Asked to end


async def test_a_run_that_heeds_the_request_is_canceled_and_not_forced(
    agent: Embedded, gate: Gate
) -> None:
    run = await start(agent, heeds(gate))
    await agent.cancel(run, "not today")
    ended = await agent.ended(run)
    assert (why(ended), ended.forced, ended.exit_code) == (("canceled", "user_cancel"), False, 0)
    assert ended.reason is not None
    assert ended.reason.detail == "not today"
    assert agent.states(run) == ["pending", "running", "canceling", "canceled"]
    assert agent.log(run) == "ready\nbye\n"
    assert (ended.grace_ends_at, ended.cleaning_up) == (None, False)


async def test_it_is_canceling_at_once_and_says_until_when(make: Make) -> None:
    clock = ManualClock()
    agent = await make(clock=clock).start()
    run = await start(agent, STUBBORN, grace=7 * SECOND)
    await agent.cancel(run)
    canceling = agent.now(run)
    assert why(canceling) == ("canceling", "user_cancel")
    assert canceling.grace_ends_at == clock.now() + 7 * SECOND


async def test_a_tree_that_does_not_heed_it_is_killed_to_the_last_process(make: Make) -> None:
    clock = ManualClock()
    agent = await make(clock=clock).start()
    run = await start(agent, STUBBORN, grace=10 * SECOND)
    assert len(run_pids(agent)) >= 3
    await agent.cancel(run)
    await clock.advance_async(10 * SECOND - SECOND / 10)
    assert agent.now(run).state is _S.CANCELING
    await clock.advance_async(SECOND / 10)
    ended = await agent.ended(run)
    assert (why(ended), ended.forced, ended.exit_code) == (("canceled", "user_cancel"), True, None)
    await settles(lambda: run_pids(agent) == [])


async def test_without_grace_it_is_killed_at_once(agent: Embedded) -> None:
    run = await start(agent, STUBBORN, grace=timedelta(0))
    await agent.cancel(run)
    ended = await agent.ended(run)
    assert (ended.state, ended.forced) == (_S.CANCELED, True)
    await settles(lambda: run_pids(agent) == [])


async def test_children_may_clean_up_after_their_parent(
    agent: Embedded, gate: Gate, tmp_path: Path
) -> None:
    cleaning = tmp_path / "cleaning"
    cleaner = f"trap 'touch {cleaning}; {gate.wait}; exit' TERM; echo ready; {gate.wait}"
    script = f'sh -c "{cleaner}" & exec sleep 1000'
    run = await start(agent, script, grace=30 * SECOND)
    await agent.cancel(run)
    # The main process is gone by SIGTERM, its child still cleans up.
    await settles(cleaning.exists)
    found = agent.agent.runner.find(run.id)
    assert found is not None
    await settles(lambda: found.exit is not None)
    assert agent.now(run).state is _S.CANCELING
    gate.open()
    ended = await agent.ended(run)
    assert (ended.state, ended.forced, run_pids(agent)) == (_S.CANCELED, False, [])


async def test_children_that_never_end_are_killed_when_the_grace_is_over(make: Make) -> None:
    clock = ManualClock()
    agent = await make(clock=clock).start()
    script = "sh -c \"trap '' TERM; echo ready; while :; do sleep 1000; done\" & exec sleep 1000"
    run = await start(agent, script)
    await agent.cancel(run)
    found = agent.agent.runner.find(run.id)
    assert found is not None
    await settles(lambda: found.exit is not None)
    assert agent.now(run).state is _S.CANCELING
    await clock.advance_async(10 * SECOND)
    ended = await agent.ended(run)
    assert (ended.state, ended.forced) == (_S.CANCELED, True)
    await settles(lambda: run_pids(agent) == [])


# At any moment


async def test_while_it_is_being_started(agent: Embedded) -> None:
    run = await agent.run(await agent.add("long", "exec sleep 1000"))
    assert agent.now(run).state is _S.PENDING
    await agent.cancel(run, "first")
    await agent.cancel(run, "second")
    ended = await agent.ended(run)
    assert agent.states(run) == ["pending", "running", "canceling", "canceled"]
    assert ended.reason is not None
    assert ended.reason.detail == "first"


async def test_while_it_waits_it_is_over_at_once_and_never_had_a_process(agent: Embedded) -> None:
    queue = tasks.Overlap(policy=tasks.OverlapPolicy.QUEUE)
    task = await agent.add("queue", "exec sleep 1000", overlap=queue)
    await agent.run(task)
    second = await agent.run(task)
    await agent.reached(second, "waiting")
    await agent.cancel(second)
    ended = await agent.ended(second)
    assert (why(ended), ended.started_at) == (("canceled", "user_cancel"), None)
    assert ended.waits_for is None


async def test_while_it_is_suspended_its_tree_wakes_up_to_end(agent: Embedded, gate: Gate) -> None:
    run = await start(agent, heeds(gate))
    await agent.suspend(run)
    await agent.cancel(run)
    ended = await agent.ended(run)
    assert (ended.state, ended.forced, agent.log(run)) == (_S.CANCELED, False, "ready\nbye\n")
    assert agent.states(run)[2:] == ["suspended", "canceling", "canceled"]


async def test_a_run_suspended_before_its_start_is_over_at_once(agent: Embedded) -> None:
    queue = tasks.Overlap(policy=tasks.OverlapPolicy.QUEUE)
    task = await agent.add("queue", "exec sleep 1000", overlap=queue)
    await agent.run(task)
    second = await agent.run(task)
    await agent.suspend(second)
    await agent.cancel(second)
    assert (await agent.ended(second)).state is _S.CANCELED


async def test_twice_and_after_the_end_it_changes_nothing(make: Make) -> None:
    clock = ManualClock()
    agent = await make(clock=clock).start()
    run = await start(agent, STUBBORN)
    await agent.cancel(run, "first")
    before = agent.now(run)
    clock.advance(5 * SECOND)
    await agent.cancel(run, "second")
    assert agent.now(run) == before
    await clock.advance_async(5 * SECOND)
    ended = await agent.ended(run)
    await agent.cancel(run, "third")
    await agent.agent.runner.settle()
    assert agent.now(run) == ended
    assert await agent.agent.store.run(run.id) == ended


async def test_a_process_that_nobody_watches_just_now_is_not_called_ended(agent: Embedded) -> None:
    run = await start(agent, "echo ready; exec sleep 1000")
    running = agent.now(run)
    agent.agent.runner.release_all()
    with pytest.raises(errors.SupervisorLost, match="try again"):
        await agent.cancel(run)
    assert agent.now(run) == running


async def test_a_cancel_goes_on_when_the_supervisor_dies_over_it(make: Make) -> None:
    clock = ManualClock()
    agent = await make(clock=clock).start()
    run = await start(agent, "echo ready; exec sleep 1000")
    first = agent.agent.runner.line.pid
    assert first is not None
    os.kill(first, signal.SIGSTOP)
    asked = asyncio.ensure_future(agent.cancel(run))
    await agent.reached(run, "canceling")
    os.kill(first, signal.SIGKILL)
    await asked
    await settles(lambda: agent.agent.runner.line.pid not in {None, first})
    await settles(lambda: agent.agent.runner.is_busy(run.id))
    assert agent.now(run).state is _S.CANCELING
    # Nobody asked it to end, so it is killed when its time is over.
    await clock.advance_async(10 * SECOND)
    await settles(lambda: run_pids(agent) == [])
    await clock.advance_async(SECOND)
    ended = await agent.ended(run)
    assert (why(ended), ended.forced) == (("canceled", "user_cancel"), True)


# What it was before the cancel came


async def test_one_that_ended_meanwhile_keeps_its_true_outcome(agent: Embedded, gate: Gate) -> None:
    run = await start(agent, f"echo ready; {gate.wait}; exit 5")
    running, supervisor = agent.now(run), agent.agent.runner.line.pid
    assert running.process is not None
    assert supervisor is not None
    # The supervisor stands still, so it cannot tell of the exit before the cancel.
    os.kill(supervisor, signal.SIGSTOP)
    try:
        gate.open()
        await settles(lambda: not is_alive(running.process.pid))
        asked = asyncio.ensure_future(agent.cancel(run))
        await agent.reached(run, "canceling")
    finally:
        os.kill(supervisor, signal.SIGCONT)
    await asked
    ended = await agent.ended(run)
    assert (why(ended), ended.exit_code, ended.forced) == (("failed", "exit_status"), 5, False)


async def test_an_exit_that_overtakes_the_answer_is_still_a_cancel(agent: Embedded) -> None:
    run = await start(agent, "echo ready; exec sleep 1000")
    running = agent.now(run)
    assert running.process is not None
    end = os.pidfd_open(running.process.pid)
    line = agent.agent.runner.line
    sent = line._numbers
    asked = asyncio.ensure_future(agent.cancel(run))
    # Both requests are on their way: the word and the signal.
    await settles(lambda: line._numbers == sent + 2)
    # This loop stands still until answer and exit are both on their way.
    assert select.select([end], [], [], PATIENCE_S)[0]
    os.close(end)
    while agent.agent.ledger.find(run.id) and run.id not in agent.home.exits.read_text():
        pass
    await asked
    assert why(await agent.ended(run)) == ("canceled", "user_cancel")


def is_alive(pid: int) -> bool:
    """Whether this process goes on; one that nobody took note of does not."""
    found = processes.look_at(pid)
    return found is not None and found.is_alive


# Functions that clean up

CLEAN = """
import pathlib
from bgtasks_gui.worker import current_run

def cleans(gate, seconds, early):
    run = current_run()
    first = run.deferral(seconds) if early else None
    print("ready", flush=True)
    run.wait_canceled()
    print("canceled by", run.cancel_reason["actor"], run.cancel_reason["text"], flush=True)
    with first or run.deferral(seconds):
        print("cleaning", run.cancel_reason["grace_s"], flush=True)
        with open(gate) as end:
            end.readline()
    print("clean", flush=True)
    with open(gate) as end:
        end.readline()
    return "partly"
"""


async def clean(agent: Embedded, folder: Path, seconds: float | None, early: bool) -> runs.Run:
    (folder / "clean.py").write_text(CLEAN)
    kwargs = {"gate": str(folder / "gate"), "seconds": seconds, "early": early}
    task = await agent.add_python("cleans", "clean:cleans", folder, kwargs=kwargs)
    run = await agent.run(task)
    await agent.printed(run, "ready")
    return run


async def changed(agent: Embedded, run: runs.Run, cleaning_up: bool) -> runs.Run:
    return await agent.until(
        lambda: agent.now(run) if agent.now(run).cleaning_up is cleaning_up else None
    )


async def test_a_deferral_is_shown_and_the_grace_lasts_as_long_as_it_asks(
    make: Make, gate: Gate, tmp_path: Path
) -> None:
    clock = ManualClock()
    agent = await make(clock=clock).start()
    run = await clean(agent, tmp_path, 45, early=False)
    asked_at = clock.now()
    await agent.cancel(run, "enough")
    cleaning = await changed(agent, run, True)
    assert cleaning.grace_ends_at == asked_at + 45 * SECOND
    await clock.advance_async(40 * SECOND)
    assert agent.now(run).state is _S.CANCELING
    gate.open()
    assert (await changed(agent, run, False)).state is _S.CANCELING
    gate.open()
    ended = await agent.ended(run)
    assert (why(ended), ended.forced) == (("canceled", "user_cancel"), False)
    assert agent.log(run).splitlines() == [
        *("ready", "canceled by user enough", "cleaning 10.0", "clean")
    ]


async def test_a_deferral_taken_before_the_cancel_counts_from_the_cancel(
    make: Make, gate: Gate, tmp_path: Path
) -> None:
    clock = ManualClock()
    agent = await make(clock=clock).start()
    run = await clean(agent, tmp_path, 30, early=True)
    await agent.cancel(run)
    canceling = agent.now(run)
    assert (canceling.cleaning_up, canceling.grace_ends_at) == (True, clock.now() + 30 * SECOND)
    await agent.printed(run, "cleaning 30.0")


async def test_no_deferral_stretches_the_grace_beyond_a_minute(
    make: Make, gate: Gate, tmp_path: Path
) -> None:
    clock = ManualClock()
    agent = await make(clock=clock).start()
    run = await clean(agent, tmp_path, 1e300, early=False)
    asked_at = clock.now()
    await agent.cancel(run)
    cleaning = await changed(agent, run, True)
    assert cleaning.grace_ends_at == asked_at + 60 * SECOND
    await clock.advance_async(60 * SECOND)
    ended = await agent.ended(run)
    assert (ended.state, ended.forced, ended.cleaning_up) == (_S.CANCELED, True, False)


async def test_a_deferral_without_a_time_is_shown_and_gets_the_grace_of_the_task(
    make: Make, gate: Gate, tmp_path: Path
) -> None:
    clock = ManualClock()
    agent = await make(clock=clock).start()
    run = await clean(agent, tmp_path, None, early=True)
    await agent.cancel(run)
    canceling = agent.now(run)
    assert (canceling.cleaning_up, canceling.grace_ends_at) == (True, clock.now() + 10 * SECOND)


async def test_a_function_that_returns_as_soon_as_it_hears_was_cancelled(
    agent: Embedded, tmp_path: Path
) -> None:
    (tmp_path / "attentive.py").write_text(
        "from bgtasks_gui.worker import current_run\n"
        "def listens():\n    run = current_run()\n    print('ready', flush=True)\n"
        "    run.wait_canceled(1000)\n"
    )
    task = await agent.add_python("listens", "attentive:listens", tmp_path)
    # Whether it returns before the signal comes differs from time to time.
    for _ in range(20):
        run = await agent.run(task)
        await agent.printed(run, "ready")
        await agent.cancel(run)
        assert why(await agent.ended(run)) == ("canceled", "user_cancel")
