"""A real supervisor in a folder of its own, and a small blocking agent that talks to it."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
#: Longest wait for anything that should come at once.
PATIENCE_S = 20.0
START = (
    f"import sys, runpy; sys.path.insert(0, {str(ROOT)!r});"
    "runpy.run_module('bgtasks_gui.supervisor', run_name='__main__', alter_sys=True)"
)
Message = dict[str, Any]


def new_run() -> str:
    """An id that no other test uses: processes are found by it."""
    return str(uuid.uuid4())


class Agent:
    """One connection; says hello unless told not to."""

    def __init__(self, path: Path, *, greets: bool = True) -> None:
        self._end = socket.socket(socket.AF_UNIX)
        self._end.settimeout(PATIENCE_S)
        self._end.connect(str(path))
        self._rest = b""
        self._numbers = itertools.count(1)
        #: Events in the order they came, not yet taken.
        self.events: list[Message] = []
        self.hello: Message = self.ask("hello", agent_pid=os.getpid()) if greets else {}

    def write(self, content: bytes) -> None:
        self._end.sendall(content)

    def send(self, do: str, **fields: object) -> int:
        number = next(self._numbers)
        self.write(json.dumps({"id": number, "do": do, **fields}).encode() + b"\n")
        return number

    def ask(self, do: str, **fields: object) -> Message:
        return self.reply_to(self.send(do, **fields))

    def reply_to(self, number: int | None) -> Message:
        while True:
            message = self.read()
            if "reply" in message:
                assert message["reply"] == number, message
                return message
            self.events.append(message)

    def read(self) -> Message:
        """The next message; ConnectionError when there is none."""
        while b"\n" not in self._rest:
            chunk = self._end.recv(65536)
            if not chunk:
                raise ConnectionError("the supervisor has closed the connection")
            self._rest += chunk
        line, _, self._rest = self._rest.partition(b"\n")
        message: Message = json.loads(line)
        return message

    def event(self, wanted: Callable[[Message], bool]) -> Message:
        """The first event that is wanted; those before it are dropped."""
        while True:
            event = self.events.pop(0) if self.events else self.read()
            if wanted(event):
                return event

    def gather(self, run: str) -> list[Message]:
        """All events of a run up to its exit."""
        gathered = []
        while not gathered or gathered[-1]["event"] != "exited":
            gathered.append(self.event(lambda event: event["run"] == run))
        return gathered

    def exit(self, run: str) -> Message:
        return self.event(lambda event: event["event"] == "exited" and event["run"] == run)

    def message(self, run: str, kind: str) -> Message:
        """The next message of this type from a run's worker."""
        found = self.event(
            lambda event: (
                event["event"] == "message"
                and event["run"] == run
                and event["message"]["type"] == kind
            )
        )
        message: Message = found["message"]
        return message

    def close(self) -> None:
        self._end.close()


class Supervised:
    """A supervisor, and what is needed to start runs under it. Kills what is left at the end."""

    def __init__(
        self, *options: str, prefix: tuple[str, ...] = (), idle_exit_s: float = 60
    ) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="bgs-"))
        self.socket = self.folder / "s" / "s.sock"
        self.journal = self.folder / "exits.jsonl"
        self._options = [*options, "--idle-exit-s", str(idle_exit_s)]
        self._prefix = prefix
        self._agents: list[Agent] = []
        self._faults = (self.folder / "faults").open("w")
        self.process = self.begin()

    def begin(self) -> subprocess.Popen[str]:
        paths = ["--socket", str(self.socket), "--journal", str(self.journal)]
        process = subprocess.Popen(
            [*self._prefix, sys.executable, "-I", "-c", START, *paths, *self._options],
            stdout=subprocess.PIPE,
            stderr=self._faults,
            text=True,
            start_new_session=True,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.stdout.close()
        self.process = process
        return process

    def agent(self, *, greets: bool = True) -> Agent:
        agent = Agent(self.socket, greets=greets)
        self._agents.append(agent)
        return agent

    def log(self, run: str) -> Path:
        return self.folder / "runs" / f"{run}.log"

    def command(self, run: str, *argv: str, **fields: object) -> Message:
        """The request that starts a program."""
        return self._start(run, {"kind": "command", "argv": list(argv), **fields})

    def shell(self, run: str, script: str, **fields: object) -> Message:
        return self.command(run, "/bin/sh", "-c", script, **fields)

    def python(self, run: str, callable: str, **fields: object) -> Message:
        """The request that calls a function of a module in the folder."""
        given = {"args": [], "kwargs": {}, "arguments": {}, "trigger": {}, "path": []}
        more = {"task": "task-1", "attempt": 1, "interpreter": None}
        return self._start(run, {"kind": "python", "callable": callable, **given, **more, **fields})

    def _start(self, run: str, fields: Message) -> Message:
        env = {"PATH": os.environ["PATH"]}
        place = {"run": run, "cwd": str(self.folder), "env": env, "log": str(self.log(run))}
        return {**place, "nice": 0, "io_priority": "normal", **fields}

    def module(self, name: str, text: str) -> None:
        (self.folder / f"{name}.py").write_text(text)

    def __enter__(self) -> Supervised:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for agent in self._agents:
            agent.close()
        # Parents first, and again: one of them may just be starting another.
        while living := [pid for pid in descendants(self.process.pid) if state_of(pid) != "Z"]:
            for pid in living:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        self.process.terminate()
        try:
            self.process.wait(PATIENCE_S / 4)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(PATIENCE_S)
        self._faults.close()
        faults = (self.folder / "faults").read_text()
        shutil.rmtree(self.folder)
        assert error is not None or faults == "", faults


def descendants(pid: int) -> Iterator[int]:
    """Process ids of all children, children's children ..."""
    with contextlib.suppress(OSError):
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            yield int(child)
            yield from descendants(int(child))


def state_of(pid: int) -> str | None:
    """The letter of proc(5), None for a process that is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return None


def wait_stopped(pids: list[int]) -> None:
    """Wait until all these processes stand still.

    D: a parent that waits for the child it has just made, which is stopped before it is a program.
    """
    deadline = time.monotonic() + PATIENCE_S
    while not {state_of(pid) for pid in pids} <= {"T", "D"}:
        if time.monotonic() > deadline:
            raise TimeoutError(f"not all stop: {[(pid, state_of(pid)) for pid in pids]}")
        os.sched_yield()


def wait_gone(pids: list[int]) -> None:
    """Wait until all these processes have ended; TimeoutError names one that does not."""
    deadline = time.monotonic() + PATIENCE_S
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            fd = os.pidfd_open(pid)
            try:
                with selectors.DefaultSelector() as selector:
                    selector.register(fd, selectors.EVENT_READ)
                    if not selector.select(max(0.0, deadline - time.monotonic())):
                        raise TimeoutError(f"process {pid} still lives")
            finally:
                os.close(fd)
