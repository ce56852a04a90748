"""A real agent in this process, over a temporary home and with a real supervisor."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from bgtasks_gui import paths
from bgtasks_gui.agent import app
from bgtasks_gui.agent.api import tasks as tasks_door
from bgtasks_gui.core import events, ports, reasons, runs, tasks
from bgtasks_gui.supervisor import segments
from bgtasks_gui.supervisor.children import processes
from bgtasks_gui.wire import codec, shapes

#: Longest any of these tests waits for something that must happen, in seconds.
PATIENCE_S = 30.0
Found = TypeVar("Found")
_S = runs.RunState


class Embedded:
    """An agent, everything it told, and what a person does with it."""

    def __init__(
        self,
        home: paths.Home,
        *,
        clock: ports.Clock | None = None,
        computer: ports.Machine | None = None,
    ) -> None:
        self.home = home
        self.agent = app.Agent(home, clock=clock, computer=computer, serve=False)
        self.told: list[events.AnyEvent] = []
        self._heard = asyncio.Event()
        self.agent.bus.subscribe(self._hear)
        self._is_up = False

    def _hear(self, event: events.AnyEvent) -> None:
        self.told.append(event)
        self._heard.set()

    # Its life

    async def start(self) -> Embedded:
        await self.agent.start()
        self._is_up = True
        return self

    async def stop(self) -> None:
        if self._is_up:
            self._is_up = False
            await self.agent.stop()

    async def crash(self) -> None:
        """End as a killed process would: no goodbye to the supervisor, nothing finished."""
        line = self.agent.runner.line
        line.on_event, line.on_lost = lambda message: None, lambda: None
        for work in list(self.agent.runner._work._tasks):
            work.cancel()
        assert line._writer is not None
        line._writer.transport.abort()
        # The supervisor has no parent any more that waits for its end.
        child, line._launch._child = line._launch._child, None
        if child is not None:
            child.returncode = 0
        await self.stop()

    # What a person does

    async def add(self, name: str, script: str, **fields: object) -> tasks.Task:
        """Register a line of shell."""
        payload = {"argv": [script], "shell": True, "cwd": str(self.home.root)}
        return await self.register(name, "command", payload, **fields)

    async def add_python(
        self, name: str, function: str, folder: Path, **fields: object
    ) -> tasks.Task:
        """Register a function of a module in a folder."""
        payload = {"callable": function, "path": [str(folder)], "cwd": str(folder)}
        kwargs = fields.pop("kwargs", {})
        return await self.register(name, "python", payload | {"kwargs": kwargs}, **fields)

    async def register(self, name: str, kind: str, payload: object, **fields: object) -> tasks.Task:
        raw_triggers = tuple(map(codec.raw, fields.pop("triggers", ())))
        replace = fields.pop("replace", False)
        spec = tasks.TaskSpec(
            name=name, kind=kind, payload=codec.raw(payload), triggers=raw_triggers, **fields
        )
        query = shapes.RegisterQuery(if_exists="replace" if replace else "refuse")
        view = await tasks_door.TasksDoor(self.agent.office).register(query=query, body=spec)
        task = await self.agent.store.task(view.id)
        assert task is not None
        return task

    async def run(self, task: tasks.Task, **arguments: object) -> runs.Run:
        """Ask for a run by hand."""
        firing = runs.Firing(type="manual", arguments=codec.raw(arguments))
        return await self.agent.dispatcher.fire(task, firing)

    async def cancel(self, run: runs.Run, said: str | None = None) -> None:
        reason = reasons.make(reasons.Code.USER_CANCEL, self.agent.clock.now(), said)
        await self.agent.runner.cancel(run.id, reason)

    async def suspend(self, run: runs.Run) -> None:
        await self.agent.office.suspend(self.now(run), None)

    async def resume(self, run: runs.Run) -> None:
        await self.agent.office.resume(self.now(run))

    # What is seen

    def now(self, run: runs.Run) -> runs.Run:
        """The run as it was told last, or as the ledger knows it."""
        live = self.agent.ledger.find(run.id)
        if live is not None:
            return live
        told = [one.run for one in self.told_of(run)]
        return told[-1] if told else run

    def told_of(self, run: runs.Run) -> list[events.RunEvent]:
        """Every event that carries this run, in order."""
        return [
            one for one in self.told if isinstance(one, events.RunEvent) and one.run.id == run.id
        ]

    def told_ended(self, task: tasks.Task) -> list[events.RunFinished]:
        """Every end of a run of this task that was told."""
        ends = [one for one in self.told if isinstance(one, events.RunFinished)]
        return [one for one in ends if one.run.task_id == task.id]

    def states(self, run: runs.Run) -> list[str]:
        """The states it went through."""
        told = [one.run.state.value for one in self.told_of(run)]
        return [state for index, state in enumerate(told) if told[index - 1 : index] != [state]]

    async def until(self, find: Callable[[], Found | None]) -> Found:
        """What is found, after as many events as it takes."""
        async with asyncio.timeout(PATIENCE_S):
            while not (found := find()):
                self._heard.clear()
                await self._heard.wait()
        return found

    async def reached(self, run: runs.Run, *states: str) -> runs.Run:
        """The run once one of these states was told; it must not end in another."""

        def find() -> runs.Run | None:
            told = [one.run for one in self.told_of(run)]
            found = next((one for one in told if one.state in states), None)
            ended = next((one for one in told if one.has_ended), None)
            if found is None and ended is not None:
                raise AssertionError(f"ended as {ended.state}, not {states}: {ended.reason}")
            return found

        return await self.until(find)

    async def ended(self, run: runs.Run) -> runs.Run:
        """The run as it was stored at its end."""
        ended = await self.until(
            lambda: next((one.run for one in self.told_of(run) if one.run.has_ended), None)
        )
        assert await self.agent.store.run(run.id) == ended
        return ended

    def log(self, run: runs.Run) -> str:
        return segments.read(str(self.home.run_log(run.id)), 0, 1 << 20)[1].decode()

    async def printed(self, run: runs.Run, text: str) -> None:
        """Return once the agent has heard that the run printed this; it must not end before."""
        await self.until(lambda: self.agent.runner.is_busy(run.id) or None)
        found = self.agent.runner.find(run.id)
        assert found is not None
        async with asyncio.timeout(PATIENCE_S):
            while text not in self.log(run)[: found.output.total]:
                await found.output.wait_beyond(found.output.total, PATIENCE_S)

    async def stored(self, task: tasks.Task, *states: str) -> list[runs.Run]:
        """The task's runs in the store, oldest first."""
        query = ports.RunQuery(task_id=task.id, states=tuple(map(_S, states)), limit=10_000)
        return (await self.agent.store.runs(query))[::-1]


