"""Does what a person asks for by a notice, as if they had asked through the API."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from bgtasks_gui.agent.api import office
from bgtasks_gui.agent.api.tasks import TasksDoor
from bgtasks_gui.agent.background.conducting import Conducting
from bgtasks_gui.core import errors, reasons, runs
from bgtasks_gui.core.notices import notice, orders
from bgtasks_gui.machine import desktop
from bgtasks_gui.wire import shapes

_log = logging.getLogger(__name__)
_A = notice.Action

Doing = Callable[[orders.Act], Awaitable[None]]


class Pressing:
    """One thing after another is asked for and done beside all else; a refusal is logged.

    `show` and `start` hand a file or a program to the desktop.
    """

    def __init__(
        self,
        desk: office.Office,
        tasks_door: TasksDoor,
        conductor: Conducting,
        *,
        show: Callable[[Path, Mapping[str, str]], Awaitable[None]] = desktop.show,
        start: Callable[[Sequence[str], Mapping[str, str]], Awaitable[None]] = desktop.start,
    ) -> None:
        self._office = desk
        self._tasks = tasks_door
        self._conducting = conductor
        self._show = show
        self._start = start
        self._doing: Final[Mapping[notice.Action, Doing]] = {
            _A.SHOW: self._show_run,
            _A.SUSPEND: self._suspend,
            _A.RESUME: self._resume,
            _A.CANCEL: self._cancel,
            _A.OPEN_FILE: self._open,
            _A.OPEN_FOLDER: self._open,
            _A.RETRY: self._retry,
            _A.RUN: self._resume,
        }

    def press(self, asked: orders.Act) -> None:
        """Do it, soon."""
        self._office.runner.spawn(self._press(asked))

    async def _press(self, asked: orders.Act) -> None:
        doing = self._doing.get(asked.action)
        if doing is None:
            return
        try:
            await doing(asked)
        except (errors.UserError, desktop.NotOpened) as error:
            _log.warning("%s", error, extra={"action": asked.action, "run_id": asked.run_id})
        except Exception:
            _log.exception("a notice's button failed", extra={"action": asked.action})

    async def _suspend(self, asked: orders.Act) -> None:
        run = await self._run(asked)
        if not run.has_ended:
            await self._office.suspend(run, None)

    async def _resume(self, asked: orders.Act) -> None:
        run = await self._run(asked)
        if not run.has_ended:
            await self._office.resume(run)

    async def _cancel(self, asked: orders.Act) -> None:
        code = asked.reason or reasons.Code.USER_CANCEL
        if asked.continuous_id is not None:
            reason = reasons.make(code, self._office.clock.now())
            await self._conducting.cancel(asked.continuous_id, reason)
            return
        run = await self._run(asked)
        if run.has_ended:
            return
        if code is reasons.Code.USER_CANCEL:
            await self._office.cancel(run, None)
        else:
            await self._office.runner.cancel(run.id, reasons.make(code, self._office.clock.now()))

    async def _retry(self, asked: orders.Act) -> None:
        """The same again, with the arguments it had."""
        run = None if asked.run_id is None else await self._office.find_run(asked.run_id)
        if run is not None:
            body = shapes.RunRequest(arguments=run.firing.arguments)
            await self._tasks.run(run.task_id, body=body)
        elif asked.task_id is not None:
            # The notice has outlived the run in the history.
            await self._tasks.run(asked.task_id, body=shapes.RunRequest())
        else:
            raise errors.RunNotFound

    async def _open(self, asked: orders.Act) -> None:
        run = await self._run(asked)
        wants_folder = asked.action is _A.OPEN_FOLDER
        path = await asyncio.to_thread(desktop.choose, _path(run), wants_folder=wants_folder)
        await self._show(path, desktop.activation(asked.token))

    async def _show_run(self, asked: orders.Act) -> None:
        """The window at this run; of several, the window."""
        desktop.check_screen(os.environ)
        which = [] if asked.run_id is None else ["--run", asked.run_id]
        home = {"BGTASKS_HOME": os.fspath(self._office.home.root)}
        more = home | desktop.activation(asked.token)
        await self._start([sys.executable, "-m", "bgtasks_gui", *which], more)

    async def _run(self, asked: orders.Act) -> runs.Run:
        run = None if asked.run_id is None else await self._office.find_run(asked.run_id)
        if run is None:
            raise errors.RunNotFound
        return run


def _path(run: runs.Run) -> str:
    """Where the file of a transfer is. What else a run says of a path is only its result."""
    if run.transfer is not None and run.transfer.path:
        return run.transfer.path
    raise desktop.NotOpened("There is no file of this run yet.")
