"""A real agent as a process of its own, to be killed and started again."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from bgtasks_gui import client, paths
from bgtasks_gui.client import blocking, commands, results
from bgtasks_gui.core import errors, tasks
from bgtasks_gui.supervisor.children import processes
from bgtasks_gui.wire import codec, shapes

#: Longest any of these tests waits for something that must happen, in seconds.
PATIENCE_S = 30.0


class Living:
    """An agent over one home, its supervisor, and a client to both."""

    #: What the agent's process runs.
    command: tuple[str, ...] = (sys.executable, "-m", "bgtasks_gui", "agent", "run")

    def __init__(self, root: Path) -> None:
        self.home = paths.find_home({"BGTASKS_HOME": str(root)})
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start an agent and return once it answers."""
        env = {**os.environ, "BGTASKS_HOME": str(self.home.root)}
        self._process = subprocess.Popen(
            self.command,
            env=env, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        assert self._process.stderr is not None
        while True:
            with contextlib.suppress(errors.AgentUnreachable), self.client() as ask:
                ask(commands.show_health())
                return
            if self._process.poll() is not None:
                with self._process.stderr as words:
                    said = words.read().decode()
                status, self._process = self._process.returncode, None
                raise AssertionError(f"the agent ended with {status}: {said}")
            # Not a sleep: the agent's words, or its end, are what is waited for.
            select.select([self._process.stderr], [], [], 0.02)

    def kill(self) -> None:
        """kill -9, as a crash would."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """Ask it to stop; its exit status."""
        return self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> int:
        assert self._process is not None
        process, self._process = self._process, None
        process.send_signal(number)
        status = process.wait(PATIENCE_S)
        assert process.stderr is not None
        process.stderr.close()
        return status

    def clear_away(self) -> None:
        """End whatever of this home is still there."""
        if self._process is not None:
            self.kill()
        for pid in self.pids():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def pids(self) -> list[int]:
        """Processes that carry this home: supervisor and runs."""
        mark = os.fsencode(str(self.home.root))
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and int(entry.name) != os.getpid():
                with contextlib.suppress(OSError):
                    words = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
                    if mark in words:
                        found.append(int(entry.name))
        return found

    def supervisor_pid(self) -> int:
        [pid] = [
            pid
            for pid in self.pids()
            if b"bgtasks_gui.supervisor" in Path(f"/proc/{pid}/cmdline").read_bytes()
        ]
        return pid

    # What a person does

    @contextlib.contextmanager
    def client(self) -> Iterator[blocking.BlockingClient]:
        with client.connect(self.home) as ask:
            yield ask

    def add(
        self, name: str, *argv: str, triggers: tuple[object, ...] = (), **fields: object
    ) -> shapes.TaskView:
        """Register a command."""
        return self.register(
            name, "command", {"argv": list(argv), "cwd": str(self.home.root)}, triggers, **fields
        )

    def add_python(
        self, name: str, function: str, folder: Path, **payload: object
    ) -> shapes.TaskView:
        """Register a function of a module in a folder."""
        about = {"callable": function, "path": [str(folder)], "cwd": str(folder), **payload}
        return self.register(name, "python", about, ())

    def register(
        self,
        name: str,
        kind: str,
        payload: Mapping[str, object],
        triggers: tuple[object, ...],
        **fields: object,
    ) -> shapes.TaskView:
        spec = {"name": name, "kind": kind, "payload": payload, "triggers": triggers, **fields}
        with self.client() as ask:
            return ask(commands.register_task(msgspec.convert(
                codec.plain(codec.encode(spec)) | {
                    "payload": codec.raw(payload),
                    "triggers": [codec.raw(trigger) for trigger in triggers],
                },
                tasks.TaskSpec,
            )))  # fmt: skip

    def run(self, task: str, **arguments: object) -> shapes.RunView:
        with self.client() as ask:
            return ask(commands.run_task(task, arguments or None))

    def show(self, run_id: str) -> shapes.RunView:
        with self.client() as ask:
            found = ask(commands.show_run(run_id))
        assert found is not None
        return found

    def wait(self, run_id: str) -> shapes.RunView:
        """The run once it has ended."""
        with self.client() as ask:
            return results.wait_for_run_blocking(ask, run_id)

    def wait_until(self, run_id: str, state: str) -> shapes.RunView:
        """The run once it has reached a state; it must not end before in another."""
        with self.client() as ask, contextlib.closing(
            results.watch_run_blocking(ask, run_id)
        ) as changes:  # fmt: skip
            for run in changes:
                if run.state == state:
                    return run
        raise AssertionError(f"the run ended as {run.state}, not {state}: {run.reason}")

    def log(self, run_id: str) -> str:
        with self.client() as ask:
            return ask(commands.read_log(run_id)).text

    def wait_for_text(self, run_id: str, text: str) -> str:
        """The log of a run once it holds this text."""
        seen, offset = "", 0
        with self.client() as ask:
            while text not in seen:
                piece = ask(commands.read_log(run_id, offset=offset, wait=PATIENCE_S))
                assert piece.text or not piece.ended, f"the run ended; it said {seen!r}"
                seen, offset = seen + piece.text, piece.next_offset
        return seen


def is_alive(run: shapes.RunView) -> bool:
    """Whether the main process of a run exists."""
    assert run.pid is not None
    found = processes.look_at(run.pid)
    return found is not None and found.is_alive
