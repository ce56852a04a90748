"""A real agent in a home of its own, with as many tasks as wanted, and what its processes use."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from bgtasks_gui import client, paths
from bgtasks_gui.client import blocking
from bgtasks_gui.core import ids, ports, tasks
from bgtasks_gui.store import SqliteStore
from bgtasks_gui.wire import codec

PATIENCE_S = 60.0
#: Tasks stored in one transaction.
_GROUP = 2000
_TICK_S = 1 / os.sysconf("SC_CLK_TCK")
REQUEST = b"GET /v1/health HTTP/1.1\r\nhost: x\r\n\r\n"


class Agent:
    """An agent over one home, and its supervisor. What they say goes to files of the home."""

    def __init__(self, root: Path) -> None:
        self.home = paths.find_home({"BGTASKS_HOME": str(root)})
        self._process: subprocess.Popen[bytes] | None = None
        self.supervisor_pid = 0

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> float:
        """Seconds from the start of its process to its first answer."""
        env = {**os.environ, "BGTASKS_HOME": str(self.home.root)}
        begin = time.perf_counter()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bgtasks_gui", "agent", "run"],
            env=env, stdin=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        while not self._answers():
            if self._process.poll() is not None:
                raise RuntimeError(f"the agent ended with {self._process.returncode}")
            if time.perf_counter() - begin > PATIENCE_S:
                raise TimeoutError("the agent does not answer")
            time.sleep(0.001)
        taken = time.perf_counter() - begin
        self.supervisor_pid = self._find_supervisor()
        return taken

    def stop(self) -> None:
        """End agent and supervisor; nothing of this home goes on."""
        if self._process is None:
            return
        process, self._process = self._process, None
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(PATIENCE_S)
        finally:
            if process.poll() is None:
                process.kill()
            self._end_supervisor()

    def client(self) -> contextlib.AbstractContextManager[blocking.BlockingClient]:
        return client.connect(self.home)

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as connected:
            try:
                connected.connect(str(self.home.agent_socket))
            except OSError:
                return False
            connected.sendall(REQUEST)
            return connected.recv(4096).startswith(b"HTTP/1.1 200")

    def _find_supervisor(self) -> int:
        mark = os.fsencode(self.home.supervisor_socket)
        for pid in children(self.pid):
            if mark in Path(f"/proc/{pid}/cmdline").read_bytes():
                return pid
        raise RuntimeError("the agent has no supervisor")

    def _end_supervisor(self) -> None:
        # One without runs ends by itself; with runs it would outlive this measurement.
        until = time.monotonic() + 1.0
        while Path(f"/proc/{self.supervisor_pid}/exe").exists() and time.monotonic() < until:
            time.sleep(0.01)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if os.fsencode(self.home.supervisor_socket) in _command_line(self.supervisor_pid):
                os.kill(self.supervisor_pid, signal.SIGKILL)


@contextlib.contextmanager
def running(*registered: tasks.Task, plan: datetime | None = None) -> Iterator[Agent]:
    """An agent that knows these tasks, each of them planned for this time."""
    with tempfile.TemporaryDirectory(prefix="bgt-") as folder:
        agent = Agent(Path(folder) / "home")
        fill(agent.home, registered, plan)
        agent.start()
        try:
            yield agent
        finally:
            agent.stop()


def fill(home: paths.Home, registered: Iterable[tasks.Task], plan: datetime | None) -> None:
    """Put tasks into the store of a home where no agent runs."""
    for folder in (home.root, home.runtime):
        paths.make_private(folder)
    asyncio.run(_fill(home, iter(registered), plan))


async def _fill(home: paths.Home, registered: Iterator[tasks.Task], plan: datetime | None) -> None:
    store = SqliteStore(home.database)
    await store.open()
    while group := tuple(itertools.islice(registered, _GROUP)):
        planned = [
            tasks.Planned(task_id=task.id, position=0, next_at=plan) for task in group if plan
        ]
        await store.write(ports.Change(tasks=group, planned=tuple(planned)))
    await store.close()


def make_task(name: str, kind: str, payload: dict[str, object], *triggers: object) -> tasks.Task:
    """A task as the agent would have stored it, registered in this environment."""
    now = datetime.now(UTC)
    return tasks.Task(
        id=ids.make_id(int(now.timestamp() * 1000), secrets.randbits(ids.RANDOM_BITS)),
        name=name,
        kind=kind,
        payload=codec.raw(payload),
        triggers=tuple(codec.raw(trigger) for trigger in triggers),
        overlap=tasks.Overlap(policy=tasks.OverlapPolicy.PARALLEL, limit=10_000),
        environment=dict(os.environ),
        registered_at=now,
        updated_at=now,
    )


def make_function(name: str, function: str, folder: Path, *triggers: object) -> tasks.Task:
    payload = {"callable": function, "path": [str(folder)], "cwd": str(folder)}
    return make_task(name, "python", payload, *triggers)


def whole_second(seconds: float) -> datetime:
    """The first whole second that is at least so far away."""
    at = datetime.now(UTC) + timedelta(seconds=seconds + 1)
    return at.replace(microsecond=0)


# What processes use


class Used(NamedTuple):
    """CPU seconds of a process, of its ended children, and how often it woke up."""

    own_s: float
    children_s: float
    wakeups: int

    @property
    def total_s(self) -> float:
        return self.own_s + self.children_s

    def since(self, before: Used) -> Used:
        return Used(*(now - then for now, then in zip(self, before, strict=True)))


def used(pid: int) -> Used:
    """What a process has used so far, all of its threads together."""
    stat = Path(f"/proc/{pid}/stat").read_text()
    fields = stat[stat.rindex(")") + 2 :].split()
    own_ns, wakeups = 0, 0
    for thread in Path(f"/proc/{pid}/task").iterdir():
        own_ns += int((thread / "schedstat").read_text().split()[0])
        status = (thread / "status").read_text().splitlines()
        wakeups += sum(int(ln.split()[1]) for ln in status if ln.startswith("voluntary_ctxt"))
    return Used(own_ns / 1e9, (int(fields[13]) + int(fields[14])) * _TICK_S, wakeups)


def memory(pid: int, name: str = "Pss") -> float:
    """MB that a process holds: `Pss` shares fairly what others hold too, `Rss` counts it whole."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(ln.split()[1]) for ln in lines if ln.startswith(f"{name}:")) * 1024 / 1e6


def children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for each in listed for child in each.read_text().split()]


def _command_line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
