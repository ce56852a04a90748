from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from bgtasks_gui.supervisor.children import processes, tree
from tests.supervisor.support.client import (
    Agent,
    Supervised,
    new_run,
    state_of,
    wait_gone,
    wait_stopped,
)

#: Three levels that ignore SIGTERM, a daemon that left its session, and one that left it in
#: Python, without starting a program.
STUBBORN = """
import os, signal, subprocess, sys, time

def spawn_levels(levels, report):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if levels:
        code = f"import sys; sys.path.insert(0, {os.getcwd()!r}); import stubborn;"
        code += f"stubborn.spawn_levels({levels - 1}, {report!r})"
        subprocess.Popen([sys.executable, "-c", code])
    else:
        subprocess.Popen(["sh", "stay.sh"])
        subprocess.Popen(["setsid", "-f", "sh", "stay.sh"])
    with open(report, "a") as file:
        file.write(f"{os.getpid()}\\n")
    while True:
        time.sleep(1000)

def daemonize():
    for _ in range(2):
        if os.fork():
            os.wait() if _ else None
            return
        os.setsid()
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with open("report", "a") as file:
        file.write(f"{os.getpid()}\\n")
    while True:
        time.sleep(1000)

def work():
    pid = os.fork()
    if pid == 0:
        try:
            daemonize()
        finally:
            os._exit(0)
    os.waitpid(pid, 0)
    spawn_levels(2, os.path.abspath("report"))
"""


def who(identity: dict[str, Any], run: str) -> dict[str, Any]:
    return {"run": run, "pid": identity["pid"], "start_ticks": identity["start_ticks"]}


@pytest.fixture
def run() -> str:
    return new_run()


def start_stubborn(
    place: Supervised, agent: Agent, run: str, count: int
) -> tuple[dict[str, Any], list[int]]:
    """The run's identity, and the process ids of its members once all have reported."""
    place.module("stubborn", STUBBORN)
    report = place.folder / "report"
    os.mkfifo(report)
    stay = "trap '' TERM; echo $$ >> report; while :; do sleep 1000; done"
    (place.folder / "stay.sh").write_text(stay)
    identity = agent.ask("start", **place.python(run, "stubborn:work"))
    members: list[int] = []
    with report.open() as file:
        while len(members) < count:
            members += map(int, file.readline().split())
    return identity, members


def test_a_tree_that_ignores_sigterm_is_killed_with_its_daemons(run: str) -> None:
    with Supervised() as place:
        agent = place.agent()
        identity, members = start_stubborn(place, agent, run, 6)
        assert identity["pid"] in members
        assert agent.ask("signal", action="terminate", **who(identity, run))["signalled"] >= 6
        assert all(state_of(pid) not in (None, "Z") for pid in members)
        assert agent.ask("usage", **who(identity, run))["processes"] >= 6
        reply = agent.ask("signal", action="kill", **who(identity, run))
        assert reply["alive"] is True
        assert reply["signalled"] >= 6
        exit = agent.exit(run)
        assert exit["signal"] == signal.SIGKILL
        wait_gone(members)


def test_a_whole_tree_stops_and_goes_on(run: str) -> None:
    with Supervised() as place:
        agent = place.agent()
        identity, members = start_stubborn(place, agent, run, 6)
        reply = agent.ask("signal", action="stop", **who(identity, run))
        assert reply["alive"] is True
        wait_stopped(members)
        assert agent.ask("hello")["runs"][0]["state"] == "stopped"
        assert agent.ask("signal", action="continue", **who(identity, run))["signalled"] >= 6
        assert "T" not in {state_of(pid) for pid in members}
        assert agent.ask("hello")["runs"][0]["state"] == "running"


def test_a_stopped_tree_takes_its_sigterm(run: str) -> None:
    with Supervised() as place:
        agent = place.agent()
        identity = agent.ask("start", **place.shell(run, "sleep 1000; true"))
        agent.ask("signal", action="stop", **who(identity, run))
        agent.ask("signal", action="terminate", **who(identity, run))
        assert agent.exit(run)["signal"] == signal.SIGTERM


def test_usage_of_a_tree(run: str) -> None:
    with Supervised() as place:
        agent = place.agent()
        os.mkfifo(place.folder / "fifo")
        busy = "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; echo; sleep 1000 & wait"
        identity = agent.ask("start", **place.shell(run, busy))
        agent.event(lambda event: event["event"] == "output")
        usage = agent.ask("usage", **who(identity, run))
        assert usage["cpu_s"] > 0
        assert usage["rss"] > 500_000
        assert usage["processes"] in (1, 2)


