"""Runs once what is typed, as a task that exists only for it, in the agent's own environment."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Final

from PySide6.QtCore import QObject, Signal

from bgtasks_gui.client import commands, results
from bgtasks_gui.client.client import Client
from bgtasks_gui.client.phrases import runs as phrases
from bgtasks_gui.client.phrases import times
from bgtasks_gui.core import checks, errors, tasks
from bgtasks_gui.gui.editor import asking
from bgtasks_gui.gui.editor.work import Work
from bgtasks_gui.wire import codec, shapes
from bgtasks_gui.wire import times as stamps

GROUP: Final = "test runs"
_NAME: Final = "Test run of "
#: Whatever happens to this window, the task is of no use after this.
_LASTS: Final = timedelta(hours=1)
#: What a test run takes over; when, only if and notices are not tested.
_TAKEN: Final = (
    "kind", "payload", "time_limit", "idle_limit", "grace", "resources", "progress_pattern",
)  # fmt: skip
#: What a shell answers when it does not find a program.
_NOT_FOUND: Final = 127
_MISSING: Final = "Its program was not found in the agent's environment"
_SHOW_PATH: Final = ["/bin/sh", "-c", 'printf %s "$PATH"']


class Trial(QObject):
    """One test run at a time. Its task is removed in every case.

    Signals: `changed` with the run, from its start to its end; `ended` with the run and a
    sentence; `refused` with the `UserError` that kept it from starting; `finished` at the end.
    """

    changed = Signal(object)
    ended = Signal(object, str)
    refused = Signal(object)
    finished = Signal()

    def __init__(self, client: Client) -> None:
        # No widget owns it: it tidies up after the window of the editor is gone.
        super().__init__()
        self._client = client
        self._work = Work(self.refused.emit)
        self._run: shapes.RunView | None = None
        self.is_running = False

    def start(self, value: codec.JsonObject) -> None:
        """Run this task now."""
        if not self.is_running:
            self.is_running = True
            self._run = None
            self._work.start(self._try(value))

    def cancel(self) -> None:
        """Ask the run to end; how it ends is told like any other end."""
        if self._run is not None and not phrases.has_ended(self._run):
            self._work.start(self._client(commands.cancel_run(self._run.id)))

    def stop(self) -> None:
        """End it, and remove what it left, without telling anybody."""
        self._work.stop()

    async def settle(self) -> None:
        """Return once nothing of it is left."""
        await self._work.settle()

    async def _try(self, value: codec.JsonObject) -> None:
        try:
            spec = asking.spec_of(trial_of(value, times.now()))
            await self._sweep()
            async with self._registered(spec) as task:
                run = await self._follow(task)
                if run.exit_code == _NOT_FOUND:
                    sentence = await self._explain_missing(task, value)
                else:
                    sentence = phrases.ended_sentence(run, times.now())
            self.ended.emit(run, sentence)
        finally:
            self.is_running = False
            self.finished.emit()

    async def _sweep(self) -> None:
        """Remove what a window left that could not reach the agent at its end."""
        for task in await self._client(commands.list_tasks(group=GROUP)):
            if task.name.startswith(_NAME) and not task.registered:
                await self._remove(task.id)

    @contextlib.asynccontextmanager
    async def _registered(self, spec: tasks.TaskSpec) -> AsyncIterator[str]:
        call = commands.register_task(spec, if_exists="keep_both")
        registering = asyncio.ensure_future(self._client(call))
        try:
            # Given up in the middle, it would be there and nobody would know its id.
            task = await asyncio.shield(registering)
        except asyncio.CancelledError:
            with contextlib.suppress(errors.UserError):
                await self._remove((await registering).id)
            raise
        try:
            yield task.id
        finally:
            await self._remove(task.id)

    async def _follow(self, task_id: str) -> shapes.RunView:
        run = await self._client(commands.run_task(task_id))
        self._take(run)
        async with contextlib.aclosing(results.watch_run(self._client, run.id)) as changes:
            async for run in changes:
                self._take(run)
        return run

    def _take(self, run: shapes.RunView) -> None:
        self._run = run
        self.changed.emit(run)

    async def _remove(self, task_id: str) -> None:
        """It expires by itself where the agent cannot be asked any more."""
        with contextlib.suppress(errors.UserError):
            await self._client(commands.remove_task(task_id, cancel=True))

    async def _explain_missing(self, task_id: str, value: codec.JsonObject) -> str:
        """Why a program was not found that is there in a terminal (wishes W29)."""
        payload = value.get("payload")
        variables = payload.get("env", {}) if isinstance(payload, dict) else {}
        looking = value | {"kind": "command", "payload": {"argv": _SHOW_PATH, "env": variables}}
        try:
            spec = asking.spec_of(trial_of(looking, times.now()))
            await self._client(commands.edit_task(task_id, spec))
            run = await self._client(commands.run_task(task_id))
            await results.wait_for_run(self._client, run.id)
            found = (await self._client(commands.read_log(run.id))).text
        except errors.UserError:
            return f"{_MISSING}."
        return f"{_MISSING}: PATH is {found}"


def trial_of(value: codec.JsonObject, now: datetime) -> codec.JsonObject:
    """The task that tries out another one."""
    name = str(value.get("name") or "").strip() or asking.NAMELESS.lower()
    return {name: value[name] for name in _TAKEN if name in value} | {
        "name": f"{_NAME}{name}"[: checks.LONGEST_NAME].strip(),
        "group": GROUP,
        "notice": "never",
        "expires_at": stamps.stamp(now + _LASTS),
    }