def why(run: runs.Run) -> tuple[str, str | None]:
    """State and reason of a run."""
    return run.state.value, None if run.reason is None else run.reason.code.value


async def settles(is_so: Callable[[], bool]) -> None:
    """Return once this is so; for what nobody tells of, as the state of a process."""
    async with asyncio.timeout(PATIENCE_S):
        while not is_so():  # noqa: ASYNC110
            await asyncio.sleep(0)


def living(home: paths.Home) -> dict[int, processes.Process]:
    """Processes that carry this home in their words or environment: supervisor and runs."""
    mark = os.fsencode(str(home.root))
    found = {}
    for pid, process in processes.all_processes().items():
        with contextlib.suppress(OSError):
            folder = Path(f"/proc/{pid}")
            words = (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes()
            if mark in words and pid != os.getpid() and process.is_alive:
                found[pid] = process
    return found


def clear_away(home: paths.Home) -> None:
    """End whatever of this home is still there."""
    while pids := living(home):
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


async def gone(pid: int) -> None:
    """Return once this process has ended."""
    try:
        end = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(end, ended.set)
    try:
        await asyncio.wait_for(ended.wait(), PATIENCE_S)
    finally:
        loop.remove_reader(end)
        os.close(end)


class Gate:
    """Something a run waits at until the test lets it go on."""

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        # For both, so that neither side waits for the other to open it.
        self._end = os.open(path, os.O_RDWR)
        #: The line of shell that waits.
        self.wait = f"read line < {path}"

    def open(self) -> None:
        """Let one run, or one of its steps, go on."""
        os.write(self._end, b"go\n")

    def close(self) -> None:
        os.close(self._end)