def test_a_later_process_with_the_number_is_not_touched() -> None:
    with Supervised() as place:
        agent = place.agent()
        stranger = agent.ask("start", **place.command(new_run(), "sleep", "1000"))
        earlier = {**stranger, "start_ticks": stranger["start_ticks"] - 1}
        for action in ("terminate", "stop", "kill"):
            reply = agent.ask("signal", action=action, **who(earlier, new_run()))
            assert (reply["alive"], reply["signalled"]) == (False, 0)
        assert agent.ask("usage", **who(earlier, new_run()))["processes"] == 0
        other_boot = {**who(stranger, new_run()), "boot_id": "of another boot"}
        reply = agent.ask("signal", action="kill", **other_boot)
        assert (reply["alive"], reply["signalled"]) == (False, 0)
        assert state_of(stranger["pid"]) == "S"


def test_a_run_of_an_earlier_supervisor_can_be_signalled(run: str) -> None:
    with Supervised() as place:
        identity = place.agent().ask("start", **place.shell(run, "sleep 1000 & wait"))
        place.process.kill()
        place.process.wait()
        place.begin()
        agent = place.agent()
        assert agent.ask("usage", **who(identity, run))["processes"] == 2
        reply = agent.ask("signal", action="kill", **who(identity, run))
        assert (reply["alive"], reply["signalled"]) == (True, 2)
        wait_gone([identity["pid"]])
        assert agent.ask("signal", action="kill", **who(identity, run))["alive"] is False


def process(pid: int, ppid: int, session: int, state: str = "S", start: int = 10) -> Any:
    made = processes.Process(pid, ppid, session, state, start)
    made.has_memory = False
    return made


class TestMembers:
    """On processes made up."""

    def found(self, root: tree.Root, *everything: processes.Process) -> list[int]:
        return [each.pid for each in tree.members(root, {each.pid: each for each in everything})]

    def test_parents_come_before_children(self) -> None:
        root = tree.Root("r", 100, 10)
        tree_of_four = [process(103, 102, 100), process(102, 100, 100), process(104, 103, 104)]
        assert self.found(root, *tree_of_four, process(100, 1, 100)) == [100, 102, 103, 104]

    def test_ended_ones_do_not_count(self) -> None:
        root = tree.Root("r", 100, 10)
        assert self.found(root, process(100, 1, 100, "Z"), process(101, 1, 100)) == [101]

    def test_session_of_a_later_process_is_a_strangers(self) -> None:
        root = tree.Root("r", 100, 10)
        later = process(100, 1, 100, start=99)
        assert self.found(root, later, process(101, 100, 100)) == []

    def test_session_without_its_first_process_counts_only_at_once(self) -> None:
        member = process(101, 1, 100)
        assert self.found(tree.Root("r", 100, 10), member) == []
        assert self.found(tree.Root("r", 100, 10, is_just_reaped=True), member) == [101]
        assert self.found(tree.Root("r", 100, 10, [(101, 10)]), member) == [101]
        assert self.found(tree.Root("r", 100, 10, [(101, 9)]), member) == []

    def test_a_run_without_a_name_marks_nothing(self) -> None:
        everything = processes.all_processes()
        assert tree.members(tree.Root("", 2**22 + 5, 1), everything) == []

    def test_those_above_this_process_are_never_members(self) -> None:
        me = os.getpid()
        above = [process(me, 50, 50), process(50, 40, 40), process(40, 1, 40), process(1, 0, 0)]
        root = tree.Root("r", 50, 10, [(40, 10), (1, 10), (me, 10)])
        assert self.found(root, *above, process(51, 50, 50)) == [51]

    def test_neither_this_process_nor_its_children_are_members(self) -> None:
        root = tree.Root("r", 100, 10)
        me = process(os.getpid(), 7, 100)
        assert self.found(root, process(100, 1, 100), me, process(8, me.pid, 8)) == [100]


def test_marks_are_forgotten_with_their_processes() -> None:
    own = processes.look_at(os.getpid())
    assert own is not None
    for number in range(50):
        tree._marks[(10_000_000 + number, 1)] = ""
    tree.members(tree.Root("r", 1, 1), {own.pid: own})
    assert all(pid < 10_000_000 for pid, _ in tree._marks)


def test_nothing_is_left_over_when_this_process_has_no_other_child(tmp_path: Path) -> None:
    # Here orphans go elsewhere, so the answer takes a look at everything.
    assert tree.leftover(tree.Root("no-such-run", 2**22 + 5, 1, is_just_reaped=True), ()) == []
