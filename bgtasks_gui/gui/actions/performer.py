"""Does what was asked: says so at once, and tells as done only what the agent confirms."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal

from bgtasks_gui.client import commands
from bgtasks_gui.client.client import Client
from bgtasks_gui.core import errors
from bgtasks_gui.gui.actions.catalogue import BY_NAME, Action, Subject
from bgtasks_gui.gui.models.asked import Asked
from bgtasks_gui.wire import shapes

_log = logging.getLogger(__name__)
APOLOGY = "Something went wrong in the window itself; it is written in its log. Sorry."


class Performer(QObject):
    """Carries out actions on the loop that Qt runs on.

    Signals: `wanted` with an action's name and its subjects where a view has to show something
    first; `refused` with a sentence; `removed` with the removed tasks; `started` with a run.
    """

    wanted = Signal(str, object)
    refused = Signal(str)
    removed = Signal(object)
    started = Signal(object)

    def __init__(self, client: Client, asked: Asked, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client = client
        self._asked = asked
        self._under_way: set[asyncio.Task[None]] = set()

    def perform(self, name: str, subjects: Sequence[Subject]) -> None:
        """Do an action to those of the subjects that it fits."""
        action = BY_NAME[name]
        fitting = [one for one in subjects if action.fits(one)]
        if not fitting:
            return
        if action.ask is None:
            self.wanted.emit(name, fitting)
        else:
            self.spawn(self._ask_all(action, fitting))

    def cancel(self, subjects: Sequence[Subject], reason: str | None) -> None:
        """Cancel runs, with the person's own words."""
        calls = [commands.cancel_run(one.run.id, reason) for one in subjects if one.run is not None]
        self.spawn(self._ask_each(BY_NAME["cancel"], list(subjects), calls))

    def run_with(self, subject: Subject, arguments: dict[str, object]) -> None:
        """Run a task now, with arguments."""
        assert subject.task is not None
        call = commands.run_task(subject.task.id, arguments)
        self.spawn(self._ask_each(BY_NAME["run"], [subject], [call]))

    def ask(self, call: commands.Call[Any], then: Callable[[Any], object] | None = None) -> None:
        """Ask something that is about no task or run; `then` is given the answer."""
        self.spawn(self._ask_one(call, then))

    def spawn(self, work: Coroutine[Any, Any, object]) -> None:
        """Let something happen beside the window; what goes wrong is told, never lost."""
        task = asyncio.ensure_future(self._guarded(work))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        # Where it was stopped before it began, nobody else does.
        task.add_done_callback(lambda _task: work.close())
        # What is cancelled before it began would else be complained of as never awaited.
        task.add_done_callback(lambda _: work.close())

    async def close(self) -> None:
        """End what is under way."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _guarded(self, work: Awaitable[object]) -> None:
        try:
            await work
        except errors.UserError as error:
            self.refused.emit(error.message)
        except Exception:
            _log.exception("an action failed", extra={"action": "perform"})
            self.refused.emit(APOLOGY)

    async def _ask_one(
        self, call: commands.Call[Any], then: Callable[[Any], object] | None
    ) -> None:
        answer = await self._client(call)
        if then is not None:
            then(answer)

    async def _ask_all(self, action: Action, subjects: list[Subject]) -> None:
        assert action.ask is not None
        if not action.is_for_each:
            # In the history a task may be selected with several of its runs.
            subjects = list({action.about(one): one for one in subjects}.values())
        await self._ask_each(action, subjects, [action.ask(one) for one in subjects])

    async def _ask_each(
        self, action: Action, subjects: list[Subject], calls: list[commands.Call[Any]]
    ) -> None:
        ids = frozenset(action.about(one) for one in subjects)
        self._asked.mark(ids, action.asked)
        try:
            asking = [self._client(call) for call in calls]
            answers = await asyncio.gather(*asking, return_exceptions=True)
        finally:
            self._asked.clear(ids, action.asked)
        self._tell(action, [one for one in answers if not isinstance(one, BaseException)])
        _raise_first([one for one in answers if isinstance(one, BaseException)])

    def _tell(self, action: Action, answers: list[Any]) -> None:
        if action.name == "remove" and answers:
            self.removed.emit(answers)
        for answer in answers:
            if action.name in ("run", "retry") and isinstance(answer, shapes.RunView):
                self.started.emit(answer)


def _raise_first(failures: list[BaseException]) -> None:
    """Raise the first, with how many more there were."""
    if not failures:
        return
    # A bug is more urgent than what the agent refuses.
    bugs = [one for one in failures if not isinstance(one, errors.UserError)]
    first, others = (bugs or failures)[0], len(failures) - 1
    if others and isinstance(first, errors.UserError):
        raise errors.UserError(f"{first.message} {others} more could not be done either.")
    raise first
