"""From asking for a run to its first line: `python -m tests.benchmarks.bench_start_latency`.

The first thing each program does is to write into a pipe that is listened to here. Ours is asked
over its socket; what stands beside it is started straight from here, and stores nothing.
"""

from __future__ import annotations

import os
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks import agents, table

RUNS = 200
#: Runs before it counts.
WARM = 20
PATIENCE_S = 10.0
MODULE = """
def say(pipe):
    with open(pipe, "w") as writer:
        writer.write("!")
"""


class Pipe:
    """A named pipe whose first byte ends a measurement."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "pipe"
        os.mkfifo(self.path)
        # Held open for writing too, so that it never ends.
        self._fd = os.open(self.path, os.O_RDWR | os.O_NONBLOCK)

    def wait(self) -> None:
        if not select.select([self._fd], [], [], PATIENCE_S)[0]:
            raise TimeoutError("the program did not begin")
        os.read(self._fd, 4096)

    def close(self) -> None:
        os.close(self._fd)


def ask_for(agent: agents.Agent, task_id: str, pipe: Pipe) -> Callable[[], float]:
    """Milliseconds from sending the request to the first byte of the run."""
    connected = socket.socket(socket.AF_UNIX)
    connected.connect(str(agent.home.agent_socket))
    head = f"POST /v1/tasks/{task_id}/run HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n"
    request = head.encode() + b"{}"

    def measure() -> float:
        begin = time.perf_counter()
        connected.sendall(request)
        pipe.wait()
        taken = (time.perf_counter() - begin) * 1000
        answer = connected.recv(65536)
        if not answer.startswith(b"HTTP/1.1 201"):
            raise RuntimeError(answer.decode())
        return taken

    return measure


def start(argv: list[str], pipe: Pipe) -> Callable[[], float]:
    """Milliseconds from starting a program to its first byte."""

    def measure() -> float:
        begin = time.perf_counter()
        with subprocess.Popen(argv, stdin=subprocess.DEVNULL):
            pipe.wait()
            return (time.perf_counter() - begin) * 1000

    return measure


def can_use_systemd() -> bool:
    """Whether there is a service manager that would start something for us."""
    if shutil.which("systemd-run") is None:
        return False
    tried = subprocess.run(
        ["systemd-run", "--user", "--quiet", "--wait", "true"], check=False, capture_output=True
    )
    return tried.returncode == 0


def measure(shown: table.Table) -> None:
    with tempfile.TemporaryDirectory(prefix="bgt-") as name:
        folder = Path(name)
        (folder / "work.py").write_text(MODULE)
        pipe = Pipe(folder)
        shell = ["/bin/sh", "-c", f"echo > {pipe.path}"]
        payload = {"callable": "work:say", "path": [name], "cwd": name, "args": [str(pipe.path)]}
        command = agents.make_task("command", "command", {"argv": shell, "cwd": name})
        function = agents.make_task("function", "python", payload)
        python = [sys.executable, "-c", f"open({str(pipe.path)!r}, 'w').write('!')"]
        with agents.running(command, function) as agent:
            measures = {
                "command": ask_for(agent, command.id, pipe),
                "function": ask_for(agent, function.id, pipe),
                "subprocess.Popen": start(shell, pipe),
                "python -c": start(python, pipe),
            }
            if has_systemd := can_use_systemd():
                unit = ["systemd-run", "--user", "--quiet", "--collect", *shell]
                measures["systemd-run"] = start(unit, pipe)
            table.rounds(WARM, *measures.values())
            found = dict(zip(measures, table.rounds(RUNS, *measures.values()), strict=True))
        pipe.close()
    show(shown, found)
    if not has_systemd:
        shown.note("systemd-run: no service manager of this person here, so left out.")


def show(shown: table.Table, found: dict[str, list[float]]) -> None:
    shown.begin(f"asked for to its first line, {RUNS} runs each")
    for share, name in ((0.5, "p50"), (0.99, "p99")):
        part = {what: table.part(figures, share) for what, figures in found.items()}
        pairs = [("command", "subprocess.Popen"), ("function", "python -c")]
        if "systemd-run" in part:
            pairs.append(("command", "systemd-run"))
        for what, beside in pairs:
            is_aim = what == "function" and share == 0.5
            shown.add(
                f"{what}, {name}",
                part[what],
                "ms",
                beside=table.Peer(beside, part[beside]),
                target=table.at_most(4) if is_aim else None,
            )


if __name__ == "__main__":
    table.run(measure)
