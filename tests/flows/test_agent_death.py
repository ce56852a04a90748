"""The agent's death is not the work's (wishes W14): kill -9 at any moment, and start again."""

from __future__ import annotations

import os
import re
import select
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from bgtasks_gui.client import commands
from tests.flows.living import Living, is_alive

#: Prints three lines, each only when the test has written one into a fifo of its own.
STEPS = """mkfifo 1 2 3; echo ready
for n in 1 2 3; do read line < $n; echo "step $n: $line"; done
exit 7"""
FUNCTIONS = """
import pathlib
from bgtasks_gui.worker import current_run

def waits(fifo, answer):
    run = current_run()
    run.progress(1, 2, "steps")
    print("waiting", flush=True)
    pathlib.Path(fifo).read_text()
    run.progress(2, 2, "steps")
    return {"answer": answer}
"""


@pytest.fixture
def steps(agent: Living) -> Path:
    fifo = agent.home.root / "steps"
    os.mkfifo(fifo)
    return fifo


def say(fifo: Path, text: str) -> None:
    """Hand one line to the reader of a fifo; waits until there is one."""
    with fifo.open("w") as writer:
        writer.write(text)


def test_a_command_goes_on_and_is_taken_over_with_its_log_and_status(agent: Living) -> None:
    agent.add("steps", "/bin/sh", "-c", STEPS)
    run = agent.wait_until(agent.run("steps").id, "running")
    agent.wait_for_text(run.id, "ready")
    say(agent.home.root / "1", "first\n")
    agent.kill()
    assert is_alive(run)
    say(agent.home.root / "2", "second\n")
    agent.start()
    taken_over = agent.show(run.id)
    assert (taken_over.state, taken_over.pid) == ("running", run.pid)
    say(agent.home.root / "3", "third\n")
    ended = agent.wait(run.id)
    assert (ended.state, ended.exit_code) == ("failed", 7)
    log = ["ready", "step 1: first", "step 2: second", "step 3: third"]
    assert agent.log(run.id).splitlines() == log


def test_a_function_goes_on_and_its_result_is_known(
    agent: Living, steps: Path, tmp_path: Path
) -> None:
    (tmp_path / "work.py").write_text(FUNCTIONS)
    kwargs = {"fifo": str(steps), "answer": 42}
    agent.add_python("waits", "work:waits", tmp_path, kwargs=kwargs)
    run = agent.wait_until(agent.run("waits").id, "running")
    agent.kill()
    agent.start()
    assert agent.show(run.id).state == "running"
    say(steps, "go\n")
    ended = agent.wait(run.id)
    assert ended.state == "completed"
    assert ended.result == {"answer": 42}


@pytest.mark.parametrize("status", [0, 3])
def test_what_ended_while_no_agent_lived_has_its_true_status(
    agent: Living, steps: Path, status: int
) -> None:
    agent.add("short", "/bin/sh", "-c", f"read line < steps; echo $line; exit {status}")
    run = agent.wait_until(agent.run("short").id, "running")
    agent.kill()
    assert run.pid is not None
    ended = os.pidfd_open(run.pid)
    say(steps, "bye\n")
    wait_readable(ended)
    agent.start()
    shown = agent.wait(run.id)
    assert shown.state == ("completed" if status == 0 else "failed")
    assert shown.exit_code == status
    assert agent.log(run.id) == "bye\n"


def test_a_cancel_that_the_agent_did_not_live_to_finish_is_finished(agent: Living) -> None:
    stubborn = "trap '' TERM; echo ready; while :; do sleep 60; done"
    agent.add("stubborn", "/bin/sh", "-c", stubborn, grace="PT2S")
    run = agent.wait_until(agent.run("stubborn").id, "running")
    with agent.client() as ask:
        ask(commands.cancel_run(run.id, "enough"))
    assert agent.show(run.id).state == "canceling"
    agent.kill()
    agent.start()
    ended = agent.wait(run.id)
    assert (ended.state, ended.forced) == ("canceled", True)
    assert ended.reason is not None
    assert ended.reason.sentence == "Cancelled by you: enough."


def test_what_died_with_agent_and_supervisor_was_interrupted(agent: Living) -> None:
    agent.add("long", "sleep", "1000")
    run = agent.wait_until(agent.run("long").id, "running")
    supervisor = agent.supervisor_pid()
    agent.kill()
    for pid in (supervisor, run.pid):
        assert pid is not None
        gone = os.pidfd_open(pid)
        os.kill(pid, signal.SIGKILL)
        wait_readable(gone)
    agent.start()
    ended = agent.wait(run.id)
    assert ended.state == "canceled"
    assert ended.reason is not None
    assert ended.reason.code == "interrupted"


def test_stale_files_never_stop_a_start(agent: Living) -> None:
    agent.kill()
    assert agent.home.agent_socket.exists()
    agent.home.agent_lock.write_text("1")
    agent.start()
    agent.add("hello", "echo", "hello")
    assert agent.wait(agent.run("hello").id).state == "completed"


def test_two_agents_on_one_home_cannot_be(agent: Living) -> None:
    command = [sys.executable, "-m", "bgtasks_gui", "agent", "run"]
    env = {**os.environ, "BGTASKS_HOME": str(agent.home.root)}
    second = subprocess.run(command, env=env, capture_output=True, text=True, timeout=30)
    assert second.returncode == 1
    assert re.search(r"An agent serves .* already \(pid \d+\)", second.stderr)
    agent.add("hello", "echo", "hello")
    assert agent.wait(agent.run("hello").id).state == "completed"


def test_killed_again_and_again_nothing_runs_twice_and_no_time_is_lost(agent: Living) -> None:
    """Many short runs, the agent killed at whatever moment that is; then every firing is
    exactly one stored run, and every run that started wrote exactly one line."""
    script = 'open("ran", "a").write(__import__("os").environ["BGTASKS_RUN_ID"] + "\\n")'
    agent.add(
        "often", sys.executable, "-S", "-c", script,
        triggers=({"type": "interval", "every": "PT1S"},),
        overlap={"policy": "parallel", "limit": 100}, missed={"policy": "all", "limit": 100},
    )  # fmt: skip
    for _ in range(4):
        for _ in range(15):
            agent.run("often")
        agent.kill()
        agent.start()
    with agent.client() as ask:
        ask(commands.disable_task("often"))
    for run in every_run(agent):
        agent.wait(run)
    ran = (agent.home.root / "ran").read_text().split()
    assert len(ran) == len(set(ran))
    with sqlite3.connect(agent.home.database) as base:
        planned = base.execute(
            "SELECT count(*), count(DISTINCT planned_at) FROM runs WHERE planned_at IS NOT NULL"
        ).fetchone()
    base.close()
    assert planned[0] == planned[1] > 0
    with agent.client() as ask:
        kept = ask(commands.list_runs(limit=1000))
    assert {run.id for run in kept if run.state in {"completed"}} == set(ran)


def every_run(agent: Living) -> list[str]:
    with agent.client() as ask:
        return [run.id for run in ask(commands.list_runs(limit=1000))]


def wait_readable(pidfd: int) -> None:
    """Wait until a process has ended."""

    try:
        assert select.select([pidfd], [], [], 30)[0], "the process did not end"
    finally:
        os.close(pidfd)
