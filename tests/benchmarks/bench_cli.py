"""Whole commands, from their start to their end: `python -m tests.benchmarks.bench_cli`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bgtasks_gui.client import commands, results
from tests.benchmarks import agents, table

ROUNDS = 21
TASKS = 10
#: Programs of others that ask their own daemon, or only say who they are.
PEERS = (["systemctl", "--version"], ["transmission-remote", "--version"])


def run_command(argv: list[str], env: dict[str, str]) -> Callable[[], float]:
    """Milliseconds of the whole process."""

    def measure() -> float:
        begin = time.perf_counter()
        subprocess.run(argv, env=env, check=True, capture_output=True)
        return (time.perf_counter() - begin) * 1000

    return measure


def works(argv: list[str], env: dict[str, str]) -> bool:
    return subprocess.run(argv, env=env, check=False, capture_output=True).returncode == 0


def measure(shown: table.Table) -> None:
    payload = {"argv": ["/bin/true"], "cwd": "/"}
    registered = [agents.make_task(f"task {each}", "command", payload) for each in range(TASKS)]
    with agents.running(*registered) as agent:
        with agent.client() as ask:
            run = ask(commands.run_task(registered[0].id))
            results.wait_for_run_blocking(ask, run.id)
        env = {**os.environ, "BGTASKS_HOME": str(agent.home.root)}
        bgtasks = str(Path(sys.executable).with_name("bgtasks"))
        ours = [[bgtasks, "--version"], [bgtasks, "status", run.id], [bgtasks, "list"]]
        python = [sys.executable, "-c", "pass"]
        peers = [python, *(each for each in PEERS if shutil.which(each[0]))]
        asked = [argv for argv in [*ours, *peers] if works(argv, env)]
        figures = table.rounds(ROUNDS, *(run_command(argv, env) for argv in asked))
    found = {" ".join(argv): each for argv, each in zip(asked, figures, strict=True)}
    show(shown, ours, found, beside=" ".join(python))
    for argv in peers[1:]:
        shown.add(f"beside: {' '.join(argv)}", found[" ".join(argv)], "ms")


def show(
    shown: table.Table, ours: list[list[str]], found: dict[str, list[float]], *, beside: str
) -> None:
    shown.begin("commands, the whole process")
    targets = (None, table.at_most(60), table.at_most(150))
    for argv, target in zip(ours, targets, strict=True):
        what = f"bgtasks {argv[1]}"
        figures = found.get(" ".join(argv))
        if figures is None:
            shown.note(f"{what}: left out, it does not work yet.")
            continue
        peer = table.Peer("python -c pass", found[beside])
        shown.add(what, figures, "ms", beside=peer, target=target)


if __name__ == "__main__":
    table.run(measure)
