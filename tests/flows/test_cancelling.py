"""Cancelling and suspending whole trees of processes, through the command and the client."""

from __future__ import annotations

import os
from pathlib import Path

from bgtasks_gui.client import commands
from bgtasks_gui.supervisor.children import processes
from tests.flows.line import DONE, Line
from tests.flows.living import Living
from tests.flows.test_agent_death import wait_readable

#: Three levels, the last in a session of its own; each says its pid and ignores SIGTERM.
TREE = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
level = int(sys.argv[1])
if level < 3:
    subprocess.Popen([sys.executable, "-S", __file__, str(level + 1)], start_new_session=level == 2)
print(level, os.getpid(), flush=True)
while True:
    time.sleep(60)
"""
DEFERRED = """
import pathlib
from bgtasks_gui.worker import current_run

def tidies(gate):
    run = current_run()
    with run.deferral(30):
        print("working", flush=True)
        run.wait_canceled()
        print("tidying", run.cancel_reason["text"], flush=True)
        pathlib.Path(gate).read_text()
"""


def tree(agent: Living, grace: str) -> tuple[str, list[int]]:
    """A run of three processes, and their pids."""
    (agent.home.root / "tree.py").write_text(TREE)
    agent.add("tree", "python3", "-S", str(agent.home.root / "tree.py"), "1", grace=grace)
    run_id = agent.run("tree").id
    for level in "123":
        agent.wait_for_text(run_id, f"{level} ")
    said = agent.log(run_id)
    while said.count("\n") < 3:
        said = agent.log(run_id)
    return run_id, [int(line.split()[1]) for line in said.splitlines()]


def test_a_tree_that_ignores_the_request_dies_whole_and_says_so(
    agent: Living, bgtasks: Line
) -> None:
    run_id, pids = tree(agent, "PT1S")
    ends = [os.pidfd_open(pid) for pid in pids]
    asked = bgtasks("cancel", "tree", "--reason", "enough", "--json").json
    [run] = asked["runs"]
    assert (run["state"], run["status"], run["forced"]) == ("canceling", "processing", False)
    assert run["grace_ends_at"] is not None
    for end in ends:
        wait_readable(end)
    ended = agent.wait(run_id)
    assert (ended.state, ended.forced) == ("canceled", True)
    assert ended.reason is not None
    assert (ended.reason.code, ended.reason.sentence) == (
        "user_cancel", "Cancelled by you: enough.",
    )  # fmt: skip
    assert "forced" in bgtasks("status", run_id, "--json").out


def test_a_tree_stands_still_and_goes_on(agent: Living, bgtasks: Line) -> None:
    run_id, pids = tree(agent, "PT1S")
    assert bgtasks("suspend", run_id, "--json").json["state"] == "suspended"
    assert [state(pid) for pid in pids] == ["T"] * 3
    assert agent.show(run_id).suspended_count == 1
    assert bgtasks("resume", run_id, "--json").json["state"] == "running"
    assert "T" not in {state(pid) for pid in pids}
    # What stands still is ended as well as what runs.
    bgtasks("suspend", run_id)
    ends = [os.pidfd_open(pid) for pid in pids]
    assert bgtasks("cancel", run_id).code == DONE
    for end in ends:
        wait_readable(end)
    assert agent.wait(run_id).state == "canceled"


def state(pid: int) -> str:
    """The letter of a process's state, as proc(5) names them."""
    assert processes.look_at(pid) is not None
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def test_a_deferral_is_shown_as_cleaning_up(agent: Living, bgtasks: Line, tmp_path: Path) -> None:
    (tmp_path / "work.py").write_text(DEFERRED)
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    agent.add_python("tidy", "work:tidies", tmp_path, kwargs={"gate": str(gate)})
    run_id = agent.run("tidy").id
    agent.wait_for_text(run_id, "working\n")
    bgtasks("cancel", run_id, "--reason", "enough")
    agent.wait_for_text(run_id, "tidying enough\n")
    shown = bgtasks("status", run_id, "--json").json
    assert (shown["state"], shown["cleaning_up"]) == ("canceling", True)
    assert shown["grace_ends_at"] > shown["reason"]["at"]
    assert "leaning up" in bgtasks("status", run_id).out
    gate.write_text("go")
    ended = agent.wait(run_id)
    assert (ended.state, ended.forced, ended.cleaning_up) == ("canceled", False, False)


def test_what_ended_meanwhile_keeps_its_outcome(agent: Living, bgtasks: Line) -> None:
    agent.add("quick", "sh", "-c", "exit 5")
    run = agent.wait(agent.run("quick").id)
    told = bgtasks("cancel", run.id, "--json").json
    assert (told["state"], told["exit_code"], told["reason"]["code"]) == (
        "failed", 5, "exit_status",
    )  # fmt: skip
    said = bgtasks("cancel", run.id)
    assert said.code == DONE
    assert "exit status 5" in said.out
    assert agent.show(run.id) == run


def test_a_run_that_waits_is_over_at_once(agent: Living, bgtasks: Line) -> None:
    agent.add("t", "true")
    bgtasks("pause")
    waiting = agent.wait_until(agent.run("t").id, "waiting")
    told = bgtasks("cancel", waiting.id, "--json").json
    assert (told["state"], told["forced"], told["started_at"]) == ("canceled", False, None)
    bgtasks("resume", "--all")
    assert agent.show(waiting.id).state == "canceled"


def test_removing_with_cancel_ends_the_tree(agent: Living, bgtasks: Line) -> None:
    run_id, pids = tree(agent, "PT0S")
    ends = [os.pidfd_open(pid) for pid in pids]
    gone = bgtasks("remove", "tree", "--cancel", "--json").json
    assert gone["canceled_runs"] == [run_id]
    for end in ends:
        wait_readable(end)
    ended = agent.wait(run_id)
    assert ended.reason is not None
    assert (ended.state, ended.reason.code, ended.reason.actor) == ("canceled", "abort", "user")
    with agent.client() as ask:
        assert ask(commands.list_tasks()) == ()
